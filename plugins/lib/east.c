/* SPDX-License-Identifier: MIT */
#include "east.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* How bytes read in one multi-byte charset. */
struct fit {
    size_t chars;  /* of more than one byte */
    size_t common; /* in the rows that running text is made of */
    size_t own;    /* in rows that only this language uses much: kana, hangul */
    size_t errors;
};

static bool in(unsigned char c, unsigned low, unsigned high) {
    return c >= low && c <= high;
}

/* One character's length (0: error), counted in `fit`. `c` points to at least four readable bytes. */
typedef size_t step_fn(const unsigned char *c, struct fit *fit);

static size_t step_gb18030(const unsigned char *c, struct fit *fit) {
    if (!in(c[0], 0x81, 0xFE))
        return 0;
    if (in(c[1], 0x30, 0x39) && in(c[2], 0x81, 0xFE) && in(c[3], 0x30, 0x39))
        return 4;
    if (!in(c[1], 0x40, 0xFE) || c[1] == 0x7F)
        return 0;
    fit->common += c[1] >= 0xA1 && (in(c[0], 0xB0, 0xD7) || in(c[0], 0xA1, 0xA3));
    return 2;
}

static size_t step_big5(const unsigned char *c, struct fit *fit) {
    if (!in(c[0], 0x81, 0xFE) || !(in(c[1], 0x40, 0x7E) || in(c[1], 0xA1, 0xFE)))
        return 0;
    fit->common += in(c[0], 0xA4, 0xC6) || in(c[0], 0xA1, 0xA2);
    return 2;
}

static size_t step_sjis(const unsigned char *c, struct fit *fit) {
    if (in(c[0], 0xA1, 0xDF))
        return 1;
    if (!(in(c[0], 0x81, 0x9F) || in(c[0], 0xE0, 0xFC)) || !in(c[1], 0x40, 0xFC) || c[1] == 0x7F)
        return 0;
    bool kana = (c[0] == 0x82 && c[1] >= 0x9F) || (c[0] == 0x83 && c[1] <= 0x96);
    fit->own += kana;
    fit->common += kana || c[0] == 0x81 || in(c[0], 0x88, 0x97);
    return 2;
}

static size_t step_eucjp(const unsigned char *c, struct fit *fit) {
    if (c[0] == 0x8E)
        return in(c[1], 0xA1, 0xDF) ? 2 : 0;
    if (c[0] == 0x8F)
        return in(c[1], 0xA1, 0xFE) && in(c[2], 0xA1, 0xFE) ? 3 : 0;
    if (!in(c[0], 0xA1, 0xFE) || !in(c[1], 0xA1, 0xFE))
        return 0;
    fit->own += c[0] == 0xA4 || c[0] == 0xA5;
    fit->common += c[0] == 0xA4 || c[0] == 0xA5 || c[0] == 0xA1 || in(c[0], 0xB0, 0xCF);
    return 2;
}

static size_t step_euckr(const unsigned char *c, struct fit *fit) {
    if (!in(c[0], 0x81, 0xFE) || !(in(c[1], 0x41, 0x5A) || in(c[1], 0x61, 0x7A) || in(c[1], 0x81, 0xFE)))
        return 0;
    bool hangul = in(c[0], 0xB0, 0xC8) && c[1] >= 0xA1;
    fit->own += hangul;
    fit->common += hangul || c[0] == 0xA1;
    return 2;
}

static struct fit fit_of(const char *at, size_t len, step_fn *step) {
    const unsigned char *c = (const unsigned char *)at, *end = c + len;
    struct fit fit = {0};
    while (c < end) {
        if (*c < 0x80) {
            c++;
            continue;
        }
        unsigned char tail[4] = {0};
        size_t left = (size_t)(end - c);
        memcpy(tail, c, left < 4 ? left : 4);
        size_t size = step(tail, &fit);
        fit.errors += size == 0;
        fit.chars += size > 1;
        c += size ? size : 1;
    }
    return fit;
}

/* 0 to 100: how much of the text lies in common rows; every error in a hundred characters costs ten. */
static int points(const struct fit *fit) {
    if (!fit->chars)
        return 0;
    int common = (int)(fit->common * 100 / fit->chars), errors = (int)(fit->errors * 1000 / fit->chars);
    return common > errors ? common - errors : 0;
}

/* Johab writes a syllable as three groups of five bits: which of them are letters. */
static bool is_syllable(const unsigned char *c) {
    unsigned code = (unsigned)c[0] << 8 | c[1], first = code >> 10 & 31, vowel = code >> 5 & 31, last = code & 31;
    return first >= 2 && first <= 20 && vowel >= 3 && vowel <= 29 && (vowel & 7) > 1 && last >= 1 && last <= 29 &&
           last != 18;
}

static size_t step_johab(const unsigned char *c, struct fit *fit) {
    if (in(c[0], 0x84, 0xD3) && is_syllable(c)) {
        fit->own++;
        fit->common++;
        return 2;
    }
    if (!(in(c[0], 0xD9, 0xDE) || in(c[0], 0xE0, 0xF9)) || !(in(c[1], 0x31, 0x7E) || in(c[1], 0x91, 0xFE)))
        return 0;
    fit->common += c[0] == 0xD9 || c[0] == 0xDA;
    return 2;
}

/* --- the judgement ------------------------------------------------------------------------------------------------ */

/* `own` is the least share, in percent, that kana or hangul must have: Chinese is what is expected. Frequent GB
 * characters lie in the same rows as hangul, but spread to D7 where hangul ends at C8. */
static const struct {
    const char *name;
    step_fn *step;
    size_t own, least; /* least: characters that it takes to be shown */
} sets[] = {
    {"GB18030", step_gb18030, 0, 0}, {"Big5-HKSCS", step_big5, 0, 0}, {"Shift_JIS", step_sjis, 20, 2},
    {"EUC-JP", step_eucjp, 20, 2},   {"EUC-KR", step_euckr, 85, 12},  {"Johab", step_johab, 60, 24},
};

enum { SETS = sizeof sets / sizeof *sets, SHOWN = 5 /* points for having shown kana or hangul */ };

static int points_in(size_t set, const struct fit *fit) {
    if (!sets[set].own)
        return points(fit);
    return fit->chars >= sets[set].least && fit->own * 100 >= fit->chars * sets[set].own ? points(fit) + SHOWN : 0;
}

struct east east_judge(const char *at, size_t len) {
    struct east j = {0};
    for (size_t i = 0; i < SETS; i++) {
        struct fit fit = fit_of(at, len, sets[i].step);
        int of_set = points_in(i, &fit);
        if (i == 0)
            j.chars = fit.chars;
        if (of_set > j.points) {
            j.second = j.best;
            j.best = sets[i].name;
            j.points = of_set;
        } else if (of_set && !j.second) {
            j.second = sets[i].name;
        }
    }
    if (j.points > 100)
        j.points = 100;
    return j;
}

int east_points(const char *at, size_t len, const char *charset) {
    for (size_t i = 0; i < SETS; i++)
        if (strcasecmp(sets[i].name, charset) == 0) {
            struct fit fit = fit_of(at, len, sets[i].step);
            return points(&fit);
        }
    return -1;
}
