/* SPDX-License-Identifier: MIT */
/* The characters that GB18030 (GBK) writes in two bytes, both ways. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEAD_FIRST = 0x81, LEAD_LAST = 0xFE, TRAIL_FIRST = 0x40, TRAIL_LAST = 0xFE };

struct codes;

struct codes *codes_new(void); /* NULL when ICU has no GB18030 */
struct codes *codes_free(struct codes *codes);

/* The character of a pair of bytes; 0 when it stands for none. */
uint32_t codes_rune(const struct codes *codes, unsigned lead, unsigned trail);
/* The pair of a character, lead byte high; 0 when it is not written in two bytes. */
unsigned codes_pair(const struct codes *codes, uint32_t rune);

/* The 3,755 common characters of GB2312's first level. */
static inline bool codes_is_common(unsigned pair) {
    return pair >= 0xB0A1 && pair <= 0xD7F9 && (pair & 0xFF) >= 0xA1;
}
/* Outside GB2312: in text made of GBK, traditional or rare. */
static inline bool codes_is_extended(unsigned pair) {
    return pair < 0xA1A1 || (pair & 0xFF) < 0xA1;
}
