/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "duplicates.h"
#include "memory.h"

static struct fact *slot_of(const struct facts *facts, uint64_t hash) {
    size_t i = (size_t)hash & (facts->room - 1);
    while (facts->slot[i].used && facts->slot[i].hash != hash)
        i = (i + 1) & (facts->room - 1);
    return &facts->slot[i];
}

static void grow(struct facts *facts) {
    struct facts more = {.room = facts->room ? facts->room * 2 : 256, .count = facts->count};
    more.slot = calloc(more.room, sizeof *more.slot);
    if (!more.slot)
        out_of_memory();
    for (size_t i = 0; i < facts->room; i++)
        if (facts->slot[i].used)
            *slot_of(&more, facts->slot[i].hash) = facts->slot[i];
    free(facts->slot);
    *facts = more;
}

bool facts_add(struct facts *facts, uint64_t hash, size_t start, size_t *ret_first) {
    if (facts->count * 2 >= facts->room)
        grow(facts);
    struct fact *slot = slot_of(facts, hash);
    if (slot->used) {
        *ret_first = slot->start;
        return false;
    }
    *slot = (struct fact){hash, start, true};
    facts->count++;
    return true;
}

void facts_clear(struct facts *facts) {
    if (facts->count)
        memset(facts->slot, 0, facts->room * sizeof *facts->slot);
    facts->count = 0;
}

void facts_deinit(struct facts *facts) {
    free(facts->slot);
}
