/* SPDX-License-Identifier: MIT */
/* The cells of a sheet. They are gathered and sorted, because not every writer keeps the order of their places. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office97.h"
#include "sheet.h"

struct cell {
    uint32_t row;
    unsigned column;
    size_t number; /* in the order of the file */
    size_t at, len;
    bool shared; /* it stands among the book's texts, not the sheet's */
};

struct reading {
    struct xls_book *book;
    struct cell *cell;
    size_t cells, room;
    struct json_out text;
    bool waits; /* the text of the formula in `cell` stands in a record behind it */
    uint32_t row;
    unsigned column;
    enum sheet_show show;
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void place(struct reading *r, struct xls_record *record) {
    r->row = xls_u16(record);
    r->column = xls_u16(record);
}

static void style(struct reading *r, struct xls_record *record) {
    unsigned i = xls_u16(record);
    r->show = i < r->book->shows ? r->book->show[i] : SHOW_PLAIN;
}

static void keep(struct reading *r, size_t at, size_t len, bool shared) {
    if (len)
        *OFFICE_PUSH(r->cell, r->cells, r->room) = (struct cell){r->row, r->column, r->cells, at, len, shared};
}

static void put(struct reading *r, const char *text) {
    size_t at = r->text.len;
    json_out_raw(&r->text, text, strlen(text));
    keep(r, at, r->text.len - at, false);
}

static void put_number(struct reading *r, double value) {
    char digits[40], shown[64];
    snprintf(digits, sizeof digits, "%.17g", value);
    sheet_number(digits, r->show, r->book->from_1904, shown);
    put(r, shown);
}

/* A number in 30 bits: of a whole one, or the upper ones of a floating one; perhaps a hundred times as large. */
static double unpacked(uint32_t rk) {
    double value;
    if (rk & 2) {
        value = (int32_t)rk >> 2;
    } else {
        uint64_t bits = (uint64_t)(rk & ~3U) << 32;
        memcpy(&value, &bits, sizeof value);
    }
    return rk & 1 ? value / 100 : value;
}

static void put_truth(struct reading *r, unsigned value, bool error) {
    static const struct {
        unsigned code;
        const char *name;
    } errors[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
                  {0x1D, "#NAME?"}, {0x24, "#NUM!"},   {0x2A, "#N/A"}};
    if (!error)
        put(r, value ? "TRUE" : "FALSE");
    for (size_t i = 0; error && i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == value)
            put(r, errors[i].name);
}

static void put_text(struct reading *r, struct xls_record *record) {
    size_t at = r->text.len;
    xls_text(&r->book->letters, record, 2, &r->text);
    keep(r, at, r->text.len - at, false);
}

static void put_shared(struct reading *r, uint32_t i) {
    const struct xls_book *book = r->book;
    if (i >= book->strings)
        return;
    size_t at = i ? book->string[i - 1] : 0;
    keep(r, at, book->string[i] - at, true);
}

static void put_formula(struct reading *r, struct xls_record *record) {
    struct xls_record special = *record;
    unsigned kind = xls_u8(&special);
    xls_u8(&special);
    unsigned value = xls_u8(&special);
    xls_skip(&special, 3);
    if (xls_u16(&special) != 0xFFFF)
        put_number(r, xls_double(record));
    else if (kind == 0)
        r->waits = true;
    else if (kind == 1 || kind == 2)
        put_truth(r, value, kind == 2);
}

static void put_several(struct reading *r, struct xls_record *record) {
    while (record->end - record->at >= 8) { /* the last column follows the cells */
        style(r, record);
        put_number(r, unpacked(xls_u32(record)));
        r->column++;
    }
}

static void read_cell(struct reading *r, struct xls_record *record) {
    if (record->id == XLS_STRING) {
        if (r->waits)
            put_text(r, record);
        r->waits = false;
        return;
    }
    place(r, record);
    if (record->id == XLS_MULRK) {
        put_several(r, record);
        return;
    }
    style(r, record);
    r->waits = false;
    if (record->id == XLS_FORMULA)
        put_formula(r, record);
    else if (record->id == XLS_NUMBER)
        put_number(r, xls_double(record));
    else if (record->id == XLS_RK)
        put_number(r, unpacked(xls_u32(record)));
    else if (record->id == XLS_LABELSST)
        put_shared(r, xls_u32(record));
    else if (record->id == XLS_BOOLERR) {
        unsigned value = xls_u8(record);
        put_truth(r, value, xls_u8(record));
    } else {
        put_text(r, record);
    }
}

static bool is_cell(unsigned id) {
    return id == XLS_FORMULA || id == XLS_NUMBER || id == XLS_RK || id == XLS_MULRK || id == XLS_LABELSST ||
           id == XLS_LABEL || id == XLS_RSTRING || id == XLS_BOOLERR || id == XLS_STRING;
}

/* A chart inside the sheet has records of its own between a beginning and an end. */
static void read_cells(struct reading *r, size_t at) {
    struct xls_record record;
    unsigned depth = 0;
    bool more = xls_record(r->book->stream, at, &record) && record.id == XLS_BOF;
    while (more && r->book->budget) {
        r->book->budget--;
        depth += record.id == XLS_BOF;
        depth -= record.id == XLS_EOF;
        if (depth == 0)
            return;
        if (depth == 1 && is_cell(record.id))
            read_cell(r, &record);
        more = xls_record(r->book->stream, record.next, &record);
    }
    r->book->cut = true;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b) {
    const struct cell *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static const char *text_of(const struct reading *r, const struct cell *cell) {
    return (cell->shared ? r->book->text.at : r->text.at) + cell->at;
}

void xls_sheet_write(struct xls_book *book, const struct xls_sheet *from, struct page *page) {
    struct reading r = {.book = book};
    struct sheet sheet;
    read_cells(&r, from->at);
    if (r.cells)
        qsort(r.cell, r.cells, sizeof *r.cell, by_place);
    sheet_begin(&sheet, page, from->name);
    for (size_t i = 0; i < r.cells; i++) {
        const struct cell *cell = &r.cell[i], *next = i + 1 < r.cells ? cell + 1 : NULL;
        if (!next || next->row != cell->row || next->column != cell->column)
            sheet_cell(&sheet, cell->column, text_of(&r, cell), cell->len);
        if (!next || next->row != cell->row)
            sheet_row(&sheet, (size_t)cell->row + 1, 1);
    }
    sheet_end(&sheet);
    free(r.cell);
    json_out_free(&r.text);
}

void xls_sample(const struct xls_book *book, size_t most, struct json_out *ret) {
    struct xls_record record;
    for (size_t at = 0; ret->len < most && xls_record(book->stream, at, &record); at = record.next) {
        if (record.id != XLS_LABEL && record.id != XLS_RSTRING)
            continue;
        xls_skip(&record, 6);
        size_t count = xls_u16(&record), here = record.end - record.at;
        json_out_raw(ret, record.stream.at + record.at, count < here ? count : here);
        json_out_raw(ret, "\n", 1);
    }
}
