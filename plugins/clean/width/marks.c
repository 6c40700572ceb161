/* SPDX-License-Identifier: MIT */
/* Punctuation: ASCII marks inside Chinese become full-width, by what stands to their left and right. */
#include <string.h>

#include "width.h"

bool is_wide_mark(uint32_t c) {
    return (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301F) ||
           c == 0x2014 || (c >= 0x2018 && c <= 0x201D) || c == 0x2026 || c == 0xFF0C || c == 0xFF1A || c == 0xFF1B ||
           c == 0xFF1F || c == 0xFF01 || c == 0xFF08 || c == 0xFF09;
}

/* What stands to the left, as it will be: a mark that has just become full-width counts as such. */
static uint32_t left_of(const struct line *line, const char *at) {
    uint32_t c = rune_before(line->begin, at);
    while (c && rune_is_space(c)) {
        at = cp_before(line->begin, at);
        c = rune_before(line->begin, at);
    }
    return at == line->widened ? 0xFF0C : c;
}

static uint32_t right_of(const struct line *line, const char *at) {
    uint32_t c;
    size_t size;
    for (; at < line->end; at += size)
        if (c = cp_at(at, line->end, &size), !rune_is_space(c))
            return c;
    return 0;
}

static const char *wide_form(char c) {
    switch (c) {
    case ',':
        return "，";
    case ';':
        return "；";
    case ':':
        return "：";
    case '?':
        return "？";
    case '!':
        return "！";
    case '(':
        return "（";
    case ')':
        return "）";
    default:
        return NULL;
    }
}

/* A mark inside a number, a time, an address, or a row of marks that stands for lost characters. */
static bool is_inside(const struct line *line, const char *at) {
    uint32_t before = rune_before(line->begin, at), after = rune_at(at + 1, line->end);
    if (cp_is_digit(before) && cp_is_digit(after))
        return true;
    return (*at == ':' && after == '/') || (*at == '?' && (before == '?' || after == '?'));
}

static bool plain_widens(const struct line *line, const char *at) {
    uint32_t left = left_of(line, at), right = right_of(line, at + 1);
    if (!left || is_inside(line, at))
        return false;
    if (!line_chinese(line))
        return cp_is_han(left) && (!right || is_cjk(right));
    return is_cjk(left) || is_cjk(right) || (!right && *at != ':');
}

/* --- brackets ----------------------------------------------------------------------------------------------------- */

/* The bracket, ASCII or full-width, that closes the one before `at`; NULL when the line has none within reach. */
static const char *closing(const struct line *line, const char *at, bool *ret_han) {
    const char *stop = line->end - at > BRACKET_REACH ? at + BRACKET_REACH : line->end;
    int depth = 1;
    size_t size;
    for (*ret_han = false; at < stop; at += size) {
        uint32_t c = cp_at(at, line->end, &size);
        depth += (c == '(' || c == 0xFF08) - (c == ')' || c == 0xFF09);
        if (depth == 0)
            return at;
        *ret_han |= cp_is_han(c);
    }
    return NULL;
}

/* A pair becomes full-width as one: when it holds Chinese or stands in Chinese, not when it belongs to a Latin word. */
static bool pair_widens(const struct line *line, const char *open, const char *close, bool han) {
    uint32_t left = left_of(line, open), right = close ? right_of(line, close + 1) : 0;
    if (!close)
        return is_cjk(left) && is_cjk(right_of(line, open + 1));
    if (*open != '(' || *close != ')')
        return line_chinese(line);
    if (!line_chinese(line))
        return han && is_cjk(left);
    return han || is_cjk(left) || (!cp_is_latin(left) && is_cjk(right));
}

static bool open_widens(const struct line *line, const char *at) {
    bool han;
    const char *close = closing(line, at + 1, &han);
    return pair_widens(line, at, close, han);
}

static bool close_widens(const struct line *line, const char *at) {
    for (size_t i = line->closers; i-- > 0;)
        if (line->closer[i] == at)
            return true;
    return false;
}

static void expect(struct line *line, const char *close) {
    if (!close || *close != ')' || line->closers == BRACKETS)
        return;
    line->closer[line->closers++] = close;
}

/* The bracket that opens at `at` (`size` bytes): decides for both. */
static bool open_bracket(struct line *line, const char *at, size_t size) {
    bool han, widens;
    const char *close = closing(line, at + size, &han);
    while (line->closers && line->closer[line->closers - 1] < at)
        line->closers--;
    widens = pair_widens(line, at, close, han);
    if (widens)
        expect(line, close);
    return widens;
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

bool mark_widens(const struct line *line, const char *at) {
    if (at >= line->end || !line->width->punctuation)
        return is_wide_mark(rune_at(at, line->end));
    if (*at == '(')
        return open_widens(line, at);
    if (*at == ')')
        return close_widens(line, at);
    return wide_form(*at) ? plain_widens(line, at) : is_wide_mark(rune_at(at, line->end));
}

static size_t run_of(const struct line *line, const char *at, const char *what) {
    size_t len = strlen(what), n = 0;
    while ((size_t)(line->end - at) >= len && memcmp(at, what, len) == 0) {
        at += len;
        n++;
    }
    return n;
}

/* Dashes and dots that people draw with other characters. */
static size_t drawn(struct line *line, const char *at) {
    static const struct {
        const char *what, *with;
        size_t least, most;
        bool both; /* Chinese on both sides, or on one */
    } forms_of[] = {
        {"─", "——", 2, 4, false}, {"━", "——", 2, 4, false}, {"-", "——", 2, 4, true}, {".", "……", 3, 6, false}};
    for (size_t i = 0; i < sizeof forms_of / sizeof *forms_of; i++) {
        size_t n = run_of(line, at, forms_of[i].what), size = n * strlen(forms_of[i].what);
        if (!n)
            continue;
        bool left = is_cjk(rune_before(line->begin, at)), right = is_cjk(rune_at(at + size, line->end));
        bool fits = forms_of[i].both ? left && right : left || right;
        if (fits && n >= forms_of[i].least && n <= forms_of[i].most)
            line_edit(line, at, at + size, forms_of[i].with, 6, "punctuation");
        return n > 1 ? size : 0;
    }
    return 0;
}

/* A full stop drawn as a point: behind Chinese, at the end of the line or of a quotation. */
static size_t point(struct line *line, const char *at) {
    uint32_t after = rune_at(at + 1, line->end);
    uint32_t before = rune_before(line->begin, at);
    if (!line_chinese(line) || !(cp_is_han(before) || before == '%' || is_wide_mark(before)))
        return 0;
    if (after && after != 0x201D && after != 0x300D && after != 0xFF09)
        return 0;
    line_edit(line, at, at + 1, "。", 3, "punctuation");
    return 1;
}

/* Straight quotes come in pairs: only a line with an even number of them is touched. */
static size_t quote(struct line *line, const char *at) {
    if (!line_chinese(line) || line->quotes % 2)
        return 0;
    line_edit(line, at, at + 1, line->open_quote ? "”" : "“", 3, "punctuation");
    line->open_quote = !line->open_quote;
    line->wide = true;
    return 1;
}

size_t marks(struct line *line, const char *at) {
    if (!line->width->punctuation)
        return 0;
    size_t size = drawn(line, at);
    if (size)
        return size;
    if (*at == '.')
        return point(line, at);
    if (*at == '"')
        return quote(line, at);
    if ((unsigned char)*at == 0xEF && line->end - at >= 3 && memcmp(at, "（", 3) == 0) {
        open_bracket(line, at, 3);
        return 0;
    }
    const char *form = wide_form(*at);
    if (!form || !(*at == '(' ? open_bracket(line, at, 1) : mark_widens(line, at)))
        return 0;
    line_edit(line, at, at + 1, form, 3, "punctuation");
    line->wide = true;
    line->sentence |= *at == ',' || *at == ';';
    line->widened = at + 1;
    return 1;
}
