/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "journal/writer.h"

/* Whether the segment before the one with this header may go: that one's first frame is where it ended, and was
 * appended when that one's last frame was already old enough. */
static bool may_go(const struct segment_header *next, uint64_t sequence, uint64_t older_than) {
    return next->first <= sequence && next->created < older_than;
}

/* Removes the oldest segment when the next one's header allows it: 1, else 0. */
static int retain_one(struct journal *journal, uint64_t oldest, uint64_t next, uint64_t sequence, uint64_t older_than,
                      struct error *err) {
    _cleanup_(freep) char *path = segment_path(journal->dir, oldest);
    _cleanup_(freep) char *next_path = segment_path(journal->dir, next);
    _cleanup_(closep) int fd = -1;
    struct segment_header header;
    int r = segment_open(next_path, O_RDONLY, &fd, &header, err);
    if (r < 0 || !may_go(&header, sequence, older_than))
        return r;
    if (os.unlinkat(AT_FDCWD, path, 0) < 0)
        return error_errno(err, errno, "the delivered segment %s cannot be removed", path);
    journal->oldest = next;
    return 1;
}

int journal_retain(struct journal *journal, uint64_t sequence, uint64_t older_than, struct error *err) {
    _cleanup_(segment_list_free) struct segment_list list = {0};
    if (journal->oldest == journal->segment)
        return 0;
    int r = segment_list(journal->dir, &list, err);
    if (r < 0)
        return r;
    r = 1;
    for (size_t i = 0; r > 0 && i + 1 < list.count; i++)
        r = retain_one(journal, list.number[i], list.number[i + 1], sequence, older_than, err);
    return r < 0 ? r : 0;
}
