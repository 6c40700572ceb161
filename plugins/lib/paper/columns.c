/* SPDX-License-Identifier: MIT */
/*
 * The order in which a page is read. Its pieces of lines are put into rows from top to bottom. Where rows below each
 * other leave the same gutter free, and both sides are text and not the cells of a table, the left side is read before
 * the right one; each side may have columns of its own. The pieces of all other rows are one line, parted by tabs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "paper/paper.h"

enum { ROWS_LEAST = 3, DEEPEST = 8, WINDOW = 16, PIECES_MAX = 4000, CHARACTERS_LEAST = 8 };
#define GUTTER 0.8F /* of the characters' height */

struct gutter {
    float from, to;
};

struct row {
    size_t first, end; /* pieces */
    float bottom;
};

struct order {
    struct paper *paper;
    struct print_line *out;
    size_t outs;
};

static int by_height(const void *a, const void *b) {
    const struct print_line *x = a, *y = b;
    float p = x->y0 + x->y1, q = y->y0 + y->y1;
    return (p > q) - (p < q);
}

static int by_side(const void *a, const void *b) {
    const struct print_line *x = a, *y = b;
    return (x->x0 > y->x0) - (x->x0 < y->x0);
}

/* The row that begins with a piece: all whose middle is above the lower edge of the first. */
static struct row row_at(struct print_line *piece, size_t count, size_t first) {
    struct row row = {first, first + 1, piece[first].y1};
    while (row.end < count && (piece[row.end].y0 + piece[row.end].y1) / 2 < piece[first].y1 - 0.2F * piece[first].size)
        row.end++;
    qsort(piece + row.first, row.end - row.first, sizeof *piece, by_side);
    return row;
}

/* Narrows the gutter so that no piece of the row stands in it. */
static bool leaves_free(const struct print_line *piece, const struct row *row, struct gutter *gutter) {
    float middle = (gutter->from + gutter->to) / 2, size = piece[row->first].size;
    for (size_t i = row->first; i < row->end; i++) {
        size = fminf(size, piece[i].size);
        if (piece[i].x0 <= middle && piece[i].x1 >= middle)
            return false;
        if (piece[i].x1 < middle)
            gutter->from = fmaxf(gutter->from, piece[i].x1);
        else
            gutter->to = fminf(gutter->to, piece[i].x0);
    }
    return gutter->to - gutter->from >= GUTTER * size;
}

static size_t characters_of(const struct paper *paper, const struct print_line *line) {
    size_t n = 0;
    for (size_t i = 0; i < line->len; i++)
        n += ((unsigned char)paper->text[line->start + i] & 0xC0) != 0x80;
    return n;
}

/* How many pieces from `first` on lie in rows that leave the gutter free; 0: these are no columns of text. */
static size_t region_at(const struct order *o, struct print_line *piece, size_t count, size_t first,
                        struct gutter *gutter) {
    size_t rows = 0, end = first, side[2] = {0, 0}, characters[2] = {0, 0};
    while (end < count) {
        struct row row = row_at(piece, count, end);
        struct gutter narrow = *gutter;
        if (!leaves_free(piece, &row, &narrow))
            break;
        *gutter = narrow;
        for (size_t i = row.first; i < row.end; i++) {
            bool right = piece[i].x0 >= gutter->to;
            side[right]++;
            characters[right] += characters_of(o->paper, &piece[i]);
        }
        rows++;
        end = row.end;
    }
    bool text = side[0] >= ROWS_LEAST && side[1] >= ROWS_LEAST && characters[0] >= side[0] * CHARACTERS_LEAST &&
                characters[1] >= side[1] * CHARACTERS_LEAST;
    return rows >= ROWS_LEAST && text ? end - first : 0;
}

/* Adds to the paper's text what stands in it already. */
static void copy_within(struct paper *paper, size_t from, size_t len) {
    while (paper->room - paper->len < len + 1)
        paper_grow(paper);
    memcpy(paper->text + paper->len, paper->text + from, len);
    paper->len += len;
}

/* The pieces of a row as one line. */
static void put_row(struct order *o, const struct print_line *piece, const struct row *row) {
    struct print_line line = piece[row->first];
    struct paper *paper = o->paper;
    size_t start = paper->len;
    for (size_t i = row->first; i < row->end && row->end - row->first > 1; i++) {
        copy_within(paper, piece[i].start, piece[i].len);
        if (i + 1 < row->end)
            paper->text[paper->len++] = '\t';
        line.y0 = fminf(line.y0, piece[i].y0);
        line.x1 = fmaxf(line.x1, piece[i].x1);
        line.y1 = fmaxf(line.y1, piece[i].y1);
    }
    if (paper->len > start) {
        line.start = start;
        line.len = paper->len - start;
    }
    o->out[o->outs++] = line;
}

static void put_all(struct order *o, struct print_line *piece, size_t count, int depth);

/* The pieces left of the gutter come first, each side keeping its order. */
static size_t part(struct print_line *piece, size_t count, const struct gutter *gutter) {
    struct print_line *right = malloc(count * sizeof *right);
    size_t left = 0, rights = 0;
    if (!right)
        out_of_memory();
    for (size_t i = 0; i < count; i++)
        if (piece[i].x0 >= gutter->to)
            right[rights++] = piece[i];
        else
            piece[left++] = piece[i];
    memcpy(piece + left, right, rights * sizeof *right);
    free(right);
    return left;
}

/* The gutter on the left of a piece, by the pieces above and below it. */
static bool gutter_before(const struct print_line *piece, size_t count, size_t right, struct gutter *ret) {
    *ret = (struct gutter){-1, piece[right].x0};
    for (size_t i = 0; i < count; i++)
        if (piece[i].x1 < ret->to && fabsf(piece[i].y0 - piece[right].y0) < 3 * piece[right].size)
            ret->from = fmaxf(ret->from, piece[i].x1);
    return ret->from >= 0 && ret->to - ret->from >= GUTTER * piece[right].size;
}

/* Columns that begin at `first`: how many pieces were put; 0: none. Rows of two columns need not stand at one height,
 * so the gutter is looked for around any of the next pieces. */
static size_t put_columns(struct order *o, struct print_line *piece, size_t count, size_t first, int depth) {
    size_t near = count - first < WINDOW ? count - first : WINDOW;
    if (depth == DEEPEST || count > PIECES_MAX)
        return 0;
    for (size_t i = 0; i < near; i++) {
        struct gutter gutter;
        if (!gutter_before(piece + first, near, i, &gutter))
            continue;
        size_t size = region_at(o, piece, count, first, &gutter);
        if (!size)
            continue;
        size_t left = part(piece + first, size, &gutter);
        put_all(o, piece + first, left, depth + 1);
        put_all(o, piece + first + left, size - left, depth + 1);
        return size;
    }
    return 0;
}

static void put_all(struct order *o, struct print_line *piece, size_t count, int depth) {
    qsort(piece, count, sizeof *piece, by_height);
    for (size_t i = 0; i < count;) {
        size_t size = put_columns(o, piece, count, i, depth);
        struct row row = {.end = i + size};
        if (!size) {
            row = row_at(piece, count, i);
            put_row(o, piece, &row);
        }
        i = row.end;
    }
}

void paper_order(struct paper *paper, size_t first) {
    size_t count = paper->lines - first;
    if (count == 0)
        return;
    struct order o = {.paper = paper, .out = malloc((count + 1) * sizeof *o.out)};
    if (!o.out)
        out_of_memory();
    put_all(&o, paper->line + first, count, 0);
    if (o.outs)
        memcpy(paper->line + first, o.out, o.outs * sizeof *o.out);
    paper->lines = first + o.outs;
    free(o.out);
}
