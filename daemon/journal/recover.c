/* SPDX-License-Identifier: MIT */
/*
 * What happens at start. The last segment is read to its end; what is not a whole frame at its end is put aside under
 * torn/ and cut off. Damage in front of whole frames that were committed is repair.c's.
 *
 * Invariant: no sequence number is used twice. Behind the mark a torn tail was never seen by anybody, and its numbers
 * are used for the next documents. In front of the mark sinks may have read them: the next segment begins at the mark's
 * sequence, and what is missing between shows as a gap.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "journal/aside.h"
#include "journal/repair.h"
#include "journal/writer.h"

enum { UNCOMMITTED_KEPT = 16 << 20 };

/* Copies what stands in the last segment from `at` on to torn/. Of a tail that nobody saw, a beginning is enough, and
 * none when the disk is full. */
static int put_aside(struct journal *journal, uint64_t at, uint64_t size, bool committed,
                     struct journal_recovery *found, struct error *err) {
    uint64_t len = size - at;
    if (!committed && len > UNCOMMITTED_KEPT)
        len = UNCOMMITTED_KEPT;
    int r = aside_copy(journal->dir, journal->segment, journal->fd, at, len, found->torn, sizeof found->torn);
    if (r == 0 || !committed)
        return 0;
    return error_errno(err, -r, "the damaged end of the journal in %s cannot be put aside under torn/", journal->dir);
}

/* Also when nothing is cut: the writer may have ended between the write of the last frames and their sync, and from now
 * on they count. */
static int cut_and_sync(struct journal *journal, bool cut, struct error *err) {
    int r = cut ? writer_cut(journal, err) : 0;
    if (r == 0 && os.fsync(journal->fd) < 0)
        r = error_errno(err, errno, "the journal in %s cannot be synced", journal->dir);
    return r;
}

/* Up to where the last segment was committed, as far as is known. What is not known to be uncommitted is repaired, not
 * cut. */
static uint64_t committed_end(const struct journal *journal, const struct journal_place *mark) {
    if (mark->journal != journal->id || mark->segment > journal->segment)
        return UINT64_MAX;
    return mark->segment == journal->segment ? mark->offset : 0;
}

/* Reads the last segment; leaves the journal's size and sequence at the end of its last whole frame. */
static int find_end(struct journal *journal, const struct segment_header *header, const char *path, uint64_t size,
                    uint64_t committed, struct journal_recovery *found, struct error *err) {
    struct scan scan;
    struct journal_doc doc;
    int again = dup(journal->fd), r;
    if (again < 0)
        return error_errno(err, errno, "the journal in %s cannot be read", journal->dir);
    scan_init(&scan, path, again, header->size, header->first);
    scan.limit = size;
    while ((r = scan_next(&scan, &doc, err)) != 0) {
        found->frames += r > 0;
        if (r == -EBADMSG && scan.at < committed) {
            const struct error why = *err;
            r = repair_gap(journal, journal->segment, journal->fd, &scan, &why, found, err);
            if (r == 0)
                break;
        }
        if (r < 0 && r != -ENODATA)
            break;
    }
    journal->size = scan.at;
    journal->sequence = scan.sequence;
    scan_deinit(&scan);
    return r == -EBADMSG ? 0 : r;
}

static bool in_front_of(const struct journal *journal, const struct journal_place *mark) {
    return mark->journal == journal->id && mark->sequence > journal->sequence;
}

/* The last segment's header is good: recovers what follows it. */
static int recover_frames(struct journal *journal, const struct segment_header *header, const char *path,
                          const struct journal_place *mark, struct journal_recovery *found, struct error *err) {
    struct stat st;
    if (fstat(journal->fd, &st) < 0)
        return error_errno(err, errno, "the journal's segment %s cannot be looked at", path);
    uint64_t size = (uint64_t)st.st_size;
    int r = find_end(journal, header, path, size, committed_end(journal, mark), found, err);
    bool committed = in_front_of(journal, mark);
    found->cut = size - journal->size;
    if (r == 0 && found->cut)
        r = put_aside(journal, journal->size, size, committed, found, err);
    if (r == 0)
        r = cut_and_sync(journal, found->cut > 0, err);
    if (r < 0 || !committed)
        return r;
    found->lost += mark->sequence - journal->sequence;
    journal->sequence = mark->sequence;
    return writer_begin_segment(journal, journal->segment + 1, err);
}

/* Where the segment before the damaged last one ends, and the journal's number, as far as they can be read. */
static void learn_from(struct journal *journal, uint64_t number) {
    _cleanup_(freep) char *path = segment_path(journal->dir, number);
    struct segment_header header;
    struct journal_doc doc;
    struct scan scan;
    struct stat st;
    int fd;
    if (segment_open(path, O_RDONLY, &fd, &header, NULL) < 0)
        return;
    scan_init(&scan, path, fd, header.size, header.first);
    scan.limit = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : header.size;
    int r;
    while ((r = scan_hop(&scan, &doc, NULL)) > 0 || r == -ENODATA)
        continue;
    journal->id = header.journal;
    journal->sequence = scan.sequence;
    scan_deinit(&scan);
}

/* The last segment's header is damaged and no whole frame stands in it: moves it to torn/ and begins another. */
static int replace_last(struct journal *journal, const struct segment_list *list, const char *path,
                        const struct journal_place *mark, struct journal_recovery *found, struct error *err) {
    uint64_t last = list->number[list->count - 1];
    struct stat st;
    _cleanup_(closep) int fd = aside_file(journal->dir, last, 0, found->torn, sizeof found->torn);
    int r = fd;
    if (fd >= 0)
        r = stat(path, &st) == 0 && os.renameat(AT_FDCWD, path, AT_FDCWD, found->torn) == 0 ? 0 : -errno;
    if (r < 0)
        return error_errno(err, -r, "the damaged segment %s cannot be put aside under torn/", path);
    found->cut = (uint64_t)st.st_size;
    if (journal->id == 0)
        journal->id = mark->journal;
    if (mark->journal == journal->id && mark->sequence > journal->sequence) {
        found->lost += mark->sequence - journal->sequence;
        journal->sequence = mark->sequence;
    }
    return writer_begin_segment(journal, last + 1, err);
}

static int begin_journal(struct journal *journal, struct error *err) {
    while (journal->id == 0)
        if (getrandom(&journal->id, sizeof journal->id, 0) < 0)
            return error_errno(err, errno, "the journal's number cannot be drawn");
    journal->sequence = 1;
    return writer_begin_segment(journal, 1, err);
}

static int recover_last(struct journal *journal, const struct segment_list *list, const struct journal_place *mark,
                        struct journal_recovery *found, struct error *err) {
    uint64_t last = list->number[list->count - 1];
    _cleanup_(freep) char *path = segment_path(journal->dir, last);
    struct segment_header header;
    journal->sequence = 1;
    journal->oldest = list->number[0];
    int r = segment_open(path, O_RDWR, &journal->fd, &header, err);
    if (r == -EBADMSG) {
        if (list->count > 1)
            learn_from(journal, list->number[list->count - 2]);
        r = repair_header(journal, last, list->count > 1 ? journal->sequence : 0, mark, found, err);
        if (r == 0)
            return replace_last(journal, list, path, mark, found, err);
        if (r > 0)
            r = segment_open(path, O_RDWR, &journal->fd, &header, err);
    }
    if (r < 0)
        return r;
    journal->segment = last;
    journal->id = header.journal;
    return recover_frames(journal, &header, path, mark, found, err);
}

/* The segments that others follow, newest first, as far as `check` bytes go. */
static int check_others(struct journal *journal, const struct segment_list *list, const struct journal_place *mark,
                        struct journal_recovery *found, struct error *err) {
    uint64_t bytes = 0;
    int r = 0;
    for (size_t i = list->count - 1; r == 0 && i-- > 0;) {
        _cleanup_(freep) char *path = segment_path(journal->dir, list->number[i]);
        struct stat st;
        bytes += stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
        if (bytes > journal->check)
            break;
        r = repair_segment(journal, list->number[i], mark, found, err);
    }
    return r;
}

int writer_recover(struct journal *journal, struct journal_recovery *ret, struct error *err) {
    _cleanup_(segment_list_free) struct segment_list list = {0};
    struct journal_place mark = {0};
    int r = segment_list(journal->dir, &list, err);
    if (r < 0)
        return r;
    ret->mark = mark_get(&journal->mark, &mark) == 0 && list.count;
    r = list.count ? recover_last(journal, &list, &mark, ret, err) : begin_journal(journal, err);
    if (r == 0)
        writer_set_mark(journal);
    if (r == 0 && list.count)
        r = check_others(journal, &list, &mark, ret, err);
    return r;
}
