/* SPDX-License-Identifier: MIT */
/* Sets of characters of the basic plane, and the classes of characters that repairs ask for. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <siftd/plugin.h>

#include "codepoint.h"

/* `struct runes set = {0};` is empty and ready. */
struct runes {
    uint8_t bit[8192];
};

static inline bool runes_has(const struct runes *set, uint32_t rune) {
    return rune < 0x10000 && (set->bit[rune / 8] >> rune % 8 & 1);
}

/* Adds the characters of a pack's text, or of a sequence of texts; spaces do not count. */
void runes_add(struct runes *set, const struct siftd_host *host, const struct siftd_node *text);

/* Spaces inside a line, with the no-break, typographic, ideographic and zero-width ones. */
static inline bool rune_is_space(uint32_t c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/* The code point at `at`, 0 at `end`. */
static inline uint32_t rune_at(const char *at, const char *end) {
    size_t size;
    return at < end ? cp_at(at, end, &size) : 0;
}

/* The code point before `at`, 0 at `begin`. */
static inline uint32_t rune_before(const char *begin, const char *at) {
    return at > begin ? rune_at(cp_before(begin, at), at) : 0;
}
