/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

/* Bytes of the well-formed sequence that begins at p, 0 when there is none (Unicode 15, table 3-7). */
static size_t sequence(const unsigned char *p, size_t len) {
    unsigned char a = p[0];
    if (a < 0x80)
        return 1;
    if (a < 0xc2 || a > 0xf4)
        return 0;
    size_t n = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
    if (len < n)
        return 0;
    unsigned char low = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80, high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

size_t utf8_valid(const char *at, size_t len) {
    const unsigned char *p = (const unsigned char *)at;
    size_t i = 0;
    while (i < len) {
        uint64_t word;
        while (len - i >= sizeof word) { /* eight ASCII bytes at a time */
            memcpy(&word, p + i, sizeof word);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += sizeof word;
        }
        if (i == len)
            break;
        size_t n = sequence(p + i, len - i);
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

size_t utf8_count(const char *at, size_t len) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t i = 0, following = 0; /* bytes 10xxxxxx go on with a code point */
    while (len - i >= 8) {
        uint64_t sums = 0; /* eight counters of a byte each: at most 255 rounds */
        for (int round = 0; round < 255 && len - i >= 8; round++, i += 8) {
            uint64_t word;
            memcpy(&word, at + i, sizeof word);
            sums += (word >> 7) & ~(word >> 6) & ones;
        }
        for (; sums; sums >>= 8)
            following += sums & 0xff;
    }
    for (; i < len; i++)
        following += ((unsigned char)at[i] & 0xc0) == 0x80;
    return len - following;
}

size_t utf8_next(const char *at, size_t len, uint32_t *ret_cp) {
    const unsigned char *p = (const unsigned char *)at;
    size_t n = sequence(p, len);
    switch (n) {
    case 1:
        *ret_cp = p[0];
        return 1;
    case 2:
        *ret_cp = (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
        return 2;
    case 3:
        *ret_cp = (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
        return 3;
    case 4:
        *ret_cp = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 |
                  (p[3] & 0x3f);
        return 4;
    default:
        *ret_cp = 0xfffd;
        return 1;
    }
}
