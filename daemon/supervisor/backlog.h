/* SPDX-License-Identifier: MIT */
/*
 * How far behind a place of the journal is, in documents, records, bytes and time. Points along the journal, one for
 * each group that was appended, each with what stands before it; between two points it is taken that all documents are
 * alike. When there are many, every second one is let go: memory is bounded, the sums at the end stay right. Private to
 * the supervisor, on its loop.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "journal/journal.h"
#include "ledger/ledger.h"

enum { BACKLOG_POINTS = 4096 };

struct backlog_point {
    uint64_t sequence, bytes, records; /* of all before it */
    uint64_t time;                     /* of the append of what follows; microseconds since 1970 UTC */
};

struct backlog {
    struct backlog_point *point;
    size_t count;
    struct backlog_point end;
};

struct backlog_sum {
    uint64_t documents, records, bytes;
    uint64_t oldest; /* when the oldest of them was appended; 0: there is none */
};

/* Learns what the journal in `dir` holds already: sizes from its segments, records and times from the ledger. */
int backlog_open(struct backlog *backlog, const char *dir, struct ledger *ledger, uint64_t end, struct error *err);
/* A group was appended. */
void backlog_add(struct backlog *backlog, const struct backlog_sum *group);
/* What has been committed from `sequence` on. A sequence before the first point is taken as that. */
struct backlog_sum backlog_behind(const struct backlog *backlog, uint64_t sequence);
void backlog_close(struct backlog *backlog);
