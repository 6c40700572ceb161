/* SPDX-License-Identifier: MIT */
/* An act of naming, and where its members are found: the parts of extract/recognitions. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seen.h"
#include "siftd/plugin.h"
#include "words.h"

enum { MEMBERS_MAX = 24, LEVELS = 4 };

enum recognition_word {
    NAMED = 1 << 0,
    COUNTED = 1 << 1,
    PUBLISHED = 1 << 2,
    LIST_END = 1 << 3,
    TAIL = 1 << 4,
    TITLE = 1 << 5,
    GRANTOR_BEFORE = 1 << 6,
    MEMBERS_END = 1 << 7,
    BECAME = 1 << 8,
    NO_MEMBER = 1 << 9,
    FRONT = 1 << 10,
    BACK = 1 << 11,
    GOT = 1 << 12,
    PRAISE = 1 << 13,
    ELSEWHERE = 1 << 14,
    CALLED = 1 << 15,
    LEVEL_FIRST = 1 << 16 /* and the next three: national to district */
};

struct recognitions {
    const struct siftd_host *host;
    struct words *words;
    struct seen seen[LEVELS];           /* titles of the document so far */
    const struct siftd_record **number; /* the document's indicators, in the order of the text */
    size_t numbers, number_room, next;  /* next: the first that is not before the clause */
};

/* One act of naming, and the clause that tells of it. */
struct act {
    struct siftd_str clause, title, grantor;
    struct siftd_str member[MEMBERS_MAX];
    size_t members;
    int level, year;
    const char *count;
};

uint64_t word_at(const struct recognitions *r, struct siftd_str text, size_t at, size_t *ret_len);
/* The first word of a kind at or after `from`; its place in *ret_at, its length in *ret_len. */
bool find_word(const struct recognitions *r, struct siftd_str text, size_t from, uint64_t want, size_t *ret_at,
               size_t *ret_len);
/* Without words that belong to the sentence at its beginning (其中, 由, 2023) and its end (日前, 共). */
struct siftd_str trim_name(const struct recognitions *r, struct siftd_str name);
/* The first indicator in [start, end) of the text that counts things; NULL for none. */
const struct siftd_record *number_in(const struct recognitions *r, size_t start, size_t end);

/* The names before the naming word: 甲、乙等, or one alone. */
void members_before(const struct recognitions *r, struct act *act, struct siftd_str before);
/* The names behind a dash: ——甲和乙. */
void members_behind(const struct recognitions *r, struct act *act, struct siftd_str behind);
/* The names of an enumeration with the act's count, at or behind the clause: 甲、乙、丙等3家. */
void members_counted(const struct recognitions *r, struct act *act, struct siftd_str text);
/* The numbered lines below a heading that gives the title's list. */
void members_below(const struct recognitions *r, struct act *act, struct siftd_str text);
/* 甲、乙、丙三人获此称号: the clause behind, when it says who got the title, with their count. False when it does not.
 */
bool members_called(const struct recognitions *r, struct act *act, struct siftd_str text);
