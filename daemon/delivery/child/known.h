/* SPDX-License-Identifier: MIT */
/*
 * What a sink that appends has had of a document that was run once more: the records of its earlier frames, each as it
 * was last. A record with the same id and content is known; one that is new or changed is not.
 */
#pragma once
#include <stdbool.h>

#include "journal/journal.h"

struct known {
    struct known_record {
        uint64_t id, content;
        size_t order;
    } * record;
    size_t count, room;
};

/* Reads the frames before `doc`, back to its first. Negative with a message when one of them is no longer there. */
int known_load(struct known *known, const char *journal, const struct journal_doc *doc, struct error *err);
bool known_has(const struct known *known, const char *line, size_t len);
void known_clear(struct known *known);
