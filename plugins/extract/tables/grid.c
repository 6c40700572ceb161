/* SPDX-License-Identifier: MIT */
/*
 * Where tables come from: a file of comma-separated values, or a table that the decoder has marked inside other text.
 * There its rows and cells are marked, too (a cell's value is its column, from 0); without marks of cells a line is a
 * row and a tab parts two cells.
 */
#include <stdlib.h>
#include <string.h>

#include "csv_scan.h"
#include "str.h"
#include "tables.h"

int table_line(struct table *table, const struct line *line) {
    table->lines++;
    if (table->ledger)
        return ledger_line(table, line);
    if (!ledger_header(table, line) && table->lines >= HEADER_LINES)
        table->hopeless = true;
    if (table->ledger)
        table->tables->host->set(table->doc, "ledger", table->ledger->type);
    return SIFTD_OK;
}

/* --- comma-separated values --------------------------------------------------------------------------------------- */

/* A field's text; doubled quotes become one in memory of the document's. */
static struct siftd_str field_text(const struct tables *t, struct siftd_doc *doc, struct siftd_str text,
                                   const struct csv_field *field) {
    struct siftd_str raw = {text.at + field->span.start, field->span.end - field->span.start};
    if (!field->doubled)
        return raw;
    char *copy = t->host->doc_alloc(doc, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        copy[len++] = raw.at[i];
        i += raw.at[i] == '"';
    }
    return (struct siftd_str){copy, len};
}

int read_csv(struct tables *t, struct siftd_doc *doc) {
    struct siftd_str text = t->host->text(doc);
    struct table table = {.tables = t, .doc = doc};
    struct csv csv;
    struct csv_row row;
    int result = SIFTD_OK;
    csv_init(&csv, text.at, text.len, csv_delimiter(text.at, text.len));
    while (result == SIFTD_OK && !table.hopeless && csv_next(&csv, &row)) {
        struct line *line = &t->line;
        line->span = row.span;
        line->number = row.line;
        line->cells = row.fields < CELLS_MAX ? row.fields : CELLS_MAX;
        if (row.fault)
            line->cells = 0;
        for (size_t i = 0; i < line->cells; i++)
            line->cell[i] = (struct cell){field_text(t, doc, text, &row.field[i]), row.field[i].span};
        result = table_line(&table, line);
    }
    csv_deinit(&csv);
    return result;
}

/* --- marked tables ------------------------------------------------------------------------------------------------ */

/* Fills the line with empty cells up to a column. */
static void reach_column(struct line *line, size_t column) {
    while (line->cells < column)
        line->cell[line->cells++] = (struct cell){{"", 0}, {line->span.end, line->span.end}};
}

/* The first mark of a kind that begins at or behind `start`, looked for from *i on. */
static bool next_mark(const struct table *table, const char *kind, size_t start, size_t end, size_t *i,
                      struct siftd_mark *ret) {
    const struct siftd_host *host = table->tables->host;
    for (; *i < host->mark_count(table->doc, kind); ++*i) {
        *ret = host->mark_at(table->doc, kind, *i);
        if (ret->span.start >= start)
            return ret->span.start < end || (ret->span.start == end && ret->span.end == end);
    }
    return false;
}

/* The cells of a row; their marks say the column. */
static void read_cells(struct table *table, struct siftd_span row, size_t *cell, struct line *line) {
    struct siftd_str text = table->tables->host->text(table->doc);
    struct siftd_mark mark;
    line->span = row;
    line->cells = 0;
    for (; next_mark(table, "cell", row.start, row.end, cell, &mark); ++*cell) {
        size_t column = strtoul(mark.value, NULL, 10);
        if (column >= CELLS_MAX)
            continue;
        reach_column(line, column + 1);
        line->cell[column] = (struct cell){{text.at + mark.span.start, mark.span.end - mark.span.start}, mark.span};
    }
}

/* The table by the marks of its rows and cells; places in the lists of marks go on from table to table. */
static int read_rows(struct table *table, struct siftd_span span, size_t *row, size_t *cell) {
    struct line *line = &table->tables->line;
    struct siftd_mark mark;
    for (line->number = 1; !table->hopeless && next_mark(table, "row", span.start, span.end, row, &mark);
         ++*row, line->number++) {
        read_cells(table, mark.span, cell, line);
        if (table_line(table, line) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* The table by its lines and tabs. */
static int read_lines(struct table *table, struct siftd_span span) {
    struct siftd_str text = table->tables->host->text(table->doc);
    struct line *line = &table->tables->line;
    const char *end = text.at + span.end;
    size_t number = 0;
    for (const char *at = text.at + span.start; at < end && !table->hopeless;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *last = stop ? stop : end;
        line->span = (struct siftd_span){(size_t)(at - text.at), (size_t)(last - text.at)};
        line->number = ++number;
        line->cells = 0;
        while (at <= last && line->cells < CELLS_MAX) {
            const char *tab = at < last ? memchr(at, '\t', (size_t)(last - at)) : NULL;
            const char *cell_end = tab ? tab : last;
            line->cell[line->cells++] =
                (struct cell){str_from(at, cell_end), {(size_t)(at - text.at), (size_t)(cell_end - text.at)}};
            at = cell_end + 1;
        }
        if (table_line(table, line) < 0)
            return SIFTD_ERROR;
        at = last + 1;
    }
    return SIFTD_OK;
}

int read_marked(struct tables *t, struct siftd_doc *doc) {
    size_t row = 0, cell = 0;
    int result = SIFTD_OK;
    for (size_t i = 0; result == SIFTD_OK && i < t->host->mark_count(doc, "table"); i++) {
        struct table table = {.tables = t, .doc = doc};
        struct siftd_span span = t->host->mark_at(doc, "table", i).span;
        struct siftd_mark mark;
        bool marked = next_mark(&table, "row", span.start, span.end, &row, &mark);
        result = marked ? read_rows(&table, span, &row, &cell) : read_lines(&table, span);
    }
    return result;
}
