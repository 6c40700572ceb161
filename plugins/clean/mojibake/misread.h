/* SPDX-License-Identifier: MIT */
/*
 * The bytes behind characters that were read in a wrong charset, and a line of text as a list of units that repairs
 * merge.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One character of a line, and the text it came from. */
struct unit {
    uint32_t rune;
    size_t start, end;
    bool changed;
};

struct line {
    struct unit *unit;
    size_t count, room;
};

enum { SETS = 9, ISO = 6 /* the one of ISO 8859 */ };

/* What a character may be in any of the sets: it begins or goes on in UTF-8, or is a byte of GBK. */
enum role { LEADS = 1, FOLLOWS = 2, HALF = 4 };

/* The sets of single bytes that UTF-8 is misread in, and GBK. */
struct tables {
    uint8_t *byte[SETS]; /* of a character of the basic plane; 0: none above 7F */
    uint16_t *gbk;       /* the two bytes of a character; 0: none */
    uint16_t *rune;      /* by the two bytes less 0x8000 */
    uint8_t *role;       /* bits of `role` below */
    uint16_t quote[32];  /* what windows-1252 has at 80 to 9F; 0: nothing */
};

/* Fills the tables with ICU's; `room` for byte[i], gbk and role is 64 Ki entries each, for rune 32 Ki. False: ICU lacks
 * one. */
bool tables_fill(struct tables *tables);

/* Each repairs what it is sure of, and returns whether it changed anything. */
bool misread_utf8(const struct tables *tables, struct line *line);        /* UTF-8 in a set of single bytes */
bool misread_utf8_as_gbk(const struct tables *tables, struct line *line); /* UTF-8 in GBK */
bool misread_gbk(const struct tables *tables, struct line *line);         /* GBK in Latin-1 */
bool misread_controls(const struct tables *tables, struct line *line);    /* windows-1252 in Latin-1 */
