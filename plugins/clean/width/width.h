/* SPDX-License-Identifier: MIT */
/*
 * A line of text and what stands around a place in it. The parts of the plugin (marks, gaps, forms) each look at the
 * character at `at` and answer how many bytes they took; 0: not theirs. Edits are made in the order of the text and
 * never overlap.
 */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>
#include <stdint.h>
#include <unicode/unorm2.h>

#include "runes.h"

enum { BRACKETS = 8, BRACKET_REACH = 400 };

struct width {
    const struct siftd_host *host;
    const UNormalizer2 *nfc;
    int punctuation, digits, spaces; /* options: which repairs to make */
    struct runes numbered;           /* what bears a number at the beginning of a caption: a table, a figure */
};

struct line {
    const struct width *width;
    struct siftd_doc *doc;
    const char *text;        /* the whole text: offsets count from here */
    const char *begin, *end; /* the line */
    const char *edited;      /* end of the last edit */
    const char *widened;     /* end of the last mark that became full-width */
    size_t han, latin, quotes;
    bool wide;                    /* the character before the place became full-width */
    bool sentence;                /* a comma or the like was met: this is running text */
    bool open_quote;              /* inside straight quotes */
    const char *spaced;           /* end of a letter-spaced run being closed up */
    const char *closer[BRACKETS]; /* closing brackets that become full-width, innermost last */
    size_t closers;
};

void line_edit(struct line *line, const char *start, const char *end, const char *with, size_t len, const char *repair);

/* Chinese with some Latin in it, not the other way round. */
static inline bool line_chinese(const struct line *line) {
    return line->han > 0 && line->han * 3 >= line->latin;
}

/* Marks that take a full cell in Chinese text. */
bool is_wide_mark(uint32_t c);
static inline bool is_cjk(uint32_t c) {
    return cp_is_han(c) || is_wide_mark(c);
}

/* Whether the mark at `at` is, or is about to become, full-width. */
bool mark_widens(const struct line *line, const char *at);
size_t marks(struct line *line, const char *at);
size_t gaps(struct line *line, const char *at);
size_t forms(struct line *line, const char *at);
