/* SPDX-License-Identifier: MIT */
/*
 * Tables: the header's names are written once as `"name":`, ready to be put before each value. Values are JSON strings
 * of what stands in the file unless types are guessed.
 */
#include "memory.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_scan.h"
#include "json_scan.h"

/* The columns: `"name":` of all of them, one behind the other, and where each begins. */
struct columns {
    struct json_out text;
    size_t *begin; /* count + 1 of them */
    size_t count;
};

static void columns_init(struct columns *columns, size_t count) {
    *columns = (struct columns){.begin = calloc(count + 1, sizeof *columns->begin)};
    if (!columns->begin)
        out_of_memory();
}

static void columns_deinit(struct columns *columns) {
    json_out_free(&columns->text);
    free(columns->begin);
}

static bool column_exists(const struct columns *columns, const char *text, size_t len) {
    for (size_t i = 0; i < columns->count; i++)
        if (columns->begin[i + 1] - columns->begin[i] == len &&
            memcmp(columns->text.at + columns->begin[i], text, len) == 0)
            return true;
    return false;
}

/* Adds a column by its name, already escaped; a name that is there gets ".2", ".3" and on. */
static void columns_add(struct columns *columns, const char *name, size_t len) {
    const char *prefix = is_common_field(name, len) ? "row." : "";
    struct json_out candidate = {0};
    for (unsigned copy = 1; copy == 1 || column_exists(columns, candidate.at, candidate.len); copy++) {
        char suffix[16];
        int suffix_len = copy > 1 ? snprintf(suffix, sizeof suffix, ".%u", copy) : 0;
        candidate.len = 0;
        json_out_raw(&candidate, "\"", 1);
        json_out_raw(&candidate, prefix, strlen(prefix));
        json_out_raw(&candidate, name, len);
        json_out_raw(&candidate, suffix, (size_t)suffix_len);
        json_out_raw(&candidate, "\":", 2);
    }
    json_out_raw(&columns->text, candidate.at, candidate.len);
    columns->begin[++columns->count] = columns->text.len;
    json_out_free(&candidate);
}

/* A field's text, escaped for a JSON string; doubled quotes become one. */
static void write_field(struct json_out *out, const char *text, const struct csv_field *field) {
    const char *at = text + field->span.start;
    size_t len = field->span.end - field->span.start;
    while (field->doubled && len) {
        const char *quote = memchr(at, '"', len);
        if (!quote)
            break;
        size_t piece = (size_t)(quote - at) + 1;
        json_out_escaped(out, at, piece);
        at += piece + 1;
        len -= piece + 1;
    }
    json_out_escaped(out, at, len);
}

static void name_columns(struct columns *columns, struct json_out *scratch, const char *text,
                         const struct csv_row *header, bool named) {
    for (size_t i = 0; i < header->fields; i++) {
        char number[32];
        scratch->len = 0;
        if (named)
            write_field(scratch, text, &header->field[i]);
        if (scratch->len == 0)
            json_out_raw(scratch, number, (size_t)snprintf(number, sizeof number, "column %zu", i + 1));
        columns_add(columns, scratch->at, scratch->len);
    }
}

/* An unquoted field as the JSON value it looks like: a number by JSON's own grammar, true, false, or nothing at all. */
static bool write_guessed(struct json_out *out, const char *at, size_t len) {
    struct json_shape shape;
    struct json_fault fault;
    if (len == 0) {
        json_out_raw(out, "null", 4);
        return true;
    }
    if (!strchr("-0123456789tf", at[0]) || !json_check(at, len, NULL, &shape, &fault) || shape.value.end != len)
        return false;
    json_out_raw(out, at, len);
    return true;
}

static int emit_fields(struct rows *rows, const struct columns *columns, const char *text, const struct csv_row *row) {
    struct json_out *out = &rows->out;
    bool guess = rows->types[0] == 'g';
    out->len = 0;
    for (size_t i = 0; i < row->fields; i++) {
        const struct csv_field *field = &row->field[i];
        if (i)
            json_out_raw(out, ",", 1);
        json_out_raw(out, columns->text.at + columns->begin[i], columns->begin[i + 1] - columns->begin[i]);
        if (guess && !field->quoted &&
            write_guessed(out, text + field->span.start, field->span.end - field->span.start))
            continue;
        json_out_raw(out, "\"", 1);
        write_field(out, text, field);
        json_out_raw(out, "\"", 1);
    }
    return emit_row(rows, out->at, out->len, row->span);
}

static int read_row(struct rows *rows, const struct columns *columns, struct siftd_str text,
                    const struct csv_row *row) {
    if (row->fault)
        return refuse_row(rows, row->span, row->line, "%s", row->fault);
    if (row->fields != columns->count)
        return refuse_row(rows, row->span, row->line, "it has %zu fields and the table %zu columns", row->fields,
                          columns->count);
    return emit_fields(rows, columns, text.at, row);
}

static char configured_delimiter(const struct rows *rows, struct siftd_str text) {
    switch (rows->delimiter[0]) {
    case 'c':
        return ',';
    case 's':
        return ';';
    case 't':
        return '\t';
    case 'p':
        return '|';
    default:
        return csv_delimiter(text.at, text.len);
    }
}

/* Reads all rows behind the header; without a header the first row is one of them. */
static int read_rows(struct rows *rows, struct siftd_str text, struct csv *csv, const struct csv_row *first) {
    struct columns columns;
    struct csv_row row;
    columns_init(&columns, first->fields);
    name_columns(&columns, &rows->out, text.at, first, rows->header);
    int result = rows->header ? SIFTD_OK : read_row(rows, &columns, text, first);
    while (result == SIFTD_OK && csv_next(csv, &row))
        result = read_row(rows, &columns, text, &row);
    columns_deinit(&columns);
    return result;
}

int read_table(struct rows *rows, struct siftd_str text) {
    struct csv csv;
    struct csv_row first;
    int result = SIFTD_OK;
    csv_init(&csv, text.at, text.len, configured_delimiter(rows, text));
    if (csv_next(&csv, &first)) {
        if (first.fault)
            result =
                refuse_row(rows, first.span, first.line, "it is the table's first, so no row is read: %s", first.fault);
        else if (first.fields > CSV_FIELDS_MAX)
            result = refuse_row(rows, first.span, first.line, "it has more than %d fields, so no row is read",
                                CSV_FIELDS_MAX);
        else
            result = read_rows(rows, text, &csv, &first);
    }
    csv_deinit(&csv);
    return result;
}
