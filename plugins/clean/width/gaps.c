/* SPDX-License-Identifier: MIT */
/*
 * Spaces inside a line. Chinese has none; those between words of different script are a matter of taste and stay, those
 * that layout or conversion left go: beside full-width marks, between a number and its measure word, and between all
 * the letters of a word. A gap between two Chinese words is kept as one space: headlines, by-lines and datelines are
 * set that way.
 */
#include <string.h>

#include "width.h"

enum { NUMBER_MAX = 24, SPACED_MIN = 4, HEADLINE_BYTES = 150 };

static const char *space_end(const struct line *line, const char *at, bool *ret_tab) {
    size_t size;
    for (*ret_tab = false; at < line->end; at += size) {
        uint32_t c = cp_at(at, line->end, &size);
        if (!rune_is_space(c))
            break;
        *ret_tab |= c == '\t';
    }
    return at;
}

/* Where a run of single Chinese characters with spaces between them ends, when it is long enough to be one word; else
 * NULL. */
static const char *spaced_run(const struct line *line, const char *at) {
    const char *p = cp_before(line->begin, at), *last = NULL;
    uint32_t before = rune_before(line->begin, p);
    size_t n = 0, size;
    bool tab;
    if (before && !rune_is_space(before))
        return NULL;
    while (p < line->end && cp_is_han(cp_at(p, line->end, &size))) {
        const char *next = p + size;
        if (next < line->end && !rune_is_space(rune_at(next, line->end)))
            break;
        n++;
        last = p;
        p = space_end(line, next, &tab);
    }
    return n >= SPACED_MIN ? last : NULL;
}

/* The number before `at`: a count, not a date, a time, or the number of a list's item or of a figure. */
static bool is_count_before(const struct line *line, const char *at) {
    const char *p = at;
    size_t parts = 0;
    while (p > line->begin && at - p < NUMBER_MAX && strchr("0123456789.,-:/%", p[-1]))
        parts += strchr("-:/", *--p) != NULL;
    const char *owner = p > line->begin ? cp_before(line->begin, p) : p;
    bool head = owner == line->begin && (p == owner || runes_has(&line->width->numbered, rune_at(owner, p)));
    return p < at && parts < 2 && !memchr(p, ':', (size_t)(at - p)) && !memchr(p, '/', (size_t)(at - p)) &&
           cp_is_digit((unsigned char)*p) && !head && cp_is_digit((unsigned char)at[-1]);
}

/* A number at `at`, with its percent sign, that is followed by a space and Chinese, or stands in the middle of a
 * sentence. */
static bool is_count_after(const struct line *line, const char *at) {
    const char *p = at;
    bool tab;
    while (p < line->end && p - at < NUMBER_MAX && strchr("0123456789.,%", *p))
        p++;
    if (p == line->end || cp_is_han(rune_at(p, line->end)) || mark_widens(line, p))
        return line->sentence;
    const char *next = space_end(line, p, &tab);
    return next > p && !tab && cp_is_han(rune_at(next, line->end));
}

static bool is_quote(uint32_t c) {
    return c >= 0x2018 && c <= 0x201D;
}

/* A short line without the marks of sentences. */
static bool is_headline(const struct line *line) {
    static const char *const marks[] = {"，", "。", "；", ",", ";"};
    size_t len = (size_t)(line->end - line->begin);
    if (len > HEADLINE_BYTES)
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (memmem(line->begin, len, marks[i], strlen(marks[i])))
            return false;
    return true;
}

/* Between the halves of a headline that has a word in quotation marks at the seam. */
static bool parts_headline(const struct line *line, uint32_t left, uint32_t right) {
    return ((left == 0x201D && cp_is_han(right)) || (cp_is_han(left) && right == 0x201C)) && is_headline(line);
}

/* How many characters of the clause stand on one side of the gap, up to `most`; another gap there: none. */
static int clause_left(const struct line *line, const char *at, int most) {
    int count = 0;
    while (at > line->begin && count < most) {
        at = cp_before(line->begin, at);
        uint32_t c = rune_at(at, line->end);
        if (c == ' ' || c == 0x3000)
            return 0;
        if (!cp_is_han(c) && !cp_is_digit(c))
            break;
        count++;
    }
    return count;
}

static int clause_right(const struct line *line, const char *at, int most) {
    int count = 0;
    for (; at < line->end && count < most; at += cp_length((unsigned char)*at), count++) {
        uint32_t c = rune_at(at, line->end);
        if (c == ' ' || c == 0x3000)
            return 0;
        if (!cp_is_han(c) && !cp_is_digit(c))
            break;
    }
    return count;
}

/* 走轻资产 运营的路子。: one blank in the middle of a long clause of running text. Names and what stands before them
 * (记者 某某) are shorter. */
static bool splits_clause(const struct line *line, const char *start, const char *end) {
    enum { SIDE = 4, BOTH = 10, SEEN = 12, SENTENCE = 120, STOP = 0x3002 };
    int left = clause_left(line, start, SEEN), right = clause_right(line, end, SEEN);
    return end - start <= 2 && left >= SIDE && right >= SIDE && left + right >= BOTH &&
           line->end - line->begin >= SENTENCE && rune_before(line->begin, line->end) == STOP;
}

/* Whether the gap between `left` and `right` is damage. `start` and `end` are its borders. */
static bool is_damage(const struct line *line, uint32_t left, uint32_t right, const char *start, const char *end) {
    if (parts_headline(line, left, right))
        return false;
    bool wide_left = line->wide || is_wide_mark(left), wide_right = mark_widens(line, end);
    if (wide_left && !(is_quote(left) && cp_is_latin(right)))
        return true;
    if (wide_right && !(is_quote(right) && cp_is_latin(left)))
        return true;
    if (cp_is_digit(left) && (cp_is_han(right) || right == '%'))
        return is_count_before(line, start);
    if (left == '%' && cp_is_han(right))
        return true;
    if (cp_is_han(left) && cp_is_han(right))
        return splits_clause(line, start, end);
    return cp_is_han(left) && cp_is_digit(right) && start + 1 == end && is_count_after(line, end);
}

size_t gaps(struct line *line, const char *at) {
    bool tab, plain = *at == ' ';
    const char *end = space_end(line, at, &tab);
    size_t size = (size_t)(end - at);
    if (!size || at == line->begin || end == line->end || tab || !line->width->spaces)
        return size;
    uint32_t left = rune_before(line->begin, at), right = rune_at(end, line->end);
    if (!line_chinese(line)) {
        if (!plain)
            line_edit(line, at, end, " ", 1, "spacing");
        return size;
    }
    if (at >= line->spaced && cp_is_han(left) && cp_is_han(right)) {
        const char *spaced = spaced_run(line, at);
        line->spaced = spaced ? spaced : line->spaced;
    }
    if (at < line->spaced || is_damage(line, left, right, at, end))
        line_edit(line, at, end, "", 0, "spacing");
    else if (size > 1)
        line_edit(line, at, end, " ", 1, "spacing");
    return size;
}
