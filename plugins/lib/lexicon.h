/* SPDX-License-Identifier: MIT */
/*
 * What the packs know about a field's language, made ready for reading: words with their roles, units, relative years.
 * Built once an instance; the extractors hold no word of any language or field themselves.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "siftd/plugin.h"
#include "words.h"

enum role_index {
#define ROLE(name, section, list) ROLE_INDEX_##name,
#include "roles.def"
#undef ROLE
    ROLE_COUNT
};

/* One bit a role. */
#define ROLE_BIT(name) (UINT64_C(1) << ROLE_INDEX_##name)

enum trait_index {
#define TRAIT(name, section, list) TRAIT_INDEX_##name,
#include "traits.def"
#undef TRAIT
    TRAIT_COUNT
};

/* One bit a trait. */
#define TRAIT_BIT(name) (UINT32_C(1) << TRAIT_INDEX_##name)

enum unit_kind {
    UNIT_COUNT,    /* 家, 个, 平方米 */
    UNIT_PERCENT,  /* %; also 成, which is ten of them */
    UNIT_MONEY,    /* 元, 美元 */
    UNIT_DURATION, /* 年, 个月, 天 */
    UNIT_RATE      /* 倍, 百分点: says a change or a relation, counts nothing */
};

/* A unit of measure as records give it. */
struct unit {
    const char *name; /* canonical: 平方米 also for 平米 */
    enum unit_kind kind;
    int power;       /* of ten, from the unit as written to the canonical one: 成 is 1 */
    bool needs_noun; /* 所 counts only with a noun behind it (七所高校, not the 36所 of a name) */
    bool article;    /* 一 before it may be no more than an article (一家企业) */
    bool characters; /* takes numerals in characters only (三日, 三成) */
    bool in_names;   /* a character numeral with it behind other text belongs to a name (某某三期系统) */
    bool splits;     /* a digit or 半 behind it is of the next lower place (三米九, 两吨半) */
    bool part;       /* a part of another unit, alone no unit (角 and 分 of 元) */
    bool last;       /* counts only with no noun behind it (三块, not 三块空地) */
    bool discount;   /* two digits are hundredths (75折 is 75 %, 7折 is 70 %) */
};

/* A fixed phrase that is a number by itself: 一半 is 50 %. */
struct fraction {
    const char *digits;
    const struct unit *unit;
    const char *qualifier; /* or NULL */
};

/* Words of time that stand in no sentence otherwise. */
enum moment {
    MOMENT_NOW = 1,        /* 目前 */
    MOMENT_VAGUE = 2,      /* 近年来 */
    MOMENT_AFTER_YEAR = 4, /* 底, 以来 */
    MOMENT_YEARS_BACK = 8  /* 近 of 近4年来 */
};

struct lexicon;

/* Reads the sections phrases, qualifiers, units, times and subjects. Returns NULL after host->error() when a unit is
 * wrong. */
struct lexicon *lexicon_new(const struct siftd_host *host);
struct lexicon *lexicon_free(struct lexicon *lexicon); /* NULL */

/* Whether the character is plain: no mark, no beginning of a numeral or of a word of any list, as most characters of a
 * text. */
bool lexicon_is_plain(const struct lexicon *lexicon, uint32_t codepoint);
/* Whether a word with roles may begin with the character, but no number and no time, and it is no mark. */
bool lexicon_is_worded(const struct lexicon *lexicon, uint32_t codepoint);

/* Each looks at the beginning of `text`: longest match, its length in *ret_len; 0 or NULL when nothing fits. */
uint64_t lexicon_word(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len);
const struct unit *lexicon_unit(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len);
const struct fraction *lexicon_fraction(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len);
/* 今年 is 0, 去年 is -1; *ret_framed tells 全年, the year that the text around is about. */
bool lexicon_year(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len, int *ret_offset,
                  bool *ret_framed);
/* What a word does in a time expression: enum moment. */
unsigned lexicon_moment(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len);
/* 上半年: months 1 to 6. */
bool lexicon_year_part(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len, int *ret_first,
                       int *ret_last);
/* What traits the word has that is exactly `text`. */
uint32_t lexicon_traits(const struct lexicon *lexicon, struct siftd_str text);
/* Words that stand before the number of a percentage, with the power of ten that leads from it to percent: 百分之 is 0,
 * 千分之 -1. */
bool lexicon_percent(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len, int *ret_power);
/* A currency written before its number: ￥, US$. */
const struct unit *lexicon_currency(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len);
/* A multiplier that is a word behind a blank (million), or letters right behind the number of a currency (m): its power
 * of ten. */
int lexicon_multiplier(const struct lexicon *lexicon, struct siftd_str text, bool attached, size_t *ret_len);
/* The unit of an amount of money that names none (贷了20万): the pack's `units: money`; may be NULL. */
const struct unit *lexicon_money_unit(const struct lexicon *lexicon);
/* Words between the two numbers of a fraction: 分之 of 三分之一. */
bool lexicon_parts(const struct lexicon *lexicon, struct siftd_str text, size_t *ret_len);
/* The unit of a number that has none (3基地): the pack's `units: bare`; may be NULL. */
const struct unit *lexicon_bare_unit(const struct lexicon *lexicon);
