/* SPDX-License-Identifier: MIT */
/*
 * Method. The parser gives a text decoded and, beside it, the piece of the page it was read from. Both are walked
 * together: where they are the same the page's bytes are passed as they stand, an entity is passed with the place of
 * the whole entity. Tags that the parser ignored stand in the piece and are stepped over.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"
#include "webpage.h"

struct writer {
    const struct page *page;
    page_put_fn *put;
    page_mark_fn *mark;
    void *user;
    int result;
    const char *same, *same_end; /* gathered: bytes of the page as they stand */
    bool line;                   /* something stands on this line */
    bool space, broken;          /* a space is due; with a line break in it */
    size_t space_at, space_end;  /* where it stands */
    bool wide;                   /* the last character was Chinese */
    size_t out;                  /* bytes put */
    size_t table, row;           /* that are being written, by their elements; 0: none */
    size_t table_at, row_at;     /* where they began */
};

static size_t offset(const struct writer *w, const char *at) {
    return (size_t)(at - w->page->at);
}

static void flush(struct writer *w) {
    if (w->same && w->same_end > w->same && w->result >= 0)
        w->result =
            w->put(w->user, w->same, (size_t)(w->same_end - w->same), offset(w, w->same), offset(w, w->same_end));
    w->out += w->same ? (size_t)(w->same_end - w->same) : 0;
    w->same = w->same_end = NULL;
}

static void put_made(struct writer *w, const char *utf8, size_t len, size_t start, size_t end) {
    flush(w);
    if (w->result >= 0)
        w->result = w->put(w->user, utf8, len, start, end);
    w->out += len;
}

static void put_same(struct writer *w, const char *at, size_t len) {
    if (w->same_end != at) {
        flush(w);
        w->same = at;
    }
    w->same_end = at + len;
}

/* Chinese, kana and their marks: three bytes that begin with E3 to E9 or EF. */
static bool is_wide(const char *at) {
    unsigned char c = (unsigned char)*at;
    return (c >= 0xE3 && c <= 0xE9) || c == 0xEF;
}

/* A line break between two Chinese characters is of the page's making and no space. */
static void put_space(struct writer *w, const char *next) {
    if (w->space && w->line && !(w->broken && w->wide && is_wide(next))) {
        bool plain = w->space_end == w->space_at + 1 && w->page->at[w->space_at] == ' ';
        if (plain)
            put_same(w, w->page->at + w->space_at, 1);
        else
            put_made(w, " ", 1, w->space_at, w->space_end);
    }
    w->space = w->broken = false;
}

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static void note_space(struct writer *w, const char *at, size_t len, bool broken) {
    if (!w->space)
        w->space_at = offset(w, at);
    w->space = true;
    w->space_end = offset(w, at) + len;
    w->broken |= broken;
}

/* The parser makes bytes that are no character of references beyond the last one: their length is 1. */
static size_t size_of(const char *at) {
    unsigned char c = (unsigned char)*at;
    size_t size = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4, have = strnlen(at, size);
    return utf8_check(at, have) == size ? size : 1;
}

/* A reference in the page: its length, 0 when it is no reference but plain text. `text` is what it became. */
static size_t reference(const char *at, const char *end, const char *text, size_t size) {
    size_t n = 1, room = (size_t)(end - at);
    if (n < room && at[n] == '#') {
        n++;
        bool hex = n < room && (at[n] == 'x' || at[n] == 'X');
        size_t digits = n += hex;
        while (n < room && (hex ? isxdigit((unsigned char)at[n]) : isdigit((unsigned char)at[n])))
            n++;
        return n == digits ? 0 : n + (n < room && at[n] == ';');
    }
    while (n < room && n < 40 && isalnum((unsigned char)at[n]))
        n++;
    if (*text == '&' && (n < 4 || strncasecmp(at, "&amp", 4) != 0))
        return 0;
    if (n < room && at[n] == ';')
        return n + 1;
    /* without its semicolon: what follows in the text tells where it ends */
    for (size_t cut = n; cut > 2; cut--)
        if (at + cut < end ? at[cut] == text[size] : !text[size])
            return cut;
    return n;
}

/* One character of the text, and how much of the page it came from. */
static size_t step(struct writer *w, const char *at, const char *end, const char *text, size_t size) {
    bool same = (size_t)(end - at) >= size && memcmp(at, text, size) == 0;
    size_t from = 0;
    if (at < end && *at == '&')
        from = reference(at, end, text, size);
    if (!from && same)
        from = size;
    bool made = !same || from != size;
    if (size == 1 && is_space(*text)) {
        note_space(w, at, from, *text == '\n');
        return from;
    }
    put_space(w, text);
    if (size == 1 && (unsigned char)*text >= 0x80)
        put_made(w, "\xEF\xBF\xBD", 3, offset(w, at), offset(w, at) + from);
    else if (made)
        put_made(w, text, size, offset(w, at), offset(w, at) + from);
    else
        put_same(w, at, size);
    w->line = true;
    w->wide = is_wide(text);
    return from;
}

/* Whether `at` begins what the text does not hold: an ignored tag, a carriage return, a zero byte. */
static const char *skip(const char *at, const char *end, const char *text) {
    while (at < end && *at != *text) {
        if (*at == '<') {
            const char *close = memchr(at, '>', (size_t)(end - at));
            at = close ? close + 1 : end;
        } else if (*at == '\r' && *text == '\n' && (at + 1 == end || at[1] != '\n')) {
            return at;
        } else if (*at == '\r' || *at == 0) {
            at++;
        } else {
            return at;
        }
    }
    return at;
}

static void put_text(struct writer *w, const struct node *node) {
    const GumboText *piece = &node->gumbo->v.text;
    const char *at = piece->original_text.data, *end = at + piece->original_text.length;
    if (at < w->page->at || end > w->page->at + w->page->len)
        return;
    for (const char *text = piece->text; *text && w->result >= 0;) {
        size_t size = size_of(text);
        at = skip(at, end, text);
        if (node->pre && *text == '\n') {
            if (w->line)
                put_made(w, "\n", 1, offset(w, at), offset(w, at) + (at < end));
            w->line = w->space = false;
            at += at < end;
        } else if (node->pre && at < end && *at == *text && is_space(*text)) {
            put_same(w, at++, 1);
            w->line = true;
        } else {
            at += step(w, at, end, text, size);
        }
        text += size;
    }
}

static size_t start_of(const struct page *page, const struct block *block) {
    for (size_t i = block->first; i < block->end; i++) {
        const GumboNode *node = page->node[i].gumbo;
        if (node->type != GUMBO_NODE_ELEMENT && node->v.text.original_text.data >= page->at &&
            node->v.text.original_text.data <= page->at + page->len)
            return (size_t)(node->v.text.original_text.data - page->at);
    }
    return 0;
}

static void mark(struct writer *w, const char *kind, size_t start, const char *value) {
    flush(w);
    if (w->result >= 0 && w->out > start)
        w->result = w->mark(w->user, kind, start, w->out, value);
}

/* Ends the row and the table that do not go on with what is written next. */
static void leave(struct writer *w, size_t table, size_t row) {
    if (w->row && w->row != row)
        mark(w, "row", w->row_at, "");
    if (w->table && w->table != table)
        mark(w, "table", w->table_at, "");
}

/* The line is parted from the one before; what begins here begins. */
static void enter(struct writer *w, const struct block *block) {
    flush(w);
    if (w->table != block->table)
        w->table_at = w->out;
    if (w->row != block->row)
        w->row_at = w->out;
    w->table = block->table;
    w->row = block->row;
}

static void part(struct writer *w, const struct block *block, size_t start) {
    bool same_row = block->row && block->row == w->row;
    leave(w, block->table, block->row);
    if (w->line)
        put_made(w, same_row || block->cell ? "\t" : "\n", 1, start, start);
    enter(w, block);
}

static void put_block(struct writer *w, const struct block *block) {
    size_t start = start_of(w->page, block);
    part(w, block, start);
    size_t begin = w->out;
    w->line = w->space = w->wide = false;
    if (block->item) {
        char number[16];
        int n = snprintf(number, sizeof number, "%u. ", block->number);
        put_made(w, number, (size_t)n, start, start);
    }
    for (size_t i = block->first; i < block->end; i++)
        if (w->page->node[i].gumbo->type != GUMBO_NODE_ELEMENT)
            put_text(w, &w->page->node[i]);
    w->line = true;
    if (block->row) {
        char column[16];
        snprintf(column, sizeof column, "%u", block->column);
        mark(w, "cell", begin, column);
    }
}

int page_write(const struct page *page, page_put_fn *put, page_mark_fn *mark_at, void *user) {
    struct writer w = {.page = page, .put = put, .mark = mark_at, .user = user};
    for (size_t b = 0; b < page->blocks && w.result >= 0; b++)
        if (page->block[b].keep)
            put_block(&w, &page->block[b]);
    leave(&w, 0, 0);
    if (w.line)
        put_made(&w, "\n", 1, page->len, page->len);
    flush(&w);
    return w.result;
}
