/* SPDX-License-Identifier: MIT */
/*
 * Appending a group. Small frames are gathered and written together; a body in a file is copied in pieces, and its
 * frame's header, which holds the body's check, is written after it. Nothing counts until the segment is synced and the
 * mark moved; when a step fails the segment is cut back to its committed end, now or (the cut failing too) before the
 * next group.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "journal/writer.h"

enum { STAGED_MAX = 1 << 20, PIECE = 256 * 1024, WRITEBACK = 8 << 20 };

static int write_at(struct journal *journal, const void *data, size_t len, uint64_t at, struct error *err) {
    int r = os_pwrite_all(journal->fd, data, len, (off_t)at);
    atomic_fetch_add(&journal->written, len);
    return r < 0 ? error_errno(err, -r, "the journal in %s cannot be written", journal->dir) : 0;
}

static int flush(struct journal *journal, uint64_t *at, struct error *err) {
    int r = write_at(journal, journal->staged.at, journal->staged.len, *at, err);
    *at += journal->staged.len;
    journal->staged.len = 0;
    return r;
}

static ssize_t read_piece(int fd, char *piece, uint64_t want, uint64_t at) {
    ssize_t n;
    do
        n = pread(fd, piece, want < PIECE ? (size_t)want : PIECE, (off_t)at);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Copies a body from its file to `at` and tells its check. The disk begins early, so that the sync finds little left to
 * do. */
static int copy_body(struct journal *journal, const struct journal_doc *doc, uint64_t at, uint64_t *ret_check,
                     struct error *err) {
    _cleanup_(freep) char *piece = mem_alloc(PIECE);
    struct hash_stream *stream = hash_stream_new();
    uint64_t done = 0, begun = 0;
    int r = 0;
    while (r == 0 && done < doc->body_size) {
        ssize_t n = read_piece(doc->body_fd, piece, doc->body_size - done, done);
        if (n < 0)
            r = error_errno(err, errno, "the spooled records of %s cannot be read", doc->name);
        else if (n == 0)
            r = error_set(err, EIO, "the spooled records of %s are shorter than was said", doc->name);
        else {
            hash_stream_add(stream, piece, (size_t)n);
            r = write_at(journal, piece, (size_t)n, at + done, err);
            done += (uint64_t)n;
        }
        if (done - begun >= WRITEBACK) {
            sync_file_range(journal->fd, (off_t)(at + begun), (off_t)(done - begun), SYNC_FILE_RANGE_WRITE);
            begun = done;
        }
    }
    *ret_check = hash_stream_end(stream);
    return r;
}

/* A document whose body is in a file. */
static int append_copied(struct journal *journal, const struct journal_doc *doc, uint64_t *at, struct error *err) {
    int r = flush(journal, at, err);
    if (r < 0)
        return r;
    uint64_t check;
    frame_encode(doc, 0, &journal->staged);
    size_t header = journal->staged.len;
    r = copy_body(journal, doc, *at + header, &check, err);
    journal->staged.len = 0;
    if (r < 0)
        return r;
    frame_encode(doc, check, &journal->staged);
    r = flush(journal, at, err);
    *at += doc->body_size;
    return r;
}

/* A document whose body is in memory. */
static int append_staged(struct journal *journal, const struct journal_doc *doc, uint64_t *at, struct error *err) {
    frame_encode(doc, hash_xxh3(doc->body, doc->body_size), &journal->staged);
    buf_add(&journal->staged, doc->body, doc->body_size);
    return journal->staged.len < STAGED_MAX ? 0 : flush(journal, at, err);
}

static int append_group(struct journal *journal, struct journal_doc *docs, size_t count, uint64_t *ret_end,
                        struct error *err) {
    uint64_t at = journal->size, now = segment_now();
    int r = 0;
    journal->staged.len = 0;
    for (size_t i = 0; r == 0 && i < count; i++) {
        docs[i].sequence = journal->sequence + i;
        docs[i].time = now;
        docs[i].place = (struct journal_place){.sequence = docs[i].sequence,
                                               .segment = journal->segment,
                                               .offset = at + journal->staged.len,
                                               .journal = journal->id};
        r = docs[i].body ? append_staged(journal, &docs[i], &at, err) : append_copied(journal, &docs[i], &at, err);
    }
    if (r == 0)
        r = flush(journal, &at, err);
    if (r == 0 && os.fdatasync(journal->fd) < 0)
        r = error_errno(err, errno, "the journal in %s cannot be synced", journal->dir);
    *ret_end = at;
    return r;
}

static int check_names(const struct journal_doc *docs, size_t count, struct error *err) {
    for (size_t i = 0; i < count; i++)
        if (strlen(docs[i].name) > JOURNAL_NAME_MAX)
            return error_set(err, ENAMETOOLONG, "a document's name has more than %d bytes", JOURNAL_NAME_MAX);
    return 0;
}

/* Brings the journal into the state in which a group may follow. */
static int prepare(struct journal *journal, struct error *err) {
    int r = journal->tail ? writer_cut(journal, err) : 0;
    if (r == 0 && journal->size >= journal->segment_size && journal->size > SEGMENT_HEADER)
        r = writer_begin_segment(journal, journal->segment + 1, err);
    return r;
}

int journal_append(struct journal *journal, struct journal_doc *docs, size_t count, struct error *err) {
    uint64_t end;
    if (count == 0)
        return 0;
    int r = check_names(docs, count, err);
    if (r == 0)
        r = prepare(journal, err);
    if (r < 0)
        return r;
    journal->tail = true;
    r = append_group(journal, docs, count, &end, err);
    if (r < 0) {
        writer_cut(journal, NULL); /* failing, it is tried again before the next group */
        return r;
    }
    journal->tail = false;
    journal->size = end;
    journal->sequence += count;
    writer_set_mark(journal);
    return 0;
}
