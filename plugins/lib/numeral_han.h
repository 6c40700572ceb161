/* SPDX-License-Identifier: MIT */
/* Private to numeral.c and numeral_han.c: numerals written in characters. */
#pragma once
#include "codepoint.h"
#include "numeral.h"

enum { MANY_YU = 0x4F59, MANY_DUO = 0x591A, MANY_JI = 0x51E0, MANY_JI_OLD = 0x5E7E, ABOUT_LAI = 0x6765 };

/* A place in the text that is being read. */
struct cursor {
    const char *at, *end;
};

static inline unsigned cursor_peek(const struct cursor *c, size_t *ret_len) {
    *ret_len = 0;
    return c->at < c->end ? cp_at(c->at, c->end, ret_len) : 0;
}

/* The character behind the next `skip` bytes. */
static inline unsigned cursor_peek_behind(const struct cursor *c, size_t skip, size_t *ret_len) {
    struct cursor ahead = {c->at + skip, c->end};
    return cursor_peek(&ahead, ret_len);
}

/* The bytes of the blanks at the cursor, at most two. */
static inline size_t cursor_blanks(const struct cursor *c) {
    size_t n = 0;
    while (n < 2 && c->at + n < c->end && c->at[n] == ' ')
        n++;
    return n;
}

static inline bool is_many(unsigned c) {
    return c == MANY_YU || c == MANY_DUO || c == MANY_JI || c == MANY_JI_OLD;
}

/* 二十三 · 两万五 · 三五百 · 十五六 · 二点五万 · 二〇二三; false when it is malformed (十三五). Moves the cursor behind
 * it. */
bool numeral_han(struct cursor *c, struct numeral *ret);
/* Multipliers behind a mantissa: 万, 千万, 多万, 来万, 万亿. Returns their powers' sum. */
int numeral_powers(struct cursor *c, struct numeral *ret);
