/* SPDX-License-Identifier: MIT */
/* Where a file goes when it is done with. May run in a work thread: touches nothing of intake but what never changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "intake/inside.h"

/* Not every file system has RENAME_NOREPLACE; between the look and the rename another program could still take the
 * name. */
static int rename_to_free(int from, const char *entry, const char *to) {
    if (os.renameat_noreplace(from, entry, AT_FDCWD, to) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    if (faccessat(AT_FDCWD, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return -EEXIST;
    return os.renameat(from, entry, AT_FDCWD, to) < 0 ? -errno : 0;
}

static int make_parent(const char *path) {
    _cleanup_(freep) char *folder = mem_strdup(path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return 0;
    *slash = 0;
    return os_mkdirs(folder, 0750);
}

/* The path with a number behind its name, which is cut (between two characters) where it would grow too long. */
static char *number_path(const char *path, unsigned number) {
    char suffix[16];
    const char *name = strrchr(path, '/') + 1;
    size_t room = NAME_LONGEST - (size_t)snprintf(suffix, sizeof suffix, ".%u", number), len = strlen(name);
    if (len > room)
        for (len = room; len > 1 && ((unsigned char)name[len] & 0xC0) == 0x80;)
            len--;
    return mem_format("%.*s%s", (int)((size_t)(name - path) + len), path, suffix);
}

static bool taken(const char *path, unsigned number) {
    _cleanup_(freep) char *numbered = number_path(path, number);
    return faccessat(AT_FDCWD, numbered, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The first free number, by doubling and halving: one name may come ten thousand times. Gaps do no harm. */
static unsigned free_number(const char *path) {
    unsigned low = 0, high = 1;
    while (high < 1u << 30 && taken(path, high)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;
        if (taken(path, middle))
            low = middle;
        else
            high = middle;
    }
    return high;
}

static int rename_numbered(int from, const char *entry, const char *to) {
    int e = rename_to_free(from, entry, to);
    if (e == -ENOENT && make_parent(to) == 0)
        e = rename_to_free(from, entry, to);
    while (e == -EEXIST) {
        _cleanup_(freep) char *numbered = number_path(to, free_number(to));
        e = rename_to_free(from, entry, numbered);
    }
    return e;
}

static int copy_content(int from, int to) {
    for (;;) {
        ssize_t n = os.sendfile(to, from, NULL, 1 << 20);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
    }
}

/* To another file system: a copy under a hidden name, synced, then the rename; the original goes last. */
static int copy_over(int from, const char *entry, const char *to, uint64_t claim) {
    _cleanup_(freep) char *folder = mem_strdup(to);
    *strrchr(folder, '/') = 0;
    _cleanup_(freep) char *temporary = mem_format("%s/.siftd-%016llx", folder, (unsigned long long)claim);
    _cleanup_(closep) int source = openat(from, entry, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (source < 0)
        return -errno;
    int e = make_parent(to);
    if (e < 0)
        return e;
    _cleanup_(closep) int copy = os.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (copy < 0)
        return -errno;
    e = copy_content(source, copy);
    if (e == 0 && os.fsync(copy) < 0)
        e = -errno;
    if (e == 0)
        e = rename_numbered(AT_FDCWD, temporary, to);
    if (e < 0) {
        (void)os.unlinkat(AT_FDCWD, temporary, 0);
        return e;
    }
    e = os_sync_dir(folder);
    if (e == 0 && os.unlinkat(from, entry, 0) < 0)
        e = -errno;
    return e;
}

int finish_move(int from, const char *entry, const char *to, uint64_t claim) {
    int e = rename_numbered(from, entry, to);
    return e == -EXDEV ? copy_over(from, entry, to, claim) : e;
}

static void drop_sidecar(int folder, const struct intake_doc *doc) {
    char sidecar[32];
    claim_sidecar_name(doc->claim, sidecar);
    if (doc->cut)
        (void)os.unlinkat(folder, sidecar, 0);
}

/* Where the file goes; NULL: it is removed, or (kept) only its claim is. A file that was claimed by a rename before the
 * folder was configured to keep its files must not be removed, nor be seen as a new one. */
static char *done_path(const struct intake *intake, const struct intake_doc *doc) {
    const struct config_watch *config = &intake->config->watch[doc->watch];
    if (doc->kept || config->when_done == DONE_DELETE)
        return NULL;
    if (config->when_done == DONE_MOVE)
        return mem_format("%s/%s", config->done_dir, doc->name);
    return mem_format("%s/done/%s", intake->config->state_dir, doc->name);
}

int intake_finish(struct intake *intake, struct intake_doc *doc, struct error *err) {
    int folder = claim_work_folder(intake, doc), e = 0;
    _cleanup_(freep) char *to = done_path(intake, doc);
    if (to) {
        e = finish_move(folder, doc->held, to, doc->claim);
        if (e < 0)
            error_errno(
                err, -e,
                "%s is committed, but cannot be moved to %s; it stays in the work folder as %s until the next start",
                doc->name, to, doc->held);
    } else if (os.unlinkat(folder, doc->held, 0) < 0 && errno != ENOENT) {
        e = error_errno(err, errno, "%s is committed, but its claim %s cannot be removed", doc->name, doc->held);
    }
    if (e == 0)
        drop_sidecar(folder, doc);
    return e;
}

int intake_put_aside(struct intake *intake, struct intake_doc *doc, const char *dir, struct error *err) {
    int folder = claim_work_folder(intake, doc);
    _cleanup_(freep) char *to = mem_format("%s/%s", dir, doc->held);
    int e = finish_move(folder, doc->held, to, doc->claim);
    if (e < 0)
        return error_errno(err, -e,
                           "%s cannot be moved to %s; it stays in the work folder and runs again at the next start",
                           doc->name, dir);
    drop_sidecar(folder, doc);
    return 0;
}

int intake_sync(struct intake *intake, uint64_t watches, struct error *err) {
    if (os.fsync(intake->work) < 0)
        return error_errno(err, errno, "%s/work cannot be synced", intake->config->state_dir);
    for (size_t i = 0; i < intake->watches; i++) {
        const struct watch *watch = &intake->watch[i];
        if (watches >> (i < 63 ? i : 63) & 1 && watch->work >= 0 && os.fsync(watch->work) < 0)
            return error_errno(err, errno, "%s/.siftd/work cannot be synced", watch->config->dir);
    }
    return 0;
}
