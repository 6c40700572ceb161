/* SPDX-License-Identifier: MIT */
/*
 * Which charset bytes are in, judged from the bytes alone. Certain marks first (byte order marks, escape sequences,
 * zero bytes that only UTF-16 and UTF-32 have), then validity (text that is valid UTF-8 is UTF-8), then how well the
 * bytes fit the frequent rows of the East Asian sets. For all others a general detector is asked and weighed against
 * this judgement.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { DETECT_SAMPLE = 64 * 1024 }; /* bytes that are looked at for statistics */

struct guess {
    const char *charset;   /* IANA name; NULL: no judgement */
    const char *converter; /* ICU's name of the table to decode with; NULL for UTF-8 */
    const char *runner_up; /* IANA name of the second best; NULL when unknown */
    int confidence;        /* 0 to 100 */
    size_t bom;            /* bytes to skip at the beginning */
};

/* What the bytes are for certain: by mark, by escape sequences, by zero bytes. False when nothing is. */
bool detect_certain(const char *at, size_t len, struct guess *ret);
/* The general detector's answer (any spelling, may be NULL or empty) weighed against the East Asian judgement of the
 * bytes. */
void detect_legacy(const char *at, size_t len, const char *opinion, struct guess *ret);
/* What the bytes are when they are no text at all, in words ("a PDF file", "binary data"); NULL for text. */
const char *detect_binary(const char *at, size_t len);
