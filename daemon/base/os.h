/* SPDX-License-Identifier: MIT */
/*
 * The calls that change what is on disk, in one table, so that a test can make the Nth of them fail or end the process.
 * Semantics, results and errno are the system's (POSIX.1-2008 and Linux). Reading needs no entry here.
 * `scripts/check calls` finds a call past the table. Tests replace entries in their own process; for the whole program,
 * plugins and SQLite's syncs, tests/fault/shim.c stands beneath it, before the C library. Nothing of this is in the
 * program that is shipped but the table.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct os_calls {
    int (*open)(const char *path, int flags, mode_t mode);
    int (*openat)(int dir, const char *path, int flags, mode_t mode);
    ssize_t (*write)(int fd, const void *data, size_t len);
    ssize_t (*pwrite)(int fd, const void *data, size_t len, off_t at);
    int (*fdatasync)(int fd);
    int (*fsync)(int fd);
    int (*ftruncate)(int fd, off_t size);
    int (*renameat)(int from_dir, const char *from, int to_dir, const char *to);
    int (*renameat_noreplace)(int from_dir, const char *from, int to_dir,
                              const char *to); /* EEXIST when `to` is there */
    int (*unlinkat)(int dir, const char *path, int flags);
    int (*linkat)(int from_dir, const char *from, int to_dir, const char *to, int flags);
    int (*mkdirat)(int dir, const char *path, mode_t mode);
    ssize_t (*sendfile)(int to, int from, off_t *at, size_t len);
    int (*fallocate)(int fd, int mode, off_t at, off_t len);
};

extern struct os_calls os;

/* Writes all of it, going on after short writes and EINTR; 0 or -errno. */
int os_write_all(int fd, const void *data, size_t len);
int os_pwrite_all(int fd, const void *data, size_t len, off_t at);
/* Makes a folder and those above it, safe from a power cut; 0 when it is there already, or -errno. */
int os_mkdirs(const char *path, mode_t mode);
/* Syncs a folder, so that a name made or changed in it survives a power cut; 0 or -errno. */
int os_sync_dir(const char *path);
/* Replaces a small file in one step: temporary name, write, sync, rename, folder sync; 0 or -errno. */
int os_replace_file(const char *path, const void *data, size_t len);
