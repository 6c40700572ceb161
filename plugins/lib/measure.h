/* SPDX-License-Identifier: MIT */
/* Numbers that measure something, as they stand in the text: number, unit, range, and what qualifies them from behind.
 */
#pragma once
#include <stdbool.h>

#include "token.h"

/* What stands right before a number. */
struct measure_context {
    bool after_text;      /* other text */
    bool after_ordinal;   /* 第, or a name that a number belongs to */
    bool after_qualifier; /* 近, 超过 */
    bool after_lasting;   /* 为期 */
    bool after_between;   /* 介于, between: 与, and join the ends of a range */
    unsigned minus;       /* bytes of a minus sign that belongs to the number; 0 for none */
    bool in_money;        /* the clause speaks of money: a bare 20万 is an amount */
};

/*
 * Reads the quantity that text[at] begins with. Returns the bytes it takes with the qualifying words behind it, 0 when
 * it is no quantity; *ret_skip is then the length of the number that is to be passed over (0 when there is no number at
 * all).
 */
size_t measure_read(const struct lexicon *lexicon, struct siftd_str text, size_t at, size_t end,
                    struct measure_context context, struct quantity *ret, size_t *ret_skip);
