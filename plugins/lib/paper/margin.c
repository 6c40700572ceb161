/* SPDX-License-Identifier: MIT */
/*
 * Headers, footers, page numbers: a line in a margin whose text, with every number taken for the same, stands at the
 * same height on two pages in five, and on two at least (of two pages: on both). What only looks like one stands once.
 */
#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "paper/paper.h"

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

/* Candidates of one key, from the highest down: for each the pages are counted that have one at its height. `times`
 * counts by page those in the window, and is all 0 before and afterwards. */
static void mark_repeated(const struct paper *paper, const struct candidate *first, size_t count, size_t *times) {
    size_t low = 0, high = 0;
    unsigned pages = 0;
    for (size_t i = 0; i < count; i++) {
        for (; high < count && first[high].at - first[i].at < NEAR; high++)
            pages += times[first[high].line->page]++ == 0;
        for (; first[i].at - first[low].at >= NEAR; low++)
            pages -= --times[first[low].line->page] == 0;
        first[i].line->margin = pages >= 2 && pages * 5 >= paper->pages * 2;
    }
    for (; low < high; low++)
        times[first[low].line->page]--;
}

static size_t candidates(const struct paper *paper, struct candidate *candidate) {
    size_t count = 0;
    for (size_t i = 0; i < paper->lines; i++) {
        struct print_line *line = &paper->line[i];
        float at = line->y0 / paper->height[line->page];
        if (in_margin(paper, line) && isfinite(at))
            candidate[count++] = (struct candidate){key_of(paper, line), line, at};
    }
    qsort(candidate, count, sizeof *candidate, by_key);
    return count;
}

void paper_find_margins(struct paper *paper) {
    struct candidate *candidate = malloc((paper->lines + 1) * sizeof *candidate);
    size_t *times = calloc(paper->pages + 1, sizeof *times);
    if (!candidate || !times)
        out_of_memory();
    size_t count = candidates(paper, candidate);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && candidate[next].key == candidate[i].key;)
            next++;
        mark_repeated(paper, candidate + i, next - i, times);
    }
    free(times);
    free(candidate);
}
