/* SPDX-License-Identifier: MIT */
/*
 * Tables of data, among all those that only lay out a page: with two rows and two columns at least, no table inside,
 * and no cell with more than one line. Their cells learn their columns, of which spans over columns and rows take
 * several.
 */
#include <stdlib.h>
#include <string.h>

#include "webpage.h"

enum { COLUMNS_MAX = 1000, SPAN_MAX = 1000 };

struct layout {
    struct page *page;
    size_t *line;                   /* by node: the number of lines in this cell; its column afterwards */
    unsigned below[COLUMNS_MAX];    /* rows that a cell above still takes of the column */
    unsigned column, columns, rows; /* the next column; the most; how many rows hold anything */
};

static bool is_cell(GumboTag tag) {
    return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;
}

/* The nearest cell around each node, itself included, 0: none; computed downwards, for parents come first. */
static void cells_around(const struct page *page, size_t *ret) {
    for (size_t i = 1; i < page->nodes; i++) {
        GumboTag tag = page_tag(&page->node[i]);
        ret[i] = is_cell(tag) ? i : tag == GUMBO_TAG_TABLE ? 0 : ret[page->node[i].parent];
    }
}

static size_t row_around(const struct page *page, size_t cell) {
    size_t row = page->node[cell].parent;
    return page_tag(&page->node[row]) == GUMBO_TAG_TR ? row : 0;
}

static unsigned span_of(const struct node *node, const char *name) {
    const GumboAttribute *attribute = gumbo_get_attribute(&node->gumbo->v.element.attributes, name);
    long span = attribute ? strtol(attribute->value, NULL, 10) : 1;
    return span < 1 ? 1 : span > SPAN_MAX ? SPAN_MAX : (unsigned)span;
}

static void place_cell(struct layout *l, size_t cell) {
    const struct node *node = &l->page->node[cell];
    unsigned wide = span_of(node, "colspan"), high = span_of(node, "rowspan");
    while (l->column < COLUMNS_MAX && l->below[l->column])
        l->column++;
    l->line[cell] = l->column;
    for (unsigned i = 0; i < wide && l->column < COLUMNS_MAX; i++)
        l->below[l->column++] = high;
    l->columns = l->column > l->columns ? l->column : l->columns;
}

static void begin_row(struct layout *l) {
    for (unsigned i = 0; i < l->columns; i++)
        l->below[i] -= l->below[i] > 0;
    l->column = 0;
    l->rows++;
}

/* No table inside, and a line at most in each cell. */
static bool is_flat(const struct layout *l, size_t table) {
    const struct page *page = l->page;
    for (size_t i = table + 1; i < page->node[table].end; i++) {
        GumboTag tag = page_tag(&page->node[i]);
        if (tag == GUMBO_TAG_TABLE || (is_cell(tag) && (l->line[i] > 1 || !row_around(page, i))))
            return false;
    }
    return true;
}

static bool lay_out(struct layout *l, size_t table) {
    const struct page *page = l->page;
    if (!is_flat(l, table))
        return false;
    memset(l->below, 0, sizeof l->below);
    l->column = l->columns = l->rows = 0;
    for (size_t i = table + 1; i < page->node[table].end; i++) {
        GumboTag tag = page_tag(&page->node[i]);
        if (tag == GUMBO_TAG_TR)
            begin_row(l);
        else if (is_cell(tag))
            place_cell(l, i);
    }
    return l->rows >= 2 && l->columns >= 2;
}

void page_tables(struct page *page) {
    struct layout l = {.page = page, .line = page_list(page->nodes, sizeof *l.line)};
    size_t *around = page_list(page->nodes, sizeof *around), b = 0;
    cells_around(page, around);
    for (size_t i = 0; i < page->blocks; i++)
        if (page->block[i].weight)
            l.line[around[page->block[i].owner]]++;
    for (size_t table = 0; table < page->nodes; table++) {
        if (page_tag(&page->node[table]) != GUMBO_TAG_TABLE || !lay_out(&l, table))
            continue;
        while (b < page->blocks && page->block[b].first < table)
            b++;
        for (; b < page->blocks && page->block[b].first < page->node[table].end; b++) {
            struct block *block = &page->block[b];
            size_t cell = around[block->owner];
            if (!block->weight || !cell)
                continue;
            block->table = table;
            block->row = row_around(page, cell);
            block->column = (unsigned)l.line[cell];
        }
    }
    free(l.line);
    free(around);
}
