/* SPDX-License-Identifier: MIT */
/* What a document looks like to others, and the facts seen in it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "json_out.h"
#include "siftd/plugin.h"

struct fingerprint {
    uint64_t text; /* of all letters and digits */
    uint64_t near; /* SimHash of runs of three of them */
    bool has_near; /* the text is long enough for it to say something */
};

/* Of letters and digits only: spaces and punctuation do not count, Latin letters in either case are one. */
void fingerprint_read(struct siftd_str text, struct fingerprint *ret);

/* A set of 64-bit numbers, each with the place of the first that had it. */
struct facts {
    struct fact {
        uint64_t hash;
        size_t start;
        bool used;
    } * slot;
    size_t room, count;
};

/* Adds a number; false with the first one's place when it was there. A set of zeros is empty and ready. */
bool facts_add(struct facts *facts, uint64_t hash, size_t start, size_t *ret_first);
void facts_clear(struct facts *facts); /* keeps its memory */
void facts_deinit(struct facts *facts);
