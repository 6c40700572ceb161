/* SPDX-License-Identifier: MIT */
/*
 * A set of words, each with the roles it plays, matched longest first: the trie that a pack's word lists are read into.
 * Latin letters match in either case. A word given several times keeps all its roles, so that roles may be spread over
 * lists and packs. Looking up costs the length of the match, whatever the number of words.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "siftd/plugin.h"

struct words; /* holds its own memory; not tied to the host's */

struct words *words_new(void);
struct words *words_free(struct words *words); /* NULL */

/* Adds `roles` to the word's roles. An empty word and no roles are ignored. */
void words_add(struct words *words, struct siftd_str word, uint64_t roles);
/* Adds every scalar of a pack's sequence; other nodes and NULL are ignored. */
void words_add_list(struct words *words, const struct siftd_host *host, const struct siftd_node *list, uint64_t roles);

/* Whether any word begins with the character that `text` begins with. */
bool words_begin(const struct words *words, struct siftd_str text);
/* The longest word that `text` begins with: its roles, and its length in *ret_len; 0 when there is none. */
uint64_t words_match(const struct words *words, struct siftd_str text, size_t *ret_len);
