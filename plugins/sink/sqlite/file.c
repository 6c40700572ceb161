/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "sqlite.h"

/* `path` with something before and behind its last part, in the instance's memory. */
static char *beside(const struct sqlite_sink *self, const char *before, const char *behind) {
    const char *slash = strrchr(self->path, '/');
    size_t folder = slash ? (size_t)(slash - self->path) + 1 : 0;
    size_t size = strlen(self->path) + strlen(before) + strlen(behind) + 1;
    char *name = self->host->alloc(self->host, size);
    snprintf(name, size, "%.*s%s%s%s", (int)folder, self->path, before, self->path + folder, behind);
    return name;
}

static int failed(const struct sqlite_sink *self, const char *what) {
    return self->host->error(self->host, "%s cannot be %s: %s", self->path, what, strerror(errno));
}

static int make_folder(const struct sqlite_sink *self) {
    char *folder = beside(self, "", "");
    char *slash = strrchr(folder, '/');
    if (slash && !slash[1])
        return self->host->error(self->host, "path %s is a folder; give it a file name", self->path);
    if (slash && slash != folder && !folder_make(folder, (size_t)(slash - folder)))
        return self->host->error(self->host, "the folder %s cannot be made: %s", folder, strerror(errno));
    return SIFTD_OK;
}

/* One database has one sink. A lock file, because closing another descriptor of the database drops SQLite's locks. */
static int lock(struct sqlite_sink *self) {
    self->lock_fd = open(beside(self, ".", ".lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (self->lock_fd < 0)
        return failed(self, "locked");
    if (flock(self->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return self->host->error(self->host, "another process writes %s; give each sink its own path", self->path);
    return SIFTD_OK;
}

static int sync_folder(const struct sqlite_sink *self) {
    char *folder = beside(self, "", "");
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd >= 0 && fsync(fd) == 0 ? SIFTD_OK : failed(self, "made safe in its folder");
    if (fd >= 0)
        close(fd);
    return r;
}

/* An absent file is made with its permissions; SQLite's files beside it take them over. */
static int make(const struct sqlite_sink *self) {
    unsigned mode;
    if (!folder_read_mode(self->mode, &mode))
        return self->host->error(self->host, "mode %s is no file mode; write three octal digits, e.g. 0640",
                                 self->mode);
    int fd = open(self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? SIFTD_OK : failed(self, "made");
    int r = fchmod(fd, mode) < 0 ? failed(self, "made") : SIFTD_OK;
    close(fd);
    return r == SIFTD_OK && self->sync ? sync_folder(self) : r;
}

static int open_database(struct sqlite_sink *self) {
    if (make(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (sqlite3_open_v2(self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return sqlite_failed(self, "nothing can be read");
    sqlite3_busy_timeout(self->db, (int)self->busy);
    if (sqlite_run(self, "PRAGMA journal_mode = WAL", "write-ahead logging cannot be switched on") != SIFTD_OK)
        return SIFTD_ERROR;
    return sqlite_run(self, self->sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", "nothing is set");
}

static void close_database(struct sqlite_sink *self) {
    sqlite3_close(self->db);
    self->db = NULL;
    self->inside = false;
}

/* Moves the damaged file away, with what SQLite keeps beside it. */
static int put_aside(struct sqlite_sink *self) {
    static const char *const behind[] = {"", "-wal", "-shm"};
    char stamp[32];
    snprintf(stamp, sizeof stamp, ".damaged-%lld", (long long)time(NULL));
    const char *aside = beside(self, "", stamp);
    self->damaged = false;
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        char from[4096], to[4096];
        snprintf(from, sizeof from, "%s%s", self->path, behind[i]);
        snprintf(to, sizeof to, "%s%s", aside, behind[i]);
        if (rename(from, to) < 0 && errno != ENOENT)
            return failed(self, "put aside");
    }
    self->host->log(
        self->host, SIFTD_WARNING,
        "the database %s is damaged: it is put aside as %s, and a new one is begun with the oldest document "
        "of the journal; `sqlite3 %s .recover` shows what the old one still holds",
        self->path, aside, aside);
    return SIFTD_OK;
}

/* Whether it is sound enough to be written. The check reads the pages that all writing needs: header and schema. SQLite
 * only reads a file whose header names a later format. */
static int try_database(struct sqlite_sink *self) {
    if (open_database(self) != SIFTD_OK ||
        sqlite_run(self, "SELECT count(*) FROM sqlite_schema", "the tables cannot be read") != SIFTD_OK)
        return SIFTD_ERROR;
    self->damaged = sqlite3_db_readonly(self->db, "main") == 1 && access(self->path, W_OK) == 0;
    return self->damaged ? self->host->error(self->host, "the header of the database %s is damaged", self->path)
                         : SIFTD_OK;
}

int file_open(struct sqlite_sink *self) {
    if (make_folder(self) != SIFTD_OK || lock(self) != SIFTD_OK)
        return SIFTD_ERROR;
    int r = try_database(self);
    if (r == SIFTD_OK || !self->damaged)
        return r;
    close_database(self);
    return put_aside(self) == SIFTD_OK ? try_database(self) : SIFTD_ERROR;
}

void file_close(struct sqlite_sink *self) {
    if (self->db)
        close_database(self);
    if (self->damaged)
        put_aside(self);
    if (self->lock_fd >= 0)
        close(self->lock_fd);
    self->lock_fd = -1;
}
