/* SPDX-License-Identifier: MIT */
/*
 * From lines to paragraphs. Lines that stand below each other at even distances are a block; inside it a paragraph
 * begins with an indented line, or behind a line that ends before its block does although the next word had found
 * room. A paragraph goes on in the next block (column, page) when its last line is full and ends no sentence.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paper/paper.h"

struct block {
    size_t first, end; /* lines */
    float left, right;
};

/* A character of a script that writes no spaces between words: U+3000 to U+9FFF, and from U+F000 on. */
static bool is_wide(const char *at) {
    unsigned char c = (unsigned char)*at;
    return (c >= 0xE3 && c <= 0xE9) || c == 0xEF || c == 0xF0;
}

/* Quotes, dashes and dots that all scripts share, U+2000 to U+203F: they are of the script that stands beside them. */
static bool is_shared(const char *at) {
    return (unsigned char)at[0] == 0xE2 && (unsigned char)at[1] == 0x80;
}

/* The first byte of the character before `end`. */
static const char *step_back(const char *end) {
    do
        end--;
    while (((unsigned char)*end & 0xC0) == 0x80);
    return end;
}

static bool begins_wide(const char *at, size_t len) {
    const char *end = at + len;
    while (end - at > 3 && is_shared(at))
        at += 3;
    return is_wide(at);
}

static bool ends_wide(const char *start, size_t len) {
    const char *at = step_back(start + len);
    while (at > start && is_shared(at))
        at = step_back(at);
    return is_wide(at);
}

bool paper_spaced(const char *before, size_t before_len, const char *next, size_t next_len) {
    return !ends_wide(before, before_len) && !begins_wide(next, next_len);
}

static const char *last_of(const struct paper *paper, const struct print_line *line) {
    return step_back(paper->text + line->start + line->len);
}

static bool ends_sentence(const struct paper *paper, const struct print_line *line) {
    static const char *const ends[] = {"。", "！", "？", "：", "；", "”", "）", ".", "!", "?", ":", ";", "\"", ")"};
    const char *last = last_of(paper, line);
    size_t len = (size_t)(paper->text + line->start + line->len - last);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strlen(ends[i]) == len && memcmp(ends[i], last, len) == 0)
            return true;
    return false;
}

/* How wide the first word is: of Chinese two characters, for a mark may not begin a line. */
static float first_word(const struct paper *paper, const struct print_line *line) {
    const char *at = paper->text + line->start;
    size_t len = 0;
    if (begins_wide(at, line->len))
        return 2.2F * line->size;
    while (len < line->len && at[len] != ' ' && !is_wide(at + len))
        len++;
    return (float)(len + 1) * 0.5F * line->size;
}

static bool same_size(const struct print_line *a, const struct print_line *b) {
    return fabsf(a->size - b->size) <= 0.15F * fmaxf(a->size, b->size);
}

/* Is `next` the line below? `step` is the distance of the lines so far, 0 when there is none. */
static bool goes_below(const struct print_line *line, const struct print_line *next, float step) {
    float down = next->y0 - line->y0;
    bool overlap = next->x0 < line->x1 && next->x1 > line->x0;
    return next->page == line->page && overlap && same_size(line, next) && down > 0.5F * line->size &&
           down < (step > 0 ? 1.35F * step : 2.4F * line->size);
}

static struct block block_at(const struct paper *paper, const size_t *kept, size_t count, size_t first) {
    const struct print_line *line = &paper->line[kept[first]];
    struct block block = {first, first + 1, line->x0, line->x1};
    float step = 0;
    while (block.end < count) {
        const struct print_line *next = &paper->line[kept[block.end]];
        if (!goes_below(line, next, step))
            break;
        step = next->y0 - line->y0;
        block.left = fminf(block.left, next->x0);
        block.right = fmaxf(block.right, next->x1);
        line = next;
        block.end++;
    }
    return block;
}

static bool is_full(const struct paper *paper, const struct block *block, const struct print_line *line,
                    const struct print_line *next) {
    return block->right - line->x1 < first_word(paper, next);
}

static bool begins_inside(const struct paper *paper, const struct block *block, const struct print_line *before,
                          const struct print_line *line) {
    bool indented = line->x0 > block->left + 1.2F * line->size;
    bool was = before->x0 > block->left + 1.2F * before->size;
    return (indented && !(was && fabsf(line->x0 - before->x0) < 0.5F * line->size)) ||
           !is_full(paper, block, before, line);
}

/* Whether the first line of `block` goes on with what the last of `before` left open. */
static bool goes_on(const struct paper *paper, const struct block *before, const struct print_line *last,
                    const struct block *block, const struct print_line *line) {
    return before->end - before->first > 1 && block->end - block->first > 1 && same_size(last, line) &&
           !ends_sentence(paper, last) && is_full(paper, before, last, line) &&
           line->x0 < block->left + 1.2F * line->size;
}

/* Ends the line of text before it: by nothing, a space, or a line end; a hyphen inside a word is gone. */
static void put_line(const struct paper *paper, const struct print_line *line, const struct print_line *next,
                     struct page *out) {
    const char *text = paper->text + line->start;
    size_t len = line->len;
    char place[120];
    int n = snprintf(place, sizeof place, "\"page\":%u,\"box\":[%.1f,%.1f,%.1f,%.1f]", line->page + 1, (double)line->x0,
                     (double)line->y0, (double)line->x1, (double)line->y1);
    if (n > 0 && (size_t)n < sizeof place)
        page_place(out, place);
    const char *behind = next ? paper->text + next->start : NULL;
    bool hyphen = behind && len > 1 && text[len - 1] == '-' && text[len - 2] >= 'a' && text[len - 2] <= 'z' &&
                  *behind >= 'a' && *behind <= 'z';
    page_text(out, text, len - hyphen);
    if (!next)
        page_line(out);
    else if (!hyphen && paper_spaced(text, line->len, behind, next->len))
        page_text(out, " ", 1);
}

static size_t keep(const struct paper *paper, size_t *kept) {
    size_t count = 0;
    for (size_t i = 0; i < paper->lines; i++)
        if (!paper->line[i].margin)
            kept[count++] = i;
    return count;
}

void paper_write(const struct paper *paper, struct page *out) {
    size_t *kept = out->host->doc_alloc(out->doc, (paper->lines + 1) * sizeof *kept), count = keep(paper, kept);
    struct block block = {0};
    for (size_t i = 0; i < count; i++) {
        const struct print_line *line = &paper->line[kept[i]];
        const struct print_line *next = i + 1 < count ? &paper->line[kept[i + 1]] : NULL;
        if (i == block.end)
            block = block_at(paper, kept, count, i);
        bool on = next && i + 1 < block.end && !begins_inside(paper, &block, line, next);
        if (next && i + 1 == block.end) {
            struct block following = block_at(paper, kept, count, i + 1);
            on = goes_on(paper, &block, line, &following, next);
        }
        put_line(paper, line, on ? next : NULL, out);
    }
}
