/* SPDX-License-Identifier: MIT */
/*
 * extract/rules: an extractor written as a file of patterns. Each rule is matched paragraph by paragraph, so that what
 * a pattern costs is bounded by the paragraph; a limit of steps ends a match that would run away, and a rule that
 * reaches it several times in a document is left out for the rest of it. Nothing is compiled after open().
 */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "seen.h"
#include "str.h"

enum { STACK_FIRST = 32 * 1024, STACK_MOST = 1 << 20, STRIKES = 3, YEAR_DIGITS = 4, HEAP_KIB = 64 * 1024 };

static const struct siftd_option options[] = {
    {.name = "file",
     .type = SIFTD_TREE_FILE,
     .offset = offsetof(struct rules, file),
     .help = "The file with the rules; without it, the packs' own (their section \"rules\")."},
    {.name = "limit",
     .type = SIFTD_INT,
     .offset = offsetof(struct rules, limit),
     .preset = "1000000",
     .min = 1000,
     .max = 100000000,
     .help = "Steps that one pattern may take on one paragraph before it is given up there."},
    {.name = "most",
     .type = SIFTD_INT,
     .offset = offsetof(struct rules, most),
     .preset = "100000",
     .min = 1,
     .max = 10000000,
     .help = "Records that one rule may make of one document."},
    {.name = NULL},
};

/* A rule at work on a document. */
struct work {
    struct rules *rules;
    const struct rule *rule;
    struct siftd_doc *doc;
    struct siftd_str text;
    int year;
    int strikes;     /* paragraphs on which the limit was reached */
    int64_t records; /* made so far */
    struct seen seen;
};

static int rules_open(void *self, const struct siftd_host *host) {
    struct rules *r = self;
    const struct siftd_node *tree = r->file ? r->file : host->pack(host, "rules");
    r->host = host;
    if (!tree) /* packs need not have any */
        return SIFTD_OK;
    r->lexicon = lexicon_new(host);
    if (!r->lexicon || rules_compile(r, tree) < 0) {
        rules_discard(r);
        r->lexicon = lexicon_free(r->lexicon);
        return SIFTD_ERROR;
    }
    enum { GROUPS = 64 };
    r->match = pcre2_match_data_create(GROUPS, NULL);
    r->side_match = pcre2_match_data_create(GROUPS, NULL);
    r->context = pcre2_match_context_create(NULL);
    r->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MOST, NULL);
    if (!r->match || !r->side_match || !r->context)
        out_of_memory();
    pcre2_set_match_limit(r->context, (uint32_t)r->limit);
    pcre2_set_heap_limit(r->context, HEAP_KIB);
    pcre2_jit_stack_assign(r->context, NULL, r->stack);
    return SIFTD_OK;
}

static void rules_close(void *self) {
    struct rules *r = self;
    rules_discard(r);
    lexicon_free(r->lexicon);
    pcre2_match_data_free(r->match);
    pcre2_match_data_free(r->side_match);
    pcre2_match_context_free(r->context);
    pcre2_jit_stack_free(r->stack);
}

/* The year of the document's first article; 0 when it is not known. */
static int year_of(const struct siftd_host *host, const struct siftd_doc *doc) {
    for (size_t i = 0; i < host->record_count(doc); i++) {
        const struct siftd_record *record = host->record_at(doc, i);
        const char *published =
            strcmp(host->record_type(record), "article") == 0 ? host->field_text(record, "published") : NULL;
        if (published && strlen(published) >= YEAR_DIGITS)
            return atoi(published);
    }
    return 0;
}

/* Whether the character of `len` bytes at `at` ends a sentence; in Latin text only before a space. */
static bool ends_sentence(const char *at, const char *end, size_t *len) {
    uint32_t c = cp_at(at, end, len);
    bool latin = c == '.' || c == '!' || c == '?';
    return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || (latin && at + 1 < end && at[1] == ' ');
}

/* The sentence that [start, end) stands in, inside its paragraph. */
static struct siftd_span sentence_of(struct siftd_str text, struct siftd_span paragraph, size_t start, size_t end) {
    struct siftd_span sentence = paragraph;
    size_t len;
    for (size_t i = paragraph.start; i < start; i += len)
        if (ends_sentence(text.at + i, text.at + paragraph.end, &len) && i + len <= start)
            sentence.start = i + len + (i + len < start && text.at[i + len] == ' ');
    for (size_t i = end; i < paragraph.end; i += len)
        if (ends_sentence(text.at + i, text.at + paragraph.end, &len)) {
            sentence.end = i;
            break;
        }
    return sentence;
}

/* Up to so many characters before (or behind) a place. */
static size_t step(struct siftd_str text, struct siftd_span bounds, size_t at, size_t characters, bool back) {
    const char *p = text.at + at;
    while (characters-- && (back ? p > text.at + bounds.start : p < text.at + bounds.end))
        p = back ? cp_before(text.at + bounds.start, p) : p + cp_length((unsigned char)*p);
    return (size_t)(p - text.at);
}

static int match_in(const struct work *w, const pcre2_code *pattern, struct siftd_span span, size_t from,
                    pcre2_match_data *data) {
    return pcre2_match(pattern, (PCRE2_SPTR)w->text.at + span.start, span.end - span.start, from - span.start,
                       PCRE2_NO_UTF_CHECK, data, w->rules->context);
}

static bool stands_in(const struct work *w, const pcre2_code *pattern, struct siftd_span span) {
    return match_in(w, pattern, span, span.start, w->rules->side_match) >= 0;
}

static bool fits(const struct work *w, const struct condition *c, struct siftd_span paragraph,
                 struct siftd_span match) {
    struct siftd_span look = paragraph;
    if (c->reach == SENTENCE)
        look = sentence_of(w->text, paragraph, match.start, match.end);
    else if (c->reach == CHARACTERS)
        look = (struct siftd_span){step(w->text, paragraph, match.start, c->characters, true),
                                   step(w->text, paragraph, match.end, c->characters, false)};
    if (c->side == BEFORE)
        look.end = match.start;
    else if (c->side == BEHIND)
        look.start = match.end;
    return (!c->has || stands_in(w, c->has, look)) && (!c->has_not || !stands_in(w, c->has_not, look));
}

static bool fits_all(const struct work *w, struct siftd_span paragraph, struct siftd_span match) {
    for (size_t i = 0; i < w->rule->conditions; i++)
        if (!fits(w, &w->rule->condition[i], paragraph, match))
            return false;
    return true;
}

/* The text of a group of the match at hand; at NULL when it took no part. */
static struct siftd_str group_text(const struct work *w, struct siftd_span paragraph, uint32_t group) {
    const PCRE2_SIZE *pair = pcre2_get_ovector_pointer(w->rules->match);
    if (group >= pcre2_get_ovector_count(w->rules->match) || pair[2 * (size_t)group] == PCRE2_UNSET)
        return (struct siftd_str){NULL, 0};
    size_t start = pair[2 * (size_t)group], end = pair[2 * (size_t)group + 1];
    return (struct siftd_str){w->text.at + paragraph.start + start, end > start ? end - start : 0};
}

static struct siftd_str field_text(const struct work *w, struct siftd_span paragraph, const struct field *field) {
    return field->group ? group_text(w, paragraph, field->group) : (struct siftd_str){NULL, 0};
}

/* Whether a record with these very texts was made before; remembers it. */
static bool is_repeated(struct work *w, struct siftd_span paragraph) {
    size_t size = 0, len = 0;
    for (size_t i = 0; i < w->rule->fields; i++)
        size += field_text(w, paragraph, &w->rule->field[i]).len + 1;
    char *all = w->rules->host->doc_alloc(w->doc, size);
    for (size_t i = 0; i < w->rule->fields; i++) {
        struct siftd_str text = field_text(w, paragraph, &w->rule->field[i]);
        if (text.len)
            memcpy(all + len, text.at, text.len);
        len += text.len;
        all[len++] = '\n';
    }
    return !seen_add(&w->seen, (struct siftd_str){all, len});
}

static int make_record(struct work *w, struct siftd_span paragraph, struct siftd_span match) {
    const struct siftd_host *host = w->rules->host;
    const struct rule *rule = w->rule;
    for (size_t i = 0; i < rule->fields; i++)
        if (!field_put(w->rules, &rule->field[i], field_text(w, paragraph, &rule->field[i]), w->year, NULL))
            return SIFTD_OK;
    if (rule->once && is_repeated(w, paragraph))
        return SIFTD_OK;
    struct siftd_span quote =
        rule->quote == PARAGRAPH ? paragraph : sentence_of(w->text, paragraph, match.start, match.end);
    struct siftd_record *record = host->record(w->doc, rule->type, quote.start, quote.end);
    for (size_t i = 0; i < rule->fields; i++)
        field_put(w->rules, &rule->field[i], field_text(w, paragraph, &rule->field[i]), w->year, record);
    struct siftd_str place = rule->place ? group_text(w, paragraph, rule->place) : (struct siftd_str){NULL, 0};
    if (place.at)
        match = (struct siftd_span){(size_t)(place.at - w->text.at), (size_t)(place.at - w->text.at) + place.len};
    host->put_place(record, match.start, match.end);
    w->records++;
    return host->emit(record);
}

/* All matches of the rule in a paragraph. */
static int run_paragraph(struct work *w, struct siftd_span paragraph) {
    for (size_t at = paragraph.start; at <= paragraph.end && w->records < w->rules->most;) {
        int r = match_in(w, w->rule->pattern, paragraph, at, w->rules->match);
        if (r == PCRE2_ERROR_NOMATCH)
            break;
        if (r < 0) {
            w->strikes++;
            break;
        }
        const PCRE2_SIZE *pair = pcre2_get_ovector_pointer(w->rules->match);
        struct siftd_span match = {paragraph.start + pair[0], paragraph.start + pair[1]};
        if (match.end < match.start) /* \K behind the end */
            match.end = match.start;
        if (fits_all(w, paragraph, match) && make_record(w, paragraph, match) < 0)
            return SIFTD_ERROR;
        at = match.end > at ? match.end : step(w->text, paragraph, at, 1, false) + (at == paragraph.end);
    }
    return SIFTD_OK;
}

/* Whether one of the words that the rule needs stands there. */
static bool is_worth_it(const struct work *w, struct siftd_str text) {
    const struct siftd_host *host = w->rules->host;
    for (size_t i = 0; i < host->node_count(w->rule->needs); i++)
        if (str_find(text, str(host->node_text(host->node_at(w->rule->needs, i)))))
            return true;
    return !w->rule->needs;
}

static int run_rule(struct work *w) {
    if (!is_worth_it(w, w->text))
        return SIFTD_OK;
    for (size_t at = 0; at < w->text.len && w->strikes < STRIKES;) {
        const char *stop = memchr(w->text.at + at, '\n', w->text.len - at);
        size_t end = stop ? (size_t)(stop - w->text.at) : w->text.len;
        if (end > at && is_worth_it(w, (struct siftd_str){w->text.at + at, end - at}) &&
            run_paragraph(w, (struct siftd_span){at, end}) < 0)
            return SIFTD_ERROR;
        at = end + 1;
    }
    return SIFTD_OK;
}

static int rules_run(void *self, struct siftd_doc *doc) {
    struct rules *r = self;
    const struct siftd_host *host = r->host;
    struct work w = {.rules = r, .doc = doc, .text = host->text(doc), .year = year_of(host, doc)};
    const struct rule *too_dear = NULL;
    int result = SIFTD_OK;
    for (size_t i = 0; result == SIFTD_OK && i < r->rules; i++) {
        w.rule = &r->rule[i];
        w.strikes = 0;
        w.records = 0;
        result = run_rule(&w);
        seen_clear(&w.seen);
        if (w.strikes && !too_dear)
            too_dear = w.rule;
    }
    seen_deinit(&w.seen);
    if (result == SIFTD_OK && too_dear)
        return host->error(host, "the rule at %s took more than %lld steps on a paragraph and was given up there",
                           host->node_where(too_dear->node), (long long)r->limit);
    return result;
}

static const struct siftd_plugin plugin = {
    .name = "rules",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "records by a file of patterns, without code",
    .content = SIFTD_PROSE,
    .options = options,
    .instance_size = sizeof(struct rules),
    .open = rules_open,
    .close = rules_close,
    .run = rules_run,
};
SIFTD_PLUGIN(plugin)
