/* SPDX-License-Identifier: MIT */
/*
 * Headers, footers, page numbers: a line in a margin whose text, with every number taken for the same, stands at the
 * same height on two pages in five, and on two at least (of two pages: on both). What only looks like one stands once.
 */
#include <math.h>
#include <stdlib.h>

#include "paper.h"

#define MARGIN 0.12F /* of the page's height */
#define NEAR 0.015F  /* of the page's height */

struct candidate {
    uint64_t key;
    struct print_line *line;
    float at; /* of the page's height */
};

static bool in_margin(const struct paper *paper, const struct print_line *line) {
    float height = paper->height[line->page];
    return line->y1 < height * MARGIN || line->y0 > height * (1 - MARGIN);
}

/* FNV-1a over the text without spaces, a run of digits being one sign. */
static uint64_t key_of(const struct paper *paper, const struct print_line *line) {
    uint64_t key = 0xCBF29CE484222325ULL;
    bool digit = false;
    for (size_t i = 0; i < line->len; i++) {
        unsigned char c = (unsigned char)paper->text[line->start + i];
        bool now = c >= '0' && c <= '9';
        if (c != ' ' && !(now && digit))
            key = (key ^ (now ? '#' : c)) * 0x100000001B3ULL;
        digit = now;
    }
    return key;
}

static int by_key(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Candidates of one key: those at the same height as one are counted by their pages. */
static void mark_repeated(const struct paper *paper, struct candidate *first, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned pages = 0, last = (unsigned)-1;
        for (size_t k = 0; k < count; k++)
            if (first[k].line->page != last && fabsf(first[k].at - first[i].at) < NEAR) {
                last = first[k].line->page;
                pages++;
            }
        first[i].line->margin = pages >= 2 && pages * 5 >= paper->pages * 2;
        if (pages * 5 < paper->pages * 2 && count > 64)
            return; /* an ordinary line, very often: no need to ask for each */
    }
}

void paper_find_margins(struct paper *paper) {
    size_t count = 0;
    struct candidate *candidate = malloc((paper->lines + 1) * sizeof *candidate);
    if (!candidate)
        abort();
    for (size_t i = 0; i < paper->lines; i++) {
        struct print_line *line = &paper->line[i];
        if (in_margin(paper, line))
            candidate[count++] = (struct candidate){key_of(paper, line), line, line->y0 / paper->height[line->page]};
    }
    qsort(candidate, count, sizeof *candidate, by_key);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && candidate[next].key == candidate[i].key;)
            next++;
        mark_repeated(paper, candidate + i, next - i < 4096 ? next - i : 4096);
    }
    free(candidate);
}
