/* SPDX-License-Identifier: MIT */
/*
 * Writing the text of a document whose text is no stretch of the file: paragraphs and tables, each with its place,
 * tables also as marks (`table`, `row`, `cell`). The offsets that ids are made from are those of the text as written.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "siftd/plugin.h"

struct page {
    const struct siftd_host *host;
    struct siftd_doc *doc;
    size_t at;               /* end of the text so far */
    size_t line_start;       /* of the line that is being written */
    unsigned depth;          /* tables around */
    size_t table, row, cell; /* where the outermost table, its row and cell began */
    unsigned column;
    bool parted; /* a line ended inside the cell: a space stands before what follows */
    char last;   /* the last character written; 0 at the beginning */
};

/* The text from here on stands at `members`, the inside of a JSON object. */
void page_place(struct page *page, const char *members);
/* Text; line ends in it become spaces inside a cell. */
void page_text(struct page *page, const char *at, size_t len);
/* Ends the line, unless nothing stands on it; inside a cell parts what follows by a space. */
void page_line(struct page *page);
/* Tables: begin, then rows of cells. A table inside a cell is text of that cell. `name` may be empty. */
void page_table_begin(struct page *page);
void page_table_end(struct page *page, const char *name);
void page_row_begin(struct page *page);
void page_row_end(struct page *page);
/* `column` counts from 0; columns that were left out become empty cells. */
void page_cell_begin(struct page *page, unsigned column);
void page_cell_end(struct page *page);
