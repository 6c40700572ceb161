/* SPDX-License-Identifier: MIT */
/* The commit mark: a shared mapping of STATE/journal/commit. Private to the journal. */
#pragma once
#include "journal/journal.h"

struct mark {
    uint64_t *word; /* the mapped file; NULL: not open */
};

/* Maps it for writing, made when it is not there. What stands in it stays. */
int mark_open_write(const char *dir, struct mark *ret, struct error *err);
/* Maps it for reading: 1; 0 when there is none yet. */
int mark_open_read(const char *dir, struct mark *ret, struct error *err);
void mark_set(struct mark *mark, const struct journal_place *place, uint64_t time);
/* 1 and the place; 0 when the check does not fit. */
int mark_get(const struct mark *mark, struct journal_place *ret);
void mark_close(struct mark *mark);
