/* SPDX-License-Identifier: MIT */
#include "paper.h"

#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "numeral.h"
#include "paragraph.h"
#include "str.h"
#include "when.h"

enum {
    TITLE_CHARACTERS = 46,
    DATE_LINE_BYTES = 160,
    ISSUE_CHARACTERS = 14,
    NAME_SHORTEST = 2,
    NAME_LONGEST = 4,
    STOP = 0x3002,
    LISTING = 0x3001,
    BRACKET_OPEN = 0xFF08,
    BRACKET_CLOSE = 0xFF09
};

static unsigned words_at_start(const struct words *words, struct siftd_str text) {
    size_t len;
    return (unsigned)words_match(words, text, &len);
}

static bool holds(const struct words *words, struct siftd_str text, unsigned want) {
    size_t len;
    for (size_t i = 0; i < text.len; i += cp_length((unsigned char)text.at[i]))
        if (words_match(words, (struct siftd_str){text.at + i, text.len - i}, &len) & want)
            return true;
    return false;
}

/* The last character that is no closing quote or bracket. */
static uint32_t last_character(struct siftd_str text) {
    const char *at = text.at + text.len;
    while (at > text.at) {
        at = cp_before(text.at, at);
        uint32_t c = cp_at(at, text.at + text.len, &(size_t){0});
        if (c != 0x201D && c != 0x2019 && c != BRACKET_CLOSE)
            return c;
    }
    return 0;
}

static bool is_title(const struct words *words, struct siftd_str text) {
    static const uint32_t ends[] = {STOP, 0xFF0C, 0xFF1B, LISTING, 0xFF1A, 0x2026, ';', ':', ','};
    uint32_t last = last_character(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (last == ends[i])
            return false;
    if ((text.len && text.at[text.len - 1] == '.') || (str_find(text, str("〔")) && str_ends(text, str("号"))))
        return false;
    return cp_count(text.at, text.len) <= TITLE_CHARACTERS && !str_find(text, str("。")) &&
           !(words_at_start(words, text) & (WORD_NOT_TITLE | WORD_BYLINE | WORD_INTRO));
}

static bool all_han(struct siftd_str text, int *ret_characters) {
    size_t len;
    *ret_characters = 0;
    for (size_t i = 0; i < text.len; i += len, ++*ret_characters)
        if (!cp_is_han(cp_at(text.at + i, text.at + text.len, &len)))
            return false;
    return true;
}

static bool is_name(struct siftd_str text) {
    int characters;
    return all_han(text, &characters) && characters >= NAME_SHORTEST && characters <= NAME_LONGEST;
}

/* 一、 or 1. or （一） at the beginning: its number; a section's is written in characters without brackets. */
static void read_number(struct line *line, struct siftd_str text) {
    const char *at = text.at, *end = text.at + text.len;
    struct numeral n;
    size_t len;
    uint32_t c = cp_at(at, end, &len);
    bool bracket = c == BRACKET_OPEN || c == '(';
    if (bracket)
        at += len;
    if (!numeral_read(str_from(at, end), &n) || n.more || strlen(n.digits) > 4)
        return;
    bool decimal = strchr(n.digits, '.') != NULL;
    at += decimal ? 1 : (ptrdiff_t)n.len;
    if (at >= end)
        return;
    c = cp_at(at, end, &len);
    if (bracket ? c != BRACKET_CLOSE && c != ')' : c != LISTING && c != '.' && c != 0xFF0E)
        return;
    line->flags |= LINE_NUMBERED;
    line->number = atoi(n.digits);
    if (!bracket && !n.arabic && c == LISTING)
        line->flags |= LINE_SECTION;
}

/* …结束。张三 : a name behind the paragraph's last sentence. */
static void read_signature(struct line *line, struct siftd_str text) {
    const char *at = text.at + text.len;
    for (int i = 0; i <= NAME_LONGEST && at > text.at; i++) {
        const char *before = cp_before(text.at, at);
        uint32_t c = cp_at(before, text.at + text.len, &(size_t){0});
        if (c == STOP) {
            struct siftd_str name = str_from(at, text.at + text.len);
            if (!is_name(name))
                return;
            line->flags |= LINE_SIGNED;
            line->name = (struct siftd_span){line->span.end - name.len, line->span.end};
            return;
        }
        at = before;
    }
}

static void read_date(struct line *line, const struct lexicon *lexicon, struct siftd_str text) {
    if (text.len > DATE_LINE_BYTES || str_find(text, str("。")))
        return;
    for (size_t i = 0; i < text.len; i += cp_length((unsigned char)text.at[i])) {
        struct when when;
        char iso[WHEN_TEXT];
        if (!cp_is_digit((unsigned char)text.at[i]) || (i && cp_is_digit((unsigned char)text.at[i - 1])) ||
            !when_read(lexicon, (struct siftd_str){text.at + i, text.len - i}, false, &when) || when.interval ||
            !when.from.day || !when_text(&when, iso))
            continue;
        memcpy(line->date, iso, 11);
        line->flags |= LINE_DATE;
        return;
    }
}

/* 《某某导刊》2019年第6期: a paper's name in its marks, and little but figures behind. */
static void read_issue(struct line *line, struct siftd_str text) {
    const char *close = str_find(text, str("》"));
    size_t digits = 0;
    if (!str_starts(text, str("《")) || !close ||
        cp_count(close, (size_t)(text.at + text.len - close)) > ISSUE_CHARACTERS)
        return;
    for (const char *at = close; at < text.at + text.len; at++)
        digits += cp_is_digit((unsigned char)*at);
    if (!digits)
        return;
    line->flags |= LINE_ISSUE;
    line->name = (struct siftd_span){line->span.start + strlen("《"), line->span.start + (size_t)(close - text.at)};
}

/* A line that is a date has no more than a word or two beside it (时间), or says where it comes from (来源). */
static bool mostly_date(const struct words *words, struct siftd_str text) {
    size_t han = 0;
    if (cp_is_digit((unsigned char)*text.at) && holds(words, text, WORD_SOURCE))
        return true;
    for (size_t i = 0, len; i < text.len; i += len)
        han += cp_is_han(cp_at(text.at + i, text.at + text.len, &len));
    return han <= 14;
}

static void classify(struct line *line, const struct lexicon *lexicon, const struct words *words,
                     struct siftd_str text) {
    if (!text.at || text.len == 0)
        return;
    unsigned start = words_at_start(words, text);
    read_number(line, text);
    read_signature(line, text);
    read_date(line, lexicon, text);
    read_issue(line, text);
    if (line->flags & LINE_DATE && !mostly_date(words, text))
        line->flags &= ~(unsigned)LINE_DATE;
    line->flags |= (start & WORD_ORIGINAL ? LINE_ORIGINAL : 0) | (start & WORD_SOURCE ? LINE_SOURCE : 0) |
                   (start & WORD_LEAD ? LINE_LEAD : 0);
    if (is_name(text)) {
        line->flags |= LINE_NAME;
        line->name = line->span;
    } else if (is_title(words, text) &&
               !(line->flags & (LINE_NUMBERED | LINE_DATE | LINE_SOURCE | LINE_ORIGINAL | LINE_LEAD | LINE_ISSUE)))
        line->flags |= LINE_TITLE;
    if (!(line->flags & LINE_TITLE) && holds(words, text, WORD_CAPTION))
        line->flags |= LINE_CAPTION;
    if (line->flags & LINE_TITLE && holds(words, text, WORD_OPINION))
        line->flags |= LINE_OPINION;
}

void paper_read(struct paper *paper, const struct lexicon *lexicon, const struct words *words, struct siftd_str text) {
    struct siftd_span span;
    paper->text = text;
    paper->count = 0;
    for (size_t at = 0; paragraph_next(text, &at, &span);) {
        if (paper->count == paper->room) {
            paper->room = paper->room ? paper->room * 2 : 64;
            paper->line = realloc(paper->line, paper->room * sizeof *paper->line);
            if (!paper->line)
                out_of_memory();
        }
        struct line *line = &paper->line[paper->count++];
        *line = (struct line){.span = span};
        classify(line, lexicon, words, line_text(paper, line));
    }
}

void paper_deinit(struct paper *paper) {
    free(paper->line);
    *paper = (struct paper){0};
}
