/* SPDX-License-Identifier: MIT */
/*
 * The lines of a printed document, as they stand on its pages. pdf.c reads them, columns.c puts them into order,
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

void paper_grow(struct paper *paper); /* room for more text */
/* Puts the pieces of lines from `first` on, all of one page, into the order of reading; those of a row become a line.
 */
void paper_order(struct paper *paper, size_t first);
/* Marks the lines of the upper and lower margins that stand on most pages, but for their numbers. */
void paper_find_margins(struct paper *paper);
/* Writes the paragraphs; each line's text has the place "page" (from 1) and "box". */
void paper_write(const struct paper *paper, struct page *out);
