/* SPDX-License-Identifier: MIT */
/* Any bytes as a table: rows come in order, do not overlap, hold their fields, and nothing but line ends lies between
 * them. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "csv_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct csv_row *row) {
    size_t behind = row->span.start;
    for (size_t i = 0; i < row->fields && i < CSV_FIELDS_MAX; i++) {
        assert(row->field[i].span.start >= behind);
        assert(row->field[i].span.end >= row->field[i].span.start);
        behind = row->field[i].span.end;
    }
    assert(behind <= row->span.end);
    assert(!row->fault || row->fields == 0);
}

static void check_gap(const char *text, size_t start, size_t end) {
    for (size_t i = start; i < end; i++)
        assert(text[i] == '\n' || text[i] == '\r');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *exact = malloc(size + !size); /* its end is where the sanitizer looks */
    struct csv csv;
    struct csv_row row;
    size_t behind = 0, line = 0;
    memcpy(exact, data, size);
    csv_init(&csv, exact, size, csv_delimiter(exact, size));
    while (csv_next(&csv, &row)) {
        assert(row.span.start >= behind && row.span.end <= size && row.line > line);
        check_gap(exact, behind, row.span.start);
        check_row(&row);
        behind = row.span.end;
        line = row.line;
    }
    check_gap(exact, behind, size);
    csv_deinit(&csv);
    free(exact);
    return 0;
}
