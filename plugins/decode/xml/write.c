/* SPDX-License-Identifier: MIT */
/* The second walk. A place is the element's path, with its number among those of its name where there are several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "memory.h"
#include "xml.h"

enum { CHILDREN_MAX = 64 }; /* names of elements in one that are counted apart */

struct frame {
    const char *name; /* the kind's; "*" for one that is not told apart */
    const struct kind *kind;
    size_t number; /* among those of its name */
    struct {
        const char *name;
        size_t count;
    } child[CHILDREN_MAX];
    size_t children;
};

struct writing {
    const struct survey *survey;
    struct page *page;
    struct frame *frame;
    size_t depth, room;
    const struct kind *table;            /* whose records are being written */
    size_t table_depth;                  /* of the records */
    struct json_out *cell;               /* of the record at hand */
    size_t cells, column;                /* column: the one that text belongs to; cells for none */
    bool in_record, placed, space, line; /* placed: the line at hand has its place; space, line: blanks to come */
};

/* --- places ------------------------------------------------------------------------------------------------------- */

static size_t number_of(struct frame *outer, const char *name) {
    size_t i = 0;
    while (i < outer->children && outer->child[i].name != name)
        i++;
    if (i == CHILDREN_MAX)
        return 0;
    if (i == outer->children) {
        outer->child[i].name = name;
        outer->child[i].count = 0;
        outer->children++;
    }
    return ++outer->child[i].count;
}

static void put_place(struct writing *w, size_t depth, const char *last) {
    struct json_out path = {0}, members = {0};
    char number[24];
    for (size_t i = 0; i < depth; i++) {
        json_out_raw(&path, "/", 1);
        json_out_raw(&path, w->frame[i].name, strlen(w->frame[i].name));
        if (w->frame[i].number > 1)
            json_out_raw(&path, number, (size_t)snprintf(number, sizeof number, "[%zu]", w->frame[i].number));
    }
    if (last) {
        json_out_raw(&path, "/", 1);
        json_out_raw(&path, last, strlen(last));
    }
    json_out_raw(&members, "\"element\":", 10);
    json_out_string(&members, path.at, path.len);
    json_out_raw(&members, "", 1);
    page_place(w->page, members.at);
    json_out_free(&path);
    json_out_free(&members);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static void end_table(struct writing *w) {
    if (!w->table)
        return;
    page_table_end(w->page, w->table->name);
    for (size_t i = 0; i < w->cells; i++)
        json_out_free(&w->cell[i]);
    free(w->cell);
    w->cell = NULL;
    w->cells = 0;
    w->table = NULL;
}

static void begin_table(struct writing *w, const struct kind *kind) {
    w->table = kind;
    w->table_depth = w->depth;
    w->cells = kind->columns;
    w->cell = calloc(w->cells, sizeof *w->cell);
    if (!w->cell)
        out_of_memory();
    page_table_begin(w->page);
    page_row_begin(w->page);
    put_place(w, w->depth, NULL);
    for (size_t i = 0; i < kind->columns; i++) {
        page_cell_begin(w->page, (unsigned)i);
        page_text(w->page, kind->column[i], strlen(kind->column[i]));
        page_cell_end(w->page);
    }
    page_row_end(w->page);
}

static void begin_record(struct writing *w, const struct xml_element *element) {
    w->in_record = true;
    w->column = w->cells;
    for (size_t i = 0; i < w->cells; i++)
        w->cell[i].len = 0;
    for (int i = 0; i < element->attributes; i++) {
        const char *name = (const char *)element->attribute[(ptrdiff_t)i * 5];
        char value[XML_VALUE];
        size_t column = kind_column(w->table, name);
        if (column < w->cells && xml_attribute(element, name, value))
            json_out_raw(&w->cell[column], value, strlen(value));
    }
}

static void end_record(struct writing *w) {
    page_row_begin(w->page);
    for (size_t i = 0; i < w->cells; i++) {
        if (w->cell[i].len == 0)
            continue;
        page_cell_begin(w->page, (unsigned)i);
        put_place(w, w->depth, w->table->column[i]);
        page_text(w->page, w->cell[i].at, w->cell[i].len);
        page_cell_end(w->page);
    }
    page_row_end(w->page);
    w->in_record = false;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void end_line(struct writing *w) {
    page_line(w->page);
    w->placed = w->space = w->line = false;
}

/* Blanks are one space, or one line end when they hold one; none at the ends of a line. */
static void put(struct writing *w, const char *at, size_t len) {
    for (size_t i = 0; i < len;) {
        size_t word = i;
        while (word < len && !strchr(" \t\r\n", at[word]))
            word++;
        if (word > i) {
            if (!w->placed)
                put_place(w, w->depth, NULL);
            else if (w->line || w->space)
                page_text(w->page, w->line ? "\n" : " ", 1);
            page_text(w->page, at + i, word - i);
            w->placed = true;
            w->space = w->line = false;
            i = word;
            continue;
        }
        w->space = true;
        w->line |= at[i] == '\n';
        i++;
    }
}

/* Elements in running text go on with it. */
static bool is_inline(const struct writing *w) {
    return w->depth && w->frame[w->depth - 1].kind && w->frame[w->depth - 1].kind->mixed;
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

static void push(struct writing *w, const struct kind *kind) {
    if (w->depth == w->room) {
        w->room = w->room ? w->room * 2 : 16;
        w->frame = realloc(w->frame, w->room * sizeof *w->frame);
        if (!w->frame)
            out_of_memory();
    }
    const char *name = kind ? kind->name : "*";
    size_t number = w->depth ? number_of(&w->frame[w->depth - 1], name) : 1;
    struct frame *frame = &w->frame[w->depth++];
    frame->name = name;
    frame->kind = kind;
    frame->number = number;
    frame->children = 0;
}

static void start(void *user, const struct xml_element *element) {
    struct writing *w = user;
    const struct kind *kind = survey_kind(w->survey, element->name);
    if (w->in_record) {
        w->column = kind_column(w->table, element->name);
        push(w, kind);
        return;
    }
    bool record = kind_is_record(kind) && !is_inline(w);
    if (!is_inline(w))
        end_line(w);
    if (w->table && (kind != w->table || w->depth != w->table_depth))
        end_table(w);
    if (record && !w->table)
        begin_table(w, kind);
    push(w, kind);
    if (record)
        begin_record(w, element);
}

static void end(void *user, const char *name) {
    struct writing *w = user;
    (void)name;
    if (w->in_record) {
        if (w->depth == w->table_depth + 1)
            end_record(w);
        w->column = w->cells;
        w->depth--;
        return;
    }
    w->depth--;
    if (w->table && w->depth < w->table_depth)
        end_table(w);
    if (!is_inline(w))
        end_line(w);
}

static void text(void *user, const char *at, size_t len) {
    struct writing *w = user;
    if (!w->in_record)
        put(w, at, len);
    else if (w->column < w->cells)
        json_out_raw(&w->cell[w->column], at, len);
}

void write_text(struct siftd_str xml, const struct survey *survey, struct page *page) {
    struct writing w = {.survey = survey, .page = page};
    struct xml_calls calls = {&w, start, end, text};
    char why[XML_WHY];
    xml_walk(xml, &calls, why);
    end_table(&w);
    end_line(&w);
    free(w.frame);
}
