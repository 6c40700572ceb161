/* SPDX-License-Identifier: MIT */
#include "supervisor/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

/* Lets every second point go; the first stays. */
static void thin(struct backlog *backlog) {
    size_t kept = 0;
    for (size_t i = 0; i < backlog->count; i += 2)
        backlog->point[kept++] = backlog->point[i];
    backlog->count = kept;
}

void backlog_add(struct backlog *backlog, const struct backlog_sum *group) {
    if (!backlog->point)
        backlog->point = mem_alloc(BACKLOG_POINTS * sizeof *backlog->point);
    if (backlog->count == BACKLOG_POINTS)
        thin(backlog);
    backlog->end.time = group->oldest;
    backlog->point[backlog->count++] = backlog->end;
    backlog->end.sequence += group->documents;
    backlog->end.records += group->records;
    backlog->end.bytes += group->bytes;
}

/* The last point at or before the sequence. */
static size_t find(const struct backlog *backlog, uint64_t sequence) {
    size_t low = 0, high = backlog->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (backlog->point[middle].sequence <= sequence)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint64_t between(uint64_t from, uint64_t to, double share) {
    return from + (uint64_t)((double)(to - from) * share);
}

struct backlog_sum backlog_behind(const struct backlog *backlog, uint64_t sequence) {
    const struct backlog_point *end = &backlog->end;
    if (backlog->count == 0 || sequence >= end->sequence)
        return (struct backlog_sum){0};
    size_t i = find(backlog, sequence);
    const struct backlog_point *at = &backlog->point[i], *next = i + 1 < backlog->count ? at + 1 : end;
    if (sequence < at->sequence)
        sequence = at->sequence;
    double share = (double)(sequence - at->sequence) / (double)(next->sequence - at->sequence);
    return (struct backlog_sum){.documents = end->sequence - sequence,
                                .records = end->records - between(at->records, next->records, share),
                                .bytes = end->bytes - between(at->bytes, next->bytes, share),
                                .oldest = at->time};
}

void backlog_close(struct backlog *backlog) {
    free(backlog->point);
    *backlog = (struct backlog){0};
}

/* --- what the journal holds already ------------------------------------------------------------------------------- */

struct walk {
    struct backlog *backlog;
    const struct journal_extent *extent;
    size_t extents, now; /* the segment of the document */
    uint64_t end;
};

/* The segment's bytes, shared among its documents. */
static uint64_t bytes_of_one(struct walk *walk, uint64_t sequence) {
    while (walk->now + 1 < walk->extents && walk->extent[walk->now + 1].first <= sequence)
        walk->now++;
    const struct journal_extent *in = &walk->extent[walk->now];
    uint64_t behind = walk->now + 1 < walk->extents ? in[1].first : walk->end;
    return behind > in->first ? in->bytes / (behind - in->first) : 0;
}

static void on_document(void *user, uint64_t sequence, uint64_t time, uint64_t records) {
    struct walk *walk = user;
    if (sequence >= walk->end)
        return;
    walk->backlog->end.sequence = sequence; /* over a gap, too */
    backlog_add(walk->backlog, &(struct backlog_sum){1, records, bytes_of_one(walk, sequence), time});
}

int backlog_open(struct backlog *backlog, const char *dir, struct ledger *ledger, uint64_t end, struct error *err) {
    _cleanup_(freep) struct journal_extent *extent = NULL;
    size_t count = 0;
    *backlog = (struct backlog){0};
    int r = journal_extents(dir, &extent, &count, err);
    if (r < 0)
        return r;
    struct walk walk = {.backlog = backlog, .extent = extent, .extents = count, .end = end};
    if (count)
        r = ledger_walk(ledger, extent[0].first, on_document, &walk, err);
    backlog->end.sequence = end;
    return r;
}
