/* SPDX-License-Identifier: MIT */
/*
 * Code points of valid UTF-8 text, forwards and backwards, and the few classes of characters that extractors ask for.
 * Text inside a pipeline is always valid (decode sees to it), so these do not check.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character whose first byte is `lead`. */
static inline size_t cp_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The character at `at`, which is before `end`; *ret_len is its bytes. */
static inline uint32_t cp_at(const char *at, const char *end, size_t *ret_len) {
    const unsigned char *p = (const unsigned char *)at;
    size_t len = cp_length(*p);
    if (len > (size_t)(end - at))
        len = 1;
    *ret_len = len;
    switch (len) {
    case 2:
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    case 3:
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    case 4:
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
               (p[3] & 0x3F);
    default:
        return p[0];
    }
}

/* Where the character that ends at `at` begins; `at` is after `begin`. */
static inline const char *cp_before(const char *begin, const char *at) {
    do
        at--;
    while (at > begin && ((unsigned char)*at & 0xC0) == 0x80);
    return at;
}

static inline bool cp_is_digit(uint32_t c) {
    return c - '0' < 10 || c - 0xFF10 < 10;
}

static inline bool cp_is_latin(uint32_t c) {
    return (c | 0x20) - 'a' < 26;
}

static inline bool cp_is_han(uint32_t c) {
    return c - 0x4E00 < 0x5200 || c - 0x3400 < 0x19C0 || c - 0x20000 < 0x10000 || c == 0x3007;
}

/* The number of characters in a piece of text. */
static inline size_t cp_count(const char *at, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)at[i] & 0xC0) != 0x80;
    return n;
}
