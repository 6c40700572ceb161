/* SPDX-License-Identifier: MIT */
/* What stood at a damaged place: the readings of its bytes that are possible, weighed. */
#pragma once
#include "place.h"

struct choice {
    uint32_t rune[RUN_MAX]; /* 0: not to be told */
    size_t runes;
    size_t unknown; /* how many of them */
    int margin;     /* the least advance that a chosen character had over the next best */
};

/*
 * Finds the characters of a place. A character whose byte is lost is chosen when it is better than every other one by
 * `margin`; else it stays unknown. False when nothing is gained: the place is no damage of this kind, or nothing of it
 * can be told.
 */
bool choose(struct choice *choice, struct fit *fit, const struct codes *codes, const struct place *place,
            int64_t margin);
