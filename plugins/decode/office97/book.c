/* SPDX-License-Identifier: MIT */
/* The workbook's own records: its sheets, its formats, the texts that its cells share. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "office97.h"

enum { BIFF8 = 0x600, BIFF5 = 0x500, WORKSHEET = 0 };

void *office_grown(void *at, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return at;
    *room = *room ? *room * 2 : 64;
    at = realloc(at, *room * size);
    if (!at)
        out_of_memory();
    return at;
}

struct formats {
    struct {
        unsigned id;
        enum sheet_show show;
    } * format;
    size_t formats, room;
};

static void read_sheet(struct xls_book *book, struct xls_record *record) {
    size_t at = xls_u32(record);
    bool hidden = xls_u8(record) & 3;
    unsigned kind = xls_u8(record);
    struct json_out name = {0};
    xls_text(&book->letters, record, 1, &name);
    json_out_raw(&name, "", 1);
    if (hidden || kind != WORKSHEET)
        json_out_free(&name);
    else
        *OFFICE_PUSH(book->sheet, book->sheets, book->sheet_room) = (struct xls_sheet){at, name.at};
}

static void read_format(struct xls_book *book, struct formats *formats, struct xls_record *record) {
    struct json_out code = {0};
    unsigned id = xls_u16(record);
    xls_text(&book->letters, record, book->letters.wide ? 2 : 1, &code);
    json_out_raw(&code, "", 1);
    size_t i = formats->formats;
    (void)OFFICE_PUSH(formats->format, formats->formats, formats->room);
    formats->format[i].id = id;
    formats->format[i].show = sheet_show_of_code(code.at);
    json_out_free(&code);
}

static void read_style(struct xls_book *book, const struct formats *formats, struct xls_record *record) {
    xls_u16(record);
    unsigned id = xls_u16(record);
    enum sheet_show show = sheet_show(id);
    for (size_t i = 0; i < formats->formats; i++)
        if (formats->format[i].id == id)
            show = formats->format[i].show;
    *OFFICE_PUSH(book->show, book->shows, book->show_room) = (uint8_t)show;
}

static void read_strings(struct xls_book *book, struct xls_record *record) {
    xls_u32(record);
    size_t count = xls_u32(record);
    for (size_t i = 0; i < count && !record->failed; i++) {
        xls_text(&book->letters, record, 2, &book->text);
        *OFFICE_PUSH(book->string, book->strings, book->string_room) = book->text.len;
    }
    book->cut |= record->failed;
}

/* NULL, or why the workbook cannot be read. */
static const char *read_record(struct xls_book *book, struct formats *formats, struct xls_record *record) {
    switch (record->id) {
    case XLS_FILEPASS:
        return "the workbook is encrypted and wants a password; drop a copy without one";
    case XLS_CODEPAGE:
        book->codepage = xls_u16(record);
        break;
    case XLS_1904:
        book->from_1904 = xls_u16(record) == 1;
        break;
    case XLS_BOUNDSHEET:
        read_sheet(book, record);
        break;
    case XLS_FORMAT:
        read_format(book, formats, record);
        break;
    case XLS_XF:
        read_style(book, formats, record);
        break;
    case XLS_SST:
        read_strings(book, record);
        break;
    default:
        break;
    }
    return NULL;
}

static const char *read_records(struct xls_book *book, struct xls_record *record) {
    struct formats formats = {0};
    const char *why = NULL;
    bool more = xls_record(book->stream, record->next, record);
    while (more && !why && record->id != XLS_EOF) {
        why = read_record(book, &formats, record);
        more = xls_record(book->stream, record->next, record);
    }
    book->cut |= !more;
    free(formats.format);
    return why;
}

const char *xls_book_read(struct siftd_str stream, struct xls_book *ret) {
    const char *table = ret->letters.table;
    struct xls_record record;
    *ret = (struct xls_book){.stream = stream, .letters.table = table, .budget = stream.len};
    if (!xls_record(stream, 0, &record) || record.id != XLS_BOF)
        return "its workbook does not begin as one: it is of a program before Excel 5, or damaged";
    unsigned version = xls_u16(&record);
    if (version != BIFF8 && version != BIFF5)
        return "its workbook is of no version between Excel 5 and 2003";
    ret->letters.wide = version == BIFF8;
    return read_records(ret, &record);
}

void xls_book_free(struct xls_book *book) {
    for (size_t i = 0; i < book->sheets; i++)
        free(book->sheet[i].name);
    free(book->sheet);
    free(book->show);
    free(book->string);
    json_out_free(&book->text);
}
