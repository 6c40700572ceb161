/* SPDX-License-Identifier: MIT */
#include "journal/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"

enum { PIECE = 1 << 20 };

static int copy_range(int from, uint64_t at, uint64_t len, int to) {
    _cleanup_(freep) char *piece = mem_alloc(PIECE);
    while (len) {
        ssize_t n = pread(from, piece, len < PIECE ? (size_t)len : PIECE, (off_t)at);
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        int r = os_write_all(to, piece, (size_t)n);
        if (r < 0)
            return r;
        at += (uint64_t)n;
        len -= (uint64_t)n;
    }
    return os.fsync(to) < 0 ? -errno : 0;
}

int aside_file(const char *dir, uint64_t number, uint64_t offset, char *path, size_t size) {
    _cleanup_(freep) char *folder = mem_format("%s/torn", dir);
    int r = os_mkdirs(folder, 0750);
    if (r < 0)
        return r;
    for (int i = 0;; i++) {
        if (snprintf(path, size, "%s/%08" PRIu64 "-%" PRIu64 "-%d", folder, number, offset, i) >= (int)size)
            return -ENAMETOOLONG;
        int fd = os.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            return -errno;
    }
}

int aside_copy(const char *dir, uint64_t number, int fd, uint64_t at, uint64_t len, char *path, size_t size) {
    _cleanup_(freep) char *folder = mem_format("%s/torn", dir);
    _cleanup_(closep) int to = aside_file(dir, number, at, path, size);
    int r = to < 0 ? to : copy_range(fd, at, len, to);
    if (r == 0)
        r = os_sync_dir(folder);
    if (r < 0) {
        if (to >= 0)
            os.unlinkat(AT_FDCWD, path, 0);
        path[0] = 0;
    }
    return r;
}
