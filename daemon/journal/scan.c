/* SPDX-License-Identifier: MIT */
#include "journal/scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/mem.h"

enum { PIECE = 256 * 1024 };

void scan_init(struct scan *scan, const char *path, int fd, uint64_t at, uint64_t sequence) {
    *scan = (struct scan){.path = mem_strdup(path), .fd = fd, .at = at, .sequence = sequence};
}

void scan_deinit(struct scan *scan) {
    free(scan->path);
    free(scan->window.at);
    buf_free(&scan->name);
    close_fd(scan->fd);
    *scan = (struct scan){.fd = -1};
}

static int damaged(const struct scan *scan, const char *why, struct error *err) {
    return error_set(err, EBADMSG, "the journal's segment %s is damaged at offset %" PRIu64 ": %s", scan->path,
                     scan->at, why);
}

/* Moves what the window holds from `from` on to its front, so that more fits behind it. */
static void slide(struct scan *scan, uint64_t from, size_t need) {
    uint64_t end = scan->window.start + scan->window.len;
    size_t keep = from >= scan->window.start && from < end ? (size_t)(end - from) : 0;
    if (keep)
        memmove(scan->window.at, scan->window.at + scan->window.len - keep, keep);
    scan->window.start = from;
    scan->window.len = keep;
    if (scan->window.room < need) {
        scan->window.room = need < PIECE ? PIECE : need;
        scan->window.at = mem_grow(scan->window.at, scan->window.room);
    }
}

/* Makes the file's bytes [from, from + need) stand in the window, which must end before the limit: their place, or
 * NULL. */
static const char *look(struct scan *scan, uint64_t from, size_t need, struct error *err) {
    if (from < scan->window.start || from + need > scan->window.start + scan->window.len) {
        slide(scan, from, need);
        while (scan->window.len < need) {
            uint64_t at = from + scan->window.len;
            size_t want = scan->window.room - scan->window.len;
            if (want > scan->limit - at)
                want = (size_t)(scan->limit - at);
            ssize_t n = pread(scan->fd, scan->window.at + scan->window.len, want, (off_t)at);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0) {
                error_errno(err, errno, "the journal's segment %s cannot be read at offset %" PRIu64, scan->path, at);
                return NULL;
            }
            if (n == 0) {
                damaged(scan, "the file ends inside the frame", err);
                return NULL;
            }
            scan->window.len += (size_t)n;
        }
    }
    return scan->window.at + (from - scan->window.start);
}

static int failed(const struct error *err) {
    return err->code > 0 ? -err->code : -EIO;
}

static int check_body(struct scan *scan, const struct frame *frame, struct error *err) {
    uint64_t from = scan->at + frame->header_size, left = frame->doc.body_size;
    struct hash_stream *stream = hash_stream_new();
    while (left) {
        size_t size = left < PIECE ? (size_t)left : PIECE;
        const char *piece = look(scan, from, size, err);
        if (!piece) {
            hash_stream_end(stream);
            return failed(err);
        }
        hash_stream_add(stream, piece, size);
        from += size;
        left -= size;
    }
    return hash_stream_end(stream) == frame->body_check
               ? 0
               : damaged(scan, "the check of the frame's body does not fit", err);
}

static int read_header(struct scan *scan, struct frame *ret, struct error *err) {
    uint64_t left = scan->limit - scan->at;
    if (left < FRAME_START)
        return damaged(scan, "a frame begins and is cut off", err);
    const char *at = look(scan, scan->at, FRAME_START, err);
    if (!at)
        return failed(err);
    size_t size = frame_header_size(at);
    if (size == 0)
        return damaged(scan, "no frame begins here", err);
    if (size > left)
        return damaged(scan, "a frame's header is cut off", err);
    at = look(scan, scan->at, size, err);
    if (!at)
        return failed(err);
    const char *wrong = frame_decode(at, size, ret);
    if (wrong)
        return damaged(scan, wrong, err);
    if (ret->doc.sequence != scan->sequence)
        return damaged(scan, "the frame's sequence number does not follow the one before", err);
    if (ret->doc.body_size > left - size)
        return damaged(scan, "a frame's body is cut off", err);
    if (ret->gap && ret->doc.records == 0)
        return damaged(scan, "a gap stands for no document", err);
    scan->name.len = 0;
    buf_add(&scan->name, at + ret->name_at, ret->name_size);
    buf_char(&scan->name, 0);
    return 0;
}

static int pass_gap(struct scan *scan, const struct frame *frame, struct error *err) {
    uint64_t first = scan->sequence;
    scan->at += frame->header_size + frame->doc.body_size;
    scan->sequence += frame->doc.records;
    return error_set(err, ENODATA,
                     "the documents with sequence numbers %" PRIu64 " to %" PRIu64
                     " were damaged in the journal's segment %s and put aside under torn/",
                     first, scan->sequence - 1, scan->path);
}

static int next(struct scan *scan, bool check, struct journal_doc *ret, struct error *err) {
    struct error local = {0};
    struct frame frame = {0};
    if (scan->at == scan->limit)
        return 0;
    if (!err)
        err = &local;
    int r = read_header(scan, &frame, err);
    if (r == 0 && frame.gap)
        return pass_gap(scan, &frame, err);
    if (r == 0 && check)
        r = check_body(scan, &frame, err);
    if (r < 0)
        return r;
    scan->frame_at = scan->at;
    scan->line_at = scan->body_at = scan->at + frame.header_size;
    scan->at = scan->body_end = scan->body_at + frame.doc.body_size;
    scan->sequence++;
    *ret = frame.doc;
    ret->name = scan->name.at;
    return 1;
}

int scan_next(struct scan *scan, struct journal_doc *ret, struct error *err) {
    return next(scan, true, ret, err);
}

int scan_hop(struct scan *scan, struct journal_doc *ret, struct error *err) {
    return next(scan, false, ret, err);
}

/* Whether a whole frame stands at `at`: then the scan is in front of it. */
static bool try_at(struct scan *scan, uint64_t at) {
    const struct scan before = *scan;
    struct frame frame = {0};
    struct error err = {0};
    scan->at = at;
    if (scan->limit - at >= FRAME_FIXED) {
        const char *head = look(scan, at, FRAME_FIXED, &err);
        scan->sequence = head ? frame_sequence(head) : 0;
        if (scan->sequence > before.sequence && read_header(scan, &frame, &err) == 0 &&
            (frame.gap || check_body(scan, &frame, &err) == 0))
            return true;
    }
    scan->at = before.at;
    scan->sequence = before.sequence;
    return false;
}

/* The next place behind `from` where a frame's magic stands; the limit when there is none. */
static uint64_t next_magic(struct scan *scan, uint64_t from) {
    struct error err = {0};
    while (from + FRAME_FIXED <= scan->limit) {
        size_t size = scan->limit - from < PIECE ? (size_t)(scan->limit - from) : PIECE;
        const char *piece = look(scan, from, size, &err);
        const char *found = piece ? memmem(piece, size, FRAME_MAGIC, sizeof FRAME_MAGIC) : NULL;
        if (found)
            return from + (uint64_t)(found - piece);
        if (!piece)
            break;
        from += size - (sizeof FRAME_MAGIC - 1);
    }
    return scan->limit;
}

bool scan_resync(struct scan *scan) {
    for (uint64_t at = next_magic(scan, scan->at + 1); at < scan->limit; at = next_magic(scan, at + 1))
        if (try_at(scan, at))
            return true;
    return false;
}

/* What the window holds of the body from line_at on: at least one byte, and as much as came with it. */
static const char *rest(struct scan *scan, size_t need, size_t *ret_len, struct error *err) {
    const char *at = look(scan, scan->line_at, need, err);
    if (at) {
        uint64_t end = scan->window.start + scan->window.len;
        *ret_len = (size_t)((end < scan->body_end ? end : scan->body_end) - scan->line_at);
    }
    return at;
}

int scan_line(struct scan *scan, const char **ret_line, size_t *ret_len, struct error *err) {
    struct error local = {0};
    uint64_t left = scan->body_end - scan->line_at;
    size_t have = 0, need = 1, searched = 0;
    if (left == 0)
        return 0;
    if (!err)
        err = &local;
    for (;;) {
        const char *at = rest(scan, need, &have, err);
        if (!at)
            return failed(err);
        const char *end = memchr(at + searched, '\n', have - searched);
        if (end || have == left) {
            *ret_line = at;
            *ret_len = end ? (size_t)(end - at) : have;
            scan->line_at += *ret_len + (end != NULL);
            return 1;
        }
        /* The line goes on behind the window: twice the room, but never beyond the body. */
        searched = have;
        need = have * 2 < left ? have * 2 : (size_t)left;
    }
}
