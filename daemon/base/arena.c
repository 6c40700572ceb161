/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used, room;
    alignas(max_align_t) char data[];
};

static struct arena_block *block_new(struct arena *arena, size_t room) {
    struct arena_block *block = mem_grow(NULL, sizeof *block + room);
    block->used = 0;
    block->room = room;
    block->next = arena->block;
    arena->block = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    arena->total += size;
#ifdef SIFTD_SANITIZED
    size_t wanted = size; /* exact, so that the next byte is out of bounds */
    struct arena_block *block = block_new(arena, wanted);
#else
    size_t wanted = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block = arena->block;
    if (!block || block->room - block->used < wanted)
        block = block_new(arena, wanted > BLOCK / 4 ? wanted : BLOCK);
#endif
    void *at = block->data + block->used;
    block->used += wanted;
    return memset(at, 0, size);
}

char *arena_copy(struct arena *arena, const void *at, size_t len) {
    char *copy = arena_alloc(arena, len + 1);
    if (len)
        memcpy(copy, at, len);
    return copy;
}

static void free_blocks(struct arena_block *block) {
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *arena) {
    arena->total = 0;
    struct arena_block *keep = arena->block;
#ifndef SIFTD_SANITIZED
    if (keep && keep->room == BLOCK) {
        free_blocks(keep->next);
        keep->next = NULL;
        keep->used = 0;
        return;
    }
#endif
    free_blocks(keep);
    arena->block = NULL;
}

void arena_free(struct arena *arena) {
    free_blocks(arena->block);
    *arena = (struct arena){0};
}
