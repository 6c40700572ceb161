/* SPDX-License-Identifier: MIT */
/*
 * The reading of one article: its tokens, and for every quantity what the sentence around it says. Each part is read in
 * one forward pass over the tokens: spans first, then the year, statuses, periods, subjects, names. A part may use
 * those before it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "siftd/plugin.h"
#include "token.h"

enum { NAME_BYTES = 384, PLACES_MAX = 24 };

enum status { STATUS_ACTUAL, STATUS_TARGET, STATUS_TERMS, STATUS_CHANGE };

struct indicator {
    size_t token;              /* the number's place in the row */
    size_t segment;            /* first token of its part of the clause */
    size_t clause, clause_end; /* tokens of the clause: [clause, clause_end) */
    size_t sentence;           /* first token of the sentence */
    const char *qualifier;
    enum status status;
    char period[WHEN_TEXT];   /* empty: not said */
    struct siftd_str subject; /* a piece of the text; empty: not said */
    char name[NAME_BYTES];    /* empty: not said */
    struct siftd_str head;    /* the last word of what is counted, a piece of the text */
    struct siftd_str noun;    /* what is counted, without verbs and grades before it, a piece of the text */
};

struct article {
    struct tokens tokens;
    struct indicator *indicator; /* one a quantity */
    size_t room;
    size_t start;          /* of the article in the text */
    int year;              /* the year that the article is about; 0 when it does not say */
    const char *published; /* ISO date that the page bears; empty or NULL: none */
};

struct places {
    struct siftd_str at[PLACES_MAX]; /* pieces of the text */
    size_t count;
};

/* Finds each quantity's clause, segment and sentence, and its qualifier. */
void spans_read(struct article *article);
/* Finds the year that the article is about; leaves it as it was when the article names none. */
void year_read(struct article *article);
void statuses_read(struct article *article);
void periods_read(struct article *article);
void subjects_read(struct article *article);
void names_read(struct article *article);

/* What may stand inside a name. */
bool inside_name(const struct tokens *tokens, size_t i);
/* The place of a rank (市, 县, 区) that the article names most often; nothing when it names none. */
struct siftd_str place_of_rank(const struct tokens *tokens, struct siftd_str rank);
/* The place of a rank that a policy in the article's title begins with, or one elsewhere whose place is named often. */
struct siftd_str place_in_title(const struct tokens *tokens, struct siftd_str rank);
/* Fills in the places that the article names with their rank (市, 县, 区), without it; the first PLACES_MAX. */
void places_read(const struct tokens *tokens, struct places *places);
bool is_place(const struct places *places, struct siftd_str text);
