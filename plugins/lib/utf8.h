/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629) of unknown origin, and writing it. Text that is known to be valid is walked with codepoint.h. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Length of the longest valid prefix of [at, at+len): no overlong forms, no surrogates, at most U+10FFFF. */
size_t utf8_check(const char *at, size_t len);
/* Writes a code point (at most 4 bytes); returns its length. */
size_t utf8_put(char *to, uint32_t rune);
