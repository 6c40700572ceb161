/* SPDX-License-Identifier: MIT */
/*
 * Numerals as Chinese and English text writes them, read into exact decimal digits: 1,234.5 · ３５ · 二十三 · 一千二百
 * · 两万余 · 叁佰 · 廿三 · 二点五 · 4.8万 · 1.06亿 · 3万5千 · 20个亿 · 六百来万 · 两三, 三四十 (ranges) · 负三 ·
 * 二〇二三. No floating point anywhere: a multiplier moves the decimal point.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "siftd/plugin.h"

enum { NUMERAL_DIGITS = 48 }; /* longest result, with its final zero; longer numerals are no numerals */

struct numeral {
    size_t len;                  /* bytes read */
    char digits[NUMERAL_DIGITS]; /* the value: digits, perhaps a minus and a point, no exponent, no needless zeros */
    char upper[NUMERAL_DIGITS];  /* 两三, 三五百: the upper end; else empty */
    int power;                   /* of ten, of the multiplier at the end: 万 is 4; 0 when there is none */
    bool arabic;                 /* written with digits */
    bool more;       /* 余, 多 or 几 stood between number and multiplier (20多万) or at the end (8亿余) */
    bool about;      /* 来 stood there: 六百来万 */
    bool bare;       /* a multiplier alone: 百, 千, 万; not 百余 */
    bool positional; /* digit characters in a row, as in a year: 二〇二三 */
};

/* Whether a numeral may begin with the character. */
bool numeral_begins(unsigned codepoint);
/* Reads the numeral that `text` begins with; false when there is none, or a malformed one (十三五). */
bool numeral_read(struct siftd_str text, struct numeral *ret);

/* Moves the decimal point of `digits` by `power` places to the right (left when negative), tidies zeros. False when too
 * long. */
bool numeral_shift(const char *digits, int power, char ret[NUMERAL_DIGITS]);
/* The value of a Chinese digit character (零〇一二两三 … 九), -1 for another. */
int numeral_digit(unsigned codepoint);
/* The power of ten of a multiplier character (十百千万亿), 0 for another. */
int numeral_power(unsigned codepoint);
