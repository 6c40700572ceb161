/* SPDX-License-Identifier: MIT */
/*
 * A trie over half bytes: sixteen branches a node, nodes in one array, node 0 the root and, as a branch, "none". Bytes
 * are never split unevenly, so a match that ends on a whole byte of valid UTF-8 words ends on a whole character.
 *
 * Nearly all text that is asked is of three-byte characters, and most of it begins no word. So the node behind a word's
 * first character of three bytes is kept in a page of its first byte, too, and a lookup takes one step to it.
 */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct node {
    uint32_t branch[16];
    uint64_t roles;
};

enum { PAGES = 16, PAGE = 64 * 64, WIDE = 3 /* bytes of a character that has a page */ };

struct words {
    struct node *node;
    size_t count, room;
    uint32_t *page[PAGES]; /* by the low half of a first byte 0xE0 to 0xEF: the node behind a character, 0 for none */
};

/* Latin letters match in either case. */
static unsigned char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

static bool is_wide(struct siftd_str text) {
    return text.len >= WIDE && (unsigned char)text.at[0] >> 4 == 0xE && ((unsigned char)text.at[1] & 0xC0) == 0x80 &&
           ((unsigned char)text.at[2] & 0xC0) == 0x80;
}

static size_t place_on_page(struct siftd_str text) {
    return (size_t)(text.at[1] & 63) << 6 | (text.at[2] & 63);
}

static uint32_t node_new(struct words *words) {
    if (words->count == words->room) {
        words->room = words->room ? words->room * 2 : 1024;
        words->node = realloc(words->node, words->room * sizeof *words->node);
        if (!words->node)
            out_of_memory();
    }
    memset(&words->node[words->count], 0, sizeof *words->node);
    return (uint32_t)words->count++;
}

struct words *words_new(void) {
    struct words *words = calloc(1, sizeof *words);
    if (!words)
        out_of_memory();
    node_new(words);
    return words;
}

struct words *words_free(struct words *words) {
    if (!words)
        return NULL;
    for (size_t i = 0; i < PAGES; i++)
        free(words->page[i]);
    free(words->node);
    free(words);
    return NULL;
}

static uint32_t branch_to(struct words *words, uint32_t at, unsigned half) {
    if (!words->node[at].branch[half]) {
        uint32_t fresh = node_new(words);
        words->node[at].branch[half] = fresh;
    }
    return words->node[at].branch[half];
}

static void keep_on_page(struct words *words, struct siftd_str word, uint32_t node) {
    uint32_t **page = &words->page[word.at[0] & 15];
    if (!*page && !(*page = calloc(PAGE, sizeof **page)))
        out_of_memory();
    (*page)[place_on_page(word)] = node;
}

void words_add(struct words *words, struct siftd_str word, uint64_t roles) {
    uint32_t at = 0;
    for (size_t i = 0; i < word.len; i++) {
        unsigned char byte = fold(word.at[i]);
        at = branch_to(words, at, byte >> 4);
        at = branch_to(words, at, byte & 15);
        if (i + 1 == WIDE && is_wide(word))
            keep_on_page(words, word, at);
    }
    if (at)
        words->node[at].roles |= roles;
}

void words_add_list(struct words *words, const struct siftd_host *host, const struct siftd_node *list, uint64_t roles) {
    for (size_t i = 0; i < host->node_count(list); i++) {
        const char *text = host->node_text(host->node_at(list, i));
        words_add(words, (struct siftd_str){text, strlen(text)}, roles);
    }
}

bool words_begin(const struct words *words, struct siftd_str text) {
    if (is_wide(text)) {
        const uint32_t *page = words->page[text.at[0] & 15];
        return page && page[place_on_page(text)];
    }
    if (!text.len)
        return false;
    unsigned char byte = fold(text.at[0]);
    uint32_t at = words->node[0].branch[byte >> 4];
    return at && words->node[at].branch[byte & 15];
}

uint64_t words_match(const struct words *words, struct siftd_str text, size_t *ret_len) {
    const struct node *node = words->node;
    uint32_t at = 0;
    uint64_t roles = 0;
    size_t i = 0;
    if (is_wide(text)) {
        const uint32_t *page = words->page[text.at[0] & 15];
        if (!page || !(at = page[place_on_page(text)]))
            return 0;
        i = WIDE;
        if ((roles = node[at].roles))
            *ret_len = WIDE;
    }
    for (; i < text.len; i++) {
        unsigned char byte = fold(text.at[i]);
        at = node[at].branch[byte >> 4];
        if (!at || !(at = node[at].branch[byte & 15]))
            break;
        if (node[at].roles) {
            roles = node[at].roles;
            *ret_len = i + 1;
        }
    }
    return roles;
}
