/* SPDX-License-Identifier: MIT */
/*
 * Is the writer done? The gate every file passes, and the list of those that did not pass yet. The list is bounded: a
 * file that finds no place in it is met again by a scan once the list has drained.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/inside.h"

enum verdict { READY, HELD, UNSETTLED };

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
    return settle_ready_name(name) && (config->include.count == 0 || matches(&config->include, path, name)) &&
           !matches(&config->exclude, path, name);
}

/* One sentence a file, not one a look. The list of whom it was said for is bounded, and so is the log. */
static bool first_complaint(struct watch *watch, const char *path) {
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

/* --- the list ----------------------------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b) {
    const struct waiting *x = a, *y = b;
    if (x->watch != y->watch)
        return x->watch < y->watch ? -1 : 1;
    return strcmp(x->path, y->path);
}

static struct waiting *waiting_find(struct watch *watch, const char *path) {
    struct waiting key = {.watch = watch, .path = (char *)path};
    struct waiting **node = tfind(&key, &watch->intake->waiting_by_path, by_path);
    return node ? *node : NULL;
}

static void waiting_drop(struct waiting *w) {
    struct intake *intake = w->watch->intake;
    tdelete(w, &intake->waiting_by_path, by_path);
    if (w->prev)
        w->prev->next = w->next;
    else
        intake->waiting = w->next;
    if (w->next)
        w->next->prev = w->prev;
    intake->waiting_count--;
    free(w->path);
    free(w);
}

static struct waiting *waiting_new(struct watch *watch, const char *path) {
    struct intake *intake = watch->intake;
    if (intake->waiting_count >= intake->limits.waiting) {
        watch->overflowed = true;
        return NULL;
    }
    struct waiting *w = mem_alloc(sizeof *w);
    *w = (struct waiting){.watch = watch, .path = mem_strdup(path), .next = intake->waiting};
    if (w->next)
        w->next->prev = w;
    intake->waiting = w;
    intake->waiting_count++;
    if (!tsearch(w, &intake->waiting_by_path, by_path))
        abort();
    return w;
}

static void arm(struct intake *intake) {
    uint64_t due = UINT64_MAX, now = uv_now(intake->loop);
    for (struct waiting *w = intake->waiting; w; w = w->next)
        due = w->due < due ? w->due : due;
    if (due == UINT64_MAX)
        uv_timer_stop(&intake->settle);
    else
        uv_timer_start(&intake->settle, settle_on_timer, due > now ? due - now : 1, 0);
}

/* Before every arm() over the whole list: new entries only ever move the timer forward. */
static void arm_for(struct intake *intake, uint64_t due) {
    uint64_t now = uv_now(intake->loop);
    uint64_t in = due > now ? due - now : 1;
    if (!uv_is_active((uv_handle_t *)&intake->settle) || uv_timer_get_due_in(&intake->settle) > in)
        uv_timer_start(&intake->settle, settle_on_timer, in, 0);
}

/* Notes how the file stands now. Without a lease its quiet time begins when it was seen changed; with one, the next
 * look comes soon at first and later and later. */
static void wait_on(struct watch *watch, const char *path, enum verdict verdict, const struct intake_doc *now_is) {
    struct intake *intake = watch->intake;
    struct waiting *w = waiting_find(watch, path);
    uint64_t now = uv_now(intake->loop);
    bool known = w != NULL;
    if (!w && !(w = waiting_new(watch, path)))
        return;
    bool changed = !known || w->size != now_is->size || w->mtime != now_is->mtime || w->ctime != now_is->ctime;
    w->size = now_is->size;
    w->mtime = now_is->mtime;
    w->ctime = now_is->ctime;
    w->held = verdict == HELD;
    if (changed)
        w->since = now;
    if (verdict == HELD) {
        w->delay = w->delay ? w->delay * 2 : SETTLE_FIRST;
        w->delay = w->delay < SETTLE_LONGEST ? w->delay : SETTLE_LONGEST;
        w->due = now + w->delay;
    } else {
        w->due = w->since + (uint64_t)watch->config->quiet;
        if (w->due <= now)
            w->due = now + 1;
    }
    arm_for(intake, w->due);
}

/* --- the gate ----------------------------------------------------------------------------------------------------- */

static int lease(int fd) {
    if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
        return -errno;
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return 0;
}

static uint64_t wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Size and times have stood still for the quiet time: seen by us, or, where file system and clock are of one machine,
 * told by the file's own times. */
static bool quiet_long_enough(struct watch *watch, const struct intake_doc *file) {
    uint64_t quiet = (uint64_t)watch->config->quiet;
    uint64_t last = file->mtime > file->ctime ? file->mtime : file->ctime, now = wall_clock();
    if (!watch->network && last <= now && now - last >= quiet * 1000000)
        return true;
    const struct waiting *w = waiting_find(watch, file->name);
    return w && w->size == file->size && w->mtime == file->mtime && w->ctime == file->ctime &&
           uv_now(watch->intake->loop) - w->since >= quiet;
}

static enum verdict judge(struct watch *watch, int fd, const struct intake_doc *file) {
    int e = watch->network ? -EINVAL : lease(fd);
    if (e == 0)
        return READY;
    if (e == -EAGAIN)
        return HELD;
    watch->by_quiet = true;
    return quiet_long_enough(watch, file) ? READY : UNSETTLED;
}

static void cannot_open(struct watch *watch, const char *path, int code) {
    if (code == EMFILE || code == ENFILE || code == ENOMEM) {
        watch->overflowed = true; /* seen again by a scan, soon */
        arm_for(watch->intake, uv_now(watch->intake->loop) + MISSING_PERIOD);
        if (first_complaint(watch, "/descriptors"))
            log_warn("%s/%s waits: %s; raise the limit of open files if this lasts", watch->config->dir, path,
                     strerror(code));
    } else if (code != ENOENT && code != ELOOP && code != ENXIO && code != ENOTDIR && first_complaint(watch, path)) {
        log_warn("%s/%s cannot be read: %s; it stays there and is tried again", watch->config->dir, path,
                 strerror(code));
    }
    struct waiting *w = waiting_find(watch, path);
    if (w)
        waiting_drop(w);
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

static void look_at_file(struct watch *watch, const char *path, const struct place *place, int *fd,
                         const struct stat *st) {
    struct intake_doc file = {.name = (char *)path, .watch = watch->index, .fd = -1};
    doc_identity(&file, st);
    if (watch->config->when_done == DONE_KEEP && known_file(watch, &file))
        return;
    enum verdict verdict = judge(watch, *fd, &file);
    if (verdict != READY) {
        wait_on(watch, path, verdict, &file);
        return;
    }
    struct waiting *w = waiting_find(watch, path);
    if (w)
        waiting_drop(w);
    struct error err;
    int e = claim_take(watch, path, place, *fd, st, &err);
    if (e == 0)
        *fd = -1;
    else if (e != -ENOENT && first_complaint(watch, path))
        log_warn("%s", err.text);
}

/* Reading would change the file's access time, and write its inode, for nothing; only its owner may spare it that. */
static int open_quietly(struct watch *watch, const struct place *place) {
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = watch->not_owner ? -1 : openat(place->folder, place->name, flags | O_NOATIME);
    if (fd >= 0 || (!watch->not_owner && errno != EPERM))
        return fd;
    watch->not_owner = true;
    return openat(place->folder, place->name, flags);
}

static void look_at(struct watch *watch, const char *path, const struct place *place) {
    _cleanup_(closep) int fd = open_quietly(watch, place);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        cannot_open(watch, path, errno);
        return;
    }
    if (S_ISDIR(st.st_mode)) {
        watch_add(watch, path, &st);
        return;
    }
    if (S_ISREG(st.st_mode) && st.st_size > 0 && settle_wanted(watch->config, path)) {
        look_at_file(watch, path, place, &fd, &st);
        return;
    }
    struct waiting *w = waiting_find(watch, path);
    if (w)
        waiting_drop(w);
}

void settle_look(struct watch *watch, const char *path, const struct place *place) {
    struct place found;
    if (place) {
        look_at(watch, path, place);
        return;
    }
    int e = watch_reach(watch, path, &found);
    if (e < 0) {
        cannot_open(watch, path, -e);
        return;
    }
    look_at(watch, path, &found);
    place_done(&found);
}

void settle_on_timer(uv_timer_t *timer) {
    struct intake *intake = timer->data;
    uint64_t now = uv_now(intake->loop);
    struct waiting *next;
    for (struct waiting *w = intake->waiting; w; w = next) {
        next = w->next;
        if (w->due > now)
            continue;
        if (!pressure_room(intake) || !w->watch->there) {
            w->due = now + SETTLE_LONGEST;
            continue;
        }
        w->due = now + SETTLE_LONGEST;
        _cleanup_(freep) char *path = mem_strdup(w->path); /* the look may end this entry */
        settle_look(w->watch, path, NULL);
    }
    for (size_t i = 0; i < intake->watches; i++) {
        if (intake->watch[i].overflowed && intake->waiting_count < intake->limits.waiting / 2) {
            intake->watch[i].overflowed = false;
            scan_queue_all(&intake->watch[i]);
        }
    }
    arm(intake);
}

void settle_forget_all(struct watch *watch) {
    struct waiting *next;
    for (struct waiting *w = watch->intake->waiting; w; w = next) {
        next = w->next;
        if (w->watch == watch)
            waiting_drop(w);
    }
}
