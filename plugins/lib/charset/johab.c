/* SPDX-License-Identifier: MIT */
#include "johab.h"

enum { NONE = -1, FILL = -2 };

/* Letters alone, as they stand in Unicode's compatibility block. */
static const uint16_t initials[] = {0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141, 0x3142, 0x3143, 0x3145,
                                    0x3146, 0x3147, 0x3148, 0x3149, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
static const uint16_t finals[] = {0,      0x3131, 0x3132, 0x3133, 0x3134, 0x3135, 0x3136, 0x3137, 0x3139, 0x313A,
                                  0x313B, 0x313C, 0x313D, 0x313E, 0x313F, 0x3140, 0x3141, 0x3142, 0x3144, 0x3145,
                                  0x3146, 0x3147, 0x3148, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};

static int initial_of(unsigned code) {
    return code == 1 ? FILL : code >= 2 && code <= 20 ? (int)code - 2 : NONE;
}

/* Vowels stand in groups of eight that begin with two or three unused codes. */
static int vowel_of(unsigned code) {
    static const int first[] = {3, 10, 18, 26}, index[] = {0, 5, 11, 17}, count[] = {5, 6, 6, 4};
    for (int i = 0; i < 4; i++)
        if ((int)code >= first[i] && (int)code < first[i] + count[i])
            return index[i] + (int)code - first[i];
    return code == 2 ? FILL : NONE;
}

static int final_of(unsigned code) {
    return code >= 1 && code <= 17 ? (int)code - 1 : code >= 19 && code <= 29 ? (int)code - 2 : NONE;
}

static uint32_t compose(unsigned code) {
    int initial = initial_of(code >> 10 & 31), vowel = vowel_of(code >> 5 & 31), last = final_of(code & 31);
    if (initial >= 0 && vowel >= 0 && last >= 0)
        return 0xAC00 + (uint32_t)((initial * 21 + vowel) * 28 + last);
    if (initial >= 0 && vowel == FILL && last == 0)
        return initials[initial];
    if (initial == FILL && vowel >= 0 && last == 0)
        return 0x314F + (uint32_t)vowel;
    if (initial == FILL && vowel == FILL && last > 0)
        return finals[last];
    return 0xFFFD;
}

/* The place in KS X 1001: a lead byte holds two rows. */
static int row_code(unsigned lead, unsigned trail, unsigned char ret[2]) {
    unsigned first = lead >= 0xE0 ? lead - 0xE0 : lead - 0xD9, base = lead >= 0xE0 ? 0xCA : 0xA1;
    if (!(lead >= 0xD9 && lead <= 0xDE) && !(lead >= 0xE0 && lead <= 0xF9))
        return 0;
    if (!(trail >= 0x31 && trail <= 0x7E) && !(trail >= 0x91 && trail <= 0xFE))
        return 0;
    unsigned place = trail < 0x80 ? trail - 0x31 : trail - 0x43;
    ret[0] = (unsigned char)(base + first * 2 + place / 94);
    ret[1] = (unsigned char)(0xA1 + place % 94);
    return 1;
}

size_t johab_step(const unsigned char *at, size_t len, uint32_t *ret_rune, unsigned char ret_code[2]) {
    *ret_rune = at[0];
    if (at[0] < 0x80)
        return 1;
    *ret_rune = 0xFFFD;
    if (len < 2 || at[1] < 0x31)
        return 1;
    if (at[0] >= 0x84 && at[0] <= 0xD3)
        *ret_rune = compose((unsigned)at[0] << 8 | at[1]);
    else if (row_code(at[0], at[1], ret_code))
        *ret_rune = 0;
    else
        return 1;
    return 2;
}
