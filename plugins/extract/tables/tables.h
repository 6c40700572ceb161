/* SPDX-License-Identifier: MIT */
/*
 * The instance of extract/tables. A table, wherever it comes from, is read as a row of lines of cells; the first line
 * that names a ledger's columns is its header, and each line behind it a record.
 */
#pragma once
#include <stdbool.h>

#include "json_out.h"
#include "lexicon.h"
#include "siftd/plugin.h"

enum { HEADER_LINES = 12 /* in which the header is looked for: titles stand above it */, CELLS_MAX = 512 };

struct cell {
    struct siftd_str text; /* as it is read; may be changed from what stands in the document (doubled quotes) */
    struct siftd_span span;
};

struct line {
    struct cell cell[CELLS_MAX];
    size_t cells;
    struct siftd_span span;
    size_t number; /* from 1 */
};

enum { WORD_TOTAL = 1, WORD_EMPTY = 2 };

enum column_kind { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_DATE };

struct column {
    const char *name;
    const struct siftd_node *node;
    enum column_kind kind;
    bool required;
};

struct ledger {
    const char *type;
    const struct siftd_node *node;
    struct column *column;
    size_t columns;
};

struct tables {
    int64_t keep, findings_max; /* options */
    const struct siftd_host *host;
    struct lexicon *lexicon; /* for dates */
    struct ledger *ledger;
    size_t ledgers;
    struct words *words; /* of the pack: of lines of sums, of empty cells */
    struct json_out out;
    struct line line;
};

/* A table that is being read. */
struct table {
    struct tables *tables;
    struct siftd_doc *doc;
    const struct ledger *ledger; /* NULL: its header was not found yet */
    size_t of[CELLS_MAX];        /* cell: the ledger's column + 1, or 0 */
    char unit[CELLS_MAX][32];    /* what the header says in brackets: 万元 */
    size_t header_cells, lines, records;
    int64_t findings;
    bool hopeless; /* no header in the lines where it should be */
};

/* Reads the packs' section "ledgers"; SIFTD_ERROR after host->error() with the place of a mistake. */
int ledgers_open(struct tables *tables);
/* Whether the line is the header of a ledger; then the table is one. */
bool ledger_header(struct table *table, const struct line *line);
/* A line of a table whose header is known: a record, a finding, or nothing (an empty line, a line of sums). */
int ledger_line(struct table *table, const struct line *line);

/* Each reads the tables of a document of its kind. */
int read_csv(struct tables *tables, struct siftd_doc *doc);
int read_marked(struct tables *tables, struct siftd_doc *doc);

/* Gives a line to its table. */
int table_line(struct table *table, const struct line *line);
