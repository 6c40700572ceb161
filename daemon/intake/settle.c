/* SPDX-License-Identifier: MIT */
/*
 * A look at a file: the gate that each passes. What is there is opened without following links, judged by ready.c, and
 * claimed, or noted in waiting.c, or left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/inside.h"

bool settle_ready_name(const char *name) {
    static const char *const temporary[] = {".part", ".filepart", ".tmp", "~"};
    if (name[0] == '.')
        return false;
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof temporary / sizeof *temporary; i++) {
        size_t end = strlen(temporary[i]);
        if (len >= end && strcmp(name + len - end, temporary[i]) == 0)
            return false;
    }
    return true;
}

static bool matches(const struct config_words *patterns, const char *path, const char *name) {
    for (size_t i = 0; i < patterns->count; i++)
        if (fnmatch(patterns->item[i], strchr(patterns->item[i], '/') ? path : name, 0) == 0)
            return true;
    return false;
}

bool settle_wanted(const struct config_watch *config, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    _cleanup_(freep) char *marked = ready_marked(config, name);
    return !marked && settle_ready_name(name) &&
           (config->include.count == 0 || matches(&config->include, path, name)) &&
           !matches(&config->exclude, path, name);
}

/* One sentence a file, not one a look. The list of whom it was said for is bounded, and so is the log. */
bool first_complaint(struct watch *watch, const char *path) {
    uint64_t hash = hash_xxh3(path, strlen(path));
    for (size_t i = 0; i < watch->complaints; i++)
        if (watch->complaint[i] == hash)
            return false;
    if (watch->complaints == COMPLAINTS_MAX)
        return false;
    watch->complaint[watch->complaints++] = hash;
    if (watch->complaints == COMPLAINTS_MAX)
        log_warn("%s holds many files that cannot be taken; further ones are not named here", watch->config->dir);
    return true;
}

/* What kept a file from being taken may be over soon; a scan meets it again. */
static void try_soon(struct watch *watch) {
    watch->overflowed = true;
    watch->not_before = uv_now(watch->intake->loop) + MISSING_PERIOD;
    waiting_arm_for(watch->intake, watch->not_before);
}

static void cannot_open(struct watch *watch, const char *path, int code) {
    const struct verdict unreadable = {.reason = REASON_UNREADABLE, .code = code};
    const struct verdict held = {.reason = REASON_HELD};
    const struct intake_doc unknown = {0};
    if (code == EMFILE || code == ENFILE || code == ENOMEM) {
        try_soon(watch);
        if (first_complaint(watch, "/descriptors"))
            log_warn("%s/%s waits: %s; raise the limit of open files if this lasts", watch->config->dir, path,
                     strerror(code));
    } else if (code == EWOULDBLOCK) { /* another program's write lease */
        waiting_note(watch, path, ARRIVAL_WRITTEN, &held, &unknown);
        return;
    } else if (code != ENOENT && code != ELOOP && code != ENXIO && code != ENOTDIR) {
        if (first_complaint(watch, path))
            log_warn("%s/%s cannot be read: %s; it stays there and is tried again", watch->config->dir, path,
                     strerror(code));
        if (settle_wanted(watch->config, path))
            waiting_note(watch, path, ARRIVAL_FOUND, &unreadable, &unknown);
        return;
    }
    waiting_drop(watch, path);
    if (code == ENOENT)
        watch_forget(watch, path);
}

/* Files that stay in their folder are met again by every scan. */
static bool known_file(struct watch *watch, const struct intake_doc *file) {
    struct intake *intake = watch->intake;
    for (struct intake_doc *d = intake->docs; d; d = d->next)
        if (d->kept && d->watch == watch->index && d->inode == file->inode && strcmp(d->name, file->name) == 0)
            return true;
    for (struct intake_doc *d = watch->refused; d; d = d->next)
        if (doc_same_file(d, file))
            return true;
    int seen = intake->calls.seen(intake->calls.user, file);
    if (seen < 0 && first_complaint(watch, file->name))
        log_warn("%s/%s waits: the ledger cannot tell whether it was read before", watch->config->dir, file->name);
    return seen != 0;
}

static void claim(struct watch *watch, const char *path, const struct place *place, int *fd, bool leased,
                  const struct stat *st) {
    struct error err;
    waiting_drop(watch, path);
    int e = claim_take(watch, path, place, *fd, leased, st, &err);
    if (e == 0)
        *fd = -1;
    if (e == 0 || e == -ENOENT || e == -ESTALE)
        return;
    try_soon(watch);
    if (e != -EBUSY && first_complaint(watch, path))
        log_warn("%s", err.text);
}

static void look_at_file(struct watch *watch, const char *path, const struct place *place, int *fd,
                         const struct stat *st, enum arrival arrival, struct arriving *ret) {
    struct intake_doc file = {.name = (char *)path, .watch = watch->index, .fd = -1};
    struct verdict verdict;
    doc_identity(&file, st);
    if (watch->config->when_done == DONE_KEEP && known_file(watch, &file)) {
        waiting_drop(watch, path);
        return;
    }
    ready_judge(watch, place, *fd, &file, arrival, &verdict);
    if (verdict.reason == REASON_READY || (verdict.reason == REASON_ARRIVING && !ret)) {
        claim(watch, path, place, fd, verdict.leased, st);
    } else if (verdict.reason == REASON_ARRIVING) {
        ret->fd = take_fd(*fd);
        ret->leased = verdict.leased;
        ret->st = *st;
    } else {
        waiting_note(watch, path, arrival, &verdict, &file);
    }
}

/* Reading would change the file's access time, and write its inode, for nothing; only its owner may spare it that. */
static int open_quietly(struct watch *watch, const struct place *place) {
    const int reading = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = watch->not_owner ? -1 : openat(place->folder, place->name, reading | O_NOATIME);
    if (fd >= 0 || (!watch->not_owner && errno != EPERM))
        return fd;
    watch->not_owner = true;
    return openat(place->folder, place->name, reading);
}

static void look_at(struct watch *watch, const char *path, const struct place *place, enum arrival arrival,
                    struct arriving *ret) {
    _cleanup_(closep) int fd = open_quietly(watch, place);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        cannot_open(watch, path, errno);
        return;
    }
    if (S_ISDIR(st.st_mode))
        watch_add(watch, path, &st);
    else if (S_ISREG(st.st_mode) && settle_wanted(watch->config, path))
        look_at_file(watch, path, place, &fd, &st, arrival, ret);
    else
        waiting_drop(watch, path);
}

/* A marker tells of the file beside it. */
static char *meant_by(const struct watch *watch, const char *path) {
    char *marked = ready_marked(watch->config, path);
    return marked ? marked : mem_strdup(path);
}

void settle_look(struct watch *watch, const char *path, const struct place *place, enum arrival arrival,
                 struct arriving *ret) {
    _cleanup_(freep) char *meant = meant_by(watch, path);
    struct place found;
    if (place && strcmp(meant, path) == 0) {
        look_at(watch, meant, place, arrival, ret);
        return;
    }
    int e = watch_reach(watch, meant, &found);
    if (e < 0) {
        cannot_open(watch, meant, -e);
        return;
    }
    look_at(watch, meant, &found, arrival, ret);
    place_done(&found);
}

void settle_take(struct watch *watch, struct arriving *ready) {
    struct place place;
    int e = watch_reach(watch, ready->path, &place);
    if (e < 0) {
        cannot_open(watch, ready->path, -e);
        return;
    }
    claim(watch, ready->path, &place, &ready->fd, ready->leased, &ready->st);
    place_done(&place);
}
