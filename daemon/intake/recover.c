/* SPDX-License-Identifier: MIT */
/*
 * What a crash left in a work folder: claims whose records are committed are finished, the others run again; what is no
 * claim is left alone. There are never more of them than were out at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "intake/inside.h"

/* A work folder being read. */
struct work {
    struct intake *intake;
    int folder;
    const char *place;
    struct watch *own; /* the watched folder that it stands in; NULL for the state's */
};

/* The whole small file as text in buf; false when it cannot be read. */
static bool read_small(int folder, const char *name, char *text, size_t size) {
    _cleanup_(closep) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    if (n <= 0)
        return false;
    text[n] = 0;
    return true;
}

/* A kept file's identity stands in its entry. */
static bool read_entry(int folder, struct intake_doc *doc) {
    char text[160];
    unsigned long long v[5];
    if (!read_small(folder, doc->held, text, sizeof text) ||
        sscanf(text, "%llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4]) != 5)
        return false;
    doc->device = v[0];
    doc->inode = v[1];
    doc->size = v[2];
    doc->mtime = v[3];
    doc->ctime = v[4];
    return true;
}

/* An entry that says nothing lost its text in a power cut, or was never finished: then the file is what it is now. */
static bool read_identity(struct intake *intake, int folder, struct intake_doc *doc) {
    _cleanup_(freep) char *path = watch_path(&intake->watch[doc->watch], doc->name);
    struct stat st;
    if (read_entry(folder, doc))
        return true;
    if (lstat(path, &st) < 0)
        return false;
    doc_identity(doc, &st);
    return true;
}

static void full_name(int folder, struct intake_doc *doc) {
    char sidecar[32], path[8192];
    claim_sidecar_name(doc->claim, sidecar);
    if (strlen(doc->held) < NAME_LONGEST - 2 || !read_small(folder, sidecar, path, sizeof path))
        return;
    free(doc->name);
    doc->name = mem_strdup(path);
    doc->cut = true;
}

static struct watch *claimed_from(struct intake *intake, const struct claim *claim) {
    for (size_t i = 0; i < intake->watches; i++)
        if (claim_folder(intake->watch[i].config->dir) == claim->folder)
            return &intake->watch[i];
    return NULL;
}

/* A work folder's own watched folder may have another path now. */
static struct intake_doc *read_claim(struct work *work, const char *entry) {
    struct buf path = {0};
    struct claim claim = {0};
    int e = claim_decode(entry, &claim, &path);
    _cleanup_(freep) char *name = path.at;
    if (e < 0)
        return NULL;
    struct watch *from = claimed_from(work->intake, &claim);
    if (work->own && from && from != work->own)
        return NULL; /* one folder under two names */
    from = from ? from : work->own;
    if (!from) {
        log_warn(
            "%s/%s was claimed from a watched folder that is no longer in the configuration; it stays there until that "
            "folder is configured again",
            work->place, entry);
        return NULL;
    }
    struct intake_doc *doc = doc_new(from, claim.number, name);
    doc->run = claim.run;
    doc->held = mem_strdup(entry);
    doc->hidden = work->own != NULL;
    doc->kept = claim.kept;
    if (claim.number > work->intake->last_claim)
        work->intake->last_claim = claim.number;
    full_name(work->folder, doc);
    return doc;
}

static void finish_committed(struct intake *intake, struct intake_doc *doc) {
    struct error err;
    log_debug("%s was committed before the restart", doc->name);
    claim_remove_marker(intake, doc);
    if (intake->calls.settle)
        intake->calls.settle(intake->calls.user, intake, doc);
    else if (intake_finish(intake, doc, &err) < 0)
        log_warn("%s", err.text);
    doc_free(doc);
}

static void forget(int folder, struct intake_doc *doc) {
    (void)os.unlinkat(folder, doc->held, 0);
    doc_free(doc);
}

/* A kept file may have been claimed once more while this claim waited; and where files do not stay any longer, a scan
 * claims it in the new way. */
static int is_committed(struct intake *intake, const struct intake_doc *doc) {
    int committed = intake->calls.committed(intake->calls.user, doc);
    if (committed || !doc->kept)
        return committed;
    if (doc->run.more && intake->watch[doc->watch].config->when_done == DONE_KEEP)
        return 0; /* it was seen, and is wanted once more */
    if (intake->watch[doc->watch].config->when_done != DONE_KEEP)
        return 1;
    return intake->calls.seen(intake->calls.user, doc);
}

static int take_up(struct intake *intake, int folder, struct intake_doc *doc, struct error *err) {
    if (doc->kept && !read_identity(intake, folder, doc)) {
        forget(folder, doc);
        return 0;
    }
    int committed = is_committed(intake, doc);
    if (committed < 0) {
        error_set(err, -committed, "%s: the ledger cannot tell whether this claim is committed", doc->held);
        doc_free(doc);
        return committed;
    }
    if (committed) {
        finish_committed(intake, doc);
        return 0;
    }
    claim_remove_marker(intake, doc);
    doc->next = intake->left;
    intake->left = doc;
    return 0;
}

static bool is_leftover_sidecar(const char *name) {
    return strspn(name, "0123456789abcdef") == 16 && strcmp(name + 16, ".name") == 0;
}

static int recover_work(struct work *work, struct error *err) {
    int copy = openat(work->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), e = 0;
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (!stream) {
        e = error_errno(err, errno, "%s cannot be listed", work->place);
        close_fd(copy);
        return e;
    }
    struct dirent *entry;
    while (e == 0 && (entry = readdir(stream))) {
        if (entry->d_name[0] == '.' || is_leftover_sidecar(entry->d_name))
            continue;
        struct intake_doc *doc = read_claim(work, entry->d_name);
        if (doc)
            e = take_up(work->intake, work->folder, doc, err);
    }
    closedir(stream);
    return e;
}

int recover_state(struct intake *intake, struct error *err) {
    _cleanup_(freep) char *place = mem_format("%s/work", intake->config->state_dir);
    return recover_work(&(struct work){intake, intake->work, place, NULL}, err);
}

static bool holds_claims(const struct intake_doc *doc, const struct watch *watch) {
    for (; doc; doc = doc->next)
        if (doc->hidden && doc->watch == watch->index)
            return true;
    return false;
}

static bool same_folder(int a, int b) {
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

int recover_hidden(struct watch *watch, struct error *err) {
    struct intake *intake = watch->intake;
    _cleanup_(freep) char *place = watch_path(watch, ".siftd/work");
    _cleanup_(closep) int work = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (work < 0 || (watch->work >= 0 && same_folder(work, watch->work)))
        return 0;
    if (holds_claims(intake->docs, watch) || holds_claims(intake->left, watch))
        return error_set(err, EBUSY, "%s waits for documents that were claimed before the folder was replaced", place);
    /* Under its old number: a work thread may be syncing it. */
    if (watch->work >= 0 && dup3(work, watch->work, O_CLOEXEC) < 0)
        return error_errno(err, errno, "%s cannot be taken up", place);
    if (watch->work < 0)
        watch->work = take_fd(work);
    return recover_work(&(struct work){intake, watch->work, place, watch}, err);
}

int recover_open(struct intake *intake, struct intake_doc *doc, struct error *err) {
    const struct watch *watch = &intake->watch[doc->watch];
    struct place place = {claim_work_folder(intake, doc), doc->held};
    int e = doc->kept ? watch_reach(watch, doc->name, &place) : 0;
    _cleanup_(closep) int fd =
        e < 0 ? e : openat(place.folder, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st = {0};
    if (e == 0 && (fd < 0 || fstat(fd, &st) < 0))
        e = -errno;
    if (doc->kept && place.name != doc->held)
        place_done(&place);
    if (e == 0 && !S_ISREG(st.st_mode))
        e = -ENOTSUP;
    int lease = e < 0 ? e : ready_lease(watch, fd);
    if (lease == -EAGAIN)
        return -EAGAIN;
    if (e < 0)
        return error_errno(err, -e, "%s, claimed as %s, cannot be opened again; it is left where it is", doc->name,
                           doc->held);
    doc->leased = lease == 0;
    doc_identity(doc, &st);
    doc->fd = take_fd(fd);
    return 0;
}

/* A kept file may have changed or gone since: then a scan will meet what is there now. One that somebody has open is
 * opened when its turn comes. */
static bool open_again(struct intake *intake, struct intake_doc *doc) {
    struct intake_doc before = *doc;
    struct error err;
    int e = recover_open(intake, doc, &err);
    if (e == -EAGAIN && !doc->kept)
        return true;
    if (e == 0 && (!doc->kept || doc_same_file(&before, doc)))
        return true;
    if (!doc->kept)
        log_warn("%s", err.text);
    else
        (void)os.unlinkat(intake->work, doc->held, 0);
    return false;
}

void recover_some(struct intake *intake) {
    while (intake->left && pressure_room(intake)) {
        struct intake_doc *doc = intake->left;
        intake->left = doc->next;
        doc->next = NULL;
        if (open_again(intake, doc))
            pressure_out(intake, doc);
        else
            doc_free(doc);
    }
}

int intake_reopen(struct intake *intake, struct intake_doc *doc, struct error *err) {
    int e = recover_open(intake, doc, err);
    intake->open += e == 0;
    return e;
}

static bool is_known(const struct intake_doc *doc, uint64_t claim) {
    while (doc && doc->claim != claim)
        doc = doc->next;
    return doc != NULL;
}

int intake_take_up(struct intake *intake, const char *held, struct error *err) {
    _cleanup_(freep) char *place = mem_format("%s/work", intake->config->state_dir);
    struct work work = {intake, intake->work, place, NULL};
    uint64_t claim = strtoull(held, NULL, 16);
    if (intake->stopping || is_known(intake->left, claim) || is_known(intake->docs, claim))
        return 0; /* the next one meets it in its work folder; or it is met already */
    struct intake_doc *doc = read_claim(&work, held);
    if (!doc)
        return error_set(err, ENOENT, "%s came from a folder that is not watched", held);
    int e = take_up(intake, intake->work, doc, err);
    pressure_wake(intake);
    return e;
}
