/* SPDX-License-Identifier: MIT */
/*
 * Records as lines of a file, each exactly once whatever is killed when.
 *
 * Beside the file stands its cursor, .NAME.cursor: two slots of 512 bytes, written in turn, each with a serial number
 * and a check. The valid slot with the higher serial number is the state: the journal's position, and which file
 * (inode, birth time) had which size when everything up to that position was in it.
 *
 * Commit:    1 lines are written    2 the file is synced    3 the state is written into the other slot    4 it is
 * synced A crash before 4 leaves the older state; opening cuts the file back to its size, and the lines come again.
 *
 * Rotation follows a commit at once, so that no line is in the file that the state does not know:
 *            1 state: rotating    2 PATH is renamed    3 PATH is made anew    4 state: the new file, size 0    5 old
 * ones removed The position does not change. Opening with "rotating" finds the noted file at PATH        (crash before
 * 2): goes on in it, and rotates when it is due again; nothing at PATH               (before 3): makes it; another,
 * empty file at PATH   (before 4): takes it. In none of them a line is lost or written again, because the renamed file
 * was complete up to the position.
 *
 * A file that somebody replaced, removed or cut is said aloud; writing goes on behind what is there, from the committed
 * position.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "folder.h"

enum { BUFFER = 1 << 20, WRITEBACK = 8 << 20 };

static int write_all(struct file_sink *self, const char *at, size_t len) {
    while (len) {
        ssize_t n = write(self->fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return self->host->error(self->host, "%s cannot be written: %s", self->path, strerror(errno));
        at += n;
        len -= (size_t)n;
    }
    return SIFTD_OK;
}

/* Lets the disk begin with what was written, so that the commit finds little left to sync. */
static void begin_writeback(struct file_sink *self) {
    uint64_t written = self->size - self->used;
    if (!self->sync || written - self->handed_on < WRITEBACK)
        return;
    sync_file_range(self->fd, (off_t)self->handed_on, (off_t)(written - self->handed_on), SYNC_FILE_RANGE_WRITE);
    self->handed_on = written;
}

static int flush(void *user) {
    struct file_sink *self = user;
    size_t used = self->used;
    self->used = 0;
    if (write_all(self, self->buffer, used) != SIFTD_OK)
        return SIFTD_ERROR;
    begin_writeback(self);
    return SIFTD_OK;
}

/* Splits the path and makes the folder with those above it. */
static int open_folder(struct file_sink *self) {
    const char *slash = strrchr(self->path, '/');
    size_t len = slash ? (size_t)(slash - self->path) : 0;
    self->name = slash ? slash + 1 : self->path;
    if (!*self->name)
        return self->host->error(self->host, "path %s is a folder; give it a file name", self->path);
    self->folder = self->host->alloc(self->host, len + 2);
    memcpy(self->folder, slash ? self->path : ".", slash ? len : 1);
    if (!folder_make(self->folder, slash ? len : 1))
        return self->host->error(self->host, "the folder %s cannot be made: %s", self->folder, strerror(errno));
    self->folder_fd = open(len ? self->folder : slash ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder_fd < 0)
        return self->host->error(self->host, "the folder %s cannot be opened: %s", self->folder, strerror(errno));
    return SIFTD_OK;
}

static int read_mode(struct file_sink *self) {
    if (!folder_read_mode(self->mode, &self->mode_bits))
        return self->host->error(self->host, "mode %s is no file mode; write three octal digits, e.g. 0640",
                                 self->mode);
    return SIFTD_OK;
}

static const char *cursor_name(struct file_sink *self) {
    size_t len = strlen(self->name);
    char *name = self->host->alloc(self->host, len + sizeof "..cursor");
    name[0] = '.';
    memcpy(name + 1, self->name, len);
    memcpy(name + 1 + len, ".cursor", sizeof ".cursor");
    return name;
}

static int open_sink(void *user, const struct siftd_host *host) {
    struct file_sink *self = user;
    self->host = host;
    self->folder_fd = self->fd = self->cursor_fd = -1;
    self->buffer = host->alloc(host, BUFFER);
    if (read_mode(self) != SIFTD_OK || open_folder(self) != SIFTD_OK)
        return SIFTD_ERROR;
    self->cursor_name = cursor_name(self);
    if (state_open(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (current_open(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (self->relearn)
        known_load(self);
    return SIFTD_OK;
}

static void close_sink(void *user) {
    struct file_sink *self = user;
    known_free(self);
    int *const fds[] = {&self->fd, &self->cursor_fd, &self->folder_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (*fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
}

static int resume(void *user, char position[SIFTD_POSITION_MAX]) {
    struct file_sink *self = user;
    memcpy(position, self->state.position, SIFTD_POSITION_MAX);
    return SIFTD_OK;
}

static int add(struct file_sink *self, const struct siftd_line *line) {
    if (self->used + line->len + 1 > BUFFER && flush(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (line->len + 1 > BUFFER)
        return write_all(self, line->json, line->len) == SIFTD_OK ? write_all(self, "\n", 1) : SIFTD_ERROR;
    memcpy(self->buffer + self->used, line->json, line->len);
    self->buffer[self->used + line->len] = '\n';
    self->used += line->len + 1;
    return SIFTD_OK;
}

static int put(void *user, const struct siftd_line *line) {
    struct file_sink *self = user;
    if (self->known.count && known_take(self, line))
        return SIFTD_OK;
    if (self->rotate_size && self->size && self->size + line->len + 1 > self->rotate_size) {
        self->rotate_wanted = true;
        return SIFTD_SKIP;
    }
    if (self->size == 0)
        self->state.begun = wall_clock();
    if (add(self, line) != SIFTD_OK)
        return SIFTD_ERROR;
    self->size += line->len + 1;
    self->dirty = true;
    return SIFTD_OK;
}

/* Steps 1 and 2 of a commit: the lines are in the file, and its size is known. */
static int settle(struct file_sink *self) {
    struct stat st;
    if (flush(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (self->sync && fdatasync(self->fd) < 0)
        return self->host->error(self->host, "%s cannot be synced: %s", self->path, strerror(errno));
    if (fstat(self->fd, &st) < 0)
        return self->host->error(self->host, "%s cannot be looked at: %s", self->path, strerror(errno));
    self->size = self->state.size = self->handed_on = (uint64_t)st.st_size;
    self->dirty = false;
    return SIFTD_OK;
}

static int commit(void *user, const char *position) {
    struct file_sink *self = user;
    size_t len = strlen(position);
    if (len >= SIFTD_POSITION_MAX)
        return self->host->error(self->host, "the position has more than %d characters", SIFTD_POSITION_MAX - 1);
    if (self->dirty && settle(self) != SIFTD_OK)
        return SIFTD_ERROR;
    memcpy(self->state.position, position, len + 1);
    if (state_write(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (self->rotate_wanted || rotate_due(self))
        return rotate(self);
    return current_check(self);
}

static int idle(void *user) {
    struct file_sink *self = user;
    known_free(self);
    if (!self->dirty && rotate_due(self))
        return rotate(self);
    return SIFTD_OK;
}

static const struct siftd_option options[] = {
    {"path", SIFTD_PATH, offsetof(struct file_sink, path), "!", 0, 0, NULL, "the file that records are appended to"},
    {"rotate_size", SIFTD_SIZE, offsetof(struct file_sink, rotate_size), "0", 0, 0, NULL,
     "a line that would make the file larger begins a new one; 0: never"},
    {"rotate_every", SIFTD_STRING, offsetof(struct file_sink, rotate_every), "never", 0, 0, "never|hourly|daily",
     "begins a new file with each hour or day (UTC)"},
    {"keep", SIFTD_INT, offsetof(struct file_sink, keep), "0", 0, 1000000, NULL,
     "rotated files to keep, the oldest are removed; 0: all"},
    {"sync", SIFTD_BOOL, offsetof(struct file_sink, sync), "true", 0, 0, NULL,
     "commits survive a power cut; false: only a crash of siftd"},
    {"mode", SIFTD_STRING, offsetof(struct file_sink, mode), "0640", 0, 0, NULL, "permissions of new files, octal"},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "file",
    .stage = SIFTD_SINK,
    .version = "1.0",
    .summary = "records as lines of a file, exactly once, with rotation",
    .options = options,
    .instance_size = sizeof(struct file_sink),
    .open = open_sink,
    .close = close_sink,
    .resume = resume,
    .put = put,
    .commit = commit,
    .idle = idle,
    .flush = flush,
};
SIFTD_PLUGIN(plugin)
