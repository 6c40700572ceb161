/* SPDX-License-Identifier: MIT */
/* A sheet's rows and cells. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sheet.h"
#include "xlsx.h"

enum kind { KIND_NUMBER, KIND_SHARED, KIND_TEXT, KIND_TRUTH };

struct reading {
    const struct book *book;
    struct sheet sheet;
    size_t row;
    unsigned column, next; /* of the cell at hand; of one that does not name its place */
    enum kind kind;
    size_t style;
    struct json_out value;
    bool in_value;
    unsigned phonetic;
};

/* "BC23": the column, counted from 0; SHEET_COLUMNS when it is none. */
static unsigned column_of(const char *name) {
    unsigned column = 0;
    for (; isupper((unsigned char)*name) && column <= SHEET_COLUMNS; name++)
        column = column * 26 + (unsigned)(*name - 'A') + 1;
    return column ? column - 1 : SHEET_COLUMNS;
}

static void start_cell(struct reading *r, const struct xml_element *element) {
    char value[XML_VALUE];
    r->column = xml_attribute(element, "r", value) ? column_of(value) : r->next;
    r->next = r->column + 1;
    r->style = xml_attribute(element, "s", value) ? strtoul(value, NULL, 10) : 0;
    r->kind = xml_attribute_is(element, "t", "s")                   ? KIND_SHARED
              : xml_attribute_is(element, "t", "b")                 ? KIND_TRUTH
              : xml_attribute_is(element, "t", "str|inlineStr|e|d") ? KIND_TEXT
                                                                    : KIND_NUMBER;
    r->value.len = 0;
}

static void start(void *user, const struct xml_element *element) {
    struct reading *r = user;
    char value[XML_VALUE];
    if (strcmp(element->name, "row") == 0) {
        size_t row = xml_attribute(element, "r", value) ? strtoul(value, NULL, 10) : 0;
        r->row = row ? row : r->row + 1;
        r->next = 0;
    } else if (strcmp(element->name, "c") == 0) {
        start_cell(r, element);
    }
    r->phonetic += strcmp(element->name, "rPh") == 0;
    r->in_value = (strcmp(element->name, "v") == 0 || strcmp(element->name, "t") == 0) && !r->phonetic;
}

static void end_cell(struct reading *r) {
    char shown[64];
    struct siftd_str text = {r->value.at, r->value.len};
    if (r->value.len == 0)
        return;
    json_out_raw(&r->value, "", 1);
    if (r->kind == KIND_SHARED)
        text = book_string(r->book, strtoul(r->value.at, NULL, 10));
    else if (r->kind == KIND_TRUTH)
        text = r->value.at[0] == '1' ? (struct siftd_str){"TRUE", 4} : (struct siftd_str){"FALSE", 5};
    else if (r->kind == KIND_NUMBER) {
        sheet_number(r->value.at, r->style < r->book->shows ? r->book->show[r->style] : SHOW_PLAIN, r->book->from_1904,
                     shown);
        text = (struct siftd_str){shown, strlen(shown)};
    } else {
        text.at = r->value.at;
    }
    sheet_cell(&r->sheet, r->column, text.at, text.len);
}

static void end(void *user, const char *name) {
    struct reading *r = user;
    r->phonetic -= strcmp(name, "rPh") == 0;
    r->in_value = false;
    if (strcmp(name, "c") == 0)
        end_cell(r);
    else if (strcmp(name, "row") == 0)
        sheet_row(&r->sheet, r->row, 1);
}

static void text(void *user, const char *at, size_t len) {
    struct reading *r = user;
    if (r->in_value)
        json_out_raw(&r->value, at, len);
}

bool sheet_read(const struct book *book, const struct book_sheet *sheet, struct siftd_str xml, struct page *page,
                char why[XML_WHY]) {
    struct reading reading = {.book = book};
    struct xml_calls calls = {&reading, start, end, text};
    sheet_begin(&reading.sheet, page, sheet->name);
    bool whole = xml_walk(xml, &calls, why);
    sheet_end(&reading.sheet);
    json_out_free(&reading.value);
    return whole;
}
