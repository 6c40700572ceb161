/* SPDX-License-Identifier: MIT */
/*
 * Words that are none: one character of them was taken for another that looks alike. The pack lists them with enough of
 * what follows that they can be nothing else, and the characters before them that would make them something (每人驻点).
 */
#include <stdio.h>

#include "str.h"
#include "wording.h"

enum { MESSAGE_BYTES = 120 };

void misread_open(struct wording *w, const struct siftd_node *section) {
    const struct siftd_host *host = w->host;
    w->misread = host->node_get(section, "misread");
    runes_add(&w->misread_after, host, host->node_get(section, "misread_not_after"));
    for (size_t i = 0; i < host->node_count(w->misread); i++)
        words_add(w->words, str(host->node_key(w->misread, i)), WORD_MISREAD | (uint64_t)i << MISREAD_SHIFT);
}

int check_misread(const struct place *place) {
    const struct wording *w = place->wording;
    const char *from = place->text.at + place->at, *end = place->text.at + place->text.len;
    size_t len;
    uint64_t word = words_match(w->words, str_from(from, end), &len);
    if (!(word & WORD_MISREAD))
        return SIFTD_OK;
    uint32_t before = rune_before(place->text.at, from);
    if (cp_is_digit(before) || runes_has(&w->misread_after, before))
        return SIFTD_OK;
    char message[MESSAGE_BYTES];
    snprintf(message, sizeof message, "%.*s can only be %s", (int)len, from,
             w->host->node_text(w->host->node_at(w->misread, word >> MISREAD_SHIFT)));
    return report(place, "damage", place->at, place->at + len, message);
}
