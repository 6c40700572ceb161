/* SPDX-License-Identifier: MIT */
/* SpreadsheetML (ECMA-376 part 1, 18): what the plugin's files share. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <siftd/plugin.h>

#include "json_out.h"
#include "page.h"
#include "parts.h"
#include "sheet_number.h"
#include "xml_walk.h"

struct book_sheet {
    char *name, *part; /* part: "xl/worksheets/sheet1.xml" */
};

struct book {
    struct book_sheet *sheet; /* those that are not hidden, in their order */
    size_t sheets, sheet_room;
    bool from_1904; /* days count from 1904-01-01 instead of 1899-12-30 */
    uint8_t *show;  /* enum sheet_show of each style */
    size_t shows, show_room;
    struct json_out text; /* the shared strings, one after the other, as they are */
    size_t *string;       /* where each begins; one more: where the last ends */
    size_t strings, string_room;
};

/* Reads workbook, relationships, styles and shared strings. False, and why, when they are damaged. The caller frees. */
bool book_read(const struct parts *parts, struct book *ret, char why[XML_WHY]);
void book_free(struct book *book);
/* A shared string; empty when there is none of that number. */
struct siftd_str book_string(const struct book *book, size_t i);
/* Writes a sheet. False, and why, when it is damaged; what stood before is written. */
bool sheet_read(const struct book *book, const struct book_sheet *sheet, struct siftd_str xml, struct page *page,
                char why[XML_WHY]);
