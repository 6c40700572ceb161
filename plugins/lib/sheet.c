/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

void sheet_begin(struct sheet *sheet, struct page *page, const char *name) {
    *sheet = (struct sheet){.page = page, .name = name};
    json_out_string(&sheet->quoted, name, strlen(name));
    page_table_begin(page);
}

void sheet_cell(struct sheet *sheet, unsigned column, const char *at, size_t len) {
    if (len == 0 || column >= SHEET_COLUMNS)
        return;
    if (sheet->cells == sheet->room) {
        sheet->room = sheet->room ? sheet->room * 2 : 32;
        sheet->cell = realloc(sheet->cell, sheet->room * sizeof *sheet->cell);
        if (!sheet->cell)
            out_of_memory(); /* a child without memory ends */
    }
    sheet->cell[sheet->cells++] = (struct sheet_cell){column, sheet->text.len, len};
    json_out_raw(&sheet->text, at, len);
}

void sheet_cell_name(char to[24], unsigned column, size_t row) {
    char letters[8];
    size_t n = 0, i = 0;
    for (unsigned c = column + 1; c; c = (c - 1) / 26)
        letters[n++] = (char)('A' + (c - 1) % 26);
    while (n)
        to[i++] = letters[--n];
    snprintf(to + i, 24 - i, "%zu", row % 1000000000);
}

static void write_cell(struct sheet *sheet, const struct sheet_cell *cell, size_t row, struct json_out *place) {
    char name[24];
    sheet_cell_name(name, cell->column, row);
    place->len = 0;
    json_out_raw(place, "\"sheet\":", 8);
    json_out_raw(place, sheet->quoted.at, sheet->quoted.len);
    json_out_raw(place, ",\"cell\":", 8);
    json_out_string(place, name, strlen(name));
    json_out_raw(place, "", 1);
    page_place(sheet->page, place->at);
    page_cell_begin(sheet->page, cell->column);
    page_text(sheet->page, sheet->text.at + cell->start, cell->len);
    page_cell_end(sheet->page);
}

void sheet_row(struct sheet *sheet, size_t row, unsigned repeat) {
    struct json_out place = {0};
    for (unsigned i = 0; sheet->cells && i < repeat && i < SHEET_REPEAT; i++) {
        page_row_begin(sheet->page);
        for (size_t k = 0; k < sheet->cells; k++)
            write_cell(sheet, &sheet->cell[k], row + i, &place);
        page_row_end(sheet->page);
    }
    json_out_free(&place);
    sheet->cells = sheet->text.len = 0;
}

void sheet_end(struct sheet *sheet) {
    page_table_end(sheet->page, sheet->name);
    free(sheet->cell);
    json_out_free(&sheet->quoted);
    json_out_free(&sheet->text);
}
