/* SPDX-License-Identifier: MIT */
/* extract/policies: each 《…》 that is a policy, plan, law, measure or notice becomes a `policy` record where it stands
 * first. */
#include <string.h>

#include "codepoint.h"
#include "seen.h"
#include "siftd/plugin.h"
#include "str.h"
#include "words.h"

enum {
    TITLE_BYTES = 600,
    NUMBER_BYTES = 120,
    KIND_CHARACTERS = 6,
    ISSUER_LEAST = 2,
    ISSUER_MOST = 20,
    NOTICE_REST = 6
};

enum policy_word {
    KIND = 1,
    ABOUT = 2,
    VERSION = 4,
    NUMBER_OPEN = 8,
    NUMBER_CLOSE = 16,
    NUMBER_END = 32,
    ISSUED = 64,
    ADVERB = 128
};

struct policies {
    const struct siftd_host *host;
    struct words *words;
    struct seen seen;        /* titles of the document so far */
    struct siftd_str issuer; /* of the title before */
    const char *end;         /* where that ended, with its marks; NULL when there was none */
};

static int policies_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"kinds", KIND},
                 {"about", ABOUT},
                 {"versions", VERSION},
                 {"number_open", NUMBER_OPEN},
                 {"number_close", NUMBER_CLOSE},
                 {"number_end", NUMBER_END},
                 {"issued", ISSUED},
                 {"adverbs", ADVERB}};
    struct policies *p = self;
    p->host = host;
    p->words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(p->words, host, host->node_get(host->pack(host, "policies"), lists[i].list), lists[i].word);
    return SIFTD_OK;
}

static void policies_close(void *self) {
    struct policies *p = self;
    words_free(p->words);
    seen_deinit(&p->seen);
}

/* Whether a word of the wanted kind stands at the very end of the text. */
static size_t ends_with(const struct policies *p, struct siftd_str text, uint64_t want) {
    const char *at = text.at + text.len;
    for (int i = 0; i < KIND_CHARACTERS && at > text.at; i++) {
        size_t len;
        at = cp_before(text.at, at);
        struct siftd_str rest = str_from(at, text.at + text.len);
        if (words_match(p->words, rest, &len) & want && len == rest.len)
            return len;
    }
    return 0;
}

static struct siftd_str without_bracket(struct siftd_str title) {
    if (!str_ends(title, str("）")) && !str_ends(title, str(")")))
        return title;
    for (const char *at = title.at + title.len; at > title.at;) {
        at = cp_before(title.at, at);
        if (*at == '(' || str_starts(str_from(at, title.at + title.len), str("（")))
            return str_from(title.at, at);
    }
    return title;
}

/* 2.0版 at the end. */
static struct siftd_str without_version(const struct policies *p, struct siftd_str title) {
    size_t len = ends_with(p, title, VERSION);
    if (!len)
        return title;
    title.len -= len;
    while (title.len && (cp_is_digit((unsigned char)title.at[title.len - 1]) || title.at[title.len - 1] == '.'))
        title.len--;
    return title;
}

static bool is_policy(const struct policies *p, struct siftd_str title) {
    struct siftd_str bare = without_version(p, without_bracket(title));
    return ends_with(p, bare, KIND) > 0;
}

/* The issuer that a title names itself: what stands before 关于. */
static struct siftd_str issuer_of(const struct policies *p, struct siftd_str title) {
    size_t len;
    for (size_t i = 0; i < title.len; i += cp_length((unsigned char)title.at[i]))
        if (words_match(p->words, (struct siftd_str){title.at + i, title.len - i}, &len) & ABOUT)
            return (struct siftd_str){title.at, cp_count(title.at, i) > 2 ? i : 0};
    return (struct siftd_str){0};
}

/* Where the clause begins that ends at `at`. */
static const char *clause_begin(struct siftd_str text, const char *at) {
    static const char *const ends[] = {"，", "。", "；", "：", "！", "？", "”", "》"};
    for (const char *before; at > text.at; at = before) {
        before = cp_before(text.at, at);
        if (*before == '\n')
            break;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (str_starts(str_from(before, at), str(ends[i])))
                return at;
    }
    return at;
}

/* 某某市政府办公室关于印发: without the 关于 of the title around. */
static struct siftd_str without_about(const struct policies *p, struct siftd_str name) {
    size_t len = ends_with(p, name, ABOUT);
    return (struct siftd_str){name.at, name.len - len};
}

/* Takes adverbs (先后, 近日, 联合) off both ends. */
static struct siftd_str without_adverbs(const struct policies *p, struct siftd_str name) {
    size_t len;
    while (name.len && words_match(p->words, name, &len) & ADVERB)
        name = (struct siftd_str){name.at + len, name.len - len};
    while (name.len && (len = ends_with(p, name, ADVERB)))
        name.len -= len;
    return name;
}

/* 某某区先后出台《…》: who stands before the word for issuing; nothing when nobody does. */
static struct siftd_str issuer_before(const struct policies *p, struct siftd_str text, const char *open) {
    const char *begin = clause_begin(text, open);
    size_t len = ends_with(p, str_from(begin, open), ISSUED);
    struct siftd_str name = without_adverbs(p, (struct siftd_str){begin, len ? (size_t)(open - begin) - len : 0});
    while ((len = ends_with(p, name, ISSUED))) /* 制定出台 */
        name = without_adverbs(p, (struct siftd_str){name.at, name.len - len});
    name = without_about(p, name);
    size_t characters = cp_count(name.at, name.len);
    return characters >= ISSUER_LEAST && characters <= ISSUER_MOST ? name : (struct siftd_str){0};
}

/* （某科发〔2023〕12号） right behind the title: the number without its brackets. */
static struct siftd_str number_behind(const struct policies *p, struct siftd_str rest) {
    size_t len, open = rest.len && *rest.at == '(' ? 1 : 3;
    bool year = false;
    if (!rest.len || (*rest.at != '(' && !str_starts(rest, str("（"))))
        return (struct siftd_str){0};
    for (size_t i = open; i < rest.len && i < NUMBER_BYTES; i += cp_length((unsigned char)rest.at[i])) {
        uint64_t word = words_match(p->words, (struct siftd_str){rest.at + i, rest.len - i}, &len);
        year |= (word & NUMBER_OPEN) != 0;
        bool closed = i + len < rest.len && (rest.at[i + len] == ')' ||
                                             str_starts(str_from(rest.at + i + len, rest.at + rest.len), str("）")));
        if (word & NUMBER_END && year && closed)
            return (struct siftd_str){rest.at + open, i + len - open};
        if (rest.at[i] == ')' || rest.at[i] == '\n' ||
            str_starts((struct siftd_str){rest.at + i, rest.len - i}, str("）")))
            break;
    }
    return (struct siftd_str){0};
}

/* The number on a line by itself below the title of a notice that issues the policy: 某政办发〔2022〕18号. */
static struct siftd_str number_below(const struct policies *p, struct siftd_str rest) {
    const char *line = rest.len ? memchr(rest.at, '\n', rest.len) : NULL, *end = rest.at + rest.len;
    if (!line || cp_count(rest.at, (size_t)(line - rest.at)) > NOTICE_REST)
        return (struct siftd_str){0};
    const char *stop = memchr(line + 1, '\n', (size_t)(end - line - 1));
    struct siftd_str number = str_from(line + 1, stop ? stop : end);
    size_t at = 0, len = 0;
    bool year = false;
    for (; at < number.len && !year; at += cp_length((unsigned char)number.at[at]))
        year = (words_match(p->words, (struct siftd_str){number.at + at, number.len - at}, &len) & NUMBER_OPEN) != 0;
    return year && number.len <= NUMBER_BYTES && ends_with(p, number, NUMBER_END) ? number : (struct siftd_str){0};
}

static void put(const struct siftd_host *host, struct siftd_record *record, const char *key, struct siftd_str text) {
    if (text.len)
        host->put_text(record, key, text.at, text.len);
    else
        host->put_null(record, key);
}

static int emit(struct policies *p, struct siftd_doc *doc, struct siftd_str text, struct siftd_str title) {
    struct siftd_str rest = str_from(title.at + title.len + strlen("》"), text.at + text.len);
    struct siftd_str number = number_behind(p, rest);
    size_t start = (size_t)(title.at - text.at) - strlen("《"), end = (size_t)(rest.at - text.at);
    if (number.len)
        end = (size_t)(number.at + number.len - text.at) + cp_length((unsigned char)number.at[number.len]);
    struct siftd_record *record = p->host->record(doc, "policy", start, end);
    p->host->put_text(record, "title", title.at, title.len);
    struct siftd_str issuer = issuer_of(p, title);
    const char *open = text.at + start;
    bool listed = p->end && (p->end == open || str_equal(str_from(p->end, open), str("、")));
    if (!issuer.len)
        issuer = listed ? p->issuer : issuer_before(p, text, open);
    put(p->host, record, "issuer", issuer);
    p->issuer = issuer;
    p->end = rest.at;
    put(p->host, record, "number", number.len ? number : number_below(p, rest));
    p->host->put_place(record, start, start + strlen("《") + title.len + strlen("》"));
    return p->host->emit(record);
}

/* The end of the title that begins at `at`, which may hold others inside; NULL when it does not end in its paragraph.
 */
static const char *title_end(const char *at, const char *end) {
    int depth = 1;
    const char *last = end - at > TITLE_BYTES ? at + TITLE_BYTES : end;
    for (const char *p = at; p < last && *p != '\n'; p += cp_length((unsigned char)*p)) {
        struct siftd_str here = str_from(p, last);
        depth += str_starts(here, str("《")) - str_starts(here, str("》"));
        if (depth == 0)
            return p;
    }
    return NULL;
}

static int policies_run(void *self, struct siftd_doc *doc) {
    struct policies *p = self;
    struct siftd_str text = p->host->text(doc);
    const char *at = text.at, *end = text.at + text.len;
    seen_clear(&p->seen);
    p->end = NULL;
    while ((at = str_find(str_from(at, end), str("《")))) {
        at += strlen("《");
        const char *stop = title_end(at, end);
        if (!stop)
            continue;
        struct siftd_str title = str_from(at, stop);
        at = stop;
        if (is_policy(p, title) && seen_add(&p->seen, title) && emit(p, doc, text, title) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "policies",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "policies, plans, laws and notices named in book-title marks",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct policies),
    .open = policies_open,
    .close = policies_close,
    .run = policies_run,
};
SIFTD_PLUGIN(plugin)
