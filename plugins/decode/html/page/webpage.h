/* SPDX-License-Identifier: MIT */
/*
 * A web page as a flat list. The tree of the HTML5 parser (gumbo) is laid out in the order of the document: elements
 * and texts that can be seen, each with its parent and the end of what lies below it. All passes over a page are loops
 * over this list, so that no page, however deep, can overflow a stack.
 *
 *     page_parse      bytes (UTF-8) to list
 *     page_block      the list to blocks: lines of text
 *     page_tables     which of them are cells of tables of data
 *     page_choose     which blocks are the main text
 *     page_write      blocks to text, every piece with its place in the UTF-8
 */
#pragma once
#include <gumbo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a name of an element says of it, by the words of a pack. */
enum page_name { PAGE_NEVER = 1, PAGE_ASIDE = 2, PAGE_BODY = 4 };

/* The knowledge of names: what a part of a class, an id or a role means (bits of page_name), and whether a line speaks
 * about the text. `word` is in lower case. */
struct page_words {
    uint32_t (*name)(void *user, const char *word, size_t len);
    bool (*about)(void *user, const char *line, size_t len);
    void *user;
};

struct node {
    const GumboNode *gumbo;
    size_t parent, end; /* of the list: everything below lies before `end` */
    uint32_t names;     /* of its own and of what it lies in */
    bool link;          /* in <a> */
    bool pre;           /* in <pre> */
};

struct block {
    size_t first, end;     /* nodes; only texts count */
    size_t owner;          /* the element that it is a line of */
    size_t weight, linked; /* bytes but for spaces; in links */
    unsigned marks;        /* ends of sentences and commas */
    unsigned heading;      /* 1 to 6; 0: none */
    bool cell;             /* goes on the line of the cell before it */
    size_t table, row;     /* of a cell in a table of data: their elements; else 0 */
    unsigned column;       /* from 0 */
    bool item;             /* of a numbered list */
    bool good, keep;
    unsigned number; /* of the item */
};

struct page {
    const char *at; /* what was parsed; must outlive the page */
    size_t len;
    GumboOutput *output;
    struct arena *arena; /* of the parser's tree */
    struct node *node;
    size_t nodes, node_room;
    struct block *block;
    size_t blocks, block_room;
};

/* 0, or -1 when the elements nest deeper than any page's do. */
int page_parse(struct page *page, const char *utf8, size_t len, const struct page_words *words);
void page_free(struct page *page);

void page_block(struct page *page);
void page_tables(struct page *page);
/* Marks the blocks to keep: the main text, or all when `whole` or when the page has none. Returns whether it was found.
 */
bool page_choose(struct page *page, const struct page_words *words, bool whole);

/* A piece of text. `utf8` lies inside the page when it is as it stands there ([start, end)); else it was made from it.
 */
typedef int page_put_fn(void *user, const char *utf8, size_t len, size_t start, size_t end);
/* Table, row or cell of the text that was put, [start, end) of it; `value` of a cell is its column. */
typedef int page_mark_fn(void *user, const char *kind, size_t start, size_t end, const char *value);
/* 0, or what put() or mark() failed with. */
int page_write(const struct page *page, page_put_fn *put, page_mark_fn *mark, void *user);

/* The content of a <meta> whose name, property or itemprop is `name`, or the text of <title> for "title"; NULL: none.
 */
const char *page_meta(const struct page *page, const char *name);

/* `count` things of `size` bytes, all 0; the caller frees them. Without memory the worker ends. */
void *page_list(size_t count, size_t size);
GumboTag page_tag(const struct node *node); /* GUMBO_TAG_LAST for text */
bool page_is_block(GumboTag tag);
