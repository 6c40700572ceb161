/* SPDX-License-Identifier: MIT */
#include "journal/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"

static const uint64_t CHECKED_AT_START = 1 << 30;

int journal_lock(const char *dir, int *ret, struct error *err) {
    _cleanup_(freep) char *path = mem_format("%s/lock", dir);
    _cleanup_(closep) int fd = os.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return error_errno(err, errno, "the journal's lock %s cannot be opened", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return error_set(err, errno == EWOULDBLOCK ? EBUSY : errno,
                         "the journal %s is locked: another siftd writes it; stop that one or use another state_dir",
                         dir);
    *ret = take_fd(fd);
    return 0;
}

static int open_locked(struct journal *journal, struct journal_recovery *ret_found, struct error *err) {
    int r = os_mkdirs(journal->dir, 0750);
    if (r < 0)
        return error_errno(err, -r, "the journal's folder %s cannot be made", journal->dir);
    r = journal_lock(journal->dir, &journal->lock, err);
    if (r == 0)
        r = mark_open_write(journal->dir, &journal->mark, err);
    if (r == 0)
        r = writer_recover(journal, ret_found, err);
    return r;
}

static int open_journal(const char *dir, uint64_t segment_size, uint64_t check, struct journal **ret,
                        struct journal_recovery *ret_found, struct error *err) {
    struct journal *journal = mem_alloc(sizeof *journal);
    struct journal_recovery found = {0};
    journal->dir = mem_strdup(dir);
    journal->lock = journal->fd = -1;
    journal->segment_size = segment_size;
    journal->check = check;
    int r = open_locked(journal, &found, err);
    if (r < 0) {
        journal_close(journal);
        return r;
    }
    if (ret_found)
        *ret_found = found;
    *ret = journal;
    return 0;
}

int journal_open(const char *dir, uint64_t segment_size, struct journal **ret, struct journal_recovery *ret_found,
                 struct error *err) {
    return open_journal(dir, segment_size, CHECKED_AT_START, ret, ret_found, err);
}

int journal_repair(const char *dir, struct journal_recovery *ret_found, struct error *err) {
    struct journal *journal = NULL;
    int r = open_journal(dir, UINT64_MAX, UINT64_MAX, &journal, ret_found, err);
    journal_close(journal);
    return r;
}

struct journal *journal_close(struct journal *journal) {
    if (!journal)
        return NULL;
    mark_close(&journal->mark);
    close_fd(journal->fd);
    close_fd(journal->lock);
    buf_free(&journal->staged);
    free(journal->dir);
    free(journal);
    return NULL;
}

uint64_t journal_written(const struct journal *journal) {
    return atomic_load(&journal->written);
}

struct journal_place journal_end(const struct journal *journal) {
    return (struct journal_place){
        .sequence = journal->sequence, .segment = journal->segment, .offset = journal->size, .journal = journal->id};
}

void writer_set_mark(struct journal *journal) {
    struct journal_place end = journal_end(journal);
    mark_set(&journal->mark, &end, segment_now());
}

int writer_begin_segment(struct journal *journal, uint64_t number, struct error *err) {
    struct segment_header header = {
        .number = number, .first = journal->sequence, .created = segment_now(), .journal = journal->id};
    int fd;
    int r = segment_begin(journal->dir, &header, &fd, err);
    if (r < 0)
        return r;
    close_fd(journal->fd);
    journal->fd = fd;
    journal->segment = number;
    journal->size = SEGMENT_HEADER;
    journal->tail = false;
    if (journal->oldest == 0)
        journal->oldest = number;
    writer_set_mark(journal);
    return 0;
}

int writer_cut(struct journal *journal, struct error *err) {
    if (os.ftruncate(journal->fd, (off_t)journal->size) < 0)
        return error_errno(err, errno, "the journal's last segment in %s cannot be cut back", journal->dir);
    journal->tail = false;
    return 0;
}
