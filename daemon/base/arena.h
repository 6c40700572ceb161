/* SPDX-License-Identifier: MIT */
/*
 * Memory of one lifetime: many small pieces, freed together. Under sanitizers every piece is its own allocation, so
 * that a step past its end is seen.
 */
#pragma once
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *block;
    size_t total; /* bytes handed out since the last reset */
};

void *arena_alloc(struct arena *arena, size_t size);               /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, const void *at, size_t len); /* with a final zero */
/* Frees all pieces; keeps one block for the next round. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena); /* all of it */
