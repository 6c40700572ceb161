/* SPDX-License-Identifier: MIT */
/*
 * Reads tables of text (RFC 4180) row by row, in one pass over the whole table. Fields may stand in quotes, in which a
 * delimiter, a newline and a doubled quote are plain text; rows end with LF or CR LF. A quote inside a field that does
 * not begin with one is plain text, as spreadsheets and people write it. Blank lines are no rows.
 *
 * A row that cannot be read (a quote never closed, text behind a closing quote) is given out as the one line where it
 * begins, and reading goes on with the next line: a stray quote never swallows the rows behind it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <siftd/plugin.h>

enum { CSV_FIELDS_MAX = 10000 }; /* of a row; further fields are counted, not given out */

/* A field: what stands between its quotes, or the field as it is. */
struct csv_field {
    struct siftd_span span;
    bool quoted;
    bool doubled; /* quoted, and holds doubled quotes */
};

struct csv_row {
    const struct csv_field *field; /* valid until the next call */
    size_t fields;                 /* may be more than CSV_FIELDS_MAX; 0 when there is a fault */
    struct siftd_span span;        /* the whole row without its newline */
    size_t line;                   /* number of its first line, from 1 */
    const char *fault;             /* why it cannot be read; NULL for a good row */
};

struct csv {
    const char *text;
    size_t len;
    char delimiter;
    size_t pos, line;
    struct csv_field *field;
    size_t fields, room;
    /* The last quoted stretch that ended badly: what is inside quotes at a newline in [from, to) ends in the same
     * place. */
    struct siftd_span bad;
    const char *bad_fault;
};

void csv_init(struct csv *csv, const char *text, size_t len, char delimiter);
void csv_deinit(struct csv *csv);
/* The next row; false at the end of the text. */
bool csv_next(struct csv *csv, struct csv_row *ret);
/* The delimiter that stands most often in the first line outside of quotes: ',', ';', tab or '|'; ',' when there is
 * none. */
char csv_delimiter(const char *text, size_t len);
