/* SPDX-License-Identifier: MIT */
/*
 * validate/conflict: two figures of one article that cannot both be right: more of a thing at one institution than the
 * whole region is said to have, or two values of one thing for the whole region and one time. Names are compared with
 * the pack's meaningless characters left out (科技型企业, 科技企业). Figures that are rounded, cumulated or parts of
 * others are not compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "runes.h"
#include "siftd/plugin.h"
#include "str.h"
#include "words.h"

enum {
    WORD_REGION = 1,
    WORD_WIDER = 2,
    MESSAGE_BYTES = 500,
    NAME_BYTES = 96,
    NAME_LEAST = 9,    /* bytes of a name that tells: three characters */
    LINK_MOST = 12,    /* bytes between the region's word, the name and the number */
    FIGURES_MAX = 4096 /* of an article that are compared */
};

struct figure {
    struct siftd_record *record;
    double value;
    char name[NAME_BYTES]; /* as compared */
    const char *raw, *unit, *subject, *period;
    struct siftd_span clause, place;
    size_t unit_class;
    bool of_region; /* the whole region's: 全市科技企业12900户 */
    bool wider;     /* cumulated, or of more than the region */
};

struct conflict {
    const struct siftd_host *host;
    const struct siftd_node *units; /* groups of units that count the same */
    struct words *words;
    struct runes ignored;
    struct figure *figure; /* kept between documents for its memory */
    size_t figures, room;
};

static int conflict_open(void *self, const struct siftd_host *host) {
    struct conflict *c = self;
    const struct siftd_node *section = host->pack(host, "conflict");
    c->host = host;
    c->words = words_new();
    words_add_list(c->words, host, host->node_get(host->pack(host, "subjects"), "same_region"), WORD_REGION);
    words_add_list(c->words, host, host->node_get(section, "wider"), WORD_WIDER);
    runes_add(&c->ignored, host, host->node_get(section, "ignored"));
    c->units = host->node_get(section, "same_units");
    return SIFTD_OK;
}

static void conflict_close(void *self) {
    struct conflict *c = self;
    words_free(c->words);
    free(c->figure);
}

/* Copies a name without the characters that mean nothing; one that is too long is compared by its beginning. */
static void reduce_name(const struct conflict *c, const char *name, char ret[NAME_BYTES]) {
    const char *end = name + strlen(name);
    size_t len = 0, size;
    for (; name < end; name += size)
        if (!runes_has(&c->ignored, cp_at(name, end, &size)) && len + size < NAME_BYTES) {
            memcpy(ret + len, name, size);
            len += size;
        }
    ret[len] = 0;
}

/* Units of one group have one number; others have the next. */
static size_t class_of(const struct conflict *c, const char *unit) {
    const struct siftd_host *host = c->host;
    size_t groups = host->node_count(c->units);
    for (size_t i = 0; i < groups; i++) {
        const struct siftd_node *group = host->node_at(c->units, i);
        for (size_t k = 0; k < host->node_count(group); k++)
            if (strcmp(host->node_text(host->node_at(group, k)), unit) == 0)
                return i;
    }
    return groups;
}

/* What the words before the number in its clause say of whose figure it is. */
static void read_scope(const struct conflict *c, struct siftd_str text, const char *name, struct figure *figure) {
    const char *at = text.at + figure->clause.start, *end = text.at + figure->place.start;
    for (size_t len; at < end; at += len) {
        uint64_t word = words_match(c->words, str_from(at, end), &len);
        if (!word)
            len = cp_length((unsigned char)*at);
        figure->wider |= (word & WORD_WIDER) != 0;
        if (word & WORD_REGION)
            figure->of_region = strlen(name) <= (size_t)(end - at) - len &&
                                (size_t)(end - at) - len <= strlen(name) + LINK_MOST &&
                                str_find(str_from(at + len, end), str(name));
    }
}

static bool is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

static bool read_figure(const struct conflict *c, struct siftd_str text, struct siftd_record *record,
                        struct figure *ret) {
    const struct siftd_host *host = c->host;
    const char *name = host->field_text(record, "name"), *value = host->field_text(record, "value");
    if (strcmp(host->record_type(record), "indicator") != 0 || !name || !value ||
        !is(host->field_text(record, "status"), "actual") || !is(host->field_text(record, "qualifier"), "exact"))
        return false;
    *ret = (struct figure){.record = record,
                           .value = strtod(value, NULL),
                           .raw = host->field_text(record, "raw"),
                           .unit = host->field_text(record, "unit"),
                           .subject = host->field_text(record, "subject"),
                           .period = host->field_text(record, "period"),
                           .clause = host->record_span(record),
                           .place = host->record_place(record)};
    reduce_name(c, name, ret->name);
    if (!ret->raw || !ret->unit || strlen(ret->name) < NAME_LEAST || ret->place.start < ret->clause.start)
        return false;
    ret->unit_class = class_of(c, ret->unit);
    read_scope(c, text, name, ret);
    return true;
}

/* The article's figures. They were emitted in the order of the text, so that *next goes on from article to article. */
static void gather(struct conflict *c, const struct siftd_doc *doc, struct siftd_span article, size_t *next) {
    struct siftd_str text = c->host->text(doc);
    c->figures = 0;
    for (; *next < c->host->record_count(doc) && c->figures < FIGURES_MAX; ++*next) {
        struct siftd_record *record = c->host->record_at(doc, *next);
        if (strcmp(c->host->record_type(record), "indicator") != 0)
            continue;
        size_t at = c->host->record_place(record).start;
        if (at < article.start)
            continue;
        if (at >= article.end)
            break;
        if (c->figures == c->room) {
            c->room = c->room ? c->room * 2 : 64;
            c->figure = realloc(c->figure, c->room * sizeof *c->figure);
            if (!c->figure)
                out_of_memory();
        }
        c->figures += read_figure(c, text, record, &c->figure[c->figures]);
    }
}

static bool same_unit(const struct conflict *c, const struct figure *a, const struct figure *b) {
    return strcmp(a->unit, b->unit) == 0 ||
           (a->unit_class == b->unit_class && a->unit_class < c->host->node_count(c->units));
}

/* Different years, where both are known. */
static bool other_time(const struct figure *a, const struct figure *b) {
    enum { YEAR = 4 };
    return a->period && b->period && strncmp(a->period, b->period, YEAR) != 0;
}

static int report(const struct conflict *c, struct siftd_doc *doc, const struct figure *figure,
                  const struct figure *other, const char *message) {
    struct siftd_record *finding =
        c->host->finding(doc, SIFTD_WARN, "conflict", false, figure->clause.start, figure->clause.end, message);
    c->host->finding_ref(finding, figure->record);
    c->host->finding_ref(finding, other->record);
    return c->host->emit(finding);
}

/* 全市科技企业12900户, and a platform of the city that has 25040. */
static int check_whole(const struct conflict *c, struct siftd_doc *doc, const struct figure *whole,
                       const struct figure *part) {
    if (!whole->of_region || whole->wider || part->of_region || part->wider || part->value <= whole->value ||
        !same_unit(c, whole, part) || strcmp(whole->name, part->name) != 0 || other_time(whole, part) ||
        !part->subject || is(whole->subject, part->subject))
        return SIFTD_OK;
    char message[MESSAGE_BYTES];
    snprintf(message, sizeof message, "%s at %s are more than the %s of the whole region%s%s", part->raw, part->subject,
             whole->raw, whole->subject ? ", " : "", whole->subject ? whole->subject : "");
    return report(c, doc, part, whole, message);
}

/* The whole region's figure of one thing at one time, with two values. */
static int check_twice(const struct conflict *c, struct siftd_doc *doc, const struct figure *first,
                       const struct figure *second) {
    if (first->value == second->value || first->wider || second->wider || !same_unit(c, first, second) ||
        strcmp(first->name, second->name) != 0 || !first->subject || !is(second->subject, first->subject) ||
        !first->period || !is(second->period, first->period) || !first->of_region || !second->of_region)
        return SIFTD_OK;
    char message[MESSAGE_BYTES];
    snprintf(message, sizeof message, "%s here and %s before, of the same thing at %s, %s", second->raw, first->raw,
             first->subject, first->period);
    return report(c, doc, second, first, message);
}

static int check_pairs(const struct conflict *c, struct siftd_doc *doc) {
    for (size_t i = 0; i < c->figures; i++) {
        for (size_t k = 0; c->figure[i].of_region && k < c->figures; k++)
            if (k != i && check_whole(c, doc, &c->figure[i], &c->figure[k]) < 0)
                return SIFTD_ERROR;
        for (size_t k = i + 1; k < c->figures; k++)
            if (check_twice(c, doc, &c->figure[i], &c->figure[k]) < 0)
                return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

static int conflict_run(void *self, struct siftd_doc *doc) {
    struct conflict *c = self;
    size_t articles = c->host->mark_count(doc, "article"), next = 0;
    for (size_t i = 0; i < articles || i == 0; i++) {
        struct siftd_span whole = {0, c->host->text(doc).len};
        gather(c, doc, articles ? c->host->mark_at(doc, "article", i).span : whole, &next);
        if (check_pairs(c, doc) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "conflict",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "figures of one thing that cannot both be right",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct conflict),
    .open = conflict_open,
    .close = conflict_close,
    .run = conflict_run,
};
SIFTD_PLUGIN(plugin)
