/* SPDX-License-Identifier: MIT */
#include "figures.h"

#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "str.h"

bool read_amount(const char *digits, int64_t *ret, int *ret_decimals) {
    int64_t value = 0;
    int behind = -1;
    for (const char *p = digits; *p; p++) {
        if (*p == '.') {
            behind = 0;
            continue;
        }
        if (*p < '0' || *p > '9' || value > INT64_MAX / SCALE / 100 || behind == SCALE_DIGITS)
            return false;
        value = value * 10 + (*p - '0');
        behind += behind >= 0;
    }
    *ret_decimals = behind > 0 ? behind : 0;
    for (int i = *ret_decimals; i < SCALE_DIGITS; i++)
        value *= 10;
    *ret = value;
    return true;
}

static bool read_figure(const struct figures *f, struct siftd_record *record, struct figure *ret) {
    const struct siftd_host *host = f->host;
    const char *value = host->field_text(record, "value"), *unit = host->field_text(record, "unit");
    const char *qualifier = host->field_text(record, "qualifier"), *status = host->field_text(record, "status");
    const char *raw = host->field_text(record, "raw");
    *ret = (struct figure){.record = record, .place = host->record_place(record), .clause = host->record_span(record)};
    if (!value || !unit || !raw || !read_amount(value, &ret->amount, &ret->decimals))
        return false;
    ret->unit = unit;
    ret->raw = raw;
    ret->name = host->field_text(record, "name");
    ret->cap = qualifier && strcmp(qualifier, "up_to") == 0 && status && strcmp(status, "terms") == 0;
    ret->exact = qualifier && strcmp(qualifier, "exact") == 0;
    ret->actual = status && strcmp(status, "actual") == 0;
    return true;
}

static int by_place(const void *a, const void *b) {
    const struct figure *x = a, *y = b;
    return x->place.start < y->place.start ? -1 : x->place.start > y->place.start;
}

static bool ends_sentence(struct siftd_str rest) {
    return *rest.at == '\n' || str_starts(rest, str("。")) || str_starts(rest, str("！")) ||
           str_starts(rest, str("？"));
}

static const struct siftd_node *average_units(const struct figures *f, struct siftd_str word) {
    for (size_t i = 0; i < f->host->node_count(f->averages); i++)
        if (str_equal(str(f->host->node_key(f->averages, i)), word))
            return f->host->node_at(f->averages, i);
    return NULL;
}

/* Notes the sentence of each figure and the words between it and the one before. */
static void read_between(struct figures *f) {
    size_t sentence = 0, next = 0;
    unsigned seen = 0;
    const struct siftd_node *average = NULL;
    for (size_t i = 0; i < f->text.len && next < f->count;) {
        struct siftd_str rest = {f->text.at + i, f->text.len - i};
        struct figure *figure = &f->at[next];
        size_t len;
        if (i >= figure->place.start) {
            figure->sentence = sentence;
            figure->before = seen;
            figure->average = average;
            seen = 0;
            average = NULL;
            i = figure->place.end > i ? figure->place.end : i;
            next++;
            continue;
        }
        if (ends_sentence(rest)) {
            sentence++;
            seen = 0;
            average = NULL;
        }
        unsigned word = (unsigned)words_match(f->words, rest, &len);
        if (word && i + len <= figure->place.start) {
            seen |= word;
            figure->right_after_total = word & WORD_TOTAL && i + len == figure->place.start;
            if (word & WORD_AVERAGE)
                average = average_units(f, (struct siftd_str){rest.at, len});
            i += len;
        } else
            i += cp_length((unsigned char)*rest.at);
    }
}

void figures_read(struct figures *f, struct siftd_doc *doc) {
    const struct siftd_host *host = f->host;
    f->text = host->text(doc);
    f->count = 0;
    for (size_t i = 0; i < host->record_count(doc); i++) {
        struct siftd_record *record = host->record_at(doc, i);
        if (strcmp(host->record_type(record), "indicator") != 0)
            continue;
        if (f->count == f->room) {
            f->room = f->room ? f->room * 2 : 128;
            f->at = realloc(f->at, f->room * sizeof *f->at);
            if (!f->at)
                out_of_memory();
        }
        f->count += read_figure(f, record, &f->at[f->count]);
    }
    if (f->count)
        qsort(f->at, f->count, sizeof *f->at, by_place);
    read_between(f);
}

void figures_deinit(struct figures *f) {
    words_free(f->words);
    free(f->at);
}
