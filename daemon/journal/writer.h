/* SPDX-License-Identifier: MIT */
/* The writer's state, shared by the files that open, append and retain. Private to the journal. */
#pragma once
#include <stdatomic.h>

#include "journal/mark.h"
#include "journal/segment.h"

struct journal {
    char *dir;
    int lock;
    int fd;                  /* the last segment */
    uint64_t id;             /* the journal's own number */
    uint64_t segment;        /* the last segment's number */
    uint64_t size, sequence; /* its committed end */
    uint64_t oldest;         /* number of the oldest segment */
    uint64_t segment_size;
    uint64_t check; /* bytes of segments before the last that are read at start */
    bool tail;      /* something uncommitted may stand behind `size` */
    struct mark mark;
    atomic_uint_fast64_t written;
    struct buf staged; /* frames on their way into the segment */
};

/* Finds the end of what is on disk, puts damage aside and leaves the journal ready for appending. */
int writer_recover(struct journal *journal, struct journal_recovery *ret, struct error *err);
/* Begins segment `number` at the journal's sequence. */
int writer_begin_segment(struct journal *journal, uint64_t number, struct error *err);
/* Cuts the last segment back to its committed end. */
int writer_cut(struct journal *journal, struct error *err);
void writer_set_mark(struct journal *journal);
