/* SPDX-License-Identifier: MIT */
/*
 * Reading one segment frame by frame, through a window that holds a piece of the file: recovery, readers and the
 * printers share it. A body of any size passes through the window; the window grows to the longest line and no further.
 * Private to the journal.
 */
#pragma once
#include "journal/format.h"

struct scan {
    char *path;        /* for messages; owned */
    int fd;            /* owned */
    uint64_t limit;    /* reading goes up to here; may be raised */
    uint64_t at;       /* where the next frame begins */
    uint64_t sequence; /* that it must have */
    uint64_t frame_at; /* where the last frame read begins */
    uint64_t line_at, body_at, body_end;
    struct buf name;
    struct { /* the file's bytes [start, start + len) */
        char *at;
        size_t len, room;
        uint64_t start;
    } window;
};

void scan_init(struct scan *scan, const char *path, int fd, uint64_t at, uint64_t sequence);
void scan_deinit(struct scan *scan);
/* The next frame, its body checked: 1; 0 at the limit; -ENODATA: a gap, the scan is behind it and goes on; -EBADMSG
 * when the frame is damaged or does not end before the limit (the scan stays in front of it); another errno when
 * reading fails. */
int scan_next(struct scan *scan, struct journal_doc *ret, struct error *err);
/* As scan_next, without reading the body. */
int scan_hop(struct scan *scan, struct journal_doc *ret, struct error *err);
/* After -EBADMSG: goes to the next whole frame of a later sequence number. False when there is none before the limit;
 * then the scan stays. */
bool scan_resync(struct scan *scan);
/* The next line of the last frame's body: 1; 0 behind the last. */
int scan_line(struct scan *scan, const char **ret_line, size_t *ret_len, struct error *err);
