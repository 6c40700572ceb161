/* SPDX-License-Identifier: MIT */
/* A line of a page and what it looks like: the facts that the decision to join it with the next is made from. */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>

#include "runes.h"
#include "words.h"

/* The pack's knowledge of how lines begin and end. */
struct manner {
    struct runes open_end, final, closing, head_marks, surnames;
    struct words *connectives, *byline_words, *heads, *openers;
};

struct line {
    const char *begin, *end; /* without the spaces around it; both at one place for a blank line */
    const char *next;        /* where the next line begins; the text's end for the last */
    bool ended;              /* by a newline, not by the text's end */
    unsigned indent;         /* columns of space before it */
    unsigned width;          /* columns; a Chinese character takes two */
};

/* Reads the line that begins at `at`. Lines end with LF, CR LF, CR, form feed, U+2028 or U+2029. */
void line_read(struct line *line, const char *at, const char *end);
static inline bool line_blank(const struct line *line) {
    return line->begin == line->end;
}

void manner_open(struct manner *manner, const struct siftd_host *host, const struct siftd_node *pack);
void manner_close(struct manner *manner);

/* Ends with a sentence's mark, or with a closing bracket or quote behind one. */
bool line_is_closed(const struct manner *manner, const struct line *line);
/* Holds a whole sentence: prose, not a heading. */
bool line_has_sentence(const char *begin, const char *end);
/* Cannot end where it does: an open bracket or quote, a comma, a connective without what it connects. */
bool line_is_open(const struct manner *manner, const char *begin, const char *end);
/* Ends with a particle that seldom ends anything. */
bool line_ends_weakly(const struct manner *manner, const struct line *line);
/* Ends with names behind its last sentence. */
bool line_has_byline(const struct manner *manner, const struct line *line);
/* Begins as headings, captions and items of lists do. */
bool line_is_head(const struct manner *manner, const struct line *line);
/* Begins with a mark that no line can begin with. */
bool line_goes_on(const struct manner *manner, const struct line *line);
/* Begins as only a sentence does (值得一提的是,): no heading. */
bool line_opens_sentence(const struct manner *manner, const char *begin, const char *end);
/* Looks like a row of a table. */
bool line_is_row(const struct line *line);
