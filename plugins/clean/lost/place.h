/* SPDX-License-Identifier: MIT */
/* A place that bytes were lost at, and what is known of the bytes that stood there. */
#pragma once
#include "codes.h"
#include "fit.h"

enum { RUN_MAX = 40 };

enum damage {
    DAMAGE_NONE,
    DAMAGE_FOLDED,  /* lead byte lost; a trail byte A3 and the next lead byte became one ASCII byte */
    DAMAGE_SHIFTED, /* lead byte lost, what follows is read from the wrong byte on */
    DAMAGE_LEAD,    /* lead byte lost, its trail byte stands as a letter */
    DAMAGE_WHOLE    /* both bytes lost, a gloss is left */
};

struct place {
    enum damage damage;
    const char *start, *end;   /* what stands in the text */
    uint8_t byte[2 * RUN_MAX]; /* what stood there; 0: not known */
    size_t pairs;
    struct siftd_str gloss;      /* of the last character; may be empty */
    bool letter;                 /* ends with an ASCII letter that was eaten as a trail byte: it follows */
    struct window before, after; /* the neighbours, glosses left out */
};

/* Whether a converter's sign of loss stands at `at`: '?' or U+FFFD. Returns its length. */
size_t sign_at(const char *at, const char *end);

/* Reads the place at `at` as damaged in the given way; false when the text there cannot be. */
bool place_read(struct place *place, const struct codes *codes, struct siftd_str text, const char *at,
                enum damage damage);
