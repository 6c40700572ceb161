/* SPDX-License-Identifier: MIT */
/*
 * What bytes show of their charset for certain: byte order marks, escape sequences, zero bytes that only UTF-16 and
 * UTF-32 have; and what bytes are when they are no text. The judgement of all that is uncertain is
 * charset/charset.h's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { DETECT_SAMPLE = 64 * 1024 }; /* bytes that are looked at for statistics */

struct guess {
    const char *charset;   /* IANA name, lives for ever; NULL: no judgement */
    const char *runner_up; /* IANA name of the second best; NULL when unknown */
    int confidence;        /* 0 to 100 */
    size_t bom;            /* bytes to skip at the beginning */
};

/* What the bytes are for certain: by mark, by escape sequences, by zero bytes. False when nothing is. */
bool detect_certain(const char *at, size_t len, struct guess *ret);
/* UTF-16 of Chinese or Japanese without a mark and without a zero byte, for bytes that are no valid UTF-8. */
bool detect_wide(const char *at, size_t len, struct guess *ret);
/* What the bytes are when they are no text at all, in words ("a PDF file", "binary data"); NULL for text. */
const char *detect_binary(const char *at, size_t len);
