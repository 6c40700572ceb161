/* SPDX-License-Identifier: MIT */
/*
 * A library to preload: every call of siftd's processes that changes files below a folder is noted, in order, with its
 * data. tests/fault/powercut plays the notes back up to any point and leaves out what was not synced there.
 *
 *     SIFTD_RECORD=FILE:FOLDER   notes go to FILE (appended, one write a note); only what lies below FOLDER
 *
 * A note is made after its call has returned and before its caller goes on. So of two calls of which one waited for the
 * other, the notes stand in their order. The commit mark is a store into mapped memory: when it has changed, that is
 * noted in front of the next call's note.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, MARK = 64 };

/* As powercut reads it. */
struct note {
    char kind; /* C created, T cut, W written, S synced, D folder synced, M folder made, R renamed, U unlinked, L linked
                */
    char zero[3];
    uint32_t from, to, data; /* lengths of what follows: a path, a second path, bytes */
    uint64_t inode, at;
};

static struct {
    int log, mark;
    dev_t device;
    char folder[PATH_ROOM], last_mark[MARK];
    pthread_mutex_t lock;
} record = {.log = -1, .mark = -1, .lock = PTHREAD_MUTEX_INITIALIZER};

__attribute__((constructor)) static void begin(void) {
    const char *spec = getenv("SIFTD_RECORD"), *colon = spec ? strchr(spec, ':') : NULL;
    char path[PATH_ROOM];
    struct stat st;
    if (!colon || snprintf(path, sizeof path, "%.*s", (int)(colon - spec), spec) >= (int)sizeof path ||
        stat(colon + 1, &st) < 0)
        return;
    snprintf(record.folder, sizeof record.folder, "%s/", colon + 1);
    record.device = st.st_dev;
    record.log = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void append(const struct note *note, const char *from, const char *to, const void *data) {
    const struct iovec part[] = {
        {(void *)note, sizeof *note}, {(void *)from, note->from}, {(void *)to, note->to}, {(void *)data, note->data}};
    if (syscall(SYS_writev, record.log, part, 4) < 0)
        abort();
}

static void note_mark(void) {
    char now[MARK];
    struct stat st;
    if (record.mark < 0 || syscall(SYS_pread64, record.mark, now, sizeof now, 0) != MARK ||
        memcmp(now, record.last_mark, MARK) == 0 || fstat(record.mark, &st) < 0)
        return;
    memcpy(record.last_mark, now, MARK);
    append(&(struct note){.kind = 'W', .data = MARK, .inode = st.st_ino}, NULL, NULL, now);
}

static void add(char kind, uint64_t inode, uint64_t at, const char *from, const char *to, const void *data,
                size_t len) {
    int saved = errno;
    struct note note = {.kind = kind, .inode = inode, .at = at, .data = (uint32_t)len};
    note.from = from ? (uint32_t)strlen(from) : 0;
    note.to = to ? (uint32_t)strlen(to) : 0;
    pthread_mutex_lock(&record.lock);
    note_mark();
    append(&note, from, to, data);
    pthread_mutex_unlock(&record.lock);
    errno = saved;
}

/* The path below the folder; false when it is elsewhere, or nothing is recorded. */
static bool below(int dir, const char *path, char out[PATH_ROOM]) {
    char link[64], base[PATH_ROOM] = "";
    if (record.log < 0)
        return false;
    if (path[0] != '/') {
        snprintf(link, sizeof link, dir == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", dir);
        ssize_t n = readlink(link, base, sizeof base - 2);
        if (n < 0)
            return false;
        base[n] = '/';
    }
    char whole[2 * PATH_ROOM];
    snprintf(whole, sizeof whole, "%s%s", base, path);
    size_t len = strlen(record.folder);
    if (strncmp(whole, record.folder, len) != 0)
        return false;
    snprintf(out, PATH_ROOM, "%s", whole + len);
    return true;
}

static bool is_ours(int fd, struct stat *st) {
    return record.log >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_dev == record.device;
}

#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (!real)                                                                                                         \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

/* `done` bytes are in the file, the last of them in front of `end`. */
static void wrote(int fd, const void *data, ssize_t done, off_t end) {
    struct stat st;
    if (done > 0 && is_ours(fd, &st))
        add('W', st.st_ino, (uint64_t)(end - done), NULL, NULL, data, (size_t)done);
}

#define WRITE(name, parameters, arguments, data, end)                                                                  \
    ssize_t name parameters {                                                                                          \
        REAL(name);                                                                                                    \
        ssize_t done = real arguments;                                                                                 \
        if (done > 0)                                                                                                  \
            wrote(fd, data, done, end);                                                                                \
        return done;                                                                                                   \
    }

WRITE(write, (int fd, const void *at, size_t len), (fd, at, len), at, lseek(fd, 0, SEEK_CUR))
WRITE(pwrite, (int fd, const void *at, size_t len, off_t offset), (fd, at, len, offset), at, offset + done)
WRITE(pwrite64, (int fd, const void *at, size_t len, off64_t offset), (fd, at, len, offset), at, offset + done)

ssize_t writev(int fd, const struct iovec *part, int parts) {
    REAL(writev);
    ssize_t done = real(fd, part, parts), left = done;
    for (int i = 0; i < parts && left > 0; i++) {
        ssize_t some = (ssize_t)part[i].iov_len < left ? (ssize_t)part[i].iov_len : left;
        wrote(fd, part[i].iov_base, some, lseek(fd, 0, SEEK_CUR) - (left - some));
        left -= some;
    }
    return done;
}

/* What a copying call has put into a file is read back. */
static void copied(int to, ssize_t done, off_t end) {
    char link[64], *data = done > 0 ? malloc((size_t)done) : NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", to);
    int fd = data ? (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && pread(fd, data, (size_t)done, end - done) == done)
        wrote(to, data, done, end);
    if (fd >= 0)
        close(fd);
    free(data);
}

#define COPY(name, parameters, arguments)                                                                              \
    ssize_t name parameters {                                                                                          \
        REAL(name);                                                                                                    \
        ssize_t done = real arguments;                                                                                 \
        struct stat st;                                                                                                \
        if (done > 0 && is_ours(to, &st))                                                                              \
            copied(to, done, lseek(to, 0, SEEK_CUR));                                                                  \
        return done;                                                                                                   \
    }

COPY(sendfile, (int to, int from, off_t *at, size_t len), (to, from, at, len))
COPY(sendfile64, (int to, int from, off64_t *at, size_t len), (to, from, at, len))

static int synced(int fd, int result) {
    struct stat st;
    char link[64], path[PATH_ROOM], inside[PATH_ROOM];
    if (result < 0 || record.log < 0 || fstat(fd, &st) < 0)
        return result;
    if (S_ISREG(st.st_mode) && st.st_dev == record.device)
        add('S', st.st_ino, 0, NULL, NULL, NULL, 0);
    if (!S_ISDIR(st.st_mode))
        return result;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 2);
    if (n > 0) {
        memcpy(path + n, "/", 2);
        if (below(AT_FDCWD, path, inside))
            add('D', 0, 0, inside, NULL, NULL, 0);
    }
    return result;
}

#define SYNC(name)                                                                                                     \
    int name(int fd) {                                                                                                 \
        REAL(name);                                                                                                    \
        return synced(fd, real(fd));                                                                                   \
    }

SYNC(fsync)
SYNC(fdatasync)

#define CUT(name, type)                                                                                                \
    int name(int fd, type size) {                                                                                      \
        REAL(name);                                                                                                    \
        int result = real(fd, size);                                                                                   \
        struct stat st;                                                                                                \
        if (result == 0 && is_ours(fd, &st))                                                                           \
            add('T', st.st_ino, (uint64_t)size, NULL, NULL, NULL, 0);                                                  \
        return result;                                                                                                 \
    }

CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)

/* A call that changes names: both paths are looked up before it. */
#define NAMES(kind, name, parameters, arguments, from_dir, from, to_dir, to)                                           \
    int name parameters {                                                                                              \
        REAL(name);                                                                                                    \
        char first[PATH_ROOM] = "", second[PATH_ROOM] = "";                                                            \
        bool ours = below(from_dir, from, first);                                                                      \
        ours = below(to_dir, to, second) && ours;                                                                      \
        int result = real arguments;                                                                                   \
        if (result == 0 && ours)                                                                                       \
            add(kind, 0, 0, first, second, NULL, 0);                                                                   \
        return result;                                                                                                 \
    }

NAMES('R', rename, (const char *from, const char *to), (from, to), AT_FDCWD, from, AT_FDCWD, to)
NAMES('R', renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), a, from, b, to)
NAMES('R', renameat2, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags), a,
      from, b, to)
NAMES('L', link, (const char *from, const char *to), (from, to), AT_FDCWD, from, AT_FDCWD, to)
NAMES('L', linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags), a, from, b, to)
NAMES('U', unlink, (const char *path), (path), AT_FDCWD, path, AT_FDCWD, path)
NAMES('U', unlinkat, (int dir, const char *path, int flags), (dir, path, flags), dir, path, dir, path)
NAMES('M', mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path, AT_FDCWD, path)
NAMES('M', mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode), dir, path, dir, path)

static int opened(int dir, const char *path, int flags, bool was_there, int fd) {
    struct stat st;
    char inside[PATH_ROOM];
    if (fd < 0 || !is_ours(fd, &st) || (flags & O_TMPFILE) == O_TMPFILE || !below(dir, path, inside))
        return fd;
    if (!was_there)
        add('C', st.st_ino, 0, inside, NULL, NULL, 0);
    else if (flags & O_TRUNC)
        add('T', st.st_ino, 0, NULL, NULL, NULL, 0);
    size_t len = strlen(inside);
    if (record.mark < 0 && (flags & O_RDWR) && len > 14 && strcmp(inside + len - 14, "journal/commit") == 0)
        record.mark = (int)syscall(SYS_openat, dir, path, O_RDONLY | O_CLOEXEC);
    return fd;
}

#define OPEN(name, parameters, dir, arguments)                                                                         \
    int name parameters {                                                                                              \
        REAL(name);                                                                                                    \
        mode_t mode = 0;                                                                                               \
        struct stat before;                                                                                            \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        if (!(flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR)))                                                        \
            return real arguments;                                                                                     \
        bool was_there = record.log >= 0 && fstatat(dir, path, &before, AT_SYMLINK_NOFOLLOW) == 0;                     \
        return opened(dir, path, flags, was_there, real arguments);                                                    \
    }

OPEN(open, (const char *path, int flags, ...), AT_FDCWD, (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD, (path, flags, mode))
OPEN(openat, (int dir, const char *path, int flags, ...), dir, (dir, path, flags, mode))
OPEN(openat64, (int dir, const char *path, int flags, ...), dir, (dir, path, flags, mode))
