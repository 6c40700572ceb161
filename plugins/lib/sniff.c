/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines: the first lines are each one JSON object. A table: the first rows have the same number of fields, and
 * something says that it is no prose that happens to hold commas: the file's name, tabs, or a column of numbers below a
 * heading that is none. In doubt it is prose, for a table read as prose loses nothing but its columns.
 */
#include "sniff.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "csv_scan.h"
#include "json_scan.h"

enum { LINES = 20, ROWS = 50, COLUMNS = 64, HEADING_MAX = 96 };

static bool named(const char *name, const char *const *endings) {
    size_t len = strlen(name);
    for (; *endings; endings++) {
        size_t n = strlen(*endings);
        if (len > n && strcasecmp(name + len - n, *endings) == 0)
            return true;
    }
    return false;
}

static bool blank(const char *at, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (!strchr(" \t\r", at[i]))
            return false;
    return true;
}

static bool is_object(const char *at, size_t len) {
    struct json_shape shape;
    struct json_fault fault;
    return json_check(at, len, NULL, &shape, &fault) && shape.object;
}

static bool is_jsonl(const char *head, size_t len, bool whole, bool by_name) {
    size_t objects = 0, others = 0;
    for (size_t at = 0; at < len && objects + others < LINES;) {
        const char *line = head + at, *end = memchr(line, '\n', len - at);
        size_t size = end ? (size_t)(end - line) : len - at;
        at += size + 1;
        if (blank(line, size))
            continue;
        if (!end && !whole)
            return objects ? objects > 4 * others : *line == '{' && by_name;
        bool object = is_object(line, size);
        objects += object;
        others += !object;
        if (!by_name && !objects)
            return false;
    }
    return objects && (by_name ? objects >= others : objects > 4 * others);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static bool is_figure(const char *at, size_t len) {
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        digits += at[i] >= '0' && at[i] <= '9';
        if (!strchr("0123456789.,-+:/% TZ", at[i]))
            return false;
    }
    return digits > 0;
}

/* What stands at a sentence's end and never in a heading. */
static bool has_sentence(const char *at, size_t len) {
    static const char *const marks[] = {"。", "！", "？", "；", ". ", "? ", "! ", NULL};
    for (size_t i = 0; marks[i]; i++)
        if (memmem(at, len, marks[i], strlen(marks[i])))
            return true;
    return false;
}

/* A file that says it is a table may leave a column without a name. */
static bool is_heading_row(const char *text, const struct csv_row *row, bool by_name) {
    for (size_t i = 0; i < row->fields; i++) {
        struct siftd_span span = row->field[i].span;
        const char *at = text + span.start;
        size_t len = span.end - span.start;
        if (!len && by_name)
            continue;
        if (!len || len > HEADING_MAX || *at == ' ' || is_figure(at, len) || has_sentence(at, len))
            return false;
    }
    return row->fields >= 2;
}

struct table {
    size_t rows, uneven;
    size_t columns;
    size_t figures[COLUMNS]; /* rows whose field is a figure, per column */
};

static void count_row(struct table *table, const char *text, const struct csv_row *row) {
    table->rows++;
    table->uneven += row->fault || row->fields != table->columns;
    for (size_t i = 0; i < row->fields && i < COLUMNS; i++) {
        struct siftd_span span = row->field[i].span;
        table->figures[i] += is_figure(text + span.start, span.end - span.start);
    }
}

static bool has_figures(const struct table *table) {
    for (size_t i = 0; i < table->columns && i < COLUMNS; i++)
        if (table->figures[i] * 5 >= table->rows * 4)
            return true;
    return false;
}

static bool is_csv(const char *head, size_t len, bool whole, bool by_name) {
    struct csv csv;
    struct csv_row row;
    struct table table = {0};
    const char *last = memrchr(head, '\n', len);
    if (!whole)
        len = last ? (size_t)(last - head) : 0; /* not the row that is cut */
    csv_init(&csv, head, len, csv_delimiter(head, len));
    bool heading = csv_next(&csv, &row) && !row.fault && is_heading_row(head, &row, by_name);
    table.columns = row.fields;
    while (heading && table.rows < ROWS && csv_next(&csv, &row))
        count_row(&table, head, &row);
    bool tabs = csv.delimiter == '\t';
    csv_deinit(&csv);
    if (!heading)
        return false;
    if (by_name)
        return table.uneven * 2 <= table.rows;
    return table.rows >= 2 && table.uneven * 10 <= table.rows && (has_figures(&table) || (tabs && table.rows >= 3));
}

enum shape sniff(const char *head, size_t len, int whole, const char *name) {
    static const char *const lines[] = {".jsonl", ".ndjson", ".jsonlines", NULL}, *const tables[] = {".csv", ".tsv",
                                                                                                     ".tab", NULL};
    if (is_jsonl(head, len, whole, named(name, lines)))
        return SHAPE_JSONL;
    if (is_csv(head, len, whole, named(name, tables)))
        return SHAPE_CSV;
    return SHAPE_PROSE;
}
