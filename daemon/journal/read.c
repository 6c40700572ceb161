/* SPDX-License-Identifier: MIT */
/*
 * A reader follows the segments up to the commit mark. Its scan's limit is the mark's offset in the segment the mark
 * stands in, and the file's size in those before it, which never change again.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "journal/mark.h"
#include "journal/scan.h"
#include "journal/segment.h"

struct journal_reader {
    char *dir;
    struct mark mark;
    struct journal_place from; /* where to begin, until a segment is open */
    struct journal_place end;  /* the last mark believed */
    uint64_t journal, segment; /* of the open segment; segment 0: none is open */
    struct scan scan;
};

/* Looks at the mark again. 1 when there is one. */
static int refresh(struct journal_reader *reader, struct error *err) {
    if (!reader->mark.word) {
        int r = mark_open_read(reader->dir, &reader->mark, err);
        if (r <= 0)
            return r;
    }
    mark_get(&reader->mark, &reader->end);
    return reader->end.sequence != 0;
}

/* How far the open segment may be read. */
static int set_limit(struct journal_reader *reader, struct error *err) {
    struct stat st;
    if (reader->segment == reader->end.segment) {
        reader->scan.limit = reader->end.offset;
        return 0;
    }
    if (fstat(reader->scan.fd, &st) < 0)
        return error_errno(err, errno, "the journal's segment %s cannot be looked at", reader->scan.path);
    reader->scan.limit = (uint64_t)st.st_size;
    return 0;
}

/* Opens segment `number` in place of the one before; its header in *ret. */
static int enter(struct journal_reader *reader, uint64_t number, struct segment_header *ret, struct error *err) {
    _cleanup_(freep) char *path = segment_path(reader->dir, number);
    _cleanup_(closep) int fd = -1;
    int r = segment_open(path, O_RDONLY, &fd, ret, err);
    if (r < 0)
        return r;
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    scan_deinit(&reader->scan);
    scan_init(&reader->scan, path, take_fd(fd), ret->size, ret->first);
    reader->segment = number;
    reader->journal = ret->journal;
    return set_limit(reader, err);
}

/* The last segment that begins at or before `sequence`, else the oldest; 0 when there is none. One whose header is
 * damaged is passed over. */
static int pick(struct journal_reader *reader, uint64_t sequence, uint64_t *ret, struct error *err) {
    _cleanup_(segment_list_free) struct segment_list list = {0};
    int r = segment_list(reader->dir, &list, err);
    uint64_t best = 0;
    for (size_t i = 0; r == 0 && i < list.count && list.number[i] <= reader->end.segment; i++) {
        struct segment_header header;
        _cleanup_(closep) int fd = -1;
        _cleanup_(freep) char *path = segment_path(reader->dir, list.number[i]);
        r = segment_open(path, O_RDONLY, &fd, &header, err);
        if (r == 0 && (best == 0 || header.first <= sequence))
            best = list.number[i];
        r = r == -EBADMSG ? 0 : r;
    }
    if (r == 0)
        *ret = best;
    return r;
}

/* The scan has met damage, and err says which. Goes on behind it: at the next whole frame, else at the end. */
static int pass_damage(struct journal_reader *reader, struct error *err) {
    struct scan *scan = &reader->scan;
    const struct error met = *err;
    uint64_t first = scan->sequence;
    if (!scan_resync(scan)) {
        scan->at = scan->limit;
        if (reader->segment != reader->end.segment)
            return error_set(err, ENODATA, "%s; no whole frame follows in it", met.text);
        scan->sequence = reader->end.sequence;
    }
    return error_set(err, ENODATA, "%s; the documents with sequence numbers %" PRIu64 " to %" PRIu64 " are passed over",
                     met.text, first, scan->sequence - 1);
}

/* Goes to the frame of sequence number `want` in the open segment, or to its end. */
static int hop_to(struct journal_reader *reader, uint64_t want, struct error *err) {
    struct journal_doc doc;
    int r = 1;
    while (r > 0 && reader->scan.sequence < want) {
        r = scan_hop(&reader->scan, &doc, err);
        if (r == -EBADMSG)
            r = pass_damage(reader, err);
        r = r == -ENODATA ? 1 : r;
    }
    return r < 0 ? r : 0;
}

static int stale(const struct journal_reader *reader, struct error *err) {
    return error_set(err, ESTALE, "the place to go on from is of another journal than %s", reader->dir);
}

static int ahead(const struct journal_reader *reader, struct error *err) {
    return error_set(err, ERANGE,
                     "the place to go on from, sequence %" PRIu64 ", is ahead of the journal %s, which ends at %" PRIu64
                     "; was an older copy of it put back?",
                     reader->from.sequence, reader->dir, reader->end.sequence);
}

/* A place's own segment and offset are believed where a frame may begin; the frame's sequence number is checked anyway.
 */
static bool direct(const struct journal_reader *reader) {
    const struct journal_place *from = &reader->from;
    return from->segment == reader->segment && from->offset >= SEGMENT_HEADER && from->offset <= reader->scan.limit;
}

/* Goes to where the reader is to begin. 1; 0 when there is no segment yet. */
static int begin(struct journal_reader *reader, struct error *err) {
    struct segment_header header;
    uint64_t number = 0;
    const struct journal_place *from = &reader->from;
    int r = pick(reader, from->sequence, &number, err);
    if (r < 0 || number == 0)
        return r;
    r = enter(reader, number, &header, err);
    if (r < 0)
        return r;
    if (from->journal && from->journal != reader->journal)
        r = stale(reader, err);
    else if (from->sequence > reader->end.sequence)
        r = ahead(reader, err);
    else if (direct(reader)) {
        reader->scan.at = from->offset;
        reader->scan.sequence = from->sequence;
    } else
        r = hop_to(reader, from->sequence, err);
    if (r < 0)
        reader->segment = 0;
    return r < 0 ? r : 1;
}

int journal_reader_open(const char *dir, struct journal_place from, struct journal_reader **ret, struct error *err) {
    struct journal_reader *reader = mem_alloc(sizeof *reader);
    reader->dir = mem_strdup(dir);
    reader->from = from;
    reader->scan.fd = -1;
    int r = refresh(reader, err);
    if (r > 0)
        r = begin(reader, err);
    if (r < 0) {
        journal_reader_close(reader);
        return r;
    }
    *ret = reader;
    return 0;
}

static int missing(const struct journal_reader *reader, uint64_t first, uint64_t next, struct error *err) {
    return error_set(err, ENODATA,
                     "the documents with sequence numbers %" PRIu64 " to %" PRIu64
                     " are no longer in the journal %s; they were removed by age or put aside under torn/ as damaged",
                     first, next - 1, reader->dir);
}

/* The end of a segment that others follow: goes to the next. */
static int advance(struct journal_reader *reader, struct error *err) {
    _cleanup_(segment_list_free) struct segment_list list = {0};
    struct segment_header header;
    uint64_t expected = reader->scan.sequence;
    int r = segment_list(reader->dir, &list, err);
    if (r < 0)
        return r;
    r = -EBADMSG; /* a segment whose header is damaged is passed over */
    for (size_t i = 0; r == -EBADMSG && i < list.count; i++)
        if (list.number[i] > reader->segment)
            r = enter(reader, list.number[i], &header, err);
    if (r == -EBADMSG)
        return error_set(err, EBADMSG, "the journal %s has no segment behind %s, although its commit mark is there",
                         reader->dir, reader->scan.path);
    if (r < 0)
        return r;
    return header.first > expected ? missing(reader, expected, header.first, err) : 0;
}

/* The oldest segment begins behind the place that was asked for. */
static int late(struct journal_reader *reader, struct error *err) {
    uint64_t from = reader->from.sequence;
    reader->from.sequence = 0;
    return from && reader->scan.sequence > from ? missing(reader, from, reader->scan.sequence, err) : 0;
}

int journal_reader_next(struct journal_reader *reader, struct journal_doc *ret_doc, struct error *err) {
    int r = 1;
    if (!reader->segment || reader->scan.sequence >= reader->end.sequence) {
        r = refresh(reader, err);
        if (r > 0 && !reader->segment)
            r = begin(reader, err);
        if (r <= 0)
            return r;
        r = set_limit(reader, err);
        if (r < 0)
            return r;
    }
    r = late(reader, err);
    while (r == 0 && reader->scan.at >= reader->scan.limit && reader->segment < reader->end.segment) {
        r = set_limit(reader, err);
        if (r == 0 && reader->scan.at >= reader->scan.limit)
            r = advance(reader, err);
    }
    if (r < 0)
        return r;
    r = scan_next(&reader->scan, ret_doc, err);
    return r == -EBADMSG ? pass_damage(reader, err) : r;
}

int journal_reader_line(struct journal_reader *reader, const char **ret_line, size_t *ret_len, struct error *err) {
    return scan_line(&reader->scan, ret_line, ret_len, err);
}

uint64_t journal_reader_told(const struct journal_reader *reader) {
    return reader->scan.line_at - reader->scan.body_at;
}

int journal_reader_skip(struct journal_reader *reader, uint64_t bytes, struct error *err) {
    if (bytes > reader->scan.body_end - reader->scan.line_at)
        return error_set(err, ERANGE, "the place to go on from is behind the end of its document in %s",
                         reader->scan.path);
    reader->scan.line_at += bytes;
    return 0;
}

static struct journal_place place(const struct journal_reader *reader, uint64_t sequence, uint64_t offset) {
    return (struct journal_place){
        .sequence = sequence, .segment = reader->segment, .offset = offset, .journal = reader->journal};
}

struct journal_place journal_reader_place(const struct journal_reader *reader) {
    return reader->segment ? place(reader, reader->scan.sequence, reader->scan.at) : reader->from;
}

struct journal_place journal_reader_begin(const struct journal_reader *reader) {
    return place(reader, reader->scan.sequence - 1, reader->scan.frame_at);
}

struct journal_place journal_reader_mark(const struct journal_reader *reader) {
    return reader->end;
}

struct journal_reader *journal_reader_close(struct journal_reader *reader) {
    if (!reader)
        return NULL;
    mark_close(&reader->mark);
    scan_deinit(&reader->scan);
    free(reader->dir);
    free(reader);
    return NULL;
}
