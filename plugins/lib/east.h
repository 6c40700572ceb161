/* SPDX-License-Identifier: MIT */
/*
 * How well bytes read in the East Asian multi-byte charsets: whether they are well-formed, and how much of them lies in
 * the rows that running text is made of.
 */
#pragma once
#include <stddef.h>

/* The charsets' IANA names, best and second; NULL where none fits. */
struct east {
    const char *best, *second;
    int points;   /* of the best, 0 to 100 */
    size_t chars; /* of more than one byte, as GB18030 counts them */
};

/* Chinese is expected: Japanese must show its kana and Korean its hangul. */
struct east east_judge(const char *at, size_t len);
/* How well the bytes read in one of these charsets, 0 to 100; -1 when `charset` is none of them. */
int east_points(const char *at, size_t len, const char *charset);
