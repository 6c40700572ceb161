/* SPDX-License-Identifier: MIT */
/* The titles a document has named so far: a set of texts that are equal when they differ in quotation marks only. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "siftd/plugin.h"

struct seen {
    struct siftd_str *slot; /* texts are borrowed: they must outlive the set's use */
    size_t room, count;
};

/* Adds a text; false when it was there already. A set of zeros is empty and ready. */
bool seen_add(struct seen *seen, struct siftd_str text);
/* Empties the set, keeping its memory; needed before the texts go. */
void seen_clear(struct seen *seen);
void seen_deinit(struct seen *seen);
