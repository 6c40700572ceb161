/* SPDX-License-Identifier: MIT */
#include "journal/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"

static void closedirp(DIR **dir) {
    if (*dir)
        closedir(*dir);
}

char *segment_path(const char *dir, uint64_t number) {
    return mem_format("%s/%08" PRIu64 ".seg", dir, number);
}

/* The number in a segment's name; 0 for other names. */
static uint64_t number_of(const char *name) {
    char *end;
    if (*name < '0' || *name > '9')
        return 0;
    uint64_t number = strtoull(name, &end, 10);
    return strcmp(end, ".seg") == 0 ? number : 0;
}

static int by_number(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

int segment_list(const char *dir, struct segment_list *ret, struct error *err) {
    struct segment_list list = {0};
    _cleanup_(closedirp) DIR *folder = opendir(dir);
    if (!folder && errno != ENOENT)
        return error_errno(err, errno, "the journal's folder %s cannot be read", dir);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        uint64_t number = number_of(entry->d_name);
        if (!number)
            continue;
        mem_push(list.number, list.count, list.room);
        list.number[list.count++] = number;
    }
    if (list.count)
        qsort(list.number, list.count, sizeof *list.number, by_number);
    *ret = list;
    return 0;
}

void segment_list_free(struct segment_list *list) {
    free(list->number);
    *list = (struct segment_list){0};
}

int journal_segments(const char *dir, char ***ret_paths, size_t *ret_count, struct error *err) {
    _cleanup_(segment_list_free) struct segment_list list = {0};
    int r = segment_list(dir, &list, err);
    if (r < 0)
        return r;
    char **paths = mem_alloc((list.count + 1) * sizeof *paths);
    for (size_t i = 0; i < list.count; i++)
        paths[i] = segment_path(dir, list.number[i]);
    *ret_paths = paths;
    *ret_count = list.count;
    return 0;
}

uint64_t segment_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The new segment under its temporary name, synced. Returns the descriptor or -errno. */
static int make(const char *temporary, const struct segment_header *header) {
    char bytes[SEGMENT_HEADER];
    segment_header_encode(header, bytes);
    _cleanup_(closep) int fd = os.open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    int r = os_pwrite_all(fd, bytes, sizeof bytes, 0);
    if (r < 0)
        return r;
    return os.fsync(fd) < 0 ? -errno : take_fd(fd);
}

int segment_begin(const char *dir, const struct segment_header *header, int *ret_fd, struct error *err) {
    _cleanup_(freep) char *path = segment_path(dir, header->number);
    _cleanup_(freep) char *temporary = mem_format("%s.new", path);
    _cleanup_(closep) int fd = make(temporary, header);
    int r = fd < 0 ? fd : 0;
    if (r == 0 && os.renameat(AT_FDCWD, temporary, AT_FDCWD, path) < 0)
        r = -errno;
    if (r < 0)
        os.unlinkat(AT_FDCWD, temporary, 0);
    if (r == 0) {
        r = os_sync_dir(dir);
        if (r < 0)
            os.unlinkat(AT_FDCWD, path, 0);
    }
    if (r < 0)
        return error_errno(err, -r, "the journal's segment %s cannot be begun", path);
    *ret_fd = take_fd(fd);
    return 0;
}

int segment_open(const char *path, int flags, int *ret_fd, struct segment_header *ret, struct error *err) {
    char bytes[SEGMENT_HEADER];
    _cleanup_(closep) int fd = os.open(path, flags | O_CLOEXEC, 0);
    if (fd < 0)
        return error_errno(err, errno, "the journal's segment %s cannot be opened", path);
    ssize_t n = pread(fd, bytes, sizeof bytes, 0);
    if (n < 0)
        return error_errno(err, errno, "the journal's segment %s cannot be read", path);
    const char *wrong = n < (ssize_t)sizeof bytes ? "it is shorter than a header" : segment_header_decode(bytes, ret);
    if (wrong)
        return error_set(err, EBADMSG, "the journal's segment %s is damaged at offset 0: %s", path, wrong);
    *ret_fd = take_fd(fd);
    return 0;
}
