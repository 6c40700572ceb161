/* SPDX-License-Identifier: MIT */
#include "seen.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "str.h"

/* Moves *i over quotation marks. */
static void skip_marks(struct siftd_str text, size_t *i) {
    struct siftd_str rest = {text.at + *i, text.len - *i};
    while (str_starts(rest, str("“")) || str_starts(rest, str("”"))) {
        *i += strlen("“");
        rest = (struct siftd_str){text.at + *i, text.len - *i};
    }
}

/* FNV-1a, 64 bits. */
static uint64_t hash(struct siftd_str text) {
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; skip_marks(text, &i), i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
    return h;
}

static bool same(struct siftd_str a, struct siftd_str b) {
    size_t i = 0, k = 0;
    for (;;) {
        skip_marks(a, &i);
        skip_marks(b, &k);
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (a.at[i++] != b.at[k++])
            return false;
    }
}

/* The slot of a text, or the empty one where it would stand. */
static size_t find(const struct seen *seen, struct siftd_str text) {
    size_t i = hash(text) & (seen->room - 1);
    while (seen->slot[i].at && !same(seen->slot[i], text))
        i = (i + 1) & (seen->room - 1);
    return i;
}

static void grow(struct seen *seen) {
    struct seen old = *seen;
    seen->room = old.room ? old.room * 2 : 64;
    seen->slot = calloc(seen->room, sizeof *seen->slot);
    if (!seen->slot)
        out_of_memory();
    for (size_t i = 0; i < old.room; i++)
        if (old.slot[i].at)
            seen->slot[find(seen, old.slot[i])] = old.slot[i];
    free(old.slot);
}

bool seen_add(struct seen *seen, struct siftd_str text) {
    if (2 * seen->count >= seen->room)
        grow(seen);
    size_t i = find(seen, text);
    if (seen->slot[i].at)
        return false;
    seen->slot[i] = text;
    seen->count++;
    return true;
}

void seen_clear(struct seen *seen) {
    if (seen->room)
        memset(seen->slot, 0, seen->room * sizeof *seen->slot);
    seen->count = 0;
}

void seen_deinit(struct seen *seen) {
    free(seen->slot);
    *seen = (struct seen){0};
}
