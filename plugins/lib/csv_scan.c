/* SPDX-License-Identifier: MIT */
/*
 * Method: `pos` stands at the beginning of a line between rows. A row is read field by field. When it turns out to be
 * broken, the scanner goes back to the end of the row's first line, so text can be looked at twice; the invariant that
 * keeps the whole linear is `bad`. Being inside quotes at the beginning of a line is one state, whichever quote led to
 * it: two scans that are in it at the same newline end in the same place. So once a quoted stretch ended badly, a later
 * one that reaches a newline of it is known to end as badly and need not be followed.
 */
#include "csv_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define UNCLOSED "a quote is opened and never closed"
#define TRAILING "text follows a closing quote"

/* How a field ended. */
enum field_end { ENDS_FIELD, ENDS_ROW, ENDS_BADLY };

void csv_init(struct csv *csv, const char *text, size_t len, char delimiter) {
    *csv = (struct csv){.text = text, .len = len, .delimiter = delimiter, .line = 1};
}

void csv_deinit(struct csv *csv) {
    free(csv->field);
    *csv = (struct csv){0};
}

static void add_field(struct csv *csv, struct csv_field field) {
    if (csv->fields >= CSV_FIELDS_MAX) {
        csv->fields++;
        return;
    }
    if (csv->fields == csv->room) {
        csv->room = csv->room ? csv->room * 2 : 64;
        csv->field = realloc(csv->field, csv->room * sizeof *csv->field);
        if (!csv->field)
            out_of_memory();
    }
    csv->field[csv->fields++] = field;
}

static size_t line_end(const struct csv *csv, size_t pos) {
    const char *at = memchr(csv->text + pos, '\n', csv->len - pos);
    return at ? (size_t)(at - csv->text) : csv->len;
}

/* Whether a line ends at pos: *ret_next is where the next begins. */
static inline bool newline_at(const struct csv *csv, size_t pos, size_t *ret_next) {
    if (pos < csv->len && csv->text[pos] == '\r')
        pos++;
    *ret_next = pos < csv->len ? pos + 1 : pos;
    return pos == csv->len || csv->text[pos] == '\n';
}

/* Ends a field at csv->pos, behind which a delimiter, a newline or the end must stand. */
static inline enum field_end end_field(struct csv *csv, struct csv_row *row, struct csv_field field) {
    size_t next;
    bool row_ends = newline_at(csv, csv->pos, &next);
    if (!row_ends && csv->text[csv->pos] != csv->delimiter) {
        row->fault = TRAILING;
        return ENDS_BADLY;
    }
    add_field(csv, field);
    row->span.end = csv->pos;
    csv->pos = row_ends ? next : csv->pos + 1;
    csv->line += row_ends;
    return row_ends ? ENDS_ROW : ENDS_FIELD;
}

static enum field_end plain_field(struct csv *csv, struct csv_row *row) {
    size_t start = csv->pos, pos = start, next;
    while (pos < csv->len && csv->text[pos] != csv->delimiter && csv->text[pos] != '\n' &&
           (csv->text[pos] != '\r' || !newline_at(csv, pos, &next)))
        pos++;
    csv->pos = pos;
    return end_field(csv, row, (struct csv_field){.span = {.start = start, .end = pos}});
}

/* Counts the newlines of a quoted stretch; false when one of them lies in a stretch that is known to end badly. */
static bool count_lines(struct csv *csv, size_t start, size_t end) {
    while (start < end) {
        const char *at = memchr(csv->text + start, '\n', end - start);
        if (!at)
            return true;
        start = (size_t)(at - csv->text) + 1;
        if (start > csv->bad.start && start <= csv->bad.end)
            return false;
        csv->line++;
    }
    return true;
}

/* pos at the opening quote; leaves csv->pos behind the closing one. */
static bool quoted_end(struct csv *csv, struct csv_row *row, struct csv_field *field) {
    size_t pos = csv->pos + 1;
    field->span.start = pos;
    for (;;) {
        const char *quote = memchr(csv->text + pos, '"', csv->len - pos);
        size_t end = quote ? (size_t)(quote - csv->text) : csv->len;
        if (!count_lines(csv, pos, end)) {
            row->fault = csv->bad_fault;
            return false;
        }
        if (!quote) {
            csv->pos = csv->len;
            row->fault = UNCLOSED;
            return false;
        }
        pos = end + 1;
        if (pos == csv->len || csv->text[pos] != '"') {
            field->span.end = end;
            csv->pos = pos;
            return true;
        }
        field->doubled = true;
        pos++;
    }
}

static enum field_end quoted_field(struct csv *csv, struct csv_row *row) {
    struct csv_field field = {.quoted = true};
    return quoted_end(csv, row, &field) ? end_field(csv, row, field) : ENDS_BADLY;
}

/* Gives out the first line of a row that cannot be read and goes on behind it. */
static void give_up(struct csv *csv, struct csv_row *row) {
    size_t end = line_end(csv, row->span.start);
    if (csv->pos > end && csv->pos > csv->bad.end) {
        csv->bad = (struct siftd_span){.start = end, .end = csv->pos};
        csv->bad_fault = row->fault;
    }
    csv->pos = end < csv->len ? end + 1 : end;
    csv->line = row->line + 1;
    csv->fields = 0;
    row->span.end = end > row->span.start && csv->text[end - 1] == '\r' ? end - 1 : end;
}

static void skip_blank_lines(struct csv *csv) {
    size_t next;
    while (csv->pos < csv->len && newline_at(csv, csv->pos, &next)) {
        csv->pos = next;
        csv->line++;
    }
}

bool csv_next(struct csv *csv, struct csv_row *ret) {
    skip_blank_lines(csv);
    if (csv->pos == csv->len)
        return false;
    *ret = (struct csv_row){.span = {.start = csv->pos}, .line = csv->line};
    csv->fields = 0;
    enum field_end end = ENDS_FIELD;
    while (end == ENDS_FIELD)
        end = csv->pos < csv->len && csv->text[csv->pos] == '"' ? quoted_field(csv, ret) : plain_field(csv, ret);
    if (end == ENDS_BADLY)
        give_up(csv, ret);
    ret->field = csv->field;
    ret->fields = csv->fields;
    return true;
}

char csv_delimiter(const char *text, size_t len) {
    static const char candidates[] = ",;\t|";
    size_t count[sizeof candidates - 1] = {0};
    bool quoted = false;
    for (size_t i = 0; i < len && (quoted || text[i] != '\n'); i++) {
        const char *found = text[i] ? strchr(candidates, text[i]) : NULL;
        if (text[i] == '"')
            quoted = !quoted;
        else if (found && !quoted)
            count[found - candidates]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof candidates - 1; i++)
        if (count[i] > count[best])
            best = i;
    return candidates[best];
}
