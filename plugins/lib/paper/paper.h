/* SPDX-License-Identifier: MIT */
/*
 * The lines of a printed document, as they stand on its pages. print.c reads them, columns.c puts them into order,
 * margin.c leaves out what repeats from page to page, flow.c makes paragraphs of the others.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "page.h"

/* Lengths are points (1/72 inch) from the page's upper left corner, y downwards. */
struct print_line {
    size_t start, len; /* bytes of the paper's text, without spaces around */
    float x0, y0, x1, y1;
    float size;    /* height of its characters */
    unsigned page; /* from 0 */
    bool margin;   /* a header, footer or page number */
};

struct paper {
    char *text; /* of all pages, UTF-8 */
    size_t len, room;
    struct print_line *line;
    size_t lines, line_room;
    float *height;         /* of each page */
    unsigned pages, empty; /* empty: of them, those without text */
};

/* An empty paper of so many pages; lengths of its pages are the caller's to fill in. */
void paper_begin(struct paper *paper, unsigned pages);
void paper_free(struct paper *paper);
void paper_text(struct paper *paper, const char *at, size_t len); /* more text */
void paper_line(struct paper *paper, const struct print_line *line);
void paper_grow(struct paper *paper); /* room for more text */
/* Puts the pieces of lines from `first` on, all of one page, into the order of reading; those of a row become a line.
 */
void paper_order(struct paper *paper, size_t first);
/* Marks the lines of the upper and lower margins that stand on most pages, but for their numbers. */
void paper_find_margins(struct paper *paper);
/* Whether a space stands between two words or lines: not beside a script that writes none. Neither is empty. */
bool paper_spaced(const char *before, size_t before_len, const char *next, size_t next_len);
/* Writes the paragraphs; each line's text has the place "page" (from 1) and "box". */
void paper_write(const struct paper *paper, struct page *out);
