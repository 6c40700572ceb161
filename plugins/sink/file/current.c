/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static int failed(const struct file_sink *self, const char *what) {
    return self->host->error(self->host, "%s cannot be %s: %s", self->path, what, strerror(errno));
}

int sync_folder(struct file_sink *self) {
    if (self->sync && fsync(self->folder_fd) < 0)
        return self->host->error(self->host, "the folder %s cannot be synced: %s", self->folder, strerror(errno));
    return SIFTD_OK;
}

/* An inode's number is used again after its file is gone; its birth time is not. */
static int identify(struct file_sink *self, uint64_t *ret_inode, uint64_t *ret_birth, uint64_t *ret_size) {
    struct statx st;
    if (statx(self->fd, "", AT_EMPTY_PATH, STATX_INO | STATX_SIZE | STATX_BTIME | STATX_TYPE, &st) < 0)
        return failed(self, "looked at");
    if (!S_ISREG(st.stx_mode))
        return self->host->error(self->host, "%s is no regular file; use the sink stdout for pipes and terminals",
                                 self->path);
    *ret_inode = st.stx_ino;
    *ret_birth = st.stx_mask & STATX_BTIME ? (uint64_t)st.stx_btime.tv_sec * 1000000000 + st.stx_btime.tv_nsec : 0;
    *ret_size = st.stx_size;
    return SIFTD_OK;
}

/* Notes the open file as the one that the committed position ends in. */
static int adopt(struct file_sink *self) {
    struct state *state = &self->state;
    if (identify(self, &state->inode, &state->birth, &state->size) != SIFTD_OK)
        return SIFTD_ERROR;
    self->size = self->handed_on = state->size;
    state->rotating = false;
    state->begun = state->size ? wall_clock() : 0;
    return state_write(self);
}

int current_create(struct file_sink *self) {
    if (self->fd >= 0)
        close(self->fd);
    self->fd = openat(self->folder_fd, self->name, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, self->mode_bits);
    if (self->fd < 0 || fchmod(self->fd, self->mode_bits) < 0)
        return failed(self, "made");
    if (sync_folder(self) != SIFTD_OK)
        return SIFTD_ERROR;
    return adopt(self);
}

/* A file that is not ours may end inside a line: ours begin on a new one. */
static int end_line(struct file_sink *self, uint64_t size) {
    char last;
    if (size == 0)
        return SIFTD_OK;
    if (pread(self->fd, &last, 1, (off_t)size - 1) != 1)
        return failed(self, "read");
    if (last != '\n' && write(self->fd, "\n", 1) != 1)
        return failed(self, "written");
    return SIFTD_OK;
}

/* What stands behind the last whole line was never committed. */
static int cut_torn_line(struct file_sink *self, uint64_t size) {
    char piece[4096];
    while (size) {
        uint64_t from = size > sizeof piece ? size - sizeof piece : 0;
        if (pread(self->fd, piece, (size_t)(size - from), (off_t)from) != (ssize_t)(size - from))
            return failed(self, "read");
        const char *end = memrchr(piece, '\n', (size_t)(size - from));
        size = end ? from + (uint64_t)(end - piece) + 1 : from;
        if (end)
            break;
    }
    if (ftruncate(self->fd, (off_t)size) < 0)
        return failed(self, "cut back to its last whole line");
    return SIFTD_OK;
}

/* Another file than the noted one stands at PATH. */
static int take_other(struct file_sink *self, uint64_t size) {
    if (self->state.inode && !(self->state.rotating && size == 0))
        self->host->log(
            self->host, SIFTD_WARNING,
            "%s is not the file that was written before: somebody replaced it; new lines follow what is in it",
            self->path);
    int r = self->relearn ? cut_torn_line(self, size) : end_line(self, size);
    return r == SIFTD_OK ? adopt(self) : SIFTD_ERROR;
}

/* The noted file: what stands behind the committed size is cut off, and comes again from the journal. */
static int take_noted(struct file_sink *self, uint64_t size) {
    self->state.rotating = false;
    self->size = self->handed_on = self->state.size;
    if (size == self->state.size)
        return SIFTD_OK;
    if (size < self->state.size) {
        self->host->log(self->host, SIFTD_WARNING,
                        "%s has %" PRIu64 " bytes and had %" PRIu64 " when it was last committed: somebody cut it; new "
                        "lines follow what is in it",
                        self->path, size, self->state.size);
        return end_line(self, size) == SIFTD_OK ? adopt(self) : SIFTD_ERROR;
    }
    if (ftruncate(self->fd, (off_t)self->state.size) < 0 || (self->sync && fdatasync(self->fd) < 0))
        return failed(self, "cut back to its last committed line");
    return SIFTD_OK;
}

static int make_missing(struct file_sink *self) {
    if (self->state.inode && !self->state.rotating)
        self->host->log(self->host, SIFTD_WARNING, "%s is gone: somebody moved or removed it; a new file is begun",
                        self->path);
    return current_create(self);
}

int current_open(struct file_sink *self) {
    uint64_t inode = 0, birth = 0, size = 0;
    self->fd = openat(self->folder_fd, self->name, O_RDWR | O_APPEND | O_CLOEXEC);
    if (self->fd < 0)
        return errno == ENOENT ? make_missing(self) : failed(self, "opened");
    if (identify(self, &inode, &birth, &size) != SIFTD_OK)
        return SIFTD_ERROR;
    if (inode == self->state.inode && birth == self->state.birth)
        return take_noted(self, size);
    return take_other(self, size);
}

int current_check(struct file_sink *self) {
    struct stat st;
    if (fstatat(self->folder_fd, self->name, &st, 0) == 0) {
        if (st.st_ino == self->state.inode)
            return SIFTD_OK;
    } else if (errno != ENOENT)
        return failed(self, "looked at");
    close(self->fd);
    return current_open(self);
}
