/* SPDX-License-Identifier: MIT */
/*
 * Time expressions: 2023年底 · 8月21日-23日 · 1-6月份 · 今年10月底 · 2021/1/20 · 近4年来. Reading gives what the text
 * says; what it leaves open (the year of 12月7日, what 今年 is) is filled in by when_resolve from what is known of the
 * document.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "lexicon.h"

struct date {
    int year, month, day; /* 0: not said */
};

enum when_kind {
    WHEN_NONE,
    WHEN_DATE,  /* from, and to when it is an interval */
    WHEN_NOW,   /* 目前 */
    WHEN_VAGUE, /* 近年来: a time that cannot be given */
    WHEN_BACK   /* 近4年来: `back` years up to now */
};

struct when {
    enum when_kind kind;
    struct date from, to;
    bool interval;
    bool relative; /* from.year is an offset to the document's year (今年 is 0) */
    bool framed;   /* 全年: of the year that the text around is about */
    bool last_day; /* 底: the last day of the month or year */
    bool of_year;  /* 2021年度: the year something belongs to, not when it happened */
    int back;
};

/* The time expression that `text` begins with; returns its length, 0 when there is none. `after_text` says that other
 * text stands right before it, where a bare number of four digits is not a year. */
size_t when_read(const struct lexicon *lexicon, struct siftd_str text, bool after_text, struct when *ret);

/* Fills in years: `year` for relative and missing ones (0 when unknown), `last_year` for dates without a year when some
 * year was named before. Sets kind to WHEN_NONE when the year stays open. */
void when_resolve(struct when *when, int year, int last_year);

enum { WHEN_TEXT = 32 };
/* ISO 8601: 2023, 2023-06, 2023-06-30, 2023-08-21/2023-08-23; false when there is no date to write. */
bool when_text(const struct when *when, char ret[WHEN_TEXT]);
/* Whether `a` says more exactly when than `b`. */
bool when_is_finer(const struct when *a, const struct when *b);
