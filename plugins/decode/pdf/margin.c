/* SPDX-License-Identifier: MIT */
/*
 * Headers, footers, page numbers: a line in a margin whose text, with every number taken for the same, stands at the
 * same height on two pages in five, and on two at least (of two pages: on both). What only looks like one stands once.
 */
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
    return (x->at > y->at) - (x->at < y->at);
}

/*
 * Candidates of one key that stand at one height: each nearer to the one above it than NEAR. `seen` has the mark of the
 * last group that stood on a page, so that a page counts once.
 */
static void mark_repeated(const struct paper *paper, const struct candidate *first, size_t count, size_t *seen,
                          size_t mark) {
    unsigned pages = 0;
    for (size_t i = 0; i < count; i++)
        if (seen[first[i].line->page] != mark) {
            seen[first[i].line->page] = mark;
            pages++;
        }
    for (size_t i = 0; i < count; i++)
        first[i].line->margin = pages >= 2 && pages * 5 >= paper->pages * 2;
}

static bool together(const struct candidate *above, const struct candidate *below) {
    return above->key == below->key && below->at - above->at < NEAR;
}

static size_t candidates(const struct paper *paper, struct candidate *candidate) {
    size_t count = 0;
    for (size_t i = 0; i < paper->lines; i++) {
        struct print_line *line = &paper->line[i];
        if (in_margin(paper, line))
            candidate[count++] = (struct candidate){key_of(paper, line), line, line->y0 / paper->height[line->page]};
    }
    qsort(candidate, count, sizeof *candidate, by_key);
    return count;
}

void paper_find_margins(struct paper *paper) {
    struct candidate *candidate = malloc((paper->lines + 1) * sizeof *candidate);
    size_t *seen = calloc(paper->pages + 1, sizeof *seen);
    if (!candidate || !seen)
        abort();
    size_t count = candidates(paper, candidate);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && together(&candidate[next - 1], &candidate[next]);)
            next++;
        mark_repeated(paper, candidate + i, next - i, seen, next);
    }
    free(seen);
    free(candidate);
}
