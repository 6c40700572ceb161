/* SPDX-License-Identifier: MIT */
/*
 * Method. A block is good when it is long enough, not of links, and has the marks of sentences. The main text is the
 * deepest element that holds most of what the good blocks weigh; parts whose names say that they are something else do
 * not count, unless most of the page stands in them. Inside it, good blocks are kept, and short ones between them.
 */
#include <stdlib.h>
#include <string.h>

#include "webpage.h"

enum { LONG = 90, LONG_LINE = 45, LEAST = 160 }; /* bytes but for spaces */

static bool is_linked(const struct block *block) {
    return block->linked * 3 > block->weight;
}

static bool is_good(const struct page *page, const struct block *block) {
    GumboTag tag = page_tag(&page->node[block->owner]);
    bool paragraph = tag == GUMBO_TAG_P || tag == GUMBO_TAG_BLOCKQUOTE || tag == GUMBO_TAG_PRE;
    return !block->heading && !is_linked(block) && block->marks && block->weight >= (paragraph ? LONG_LINE : LONG);
}

struct choice {
    struct page *page;
    uint32_t *names; /* of a node and of all around it */
    size_t *weight;  /* of the good blocks below a node */
};

static void add_up(struct choice *c) {
    const struct page *page = c->page;
    memset(c->weight, 0, page->nodes * sizeof *c->weight);
    for (size_t b = 0; b < page->blocks; b++)
        if (page->block[b].good && !(c->names[page->block[b].owner] & (PAGE_NEVER | PAGE_ASIDE)))
            c->weight[page->block[b].owner] += page->block[b].weight;
    for (size_t i = page->nodes; --i > 0;)
        c->weight[page->node[i].parent] += c->weight[i];
}

/* A part is not set aside by its name when most of the page's text stands in it. */
static void spread_names(struct choice *c) {
    const struct page *page = c->page;
    add_up(c);
    size_t all = c->weight[0];
    for (size_t i = 0; i < page->nodes; i++) {
        uint32_t own = page->node[i].names;
        if (c->weight[i] * 5 > all * 3)
            own &= ~(uint32_t)(PAGE_ASIDE | PAGE_NEVER);
        c->names[i] = own | (i ? c->names[page->node[i].parent] & ~(uint32_t)PAGE_BODY : 0);
    }
    add_up(c);
}

/* The part that is named as the text, when the good blocks bear it out. */
static size_t named_body(const struct choice *c) {
    size_t best = 0;
    for (size_t i = 1; i < c->page->nodes; i++)
        if (c->page->node[i].names & PAGE_BODY && c->weight[i] * 2 > c->weight[0] &&
            (!best || c->weight[i] * 10 >= c->weight[best] * 9))
            best = i;
    return best;
}

static size_t heaviest_child(const struct choice *c, size_t of) {
    const struct page *page = c->page;
    size_t best = of;
    for (size_t i = of + 1; i < page->node[of].end; i = page->node[i].end)
        if (best == of || c->weight[i] > c->weight[best])
            best = i;
    return best;
}

static size_t body_of(const struct choice *c) {
    size_t at = named_body(c);
    for (;;) {
        size_t child = heaviest_child(c, at);
        if (child == at || c->weight[child] * 10 < c->weight[at] * 8 || c->weight[child] * 10 < c->weight[0] * 5)
            return at;
        at = child;
    }
}

static bool is_aside(const struct choice *c, const struct block *block) {
    return c->names[block->owner] & (PAGE_NEVER | PAGE_ASIDE);
}

/* The title: the first heading that says what <title> says, or the first of the highest rank before the text. */
static struct block *title_of(const struct choice *c, size_t first_good) {
    struct page *page = c->page;
    struct block *title = NULL;
    for (size_t b = 0; b < first_good; b++) {
        struct block *block = &page->block[b];
        if (block->heading == 1 || (block->heading == 2 && !title)) {
            if (!title || block->heading < title->heading || is_linked(title))
                title = block;
        }
    }
    return title;
}

/* The text of a block, without its spaces; at most `room` bytes. */
static size_t line_of(const struct page *page, const struct block *block, char *to, size_t room) {
    size_t len = 0;
    for (size_t i = block->first; i < block->end; i++) {
        const GumboNode *node = page->node[i].gumbo;
        if (node->type != GUMBO_NODE_TEXT && node->type != GUMBO_NODE_CDATA)
            continue;
        for (const char *at = node->v.text.text; *at && len < room; at++)
            if (len || !strchr(" \t\r\n", *at))
                to[len++] = *at;
    }
    return len;
}

static bool speaks_about(const struct page *page, const struct block *block, const struct page_words *words) {
    char line[200];
    if (!words || block->weight > 180)
        return false;
    size_t len = line_of(page, block, line, sizeof line);
    return words->about(words->user, line, len);
}

struct range {
    size_t first, last; /* good blocks of the body */
    size_t begin;       /* of the body's blocks */
    size_t end;
};

static struct range range_of(const struct choice *c, size_t body) {
    const struct page *page = c->page;
    struct range r = {page->blocks, 0, page->blocks, 0};
    for (size_t b = 0; b < page->blocks; b++) {
        const struct block *block = &page->block[b];
        if (block->owner < body || block->owner >= page->node[body].end)
            continue;
        r.begin = b < r.begin ? b : r.begin;
        r.end = b + 1;
        if (block->good && !is_aside(c, block)) {
            r.first = b < r.first ? b : r.first;
            r.last = b;
        }
    }
    return r;
}

/* Behind the last good block only what goes on at once: short last paragraphs, a table, a list. */
static bool goes_on(const struct choice *c, const struct block *block, const struct block *last) {
    const struct page *page = c->page;
    const struct node *a = &page->node[block->owner], *b = &page->node[last->owner];
    GumboTag tag = page_tag(a);
    bool part = block->table || tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH || tag == GUMBO_TAG_LI ||
                tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT;
    bool same = block->owner == last->owner || (a->parent == b->parent && tag == page_tag(b));
    return (same || part) && !block->linked && !is_aside(c, block);
}

static void stretch(const struct choice *c, struct range *r) {
    while (r->last + 1 < r->end && goes_on(c, &c->page->block[r->last + 1], &c->page->block[r->last]))
        r->last++;
}

static bool is_kept(const struct choice *c, const struct block *block, const struct range *r) {
    const struct page *page = c->page;
    size_t b = (size_t)(block - page->block);
    if (is_aside(c, block))
        return false;
    if (block->good)
        return true;
    if (b > r->last)
        return false;
    if (b < r->first)
        return (block->heading || page_tag(&page->node[block->owner]) == GUMBO_TAG_P) && !is_linked(block);
    return !is_linked(block) || (block->weight > LONG && block->linked * 4 < block->weight * 3 && block->marks);
}

static bool keep_all(struct page *page) {
    for (size_t b = 0; b < page->blocks; b++)
        page->block[b].keep = page->block[b].weight > 0;
    return false;
}

static bool choose(struct choice *c, const struct page_words *words) {
    struct page *page = c->page;
    spread_names(c);
    size_t body = body_of(c);
    struct range r = range_of(c, body);
    if (c->weight[body] < LEAST || r.first > r.last)
        return keep_all(page);
    stretch(c, &r);
    struct block *title = title_of(c, r.first);
    for (size_t b = r.begin; b < r.end; b++)
        page->block[b].keep = page->block[b].weight && is_kept(c, &page->block[b], &r);
    size_t from = title ? (size_t)(title - page->block) : r.begin;
    for (size_t b = from; b < r.first; b++)
        if (!page->block[b].keep && !is_aside(c, &page->block[b]) && !is_linked(&page->block[b]))
            page->block[b].keep = speaks_about(page, &page->block[b], words);
    if (title)
        title->keep = true;
    return true;
}

bool page_choose(struct page *page, const struct page_words *words, bool whole) {
    if (whole)
        return keep_all(page);
    struct choice c = {page, page_list(page->nodes, sizeof *c.names), page_list(page->nodes, sizeof *c.weight)};
    for (size_t b = 0; b < page->blocks; b++)
        page->block[b].good = is_good(page, &page->block[b]);
    bool found = choose(&c, words);
    free(c.names);
    free(c.weight);
    return found;
}
