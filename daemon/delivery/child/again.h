/* SPDX-License-Identifier: MIT */
/*
 * A stretch of the journal that a sink is to get once more. The request is a file, STATE/replay/SINK, written in one
 * step by the supervisor:
 *
 *     ID AGAIN                 a number that never comes again; 1: also when the sink appends
 *     FROM UNTIL               sequences: from the first, up to before the second; ascending, one line each
 *
 * How far the sink is with it stands in its position, beside its place in the journal, so that it is given each record
 * of it as safely as all others. The file goes when the position says that it is done.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct again {
    uint64_t id;
    bool appends_too;
    struct again_stretch {
        uint64_t from, until;
    } * stretch;
    size_t count, room;
};

/* 1 and the request, 0 when there is none, -EINVAL when it cannot be read. */
int again_read(const char *path, struct again *ret);
/* The first sequence at or behind `at` that is wanted; 0: none. */
uint64_t again_next(const struct again *again, uint64_t at);
void again_free(struct again *again);
