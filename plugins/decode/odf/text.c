/* SPDX-License-Identifier: MIT */
/* A text: paragraphs and headings in their order; a note stands behind the paragraph that it is hung on. */
#include <stdio.h>
#include <string.h>

#include "json_out.h"
#include "odf.h"

struct reading {
    struct page *page;
    size_t paragraph;
    unsigned column, repeat;
    unsigned skipped, paragraphs; /* elements open */
    struct json_out note;         /* text of the notes of the paragraph at hand */
    bool in_note;
};

static void put(struct reading *r, const char *at, size_t len) {
    if (r->in_note)
        json_out_raw(&r->note, at, len);
    else if (r->paragraphs)
        page_text(r->page, at, len);
}

static void start_paragraph(struct reading *r) {
    char members[80];
    if (r->in_note) {
        if (r->note.len)
            json_out_raw(&r->note, "\n", 1);
        return;
    }
    if (r->paragraphs++)
        page_line(r->page);
    snprintf(members, sizeof members, "\"part\":\"content.xml\",\"paragraph\":%zu", ++r->paragraph);
    page_place(r->page, members);
}

static void start_cell(struct reading *r, const struct xml_element *element) {
    if (r->page->depth != 1)
        return;
    page_cell_begin(r->page, r->column);
    r->repeat = odf_count(element, "number-columns-repeated", 64);
    r->column += r->repeat;
}

static void start(void *user, const struct xml_element *element) {
    struct reading *r = user;
    if (r->skipped || odf_leaves_out(element)) {
        r->skipped++;
        return;
    }
    if (strcmp(element->name, "p") == 0 || strcmp(element->name, "h") == 0)
        start_paragraph(r);
    else if (strcmp(element->name, "table") == 0)
        page_table_begin(r->page);
    else if (strcmp(element->name, "table-row") == 0) {
        page_row_begin(r->page);
        r->column = r->page->depth == 1 ? 0 : r->column;
    } else if (strcmp(element->name, "table-cell") == 0 || strcmp(element->name, "covered-table-cell") == 0)
        start_cell(r, element);
    else if (strcmp(element->name, "note-body") == 0)
        r->in_note = true;
    else
        put(r, odf_sign(element), strlen(odf_sign(element)));
}

static void end_paragraph(struct reading *r) {
    if (r->in_note)
        return;
    r->paragraphs -= r->paragraphs > 0;
    page_line(r->page);
    if (r->paragraphs == 0 && r->note.len) {
        page_text(r->page, r->note.at, r->note.len);
        page_line(r->page);
        r->note.len = 0;
    }
}

static void end(void *user, const char *name) {
    struct reading *r = user;
    if (r->skipped) {
        r->skipped--;
        return;
    }
    if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0) {
        end_paragraph(r);
    } else if (strcmp(name, "note-body") == 0) {
        r->in_note = false;
    } else if (strcmp(name, "table") == 0)
        page_table_end(r->page, "");
    else if (strcmp(name, "table-row") == 0)
        page_row_end(r->page);
    else if (strcmp(name, "table-cell") == 0)
        page_cell_end(r->page);
}

static void text(void *user, const char *at, size_t len) {
    struct reading *r = user;
    if (!r->skipped)
        put(r, at, len);
}

bool odf_read_text(struct siftd_str xml, struct page *page, char why[XML_WHY]) {
    struct reading reading = {.page = page};
    struct xml_calls calls = {&reading, start, end, text};
    bool whole = xml_walk(xml, &calls, why);
    json_out_free(&reading.note);
    return whole;
}
