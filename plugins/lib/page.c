/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <stdio.h>
#include <string.h>

static void put(struct page *page, const char *at, size_t len) {
    if (len == 0)
        return;
    if (page->parted) {
        page->parted = false;
        if (page->last != ' ')
            put(page, " ", 1);
    }
    page->host->text_units(page->doc, at, len, page->at, 1, 1);
    page->at += len;
    page->last = at[len - 1];
}

void page_place(struct page *page, const char *members) {
    page->host->place(page->doc, page->at, members);
}

void page_text(struct page *page, const char *at, size_t len) {
    while (page->depth && len) {
        size_t good = 0;
        while (good < len && at[good] != '\n' && at[good] != '\t' && at[good] != '\r')
            good++;
        put(page, at, good);
        at += good;
        len -= good;
        if (len == 0)
            return;
        page_line(page);
        at++;
        len--;
    }
    put(page, at, len);
}

void page_line(struct page *page) {
    if (page->depth) {
        page->parted = page->at > page->cell;
        return;
    }
    if (page->at > page->line_start)
        put(page, "\n", 1);
    page->line_start = page->at;
}

void page_table_begin(struct page *page) {
    if (page->depth == 0) {
        page_line(page);
        page->table = page->at;
    }
    page->depth++;
}

void page_table_end(struct page *page, const char *name) {
    if (page->depth == 0 || --page->depth)
        return;
    if (page->at > page->table)
        page->host->mark(page->doc, "table", page->table, page->at, name);
    page->line_start = page->at;
}

void page_row_begin(struct page *page) {
    if (page->depth != 1)
        return;
    page->row = page->cell = page->at;
    page->column = 0;
}

void page_row_end(struct page *page) {
    if (page->depth != 1)
        return;
    if (page->at > page->row) {
        page->host->mark(page->doc, "row", page->row, page->at, "");
        put(page, "\n", 1);
    }
    page->line_start = page->at;
}

void page_cell_begin(struct page *page, unsigned column) {
    if (page->depth != 1)
        return;
    for (; page->column < column; page->column++)
        put(page, "\t", 1);
    page->cell = page->at;
}

void page_cell_end(struct page *page) {
    char column[16];
    if (page->depth != 1)
        return;
    page->parted = false;
    snprintf(column, sizeof column, "%u", page->column);
    page->host->mark(page->doc, "cell", page->cell, page->at, column);
}
