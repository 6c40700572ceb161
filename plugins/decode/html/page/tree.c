/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "webpage.h"

enum { DEEPEST = 10000, PIECE = 64 * 1024 };

/* --- the parser's memory: freed as a whole, for its own way to free a tree recurses ------------------------------- */

struct arena {
    struct piece {
        struct piece *next;
    } * first;
    size_t used, room; /* of the first piece */
};

static void must(const void *memory) {
    if (!memory)
        out_of_memory(); /* the worker ends, its document is quarantined */
}

void *page_list(size_t count, size_t size) {
    void *list = calloc(count ? count : 1, size);
    must(list);
    return list;
}

static void *take(void *user, size_t size) {
    struct arena *arena = user;
    size = (size + 15) & ~(size_t)15;
    if (arena->room - arena->used < size) {
        size_t room = size + 32 > PIECE ? size + 32 : PIECE;
        struct piece *piece = malloc(room);
        must(piece);
        piece->next = arena->first;
        arena->first = piece;
        arena->used = 16;
        arena->room = room;
    }
    void *memory = (char *)arena->first + arena->used;
    arena->used += size;
    return memory;
}

static void leave(void *user, void *memory) {
    (void)user;
    (void)memory;
}

/* --- depth -------------------------------------------------------------------------------------------------------- */

static bool is_open_ended(const char *name, size_t len) {
    static const char *const names[] = {"p",      "li",    "dt",   "dd",   "tr",   "td",   "th",    "option", "br",
                                        "img",    "input", "meta", "hr",   "link", "area", "base",  "col",    "embed",
                                        "source", "track", "wbr",  "html", "head", "body", "thead", "tbody",  "param"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
            return true;
    return false;
}

/* How deep the tags nest, roughly: the parser's work grows with it. */
static bool is_too_deep(const char *at, size_t len) {
    const char *end = at + len;
    long depth = 0;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        bool closing = ++at < end && *at == '/';
        const char *name = at + closing;
        size_t n = 0;
        while (name + n < end && n < 16 && isalnum((unsigned char)name[n]))
            n++;
        if (!n || is_open_ended(name, n))
            continue;
        depth += closing ? -(depth > 0) : 1;
        if (depth > DEEPEST)
            return true;
    }
    return false;
}

/* --- what cannot be seen ------------------------------------------------------------------------------------------ */

static const char *attribute(const GumboNode *node, const char *name) {
    const GumboAttribute *found = gumbo_get_attribute(&node->v.element.attributes, name);
    return found ? found->value : NULL;
}

static bool is_hidden_tag(GumboTag tag) {
    switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_APPLET:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_MATH:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_DEL:
    case GUMBO_TAG_S:
    case GUMBO_TAG_STRIKE:
    case GUMBO_TAG_RT: /* how a character is pronounced */
    case GUMBO_TAG_RP:
        return true;
    default:
        return false;
    }
}

/* `property: value` in a style attribute, with any spaces. */
static bool has_style(const char *style, const char *property, const char *value) {
    const char *at = strcasestr(style, property);
    if (!at)
        return false;
    at += strlen(property);
    at += strspn(at, " \t\n");
    if (*at++ != ':')
        return false;
    at += strspn(at, " \t\n");
    return strncasecmp(at, value, strlen(value)) == 0;
}

static bool is_hidden(const GumboNode *node) {
    const char *style = attribute(node, "style"), *aria = attribute(node, "aria-hidden");
    return is_hidden_tag(node->v.element.tag) || attribute(node, "hidden") || (aria && strcasecmp(aria, "true") == 0) ||
           (style && (has_style(style, "display", "none") || has_style(style, "visibility", "hidden") ||
                      has_style(style, "font-size", "0")));
}

/* --- names -------------------------------------------------------------------------------------------------------- */

/* The parts of a name, cut at signs and at capitals behind small letters; and the name as a whole without signs. */
static uint32_t names_in(const struct page_words *words, const char *value) {
    char part[64], whole[64];
    size_t len = 0, all = 0;
    uint32_t found = 0;
    for (const char *at = value;; at++) {
        bool letter = isalnum((unsigned char)*at);
        if (len && (!letter || len == sizeof part || (isupper((unsigned char)*at) && islower((unsigned char)at[-1])))) {
            found |= words->name(words->user, part, len) & (PAGE_NEVER | PAGE_ASIDE);
            len = 0;
        }
        if (letter && len < sizeof part)
            part[len++] = (char)tolower((unsigned char)*at);
        if (letter && all < sizeof whole)
            whole[all++] = (char)tolower((unsigned char)*at);
        if (all && (!*at || isspace((unsigned char)*at))) {
            found |= words->name(words->user, whole, all) & PAGE_BODY;
            all = 0;
        }
        if (!*at)
            return found;
    }
}

static uint32_t names_of(const struct page_words *words, const GumboNode *node) {
    static const char *const attributes[] = {"class", "id", "role", "itemprop"};
    uint32_t found = 0;
    switch (node->v.element.tag) {
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIGCAPTION:
        found = PAGE_ASIDE;
        break;
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_HTML:
        return 0;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        const char *value = attribute(node, attributes[i]);
        if (value && words)
            found |= names_in(words, value);
    }
    return found;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

GumboTag page_tag(const struct node *node) {
    return node->gumbo->type == GUMBO_NODE_ELEMENT ? node->gumbo->v.element.tag : GUMBO_TAG_LAST;
}

static struct node *add(struct page *page, const GumboNode *gumbo, size_t parent) {
    if (page->nodes == page->node_room) {
        page->node_room = page->node_room ? page->node_room * 2 : 256;
        page->node = realloc(page->node, page->node_room * sizeof *page->node);
        must(page->node);
    }
    struct node *node = &page->node[page->nodes++];
    const struct node *above = page->nodes > 1 ? &page->node[parent] : NULL;
    *node = (struct node){.gumbo = gumbo, .parent = parent, .end = page->nodes};
    if (above) {
        node->link = above->link;
        node->pre = above->pre;
    }
    return node;
}

static bool is_seen(const GumboNode *node) {
    switch (node->type) {
    case GUMBO_NODE_ELEMENT:
        return !is_hidden(node);
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_CDATA:
    case GUMBO_NODE_WHITESPACE:
        return true;
    default:
        return false;
    }
}

static size_t enter(struct page *page, const GumboNode *gumbo, size_t parent, const struct page_words *words) {
    struct node *node = add(page, gumbo, parent);
    if (gumbo->type == GUMBO_NODE_ELEMENT) {
        node->link |= gumbo->v.element.tag == GUMBO_TAG_A;
        node->pre |= gumbo->v.element.tag == GUMBO_TAG_PRE;
        node->names = names_of(words, gumbo);
    }
    return page->nodes - 1;
}

/* Walks the tree without recursion: each element remembers which child comes next in a list of its own. */
static void flatten(struct page *page, const struct page_words *words) {
    struct step {
        size_t node;
        unsigned next;
    } *path = NULL;
    size_t depth = 0, room = 0, root = enter(page, page->output->root, 0, words);
    for (size_t entered = root, go_down = 1; depth || go_down;) {
        if (go_down) {
            if (depth == room) {
                room = room ? room * 2 : 64;
                path = realloc(path, room * sizeof *path);
                must(path);
            }
            path[depth++] = (struct step){entered, 0};
        }
        struct step *top = &path[depth - 1];
        const GumboVector *children = &page->node[top->node].gumbo->v.element.children;
        go_down = 0;
        if (top->next == children->length) {
            page->node[top->node].end = page->nodes;
            depth--;
            continue;
        }
        const GumboNode *child = children->data[top->next++];
        if (!is_seen(child))
            continue;
        entered = enter(page, child, top->node, words);
        go_down = child->type == GUMBO_NODE_ELEMENT;
    }
    free(path);
}

int page_parse(struct page *page, const char *utf8, size_t len, const struct page_words *words) {
    GumboOptions options = kGumboDefaultOptions;
    *page = (struct page){.at = utf8, .len = len};
    if (is_too_deep(utf8, len))
        return -1;
    page->arena = calloc(1, sizeof *page->arena);
    must(page->arena);
    options.allocator = take;
    options.deallocator = leave;
    options.userdata = page->arena;
    options.max_errors = 0;
    page->output = gumbo_parse_with_options(&options, utf8, len);
    flatten(page, words);
    return 0;
}

void page_free(struct page *page) {
    struct piece *next;
    for (struct piece *piece = page->arena ? page->arena->first : NULL; piece; piece = next) {
        next = piece->next;
        free(piece);
    }
    free(page->arena);
    free(page->node);
    free(page->block);
    *page = (struct page){0};
}

const char *page_meta(const struct page *page, const char *name) {
    static const char *const keys[] = {"name", "property", "itemprop"};
    const GumboVector *top = &page->output->root->v.element.children;
    for (unsigned i = 0; i < top->length; i++) {
        const GumboNode *head = top->data[i];
        if (head->type != GUMBO_NODE_ELEMENT || head->v.element.tag != GUMBO_TAG_HEAD)
            continue;
        for (unsigned k = 0; k < head->v.element.children.length; k++) {
            const GumboNode *node = head->v.element.children.data[k];
            if (node->type != GUMBO_NODE_ELEMENT)
                continue;
            const GumboVector *inside = &node->v.element.children;
            if (node->v.element.tag == GUMBO_TAG_TITLE && strcmp(name, "title") == 0 && inside->length)
                return ((const GumboNode *)inside->data[0])->v.text.text;
            for (size_t a = 0; a < 3 && node->v.element.tag == GUMBO_TAG_META; a++) {
                const char *key = attribute(node, keys[a]);
                if (key && strcasecmp(key, name) == 0)
                    return attribute(node, "content");
            }
        }
    }
    return NULL;
}
