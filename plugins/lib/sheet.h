/* SPDX-License-Identifier: MIT */
/* Writing the sheets of a spreadsheet: each a table, each row a line, each cell with its sheet and name as its place.
 */
#pragma once
#include "json_out.h"
#include "page.h"

enum { SHEET_COLUMNS = 16384, SHEET_REPEAT = 1000 }; /* columns of a row; how often one row may be repeated */

struct sheet_cell {
    unsigned column;
    size_t start, len; /* in `text` */
};

struct sheet {
    struct page *page;
    const char *name;
    struct json_out quoted; /* the name as JSON */
    struct json_out text;   /* of the cells at hand */
    struct sheet_cell *cell;
    size_t cells, room;
};

/* Begins a sheet; the name is kept by the caller until sheet_end(). */
void sheet_begin(struct sheet *sheet, struct page *page, const char *name);
/* Notes a cell of the row at hand; empty ones need not be noted. Columns count from 0 and come in their order. */
void sheet_cell(struct sheet *sheet, unsigned column, const char *at, size_t len);
/* Writes the row (counted from 1) as often as `repeat` says, and forgets its cells. A row without cells is left out. */
void sheet_row(struct sheet *sheet, size_t row, unsigned repeat);
void sheet_end(struct sheet *sheet); /* frees */
/* A cell's name, "B7" for column 1 and row 7. */
void sheet_cell_name(char to[24], unsigned column, size_t row);
