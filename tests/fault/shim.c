/* SPDX-License-Identifier: MIT */
/*
 * A library to preload: the Nth state-changing system call of one process of siftd fails, is cut short, or ends the
 * process. It stands between every process (daemon, children, plugins, SQLite) and the C library, so that no call
 * escapes the sweep.
 *
 *     SIFTD_SHIM=ROLE:N:ACTION
 *         ROLE    first argument of the process (run, worker, sink), or * for any
 *         N       which call of that process, from 1; calls on regular files and names count
 *         ACTION  kill (before the call), after (kill after it), short (half a write, then go on), an errno's number
 *                 (the call fails once), or on=ERRNO (it and all after it fail)
 *     SIFTD_SHIM_FIRED=FILE  gets a byte when the Nth call is reached; with a byte in it, only on=ERRNO strikes again
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
    bool armed, lasting, shorten, after;
    long at, count;
    int error, fired;
} shim;

static bool my_role(const char *role, size_t len) {
    char line[4096];
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0 || !strstr(line, "siftd"))
        return false;
    line[n] = 0;
    const char *word = line + strlen(line) + 1;
    return role[0] == '*' || (word < line + n && strncmp(word, role, len) == 0 && strlen(word) == len);
}

__attribute__((constructor)) static void begin(void) {
    const char *spec = getenv("SIFTD_SHIM"), *first = spec ? strchr(spec, ':') : NULL;
    const char *second = first ? strchr(first + 1, ':') : NULL;
    if (!second || !my_role(spec, (size_t)(first - spec)))
        return;
    const char *action = second + 1;
    shim.at = strtol(first + 1, NULL, 10);
    shim.shorten = strcmp(action, "short") == 0;
    shim.after = strcmp(action, "after") == 0;
    shim.lasting = strncmp(action, "on=", 3) == 0;
    shim.error = (int)strtol(shim.lasting ? action + 3 : action, NULL, 10);
    /* Opened now: a worker opens no path later. */
    const char *fired = getenv("SIFTD_SHIM_FIRED");
    shim.fired = fired ? (int)syscall(SYS_openat, AT_FDCWD, fired, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    /* Once it has struck, a process that is started again meets no fault. */
    struct stat st;
    shim.armed = shim.lasting || shim.fired < 0 || (fstat(shim.fired, &st) == 0 && st.st_size == 0);
}

static void tell(void) {
    if (shim.fired >= 0)
        syscall(SYS_write, shim.fired, "1", 1);
}

enum verdict { GO_ON, FAIL, SHORTEN, THEN_DIE };

static enum verdict strike(void) {
    if (!shim.armed)
        return GO_ON;
    long now = __atomic_add_fetch(&shim.count, 1, __ATOMIC_RELAXED);
    if (now != shim.at && !(shim.lasting && now > shim.at))
        return GO_ON;
    tell();
    if (shim.shorten)
        return SHORTEN;
    if (shim.after)
        return THEN_DIE;
    if (shim.error == 0)
        kill(getpid(), SIGKILL);
    errno = shim.error;
    return FAIL;
}

static bool is_file(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The result of a call that may be the last. */
static long last(enum verdict verdict, long result) {
    if (verdict == THEN_DIE)
        kill(getpid(), SIGKILL);
    return result;
}

#define WRAP(type, name, applies, parameters, arguments)                                                               \
    type name parameters {                                                                                             \
        static __typeof__(&name) real;                                                                                 \
        if (!real)                                                                                                     \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        enum verdict verdict = (applies) ? strike() : GO_ON;                                                           \
        return verdict == FAIL ? -1 : (type)last(verdict, (long)real arguments);                                       \
    }

#define WRAP_WRITE(name, parameters, arguments, half)                                                                  \
    ssize_t name parameters {                                                                                          \
        static __typeof__(&name) real;                                                                                 \
        if (!real)                                                                                                     \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        enum verdict verdict = is_file(fd) ? strike() : GO_ON;                                                         \
        if (verdict == FAIL)                                                                                           \
            return -1;                                                                                                 \
        if (verdict == SHORTEN && len > 1)                                                                             \
            return real half;                                                                                          \
        return (ssize_t)last(verdict, (long)real arguments);                                                           \
    }

WRAP_WRITE(write, (int fd, const void *at, size_t len), (fd, at, len), (fd, at, len / 2))
WRAP_WRITE(pwrite, (int fd, const void *at, size_t len, off_t offset), (fd, at, len, offset), (fd, at, len / 2, offset))
WRAP_WRITE(pwrite64, (int fd, const void *at, size_t len, off64_t offset), (fd, at, len, offset),
           (fd, at, len / 2, offset))
WRAP(ssize_t, writev, is_file(fd), (int fd, const struct iovec *part, int parts), (fd, part, parts))
WRAP(ssize_t, pwritev, is_file(fd), (int fd, const struct iovec *part, int parts, off_t at), (fd, part, parts, at))
WRAP(ssize_t, copy_file_range, true, (int from, off64_t *a, int to, off64_t *b, size_t len, unsigned flags),
     (from, a, to, b, len, flags))
WRAP(ssize_t, sendfile, is_file(to), (int to, int from, off_t *at, size_t len), (to, from, at, len))
WRAP(ssize_t, sendfile64, is_file(to), (int to, int from, off64_t *at, size_t len), (to, from, at, len))
WRAP(int, fallocate, true, (int fd, int mode, off_t at, off_t len), (fd, mode, at, len))
WRAP(int, fsync, true, (int fd), (fd))
WRAP(int, fdatasync, true, (int fd), (fd))
WRAP(int, ftruncate, true, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, true, (int fd, off64_t size), (fd, size))
WRAP(int, rename, true, (const char *from, const char *to), (from, to))
WRAP(int, renameat, true, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(int, renameat2, true, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags))
WRAP(int, unlink, true, (const char *path), (path))
WRAP(int, unlinkat, true, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(int, link, true, (const char *from, const char *to), (from, to))
WRAP(int, linkat, true, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
WRAP(int, mkdir, true, (const char *path, mode_t mode), (path, mode))
WRAP(int, mkdirat, true, (int dir, const char *path, mode_t mode), (dir, path, mode))

#define CHANGES (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR)

#define WRAP_OPEN(name, first, at)                                                                                     \
    int name first {                                                                                                   \
        static __typeof__(&name) real;                                                                                 \
        mode_t mode = 0;                                                                                               \
        if (!real)                                                                                                     \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        enum verdict verdict = flags & CHANGES ? strike() : GO_ON;                                                     \
        return verdict == FAIL ? -1 : (int)last(verdict, real at);                                                     \
    }

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode))
WRAP_OPEN(openat64, (int dir, const char *path, int flags, ...), (dir, path, flags, mode))
