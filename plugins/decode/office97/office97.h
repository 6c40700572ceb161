/* SPDX-License-Identifier: MIT */
/* The files of Excel 5 to 2003 (Microsoft, [MS-XLS]): what the plugin's files share. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <siftd/plugin.h>

#include "json_out.h"
#include "ole.h"
#include "page.h"
#include "sheet_number.h"

/* --- record.c: the records of a workbook's stream, and the texts in them --------------------------------------------
 */

enum xls_id { /* the records that are looked at */
              XLS_FORMULA = 0x06,
              XLS_EOF = 0x0A,
              XLS_1904 = 0x22,
              XLS_FILEPASS = 0x2F,
              XLS_CONTINUE = 0x3C,
              XLS_CODEPAGE = 0x42,
              XLS_BOUNDSHEET = 0x85,
              XLS_MULRK = 0xBD,
              XLS_RSTRING = 0xD6,
              XLS_XF = 0xE0,
              XLS_SST = 0xFC,
              XLS_LABELSST = 0xFD,
              XLS_NUMBER = 0x203,
              XLS_LABEL = 0x204,
              XLS_BOOLERR = 0x205,
              XLS_STRING = 0x207,
              XLS_RK = 0x27E,
              XLS_FORMAT = 0x41E,
              XLS_BOF = 0x809,
};

/* A record; what goes on in records CONTINUE behind it is read as if it stood in one piece. */
struct xls_record {
    struct siftd_str stream;
    unsigned id;
    size_t at, end; /* of what was not read yet, in this record or the CONTINUE at hand */
    size_t next;    /* the record behind it, or behind what was read of its CONTINUEs */
    bool failed;    /* there was not so much */
};

/* The record at `at` of the stream; false at its end. */
bool xls_record(struct siftd_str stream, size_t at, struct xls_record *ret);
/* Numbers; 0 when there are no more. */
uint32_t xls_u8(struct xls_record *record);
uint32_t xls_u16(struct xls_record *record);
uint32_t xls_u32(struct xls_record *record);
double xls_double(struct xls_record *record);
void xls_skip(struct xls_record *record, size_t len);

/* How the texts of a workbook are written. */
struct xls_letters {
    bool wide;         /* Excel 97 and later: UTF-16, or its low bytes */
    const char *table; /* before: the table of the code page's charset, as of charset_table() */
    size_t replaced;   /* bytes that are none of it */
};

/* A text behind its length, which has so many bytes (1 or 2), as UTF-8. */
void xls_text(struct xls_letters *letters, struct xls_record *record, unsigned length_bytes, struct json_out *ret);

/* --- book.c: the workbook ----------------------------------------------------------------------------------------- */

struct xls_sheet {
    size_t at; /* of its records in the stream */
    char *name;
};

struct xls_book {
    struct siftd_str stream;
    struct xls_letters letters;
    unsigned codepage;
    bool from_1904;
    struct xls_sheet *sheet; /* those that are not hidden, in their order */
    size_t sheets, sheet_room;
    uint8_t *show; /* enum sheet_show of each cell format */
    size_t shows, show_room;
    struct json_out text; /* the shared strings, one after the other */
    size_t *string;       /* where each ends */
    size_t strings, string_room;
    size_t budget; /* records that may still be read: no sheet is read over and over */
    bool cut;      /* something is missing */
};

/* Reads what all sheets share. NULL, or why it cannot be read. The caller frees, also then. */
const char *xls_book_read(struct siftd_str stream, struct xls_book *ret);
void xls_book_free(struct xls_book *book);

/* --- cells.c ------------------------------------------------------------------------------------------------------ */

/* Writes a sheet. */
void xls_sheet_write(struct xls_book *book, const struct xls_sheet *from, struct page *page);
/* Gathers bytes of the texts of all sheets, up to `most`: what the code page is judged from. */
void xls_sample(const struct xls_book *book, size_t most, struct json_out *ret);

/* Room for one more: `at`, or moved. A child without memory ends. */
void *office_grown(void *at, size_t count, size_t *room, size_t size);
#define OFFICE_PUSH(list, count, room)                                                                                 \
    ((list) = office_grown((list), (count), &(room), sizeof *(list)), &(list)[(count)++])
