/* SPDX-License-Identifier: MIT */
/*
 * Lines compared with patterns. Both are folded first: spaces and bullets go, letters become small, full-width forms
 * half-width, so that a pattern fits however a site sets the line.
 */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>

#include "runes.h"

enum { FOLDED_MAX = 1024, FOLDED_RUNES = 320, SEEN = 2048 };

/* A line, folded. */
struct folded {
    char at[FOLDED_MAX];
    size_t len, runes;
    bool cut;      /* there was more */
    bool bullet;   /* it began with a bullet */
    bool sentence; /* it holds the mark of a sentence's end */
    size_t arrows; /* > and its kin: the steps of a breadcrumb */
    size_t colons;
    uint8_t seen[SEEN / 8]; /* bit c % SEEN: the character may stand in the line */
    size_t han;
};

void fold(struct folded *folded, const struct runes *bullets, const char *begin, const char *end);

/* A list of patterns: `*` is any text, `#` one digit or more. */
struct patterns {
    struct pattern {
        struct siftd_str text;
        struct siftd_str part; /* of one that begins with a star: what stands behind it, up to the next sign */
        uint32_t first, last;  /* characters of that part */
    } * item;
    size_t count;
};

/* Reads a pack's list; memory is the host's. */
void patterns_read(struct patterns *patterns, const struct siftd_host *host, const struct siftd_node *list);
bool patterns_fit(const struct patterns *patterns, const struct folded *folded);
