/* SPDX-License-Identifier: MIT */
#include "runes.h"

#include <string.h>

static void add_text(struct runes *set, const char *text) {
    const char *end = text + strlen(text);
    for (size_t size; text < end; text += size) {
        uint32_t rune = cp_at(text, end, &size);
        if (rune < 0x10000 && !rune_is_space(rune))
            set->bit[rune / 8] |= (uint8_t)(1U << rune % 8);
    }
}

void runes_add(struct runes *set, const struct siftd_host *host, const struct siftd_node *text) {
    if (host->node_type(text) == SIFTD_NODE_SCALAR)
        add_text(set, host->node_text(text));
    for (size_t i = 0, n = host->node_count(text); i < n; i++)
        runes_add(set, host, host->node_at(text, i));
}
