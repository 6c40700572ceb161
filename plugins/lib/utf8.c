/* SPDX-License-Identifier: MIT */
/*
 * Method: two fast lanes, ASCII eight bytes at a time and plain three-byte characters (most of Chinese) four at a time,
 * and one careful step for everything else. The lane of three-byte characters leaves E0 and ED to the careful step:
 * only after these two lead bytes the second byte is restricted further.
 */
#include "utf8.h"

#include <stdbool.h>
#include <string.h>

static uint64_t load64(const unsigned char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static uint32_t load32(const unsigned char *at) {
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Length of the valid code point at `c`, 0 when there is none. */
static size_t careful(const unsigned char *c, size_t len) {
    if (c[0] < 0x80)
        return 1;
    size_t size = c[0] < 0xC2 ? 0 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : c[0] < 0xF5 ? 4 : 0;
    if (!size || size > len)
        return 0;
    unsigned low = c[0] == 0xE0 ? 0xA0 : c[0] == 0xF0 ? 0x90 : 0x80;
    unsigned high = c[0] == 0xED ? 0x9F : c[0] == 0xF4 ? 0x8F : 0xBF;
    if (c[1] < low || c[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

static bool plain_lead(unsigned char c) {
    return c != 0xE0 && c != 0xED;
}

/* Twelve bytes that are four three-byte characters, none led by E0 or ED. */
static bool four_plain(const unsigned char *c) {
    static const unsigned char mask[12] = {0xF0, 0xC0, 0xC0, 0xF0, 0xC0, 0xC0, 0xF0, 0xC0, 0xC0, 0xF0, 0xC0, 0xC0};
    static const unsigned char want[12] = {0xE0, 0x80, 0x80, 0xE0, 0x80, 0x80, 0xE0, 0x80, 0x80, 0xE0, 0x80, 0x80};
    uint64_t head = (load64(c) & load64(mask)) ^ load64(want);
    uint32_t tail = (load32(c + 8) & load32(mask + 8)) ^ load32(want + 8);
    return (head | tail) == 0 && plain_lead(c[0]) && plain_lead(c[3]) && plain_lead(c[6]) && plain_lead(c[9]);
}

static bool one_plain(const unsigned char *c) {
    static const unsigned char mask[4] = {0xF0, 0xC0, 0xC0, 0}, want[4] = {0xE0, 0x80, 0x80, 0};
    return (load32(c) & load32(mask)) == load32(want) && plain_lead(c[0]);
}

size_t utf8_check(const char *at, size_t len) {
    const unsigned char *c = (const unsigned char *)at, *end = c + len, *begin = c;
    while (c < end) {
        size_t left = (size_t)(end - c), size;
        if (*c < 0x80)
            size = left >= 8 && !(load64(c) & 0x8080808080808080U) ? 8 : 1;
        else if (left >= 12 && four_plain(c))
            size = 12;
        else if (left >= 4 && one_plain(c))
            size = 3;
        else
            size = careful(c, left);
        if (!size)
            break;
        c += size;
    }
    return (size_t)(c - begin);
}

size_t utf8_put(char *to, uint32_t rune) {
    size_t size = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    if (size == 1) {
        to[0] = (char)rune;
        return 1;
    }
    for (size_t i = size; --i > 0; rune >>= 6)
        to[i] = (char)(0x80 | (rune & 0x3F));
    to[0] = (char)((0xF00U >> size & 0xF0) | rune);
    return size;
}
