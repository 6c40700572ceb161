/* SPDX-License-Identifier: MIT */
/*
 * validate/timeline: plans against what the same article reports. A plan for a year that the article reports to its end
 * comes too late (timeline); a level below the target for the same thing of the same subject is not there yet, and
 * less than the whole of a year's target is too little once the year is over (target).
 */
#include "timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "str.h"

enum {
    REACH = 200,         /* tokens of a sentence before a year that are looked at */
    TARGETS_MAX = 64,    /* of an article that are looked at */
    WHOLE = 100,         /* percent */
    NAME_TAIL_BYTES = 12 /* of two names that must be alike at their ends */
};

int timeline_report(const struct timeline *t, struct siftd_doc *doc, int severity, struct siftd_span span,
                    const char *message) {
    return t->host->emit(t->host->finding(doc, severity, "timeline", false, span.start, span.end, message));
}

static int timeline_open(void *self, const struct siftd_host *host) {
    struct timeline *p = self;
    p->host = host;
    p->lexicon = lexicon_new(host);
    dates_open(p);
    return p->lexicon ? SIFTD_OK : SIFTD_ERROR;
}

static void timeline_close(void *self) {
    struct timeline *p = self;
    lexicon_free(p->lexicon);
    tokens_deinit(&p->tokens);
    words_free(p->validity);
    free(p->figure);
}

/* The year that token i names; 0 when it names none. */
static int year_at(const struct tokens *tokens, size_t i) {
    if (tokens->at[i].kind != TOKEN_TIME)
        return 0;
    const struct when *when = &tokens->when[tokens->at[i].index];
    return when->kind == WHEN_DATE && !when->relative && !when->interval ? when->from.year : 0;
}

/* The last year that the article reports to its end: 截至2022年底. 0 when there is none. */
static int year_ended(const struct tokens *tokens) {
    int ended = 0;
    for (size_t i = 1; i < tokens->count; i++) {
        int year = year_at(tokens, i);
        if (year <= ended || !token_is(tokens, i - 1, ROLE_BIT(UNTIL)))
            continue;
        const struct when *when = &tokens->when[tokens->at[i].index];
        if (when->from.month == 12 || (!when->from.month && when->last_day))
            ended = year;
    }
    return ended;
}

/* Whether the sentence has named an earlier year: then the aim is an old one that is told. */
static bool is_told(const struct tokens *tokens, size_t i, int year) {
    for (int steps = 0; steps < REACH && i > 0 && !token_ends_sentence(tokens, i - 1); steps++) {
        int before = year_at(tokens, --i);
        if (before && before < year)
            return true;
    }
    return false;
}

static bool heads_plan(const struct tokens *tokens, size_t i) {
    for (; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++)
        if (token_is(tokens, i, ROLE_BIT(PLAN)))
            return true;
    return false;
}

/* Whether token i is a year that something is planned for: 力争到2022年, or 办好2022年… under a plan's heading. */
static bool is_planned_for(const struct tokens *tokens, size_t i, bool plan) {
    if (i == 0)
        return false;
    uint64_t before = tokens->at[i - 1].roles;
    if (before & ROLE_BIT(TOWARDS) && before & ROLE_BIT(TARGET))
        return true;
    return plan && before & (ROLE_BIT(VERB) | ROLE_BIT(TARGET)) && !(before & ROLE_BIT(FROM));
}

static int check_timeline(const struct timeline *p, struct siftd_doc *doc, int ended) {
    const struct tokens *tokens = &p->tokens;
    bool plan = false, heading = false;
    for (size_t i = 0; i < tokens->count; i++) {
        if (i == 0 || tokens->at[i - 1].kind == TOKEN_END) {
            heading = is_heading(tokens, i);
            if (heading)
                plan = heads_plan(tokens, i) || (plan && !opens_section(tokens, i));
        }
        int year = year_at(tokens, i);
        if (!year || year > ended || heading || !is_planned_for(tokens, i, plan) || is_told(tokens, i, year))
            continue;
        char message[MESSAGE_BYTES];
        snprintf(message, sizeof message, "planned for %d, which the text reports to its end", year);
        struct siftd_span span = {tokens->at[i - 1].start, tokens->at[i].end};
        if (timeline_report(p, doc, SIFTD_WARN, span, message) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

static bool is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* Whether two names end with the same words. */
static bool same_tail(const char *x, const char *y) {
    size_t x_len = strlen(x), y_len = strlen(y);
    return x_len >= NAME_TAIL_BYTES && y_len >= NAME_TAIL_BYTES &&
           memcmp(x + x_len - NAME_TAIL_BYTES, y + y_len - NAME_TAIL_BYTES, NAME_TAIL_BYTES) == 0;
}

/* Whether a level counts what the target does: unit, the name or its last words, and subject; a subject that is only
 * the class of what is counted (青禾小微企业园 has 11 小微企业园) is the whole's. */
static bool same_thing(const struct figure *level, const struct figure *target) {
    if (!level->name || !target->name || !level->subject || !target->unit || !is(level->unit, target->unit))
        return false;
    return (strcmp(level->name, target->name) == 0 || same_tail(level->name, target->name)) &&
           (is(target->subject, level->subject) || same_tail(level->subject, target->name));
}

static struct figure read_figure(const struct siftd_host *host, struct siftd_record *record) {
    const char *value = host->field_text(record, "value");
    return (struct figure){.record = record,
                           .name = host->field_text(record, "name"),
                           .subject = host->field_text(record, "subject"),
                           .unit = host->field_text(record, "unit"),
                           .status = host->field_text(record, "status"),
                           .value = value ? strtod(value, NULL) : 0};
}

/* The document's indicators; they are emitted in the order of the text. */
static void gather(struct timeline *p, const struct siftd_doc *doc) {
    size_t records = p->host->record_count(doc);
    if (records > p->room) {
        p->room = records;
        free(p->figure);
        p->figure = calloc(p->room, sizeof *p->figure);
        if (!p->figure)
            out_of_memory();
    }
    p->figures = p->end = 0;
    for (size_t i = 0; i < records; i++) {
        struct siftd_record *record = p->host->record_at(doc, i);
        if (strcmp(p->host->record_type(record), "indicator") == 0)
            p->figure[p->figures++] = read_figure(p->host, record);
    }
}

/* Moves on to the figures of an article; articles come in the order of the text. */
static void gather_article(struct timeline *p, struct siftd_span article) {
    p->first = p->end;
    while (p->first < p->figures && p->host->record_place(p->figure[p->first].record).start < article.start)
        p->first++;
    p->end = p->first;
    while (p->end < p->figures && p->host->record_place(p->figure[p->end].record).start < article.end)
        p->end++;
}

/* The highest level of the same thing that the article reports; NULL when it reports none. */
static const struct figure *level_of(const struct timeline *p, const struct figure *target) {
    const struct figure *level = NULL;
    for (size_t i = p->first; i < p->end; i++) {
        const struct figure *figure = &p->figure[i];
        if (is(figure->status, "actual") && same_thing(figure, target) && (!level || figure->value > level->value))
            level = figure;
    }
    return level;
}

static int report_target(const struct timeline *p, struct siftd_doc *doc, const struct siftd_record *target,
                         const struct siftd_record *level) {
    const struct siftd_host *host = p->host;
    const char *period = host->field_text(target, "period");
    char message[MESSAGE_BYTES];
    snprintf(message, sizeof message, "%s so far; the target is %s%s%s", host->field_text(level, "raw"),
             host->field_text(target, "raw"), period ? " for " : "", period ? period : "");
    struct siftd_span span = host->record_span(target);
    struct siftd_record *finding = host->finding(doc, SIFTD_NOTE, "target", false, span.start, span.end, message);
    host->finding_ref(finding, target);
    host->finding_ref(finding, level);
    return host->emit(finding);
}

static int check_targets(const struct timeline *p, struct siftd_doc *doc) {
    const struct siftd_host *host = p->host;
    size_t targets = 0;
    for (size_t i = p->first; i < p->end && targets < TARGETS_MAX; i++) {
        const struct figure *target = &p->figure[i];
        if (!is(target->status, "target") || is(host->field_text(target->record, "qualifier"), "up_to"))
            continue;
        targets++;
        const struct figure *level = level_of(p, target);
        if (level && level->value < target->value && report_target(p, doc, target->record, level->record) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* Whether what stands right before a number is a target of a year: 年度目标的. */
static bool is_of_target(const struct timeline *p, struct siftd_str before) {
    const struct siftd_node *words = p->host->node_get(p->host->pack(p->host, "times"), "year_targets");
    for (size_t i = 0; i < p->host->node_count(words); i++)
        if (str_ends(before, str(p->host->node_text(p->host->node_at(words, i)))))
            return true;
    return false;
}

/* 完成年度目标的91.5%, in an article that reports a year to its end. */
static int check_shares(const struct timeline *p, struct siftd_doc *doc) {
    const struct siftd_host *host = p->host;
    for (size_t i = p->first; i < p->end; i++) {
        const struct figure *share = &p->figure[i];
        if (!is(share->unit, "%") || !is(share->status, "actual") || share->value >= WHOLE)
            continue;
        struct siftd_span quote = host->record_span(share->record), number = host->record_place(share->record);
        const char *text = host->text(doc).at;
        if (number.start < quote.start || !is_of_target(p, str_from(text + quote.start, text + number.start)))
            continue;
        char message[MESSAGE_BYTES];
        snprintf(message, sizeof message, "%s of the year's target, and the year is over",
                 host->field_text(share->record, "raw"));
        struct siftd_record *finding = host->finding(doc, SIFTD_NOTE, "target", false, quote.start, quote.end, message);
        host->finding_ref(finding, share->record);
        if (host->emit(finding) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* Whether a piece of text says up to when it reports, how long something holds, or from when to when; where it says
 * nothing of this, its dates need not be read. */
static bool speaks_of_time(const struct timeline *p, struct siftd_str text) {
    static const char *const lists[] = {"until", "validity", "spans"};
    const struct siftd_node *times = p->host->pack(p->host, "times");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct siftd_node *words = p->host->node_get(times, lists[i]);
        for (size_t k = 0; k < p->host->node_count(words); k++)
            if (str_find(text, str(p->host->node_text(p->host->node_at(words, k)))))
                return true;
    }
    return false;
}

static int check_article(struct timeline *p, struct siftd_doc *doc, struct siftd_span article, const char *published) {
    struct siftd_str text = p->host->text(doc);
    gather_article(p, article);
    if (speaks_of_time(p, str_from(text.at + article.start, text.at + article.end))) {
        tokens_read(&p->tokens, p->lexicon, text, article.start, article.end);
        int ended = year_ended(&p->tokens);
        if ((ended && (check_timeline(p, doc, ended) < 0 || check_shares(p, doc) < 0)) ||
            check_dates(p, doc, published) < 0)
            return SIFTD_ERROR;
    }
    return check_numbering(p, doc, article) < 0 ? SIFTD_ERROR : check_targets(p, doc);
}

/* The date of the article behind record *k; NULL when it is not known. */
static const char *next_published(const struct timeline *p, const struct siftd_doc *doc, size_t *k) {
    while (*k < p->host->record_count(doc)) {
        const struct siftd_record *record = p->host->record_at(doc, (*k)++);
        if (strcmp(p->host->record_type(record), "article") == 0)
            return p->host->field_text(record, "published");
    }
    return NULL;
}

static int timeline_run(void *self, struct siftd_doc *doc) {
    struct timeline *p = self;
    size_t articles = p->host->mark_count(doc, "article"), record = 0;
    gather(p, doc);
    if (!articles)
        return check_article(p, doc, (struct siftd_span){0, p->host->text(doc).len}, NULL);
    for (size_t i = 0; i < articles; i++)
        if (check_article(p, doc, p->host->mark_at(doc, "article", i).span, next_published(p, doc, &record)) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "timeline",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "dates and numbers out of order, periods of validity, plans for years that are over, levels below their "
               "targets",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct timeline),
    .open = timeline_open,
    .close = timeline_close,
    .run = timeline_run,
};
SIFTD_PLUGIN(plugin)
