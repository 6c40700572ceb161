/* SPDX-License-Identifier: MIT */
/*
 * Damage in front of the commit mark is of documents whose sequence numbers are given out, and whole frames stand
 * behind it that must not be lost with it. So nothing is moved: what is damaged is copied to torn/ and a gap is written
 * over it, a frame that says for how many documents it stands. All other frames keep their place, and so do the sinks'.
 *
 * A crash between the copy and the gap leaves the damage, which is met again; one inside the gap's header leaves
 * damage, too.
 */
#include "journal/repair.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "journal/aside.h"

static int cannot(const struct journal *journal, int r, struct error *err) {
    return error_errno(err, -r, "a damaged piece of the journal in %s cannot be put aside under torn/ and repaired",
                       journal->dir);
}

static void note(struct journal_recovery *found, const struct error *why, uint64_t lost) {
    if (found->pieces++ == 0)
        snprintf(found->damage, sizeof found->damage, "%s", why->text);
    found->lost += lost;
}

static int write_over(int fd, const void *data, size_t len, uint64_t at) {
    int r = os_pwrite_all(fd, data, len, (off_t)at);
    return r == 0 && os.fdatasync(fd) < 0 ? -errno : r;
}

static int write_gap(int fd, uint64_t first, uint64_t next, uint64_t begin, uint64_t end) {
    _cleanup_(buf_free) struct buf gap = {0};
    frame_encode_gap(first, (uint32_t)(next - first), end - begin, &gap);
    return write_over(fd, gap.at, gap.len, begin);
}

/* Whether a gap can stand there. */
static bool fits(uint64_t first, uint64_t next, uint64_t begin, uint64_t end) {
    return end - begin >= FRAME_FIXED && next > first && next - first <= UINT32_MAX;
}

int repair_gap(struct journal *journal, uint64_t number, int fd, struct scan *scan, const struct error *why,
               struct journal_recovery *found, struct error *err) {
    uint64_t begin = scan->at, first = scan->sequence;
    if (!scan_resync(scan))
        return 0;
    if (!fits(first, scan->sequence, begin, scan->at)) {
        scan->at = begin;
        scan->sequence = first;
        return 0;
    }
    int r = aside_copy(journal->dir, number, fd, begin, scan->at - begin, found->torn, sizeof found->torn);
    if (r == 0)
        r = write_gap(fd, first, scan->sequence, begin, scan->at);
    if (r < 0)
        return cannot(journal, r, err);
    note(found, why, scan->sequence - first);
    return 1;
}

/* The first whole frame of a segment without a header: its sequence number, and where it stands; 0 when there is none.
 */
static uint64_t first_frame(const char *path, int fd, uint64_t size, uint64_t *ret_at) {
    struct scan scan;
    int again = dup(fd);
    scan_init(&scan, path, again, SEGMENT_HEADER - 1, 0);
    scan.limit = size;
    uint64_t sequence = again >= 0 && size > SEGMENT_HEADER && scan_resync(&scan) ? scan.sequence : 0;
    *ret_at = scan.at;
    scan_deinit(&scan);
    return sequence;
}

/* Header and, where frames are missing behind it, a gap. */
static int write_head(int fd, struct segment_header *header, uint64_t sequence, uint64_t at) {
    char bytes[SEGMENT_HEADER];
    int r = 0;
    if (at > SEGMENT_HEADER)
        r = write_gap(fd, header->first, sequence, SEGMENT_HEADER, at);
    segment_header_encode(header, bytes);
    return r < 0 ? r : write_over(fd, bytes, sizeof bytes, 0);
}

int repair_header(struct journal *journal, uint64_t number, uint64_t before, const struct journal_place *mark,
                  struct journal_recovery *found, struct error *err) {
    _cleanup_(freep) char *path = segment_path(journal->dir, number);
    _cleanup_(closep) int fd = os.open(path, O_RDWR | O_CLOEXEC, 0);
    struct segment_header header = {.number = number, .created = segment_now()};
    struct error why = {0};
    struct stat st;
    uint64_t at = 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "the journal's segment %s cannot be opened", path);
    uint64_t sequence = first_frame(path, fd, (uint64_t)st.st_size, &at);
    header.journal = journal->id ? journal->id : mark->journal;
    header.first = at == SEGMENT_HEADER ? sequence : before && before < sequence ? before : sequence - 1;
    if (sequence == 0 || header.journal == 0 ||
        (at > SEGMENT_HEADER && !fits(header.first, sequence, SEGMENT_HEADER, at)))
        return 0;
    int r = aside_copy(journal->dir, number, fd, 0, at, found->torn, sizeof found->torn);
    if (r == 0)
        r = write_head(fd, &header, sequence, at);
    if (r < 0)
        return cannot(journal, r, err);
    error_set(&why, EBADMSG, "the header of the journal's segment %s is damaged", path);
    note(found, &why, sequence - header.first);
    return 1;
}

/* A segment without a whole frame says nothing that could be used. */
static int move_away(struct journal *journal, uint64_t number, const char *path, struct journal_recovery *found,
                     struct error *err) {
    struct error why = {0};
    _cleanup_(closep) int fd = aside_file(journal->dir, number, 0, found->torn, sizeof found->torn);
    int r = fd < 0 ? fd : os.renameat(AT_FDCWD, path, AT_FDCWD, found->torn) < 0 ? -errno : os_sync_dir(journal->dir);
    if (r < 0)
        return cannot(journal, r, err);
    error_set(&why, EBADMSG, "the journal's segment %s is damaged from its beginning to its end", path);
    note(found, &why, 0);
    return 0;
}

/* Behind its last whole frame a segment that others follow ends. How many documents stood there, the next one tells. */
static int cut_end(struct journal *journal, uint64_t number, int fd, const struct scan *scan, const struct error *why,
                   struct journal_recovery *found, struct error *err) {
    int r = aside_copy(journal->dir, number, fd, scan->at, scan->limit - scan->at, found->torn, sizeof found->torn);
    if (r == 0 && (os.ftruncate(fd, (off_t)scan->at) < 0 || os.fsync(fd) < 0))
        r = -errno;
    if (r < 0)
        return cannot(journal, r, err);
    note(found, why, 0);
    return 0;
}

static int repair_frames(struct journal *journal, uint64_t number, int fd, struct scan *scan,
                         struct journal_recovery *found, struct error *err) {
    struct journal_doc doc;
    struct error why = {0};
    int r;
    do {
        r = scan_next(scan, &doc, &why);
        if (r == -EBADMSG)
            r = repair_gap(journal, number, fd, scan, &why, found, err);
        else if (r < 0 && r != -ENODATA)
            return error_set(err, -r, "%s", why.text);
        else if (r == 0)
            return 0;
        if (r == 0)
            return cut_end(journal, number, fd, scan, &why, found, err);
    } while (r > 0 || r == -ENODATA);
    return r;
}

int repair_segment(struct journal *journal, uint64_t number, const struct journal_place *mark,
                   struct journal_recovery *found, struct error *err) {
    _cleanup_(freep) char *path = segment_path(journal->dir, number);
    _cleanup_(closep) int fd = -1;
    struct segment_header header;
    struct scan scan;
    struct stat st;
    int r = segment_open(path, O_RDWR, &fd, &header, err);
    if (r == -EBADMSG) {
        r = repair_header(journal, number, 0, mark, found, err);
        if (r == 0)
            return move_away(journal, number, path, found, err);
        if (r > 0)
            r = segment_open(path, O_RDWR, &fd, &header, err);
    }
    int again = r < 0 ? -1 : dup(fd);
    if (r < 0 || again < 0 || fstat(fd, &st) < 0)
        return r < 0 ? r : error_errno(err, errno, "the journal's segment %s cannot be read", path);
    scan_init(&scan, path, again, header.size, header.first);
    scan.limit = (uint64_t)st.st_size;
    r = repair_frames(journal, number, fd, &scan, found, err);
    scan_deinit(&scan);
    return r;
}
