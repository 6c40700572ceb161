/* SPDX-License-Identifier: MIT */
/* A spreadsheet: each table a sheet; cells and rows that stand for several are written as often. */
#include <string.h>

#include "odf.h"
#include "sheet.h"

struct reading {
    struct page *page;
    struct sheet sheet;
    char name[XML_VALUE];
    struct json_out cell; /* the cell's text so far */
    size_t row;
    unsigned column, columns, rows; /* of the cell; how many it and the row stand for */
    unsigned skipped;
    bool in_table, in_cell, in_paragraph;
};

static void start_table(struct reading *r, const struct xml_element *element) {
    if (!xml_attribute(element, "name", r->name))
        r->name[0] = 0;
    sheet_begin(&r->sheet, r->page, r->name);
    r->in_table = true;
    r->row = 1;
}

static void start_cell(struct reading *r, const struct xml_element *element) {
    r->in_cell = true;
    r->cell.len = 0;
    r->columns = odf_count(element, "number-columns-repeated", SHEET_COLUMNS);
}

static void start_paragraph(struct reading *r) {
    if (r->in_cell && r->cell.len)
        json_out_raw(&r->cell, " ", 1);
    r->in_paragraph = r->in_cell;
}

static void start(void *user, const struct xml_element *element) {
    struct reading *r = user;
    if (r->skipped || odf_leaves_out(element)) {
        r->skipped++;
        return;
    }
    if (strcmp(element->name, "table") == 0 && !r->in_table)
        start_table(r, element);
    else if (strcmp(element->name, "table-row") == 0) {
        r->column = 0;
        r->rows = odf_count(element, "number-rows-repeated", 1U << 21);
    } else if (strcmp(element->name, "table-cell") == 0 || strcmp(element->name, "covered-table-cell") == 0)
        start_cell(r, element);
    else if (strcmp(element->name, "p") == 0)
        start_paragraph(r);
    else if (r->in_paragraph)
        json_out_raw(&r->cell, odf_sign(element), strlen(odf_sign(element)));
}

static void end_cell(struct reading *r) {
    for (unsigned i = 0; r->cell.len && i < r->columns && r->column + i < SHEET_COLUMNS; i++)
        sheet_cell(&r->sheet, r->column + i, r->cell.at, r->cell.len);
    r->column += r->columns;
    r->in_cell = false;
}

static void end(void *user, const char *name) {
    struct reading *r = user;
    if (r->skipped) {
        r->skipped--;
        return;
    }
    if (strcmp(name, "p") == 0)
        r->in_paragraph = false;
    else if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0)
        end_cell(r);
    else if (strcmp(name, "table-row") == 0 && r->in_table) {
        sheet_row(&r->sheet, r->row, r->rows);
        r->row += r->rows;
    } else if (strcmp(name, "table") == 0 && r->in_table) {
        sheet_end(&r->sheet);
        r->in_table = false;
    }
}

static void text(void *user, const char *at, size_t len) {
    struct reading *r = user;
    if (r->in_paragraph && !r->skipped)
        json_out_raw(&r->cell, at, len);
}

bool odf_read_sheets(struct siftd_str xml, struct page *page, char why[XML_WHY]) {
    struct reading reading = {.page = page};
    struct xml_calls calls = {&reading, start, end, text};
    bool whole = xml_walk(xml, &calls, why);
    if (reading.in_table)
        sheet_end(&reading.sheet);
    json_out_free(&reading.cell);
    return whole;
}
