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

/* Memory as it comes, of which the caller fills every byte. */
static void *take(struct arena *arena, size_t size, size_t alignment) {
    arena->total += size;
#ifdef SIFTD_SANITIZED
    (void)alignment;
    struct arena_block *block = block_new(arena, size); /* exact, so that the next byte is out of bounds */
#else
    struct arena_block *block = arena->block;
    if (block)
        block->used = (block->used + alignment - 1) & ~(alignment - 1);
    if (!block || block->used > block->room || block->room - block->used < size)
        block = block_new(arena, size > BLOCK / 4 ? size : BLOCK);
#endif
    void *at = block->data + block->used;
    block->used += size;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size) {
    return memset(take(arena, size, alignof(max_align_t)), 0, size);
}

char *arena_copy(struct arena *arena, const void *at, size_t len) {
    char *copy = take(arena, len + 1, 1);
    if (len)
        memcpy(copy, at, len);
    copy[len] = 0;
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
