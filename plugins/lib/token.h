/* SPDX-License-Identifier: MIT */
/*
 * A stretch of text as a row of tokens: words with their roles, numbers that measure something, time expressions,
 * quoted names, punctuation, and runs of everything else. All reading of prose works on this row; the characters are
 * looked at once.
 *
 * A number becomes a NUMBER only when it measures something: it has a unit, or one follows from its place. Dates,
 * ordinals, list numbers, numbers inside names and the articles "one" and "a" stay text.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lexicon.h"
#include "numeral.h"
#include "when.h"

enum token_kind {
    TOKEN_TEXT = 1, /* a run of characters that are in no list */
    TOKEN_WORD,     /* index: its traits */
    TOKEN_NUMBER,   /* index: of the quantity */
    TOKEN_TIME,     /* index: of the time */
    TOKEN_QUOTE,    /* “…” as a name, with its marks */
    TOKEN_TITLE,    /* 《…》 with its marks */
    TOKEN_BREAK,    /* punctuation; index: its code point */
    TOKEN_END       /* end of a paragraph */
};

struct token {
    uint32_t start, end; /* bytes of the text */
    uint64_t roles;      /* WORD */
    uint32_t index;
    uint8_t kind;
};

struct quantity {
    uint32_t start, end; /* the number with its unit, as it stands */
    char value[NUMERAL_DIGITS], upper[NUMERAL_DIGITS];
    const struct unit *unit;
    const char
        *qualifier; /* what the number's own writing or the words behind it say (余, 以上, 3至5); NULL for nothing */
    bool bare;      /* 万人: counts only with a qualifying word before it */
};

struct tokens {
    struct siftd_str text;
    struct token *at;
    struct quantity *quantity;
    struct when *when;
    size_t count, quantities, whens;
    size_t room, quantity_room, when_room;
};

/* Reads [start, end) of `text`, replacing what `tokens` held. `tokens` begins as zeros and keeps its memory between
 * calls. */
void tokens_read(struct tokens *tokens, const struct lexicon *lexicon, struct siftd_str text, size_t start, size_t end);
void tokens_deinit(struct tokens *tokens);

static inline struct siftd_str token_text(const struct tokens *tokens, const struct token *token) {
    return (struct siftd_str){tokens->text.at + token->start, token->end - token->start};
}

/* Whether token i is a word with one of the roles; false outside the row. */
static inline bool token_is(const struct tokens *tokens, size_t i, uint64_t roles) {
    return i < tokens->count && (tokens->at[i].roles & roles) != 0;
}

/* Whether token i is a word with one of the traits; false outside the row. */
static inline bool token_has(const struct tokens *tokens, size_t i, uint32_t traits) {
    return token_is(tokens, i, ROLE_BIT(TRAIT)) && (tokens->at[i].index & traits) != 0;
}

/* Whether token i is a single blank between words. */
static inline bool token_is_blank(const struct tokens *tokens, size_t i) {
    const struct token *token = &tokens->at[i];
    return token->kind == TOKEN_TEXT && token->end - token->start == 1 && tokens->text.at[token->start] == ' ';
}

/* Whether token i is a break with this code point. */
static inline bool token_mark(const struct tokens *tokens, size_t i, uint32_t codepoint) {
    return i < tokens->count && tokens->at[i].kind == TOKEN_BREAK && tokens->at[i].index == codepoint;
}

/* Whether token i ends a clause (，；。：！？ or a paragraph), or a sentence (。！？； is none). */
bool token_ends_clause(const struct tokens *tokens, size_t i);
bool token_ends_sentence(const struct tokens *tokens, size_t i);

/* Whether a paragraph that begins at token i is a heading: short, without a sentence's end and, unless it is the title,
 * without figures. */
bool is_heading(const struct tokens *tokens, size_t i);
/* Whether a paragraph that begins at token i has a list number; 一、 numbers a section of the article, 1. and （一）
 * parts of one. */
bool is_numbered(const struct tokens *tokens, size_t i);
bool opens_section(const struct tokens *tokens, size_t i);
