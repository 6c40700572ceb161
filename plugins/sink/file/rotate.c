/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "memory.h"

static const char STAMP[] = "00000000-000000.000"; /* the form of the time in a rotated file's name; 0 is any digit */

enum { STAMP_LEN = sizeof STAMP - 1, NAME_ROOM = 512 };

uint64_t wall_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool rotate_due(const struct file_sink *self) {
    uint64_t period = self->rotate_every[0] == 'h' ? 3600000 : self->rotate_every[0] == 'd' ? 86400000 : 0;
    return period && self->size && self->state.begun / period != wall_clock() / period;
}

/* "records.jsonl" is "records" and ".jsonl". */
static size_t stem_length(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && dot != name ? (size_t)(dot - name) : strlen(name);
}

/* records-20260131-235959.123.jsonl: the time of its first line, UTC. */
static void rotated_name(const struct file_sink *self, uint64_t begun, char name[NAME_ROOM]) {
    size_t stem = stem_length(self->name);
    time_t seconds = (time_t)(begun / 1000);
    struct tm parts;
    char stamp[32];
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", gmtime_r(&seconds, &parts));
    snprintf(name, NAME_ROOM, "%.*s-%s.%03u%s", (int)stem, self->name, stamp, (unsigned)(begun % 1000),
             self->name + stem);
}

static bool is_rotated(const struct file_sink *self, const char *name) {
    size_t stem = stem_length(self->name), len = strlen(name);
    if (len != strlen(self->name) + 1 + STAMP_LEN || strncmp(name, self->name, stem) != 0 || name[stem] != '-' ||
        strcmp(name + stem + 1 + STAMP_LEN, self->name + stem) != 0)
        return false;
    for (size_t i = 0; i < STAMP_LEN; i++) {
        char c = name[stem + 1 + i];
        if (STAMP[i] == '0' ? c < '0' || c > '9' : c != STAMP[i])
            return false;
    }
    return true;
}

/* Gives the file its rotated name; a name that is taken is passed over by a millisecond. */
static int rename_current(struct file_sink *self) {
    char name[NAME_ROOM];
    for (uint64_t begun = self->state.begun;; begun++) {
        rotated_name(self, begun, name);
        if (renameat2(self->folder_fd, self->name, self->folder_fd, name, RENAME_NOREPLACE) == 0)
            return sync_folder(self);
        if (errno != EEXIST)
            return self->host->error(self->host, "%s cannot be renamed to %s: %s", self->path, name, strerror(errno));
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **rotate_list(const struct file_sink *self, size_t *ret_count) {
    char **names = NULL;
    size_t count = 0;
    int fd = openat(self->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (!is_rotated(self, entry->d_name))
            continue;
        char **more = realloc(names, (count + 1) * sizeof *names);
        char *name = strdup(entry->d_name);
        if (!more || !name)
            out_of_memory();
        names = more;
        names[count++] = name;
    }
    if (folder)
        closedir(folder);
    else if (fd >= 0)
        close(fd);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    *ret_count = count;
    return names;
}

/* Removes the oldest rotated files beyond `keep`. One that stays is tried again after the next rotation. */
static void prune(struct file_sink *self) {
    size_t count;
    if (self->keep == 0)
        return;
    char **names = rotate_list(self, &count);
    for (size_t i = 0; i < count; i++) {
        if (i + (size_t)self->keep < count && unlinkat(self->folder_fd, names[i], 0) < 0)
            self->host->log(self->host, SIFTD_WARNING, "the rotated file %s/%s cannot be removed: %s", self->folder,
                            names[i], strerror(errno));
        free(names[i]);
    }
    free(names);
}

int rotate(struct file_sink *self) {
    self->rotate_wanted = false;
    self->state.rotating = true;
    if (state_write(self) != SIFTD_OK || rename_current(self) != SIFTD_OK || current_create(self) != SIFTD_OK)
        return SIFTD_ERROR;
    prune(self);
    return SIFTD_OK;
}
