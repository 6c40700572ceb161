/* SPDX-License-Identifier: MIT */
/* Characters that have a plainer form: full-width digits and letters, small marks, sequences that NFC composes. */
#include <string.h>

#include "utf8.h"
#include "width.h"

enum { SEGMENT = 64 };

static bool is_alnum(uint32_t c) {
    return cp_is_digit(c) || cp_is_latin(c) || (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A);
}

/* The half-width form of a full-width character where it should have it; 0 where it stays. */
static uint32_t half_form(const struct line *line, const char *at, uint32_t c) {
    uint32_t before = rune_before(line->begin, at), after = rune_at(at + 3, line->end), half = c - 0xFEE0;
    if ((c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A))
        return half;
    switch (c) {
    case 0xFF05: /* percent sign */
    case 0xFF06: /* ampersand */
    case 0xFF0B: /* plus */
    case 0xFF0F: /* slash */
    case 0xFF20: /* at */
        return half;
    case 0xFF0E: /* full stop: the point of numbers and of list numbers */
        return cp_is_digit(before) ? half : 0;
    case 0xFF0D: /* hyphen */
        return is_alnum(before) && is_alnum(after) ? half : 0;
    case 0xFF1A: /* colon: in times */
        return cp_is_digit(before) && cp_is_digit(after) && cp_is_digit(rune_at(at + 4, line->end)) ? half : 0;
    default:
        return 0;
    }
}

/* Small and half-width Chinese marks. */
static const char *full_form(uint32_t c) {
    static const struct {
        uint32_t c;
        const char *form;
    } small[] = {{0xFE50, "，"}, {0xFE51, "、"}, {0xFE54, "；"}, {0xFE55, "："}, {0xFE56, "？"},
                 {0xFE57, "！"}, {0xFE59, "（"}, {0xFE5A, "）"}, {0xFF61, "。"}, {0xFF64, "、"}};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (small[i].c == c)
            return small[i].form;
    return NULL;
}

/* Whether NFC leaves a character alone whatever stands beside it; the common ranges without asking. */
static bool is_settled(uint32_t c) {
    return c < 0x300 || (c >= 0x2010 && c < 0x2100) || (c >= 0x3000 && c < 0x3099) || (c >= 0x309B && c < 0xA000) ||
           (c >= 0xFF00 && c < 0xFFF0);
}

static bool begins(const struct line *line, uint32_t c) {
    return !c || is_settled(c) || unorm2_hasBoundaryBefore(line->width->nfc, (UChar32)c);
}

/* Composes [start, end) when that changes it. */
static void compose(struct line *line, const char *start, const char *end) {
    UChar units[SEGMENT], composed[SEGMENT];
    char utf8[SEGMENT * 3];
    int32_t n = 0, len = 0;
    size_t size = 0, step;
    UErrorCode code = U_ZERO_ERROR;
    if (start < line->edited || end - start > SEGMENT)
        return;
    for (const char *p = start; p < end; p += step) {
        uint32_t c = cp_at(p, end, &step);
        U16_APPEND_UNSAFE(units, n, (UChar32)c);
    }
    len = unorm2_normalize(line->width->nfc, units, n, composed, SEGMENT, &code);
    if (U_FAILURE(code))
        return;
    for (int32_t i = 0; i < len;) {
        UChar32 c;
        U16_NEXT_UNSAFE(composed, i, c);
        size += utf8_put(utf8 + size, (uint32_t)c);
    }
    if (size != (size_t)(end - start) || memcmp(utf8, start, size) != 0)
        line_edit(line, start, end, utf8, size, "normal_form");
}

/* The sequence around a character that is not settled. */
static size_t sequence(struct line *line, const char *at, uint32_t c, size_t size) {
    const char *start = begins(line, c) ? at : cp_before(line->begin, at), *end = at + size;
    while (end < line->end && !begins(line, rune_at(end, line->end)))
        end += cp_length((unsigned char)*end);
    compose(line, start, end);
    return (size_t)(end - at);
}

size_t forms(struct line *line, const char *at) {
    size_t size;
    char utf8[4];
    uint32_t c = cp_at(at, line->end, &size);
    const char *full = c >= 0xFE50 && line->width->punctuation ? full_form(c) : NULL;
    if (full) {
        line_edit(line, at, at + size, full, 3, "punctuation");
        line->wide = true;
        return size;
    }
    uint32_t half = c >= 0xFF00 && c < 0xFF5F && line->width->digits ? half_form(line, at, c) : 0;
    if (half && begins(line, rune_at(at + size, line->end))) {
        line_edit(line, at, at + size, utf8, utf8_put(utf8, half), "half_width");
        return size;
    }
    return is_settled(c) ? size : sequence(line, at, c, size);
}
