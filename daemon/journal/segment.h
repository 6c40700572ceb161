/* SPDX-License-Identifier: MIT */
/* Segment files: names, listing, beginning, opening. Private to the journal. */
#pragma once
#include "journal/format.h"

struct segment_list {
    uint64_t *number; /* ascending */
    size_t count, room;
};

char *segment_path(const char *dir, uint64_t number);
/* The segments of a folder; an absent folder has none. */
int segment_list(const char *dir, struct segment_list *ret, struct error *err);
void segment_list_free(struct segment_list *list);

/* Makes an empty segment that is safe on disk, name and header, and open for writing: *ret_fd. */
int segment_begin(const char *dir, const struct segment_header *header, int *ret_fd, struct error *err);
/* Opens one (flags as of open(2)) and reads its header. -EBADMSG: damaged; -ENOENT. */
int segment_open(const char *path, int flags, int *ret_fd, struct segment_header *ret, struct error *err);
/* Microseconds since 1970-01-01 UTC. */
uint64_t segment_now(void);
