/* SPDX-License-Identifier: MIT */
/* The text of a Word document: paragraphs, tables, fields by what they show. */
#include <stdio.h>

#include "utf8.h"
#include "word.h"

enum { CELL = 7, LINE = 11, PAGE_END = 12, PARAGRAPH = 13, COLUMN_END = 14 };
enum { FIELD = 19, FIELD_SHOWS = 20, FIELD_END = 21, HYPHEN = 30, FIELDS = 64 };

struct writing {
    const struct word *word;
    struct page *page;
    size_t paragraph;
    bool in_table, in_row, in_cell;
    unsigned column;
    bool code[FIELDS]; /* of each open field: its code, not what it shows, is at hand */
    size_t fields, deeper;
    uint32_t lead;
};

/* --- characters --------------------------------------------------------------------------------------------------- */

static void field(struct writing *w, unsigned unit) {
    if (unit == FIELD && w->fields == FIELDS)
        w->deeper++;
    else if (unit == FIELD)
        w->code[w->fields++] = true;
    else if (unit == FIELD_END && w->deeper)
        w->deeper--;
    else if (unit == FIELD_END && w->fields)
        w->fields--;
    else if (unit == FIELD_SHOWS && !w->deeper && w->fields)
        w->code[w->fields - 1] = false;
}

static bool in_code(const struct writing *w) {
    bool code = w->deeper > 0;
    for (size_t i = 0; i < w->fields; i++)
        code |= w->code[i];
    return code;
}

static void put_rune(struct writing *w, uint32_t rune) {
    char utf8[4];
    page_text(w->page, utf8, utf8_put(utf8, rune));
}

static void put(struct writing *w, unsigned unit) {
    bool low = unit >= 0xDC00 && unit < 0xE000;
    uint32_t lead = w->lead;
    w->lead = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (lead && !low)
        put_rune(w, 0xFFFD);
    if (low)
        put_rune(w, lead ? 0x10000 + ((lead - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD);
    else if (unit == '\t')
        page_text(w->page, "\t", 1);
    else if (unit == LINE || unit == COLUMN_END)
        page_text(w->page, "\n", 1);
    else if (unit == HYPHEN)
        page_text(w->page, "-", 1);
    else if (unit >= ' ' && !w->lead && unit < 0xFFFE)
        put_rune(w, unit);
}

static bool is_seen(const struct writing *w, size_t i) {
    return !(w->word->flags[i] & (WORD_HIDDEN | WORD_DELETED | WORD_SYMBOL));
}

static void put_text(struct writing *w, size_t start, size_t end) {
    for (size_t i = start; i < end; i++) {
        unsigned unit = w->word->unit[i];
        if (unit >= FIELD && unit <= FIELD_END)
            field(w, unit);
        else if (is_seen(w, i) && !in_code(w))
            put(w, unit);
    }
    if (w->lead)
        put_rune(w, 0xFFFD);
    w->lead = 0;
}

/* --- paragraphs --------------------------------------------------------------------------------------------------- */

static void end_cell(struct writing *w) {
    if (w->in_cell)
        page_cell_end(w->page);
    w->column++;
    w->in_cell = false;
}

static void end_row(struct writing *w) {
    if (w->in_cell)
        end_cell(w);
    if (w->in_row)
        page_row_end(w->page);
    w->in_row = false;
}

static void end_table(struct writing *w) {
    end_row(w);
    if (w->in_table)
        page_table_end(w->page, "");
    w->in_table = false;
}

static void begin_cell(struct writing *w) {
    if (!w->in_table)
        page_table_begin(w->page);
    if (!w->in_row) {
        page_row_begin(w->page);
        w->column = 0;
    }
    if (!w->in_cell)
        page_cell_begin(w->page, w->column);
    w->in_table = w->in_row = w->in_cell = true;
}

/* A paragraph and the sign it ends in, which stands at `end` unless the part ends there. */
static void put_paragraph(struct writing *w, size_t start, size_t end, unsigned sign, unsigned flags) {
    char members[40];
    snprintf(members, sizeof members, "\"paragraph\":%zu", ++w->paragraph);
    page_place(w->page, members);
    if (!(flags & (WORD_IN_TABLE | WORD_ROW_END))) {
        end_table(w);
        put_text(w, start, end);
        page_line(w->page);
    } else if (flags & WORD_ROW_END) {
        end_row(w);
    } else {
        begin_cell(w);
        put_text(w, start, end);
        if (sign == CELL)
            end_cell(w);
        else
            page_line(w->page);
    }
}

/* The next sign that ends a paragraph; one that was deleted or is hidden does not, but a cell's does. */
static size_t paragraph_end(const struct writing *w, size_t at, size_t end) {
    for (; at < end; at++) {
        unsigned unit = w->word->unit[at];
        if (unit == CELL || ((unit == PARAGRAPH || unit == PAGE_END) && is_seen(w, at)))
            break;
    }
    return at;
}

static void put_part(struct writing *w, size_t start, size_t len) {
    size_t units = w->word->units, end = len < units - start ? start + len : units;
    w->fields = w->deeper = 0;
    for (size_t at = start, next; at < end; at = next + 1) {
        next = paragraph_end(w, at, end);
        put_paragraph(w, at, next, next < end ? w->word->unit[next] : PARAGRAPH, next < end ? w->word->flags[next] : 0);
    }
    end_table(w);
}

void word_write(const struct word *word, struct page *page) {
    struct writing w = {.word = word, .page = page};
    const struct {
        size_t len;
        bool left_out;
    } parts[] = {{word->body, false},    {word->notes, false},    {word->headers, true},
                 {word->comments, true}, {word->endnotes, false}, {word->boxes, false}};
    size_t start = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && start < word->units; i++) {
        if (!parts[i].left_out)
            put_part(&w, start, parts[i].len);
        start += parts[i].len < word->units - start ? parts[i].len : word->units - start;
    }
}
