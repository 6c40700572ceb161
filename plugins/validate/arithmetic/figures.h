/* SPDX-License-Identifier: MIT */
/*
 * The figures of one paragraph, in reading order: its indicator records with exact values, and the words between them
 * that say how they belong together.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "siftd/plugin.h"
#include "words.h"

enum { SCALE_DIGITS = 4, SCALE = 10000 }; /* amounts are kept in ten-thousandths, exactly */

enum figure_word {
    WORD_PART = 1,
    WORD_TOTAL = 2,
    WORD_RATIO = 4,
    WORD_LIST = 8,
    WORD_AVERAGE = 16,
    WORD_RATE = 32,
    WORD_SHARE = 64,
    WORD_GROWTH = 128,
    WORD_FALL = 256,
    WORD_FROM = 512,
    WORD_LEVEL = 1024,
    WORD_EACH = 2048
};

struct figure {
    struct siftd_record *record;
    struct siftd_span place, clause;
    int64_t amount;                /* in ten-thousandths */
    int decimals;                  /* digits behind the point, as written */
    const char *unit, *raw, *name; /* name may be NULL */
    bool exact;                    /* qualifier: exact, and no range */
    bool actual;
    bool cap;               /* a rule's upper bound */
    size_t sentence;        /* number of the sentence in the text */
    unsigned before;        /* figure_words between the figure before (or the sentence's beginning) and this */
    bool right_after_total; /* the total's word stands right before the number */
    const struct siftd_node *average; /* units that this is an average over; NULL when it is none */
};

struct figures {
    const struct siftd_host *host;
    struct words *words;
    const struct siftd_node *averages; /* the pack's list */
    struct siftd_str text;
    struct figure *at;
    size_t count, room;
};

/* Decimal digits to ten-thousandths; false when there are too many for exact reckoning. */
bool read_amount(const char *digits, int64_t *ret, int *ret_decimals);
/* Reads the document's indicators whose value is exact enough to reckon with, in order of their places. */
void figures_read(struct figures *figures, struct siftd_doc *doc);
void figures_deinit(struct figures *figures);
