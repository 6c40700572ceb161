/* SPDX-License-Identifier: MIT */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"

static int real_open(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode);
}

static int real_openat(int dir, const char *path, int flags, mode_t mode) {
    return openat(dir, path, flags, mode);
}

static int real_renameat_noreplace(int from_dir, const char *from, int to_dir, const char *to) {
    return renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE);
}

struct os_calls os = {
    .open = real_open,
    .openat = real_openat,
    .write = write,
    .pwrite = pwrite,
    .fdatasync = fdatasync,
    .fsync = fsync,
    .ftruncate = ftruncate,
    .renameat = renameat,
    .renameat_noreplace = real_renameat_noreplace,
    .unlinkat = unlinkat,
    .linkat = linkat,
    .mkdirat = mkdirat,
    .sendfile = sendfile,
    .fallocate = fallocate,
};

int os_write_all(int fd, const void *data, size_t len) {
    const char *p = data;
    while (len) {
        ssize_t n = os.write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

int os_pwrite_all(int fd, const void *data, size_t len, off_t at) {
    const char *p = data;
    while (len) {
        ssize_t n = os.pwrite(fd, p, len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        p += n;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

/* The folder that a path stands in. */
static char *parent_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? mem_strndup(path, slash == path ? 1 : (size_t)(slash - path)) : mem_strdup(".");
}

/* A new folder that a power cut takes away takes along what was moved into it, synced or not. One that may not be read
 * cannot be synced. */
static int make_folder(const char *path, mode_t mode) {
    if (os.mkdirat(AT_FDCWD, path, mode) < 0)
        return errno == EEXIST ? 0 : -errno;
    _cleanup_(freep) char *parent = parent_of(path);
    int r = os_sync_dir(parent);
    return r == -EACCES || r == -EINVAL ? 0 : r;
}

int os_mkdirs(const char *path, mode_t mode) {
    _cleanup_(freep) char *copy = mem_strdup(path);
    for (char *p = copy + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char rest = *p;
        *p = 0;
        int r = make_folder(copy, mode);
        if (r < 0)
            return r;
        if (!rest)
            break;
        *p = rest;
    }
    struct stat st;
    if (stat(path, &st) < 0)
        return -errno;
    return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int os_sync_dir(const char *path) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || os.fsync(fd) < 0)
        return -errno;
    return 0;
}

int os_replace_file(const char *path, const void *data, size_t len) {
    _cleanup_(freep) char *temporary = mem_format("%s.new", path);
    _cleanup_(freep) char *folder = parent_of(path);
    _cleanup_(closep) int fd = os.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    int r = os_write_all(fd, data, len);
    if (r < 0)
        return r;
    if (os.fsync(fd) < 0 || os.renameat(AT_FDCWD, temporary, AT_FDCWD, path) < 0)
        return -errno;
    return os_sync_dir(folder);
}
