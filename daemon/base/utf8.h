/* SPDX-License-Identifier: MIT */
/* UTF-8 as of RFC 3629: no overlong forms, no surrogates, at most U+10FFFF. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Length of the longest valid prefix of [at, at+len). */
size_t utf8_valid(const char *at, size_t len);
/* The number of code points in valid UTF-8. */
size_t utf8_count(const char *at, size_t len);
/* Decodes one code point of valid or broken text; returns the bytes it takes (at least 1), *ret_cp is U+FFFD for a
 * broken byte. len must be at least 1. */
size_t utf8_next(const char *at, size_t len, uint32_t *ret_cp);
