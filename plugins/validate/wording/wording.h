/* SPDX-License-Identifier: MIT */
/* The instance of validate/wording, and what its files give each other. */
#pragma once
#include "runes.h"
#include "siftd/plugin.h"
#include "token.h"

enum {
    WORD_GAP = 1,
    WORD_OPENING = 2,
    WORD_COMPANY = 4,
    WORD_OFFICE = 8,
    WORD_ACT = 16,
    WORD_MISREAD = 32,
    WORD_ONCE = 64,
    MISREAD_SHIFT = 16, /* above the word's bits: its number in the list of misread words */
    PERSONS_MAX = 16
};

struct wording {
    const struct siftd_host *host;
    struct lexicon *lexicon;
    struct words *words;
    struct runes never_last, surnames, misread_after;
    const struct siftd_node *misread; /* wrong word: right word */
    struct tokens tokens;             /* kept between documents for its memory */
    /* of the document at hand: the names that a slip has lengthened, with their stray character */
    struct siftd_str person[PERSONS_MAX];
    size_t persons;
};

/* A place in the text that is looked at, and where a finding of it goes. */
struct place {
    struct wording *wording;
    struct siftd_doc *doc;
    struct siftd_str text;
    size_t at;
};

int report(const struct place *place, const char *check, size_t start, size_t end, const char *message);

/* Reads the pack's words that are no words: what a reader of characters made of another (人驻 for 入驻). */
void misread_open(struct wording *wording, const struct siftd_node *section);
int check_misread(const struct place *place);

/* Notes the name behind an office that a verb's doubled first character has got into: 主任方向民主主持. */
void note_person(struct place *place);
/* A finding for each place of each name so noted. */
int report_persons(const struct place *place);
