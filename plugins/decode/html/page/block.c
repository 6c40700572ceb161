/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "webpage.h"

bool page_is_block(GumboTag tag) {
    switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_ACRONYM:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BDI:
    case GUMBO_TAG_BDO:
    case GUMBO_TAG_BIG:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_DATA:
    case GUMBO_TAG_DFN:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FONT:
    case GUMBO_TAG_I:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_NOBR:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_RB:
    case GUMBO_TAG_RUBY:
    case GUMBO_TAG_SAMP:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TIME:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_U:
    case GUMBO_TAG_VAR:
    case GUMBO_TAG_WBR:
    case GUMBO_TAG_UNKNOWN: /* elements of a page's own making are inline unless styled */
        return false;
    default:
        return true;
    }
}

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static unsigned marks_in(const char *text) {
    static const char *const marks[] = {"。", "，", "；", "！", "？", "："};
    unsigned n = 0;
    for (const char *at = text; *at; at++) {
        n += strchr(".,;!?", *at) && (is_space(at[1]) || !at[1]);
        if ((unsigned char)*at == 0xE3 || (unsigned char)*at == 0xEF)
            for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
                n += strncmp(at, marks[i], 3) == 0;
    }
    return n;
}

static void weigh(struct block *block, const struct node *node) {
    const char *text = node->gumbo->v.text.text;
    size_t weight = 0;
    for (const char *at = text; *at; at++)
        weight += !is_space(*at);
    block->weight += weight;
    if (node->link)
        block->linked += weight;
    block->marks += marks_in(text);
}

/* Where one is: the block that is being made, and what lies around it. */
struct place {
    struct page *page;
    bool open;
};

static struct block *begin(struct place *place, size_t i, size_t owner) {
    struct page *page = place->page;
    if (page->blocks == page->block_room) {
        page->block_room = page->block_room ? page->block_room * 2 : 128;
        page->block = realloc(page->block, page->block_room * sizeof *page->block);
        if (!page->block)
            out_of_memory();
    }
    struct block *block = &page->block[page->blocks++];
    *block = (struct block){.first = i, .end = i, .owner = owner};
    GumboTag tag = page_tag(&page->node[owner]);
    if (tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6)
        block->heading = (unsigned)(tag - GUMBO_TAG_H1) + 1;
    place->open = true;
    return block;
}

/* A cell without blocks of its own stands on the line of its row, behind the cell before it. */
static bool is_simple_cell(const struct page *page, size_t owner) {
    GumboTag tag = page_tag(&page->node[owner]);
    if (tag != GUMBO_TAG_TD && tag != GUMBO_TAG_TH)
        return false;
    for (size_t i = owner + 1; i < page->node[owner].end; i++)
        if (page->node[i].gumbo->type == GUMBO_NODE_ELEMENT && page_is_block(page_tag(&page->node[i])))
            return false;
    return true;
}

static void mark_cell(struct page *page, struct block *block) {
    if (page->blocks < 2 || !is_simple_cell(page, block->owner))
        return;
    const struct block *before = block - 1;
    block->cell = before->owner != block->owner &&
                  page->node[before->owner].parent == page->node[block->owner].parent &&
                  is_simple_cell(page, before->owner);
}

static void mark_item(struct page *page, struct block *block) {
    const struct node *owner = &page->node[block->owner];
    if (page_tag(owner) != GUMBO_TAG_LI || page_tag(&page->node[owner->parent]) != GUMBO_TAG_OL)
        return;
    for (size_t i = block->first; i-- > block->owner + 1;)
        if (page->node[i].gumbo->type != GUMBO_NODE_WHITESPACE && page->node[i].gumbo->type != GUMBO_NODE_ELEMENT)
            return; /* not the item's first line */
    block->item = true;
}

static bool is_text(const struct node *node) {
    return node->gumbo->type == GUMBO_NODE_TEXT || node->gumbo->type == GUMBO_NODE_CDATA;
}

/* Items count from one in each list; `number` of an item is its place. */
static void number_items(struct page *page) {
    size_t list = (size_t)-1;
    unsigned number = 0;
    for (size_t b = 0; b < page->blocks; b++) {
        struct block *block = &page->block[b];
        if (!block->item)
            continue;
        size_t of = page->node[block->owner].parent;
        number = of == list ? number + 1 : 1;
        list = of;
        block->number = number;
    }
}

/* The nearest element around a node that is no inline one; computed downwards, for parents come first. */
static size_t *owners_of(const struct page *page) {
    size_t *owner = calloc(page->nodes, sizeof *owner);
    if (!owner)
        out_of_memory();
    for (size_t i = 0; i < page->nodes; i++) {
        const struct node *node = &page->node[i];
        bool own = node->gumbo->type == GUMBO_NODE_ELEMENT && page_is_block(page_tag(node));
        owner[i] = own || i == 0 ? i : owner[node->parent];
    }
    return owner;
}

void page_block(struct page *page) {
    struct place place = {page, false};
    size_t *owner = owners_of(page), last = 0;
    for (size_t i = 0; i < page->nodes; i++) {
        const struct node *node = &page->node[i];
        if (node->gumbo->type == GUMBO_NODE_ELEMENT) {
            if (page_is_block(page_tag(node)))
                place.open = false;
            continue;
        }
        if (owner[i] != last)
            place.open = false;
        if (!place.open && !is_text(node))
            continue;
        bool fresh = !place.open;
        struct block *block = fresh ? begin(&place, i, owner[i]) : &page->block[page->blocks - 1];
        last = owner[i];
        block->end = i + 1;
        if (is_text(node))
            weigh(block, node);
        if (fresh) {
            mark_cell(page, block);
            mark_item(page, block);
        }
    }
    number_items(page);
    free(owner);
}
