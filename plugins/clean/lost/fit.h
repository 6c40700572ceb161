/* SPDX-License-Identifier: MIT */
/*
 * How well characters fit where they are put: whether they make words (ICU's dictionary of Chinese words), whether the
 * document has the same characters side by side elsewhere, and how they are read (ICU's transliteration to pinyin).
 */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>

#include "codes.h"

struct fit;

struct fit *fit_new(void); /* NULL when ICU lacks the dictionary */
struct fit *fit_free(struct fit *fit);

/* Learns a document: its (first million) pairs of neighbours, glosses left out, and whether it is in traditional
 * characters. */
void fit_learn(struct fit *fit, const struct codes *codes, struct siftd_str text);
bool fit_is_traditional(const struct fit *fit);

enum { WINDOW_MAX = 96 };
/* A piece of text in characters of the basic plane; 0 is one not known yet. */
struct window {
    uint16_t rune[WINDOW_MAX];
    size_t count;
};
/* Characters that belong to words of two and more: of the whole window, and of the part that was asked for. */
struct in_words {
    size_t window, part;
};
/* Reads the window's words; the part is [from, to). */
struct in_words fit_words(struct fit *fit, const struct window *window, size_t from, size_t to);
enum { SEEN_MAX = 2 };
/* How often, up to SEEN_MAX, the document has `a` followed by `b`. */
unsigned fit_seen(const struct fit *fit, uint32_t a, uint32_t b);

enum reading { READING_OTHER, READING_TONELESS, READING_SAME };
/* How the character's most usual reading compares with a gloss. */
enum reading fit_reading(struct fit *fit, uint32_t rune, struct siftd_str gloss);

/* The inside of a gloss in brackets at `at`, a space before it allowed; *ret_end is behind the bracket. Empty when
 * there is none. */
struct siftd_str gloss_at(const char *at, const char *end, const char **ret_end);
/* The same without the opening bracket. */
struct siftd_str gloss_inside(const char *at, const char *end, const char **ret_end);
