/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "file.h"

/* A slot is one line of text: "siftd-file 1 SERIAL INODE BIRTH SIZE BEGUN ROTATING [POSITION]", spaces, the check over
 * all before it in 16 hexadecimal digits, a newline. */
enum { SLOT = 512, CHECK_AT = SLOT - 17 };

static void encode(const struct state *state, char slot[SLOT]) {
    char digits[17];
    memset(slot, ' ', SLOT);
    int n = snprintf(slot, CHECK_AT, "siftd-file 1 %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %d [%s]",
                     state->serial, state->inode, state->birth, state->size, state->begun, state->rotating,
                     state->position);
    slot[n] = ' ';
    snprintf(digits, sizeof digits, "%016" PRIx64, (uint64_t)XXH3_64bits(slot, CHECK_AT));
    memcpy(slot + CHECK_AT, digits, 16);
    slot[SLOT - 1] = '\n';
}

static bool decode(const char slot[SLOT], struct state *ret) {
    struct state state = {0};
    char text[SLOT + 1], digits[17];
    int rotating, at = 0;
    snprintf(digits, sizeof digits, "%016" PRIx64, (uint64_t)XXH3_64bits(slot, CHECK_AT));
    if (memcmp(slot + CHECK_AT, digits, 16) != 0)
        return false;
    memcpy(text, slot, CHECK_AT);
    text[CHECK_AT] = 0;
    if (sscanf(text, "siftd-file 1 %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %d [%n", &state.serial,
               &state.inode, &state.birth, &state.size, &state.begun, &rotating, &at) != 6 ||
        at == 0)
        return false;
    const char *end = strrchr(text + at, ']');
    if (!end || end - (text + at) >= SIFTD_POSITION_MAX)
        return false;
    memcpy(state.position, text + at, (size_t)(end - (text + at)));
    state.rotating = rotating;
    *ret = state;
    return true;
}

static int failed(const struct file_sink *self, const char *what) {
    return self->host->error(self->host, "the cursor %s/%s cannot be %s: %s", self->folder, self->cursor_name, what,
                             strerror(errno));
}

/* Writes the state into the slot whose turn it is. */
static int put_slot(struct file_sink *self, int fd) {
    char slot[SLOT];
    self->state.serial++;
    encode(&self->state, slot);
    if (pwrite(fd, slot, SLOT, (off_t)(self->state.serial % 2 * SLOT)) != SLOT)
        return failed(self, "written");
    if (self->sync && fdatasync(fd) < 0)
        return failed(self, "synced");
    return SIFTD_OK;
}

int state_write(struct file_sink *self) {
    return put_slot(self, self->cursor_fd);
}

/* A new cursor appears under its name only when it is whole. */
static int make(struct file_sink *self) {
    char temporary[SIFTD_POSITION_MAX + 64];
    snprintf(temporary, sizeof temporary, "%s.new", self->cursor_name);
    self->cursor_fd = openat(self->folder_fd, temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (self->cursor_fd < 0)
        return failed(self, "made");
    for (int slot = 0; slot < 2; slot++)
        if (put_slot(self, self->cursor_fd) != SIFTD_OK)
            return SIFTD_ERROR;
    if (renameat(self->folder_fd, temporary, self->folder_fd, self->cursor_name) < 0)
        return failed(self, "made");
    return sync_folder(self);
}

static int lock(const struct file_sink *self) {
    if (flock(self->cursor_fd, LOCK_EX | LOCK_NB) < 0)
        return self->host->error(self->host, "another process writes %s; give each sink its own path", self->path);
    return SIFTD_OK;
}

/* Both slots are damaged: the cursor is put aside, and the files themselves have to tell what is out. */
static int replace(struct file_sink *self) {
    char aside[SIFTD_POSITION_MAX + 96];
    snprintf(aside, sizeof aside, "%s.damaged-%lld", self->cursor_name, (long long)time(NULL));
    if (renameat(self->folder_fd, self->cursor_name, self->folder_fd, aside) < 0)
        return failed(self, "put aside");
    self->host->log(self->host, SIFTD_WARNING,
                    "the cursor %s/%s is damaged and was put aside as %s: delivery begins with the oldest document of "
                    "the journal, and lines that are in the files already are not written again",
                    self->folder, self->cursor_name, aside);
    close(self->cursor_fd);
    self->relearn = true;
    return make(self) == SIFTD_OK ? lock(self) : SIFTD_ERROR;
}

static int read_slots(struct file_sink *self) {
    char slot[2][SLOT] = {{0}};
    struct state state[2];
    if (pread(self->cursor_fd, slot, sizeof slot, 0) < 0)
        return failed(self, "read");
    bool first = decode(slot[0], &state[0]), second = decode(slot[1], &state[1]);
    if (!first && !second)
        return replace(self);
    self->state = state[!first || (second && state[1].serial > state[0].serial)];
    return SIFTD_OK;
}

int state_open(struct file_sink *self) {
    self->cursor_fd = openat(self->folder_fd, self->cursor_name, O_RDWR | O_CLOEXEC);
    if (self->cursor_fd < 0 && errno == ENOENT)
        return make(self) == SIFTD_OK ? lock(self) : SIFTD_ERROR;
    if (self->cursor_fd < 0)
        return failed(self, "opened");
    return lock(self) == SIFTD_OK ? read_slots(self) : SIFTD_ERROR;
}
