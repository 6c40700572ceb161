/* SPDX-License-Identifier: MIT */
/*
 * Is the file whole? What is sure decides first: a marker that was agreed upon, a writer that has it open. Then how it
 * came: who moves or links a file into the folder has finished it, and so has who sets its times or rights after the
 * last write. What is left was written in the folder and closed, perhaps only for now: it has to stand unchanged for a
 * while, a shorter one when its format's own end is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "intake/inside.h"

/* --- markers ------------------------------------------------------------------------------------------------------ */

char *ready_marked(const struct config_watch *config, const char *name) {
    size_t len = strlen(name), end = config->marker ? strlen(config->marker) : 0;
    if (end == 0 || len <= end || strcmp(name + len - end, config->marker) != 0)
        return NULL;
    return mem_strndup(name, len - end);
}

/* One that is older than the file was made for another file of that name. */
static enum reason look_for_marker(const struct watch *watch, const struct place *place,
                                   const struct intake_doc *file) {
    _cleanup_(freep) char *name = mem_format("%s%s", place->name, watch->config->marker);
    struct stat st;
    if (fstatat(place->folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return REASON_NO_MARKER;
    uint64_t made = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
    return made < file->mtime ? REASON_OLD_MARKER : REASON_READY;
}

/* --- leases ------------------------------------------------------------------------------------------------------- */

int ready_lease(const struct watch *watch, int fd) {
    if (watch->network)
        return -EINVAL;
    return fcntl(fd, F_SETLEASE, F_RDLCK) < 0 ? -errno : 0;
}

/* --- times -------------------------------------------------------------------------------------------------------- */

static uint64_t wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Size and times have stood still for `need` ms: seen by us, or, where file system and clock are of one machine, told
 * by the file's own times. */
static bool stood_still(struct watch *watch, const struct intake_doc *file, uint64_t need) {
    uint64_t last = file->mtime > file->ctime ? file->mtime : file->ctime, now = wall_clock();
    if (!watch->network && last <= now && now - last >= need * 1000000)
        return true;
    const struct waiting *w = waiting_find(watch, file->name);
    return w && w->inode == file->inode && w->size == file->size && w->mtime == file->mtime &&
           w->ctime == file->ctime && uv_now(watch->intake->loop) - w->since >= need;
}

/* A write sets both times to one value, a rename or link only that of the inode, and so do chmod(2) and utimensat(2),
 * with which copying programs end. */
static bool was_finished(const struct watch *watch, const struct intake_doc *file, enum arrival arrival) {
    if (arrival == ARRIVAL_MOVED || arrival == ARRIVAL_NEW)
        return true;
    if (arrival == ARRIVAL_FOUND && watch->first_scan)
        return true;
    return file->ctime > file->mtime;
}

/* --- the verdict -------------------------------------------------------------------------------------------------- */

static unsigned times_reopened(struct watch *watch, const struct intake_doc *file) {
    const struct waiting *w = waiting_find(watch, file->name);
    unsigned times = w && w->inode == file->inode ? w->reopened : 0;
    return times < REOPENED_MAX ? times : REOPENED_MAX;
}

/* What a file that was written here has to show. */
static void judge_written(struct watch *watch, int fd, const struct intake_doc *file, struct verdict *ret) {
    const struct config_watch *config = watch->config;
    uint64_t quiet = (uint64_t)config->quiet, settle = (uint64_t)config->settle;
    unsigned again = times_reopened(watch, file);
    ret->reason = REASON_SETTLING;
    ret->need = quiet;
    if (!stood_still(watch, file, quiet))
        return;
    struct ending ending = ends_read(fd, file->size);
    ret->what = ending.what;
    if (ending.end == END_MISSING) {
        ret->reason = REASON_UNFINISHED;
        ret->need = settle * UNFINISHED_TIMES;
    } else if (ending.end == END_UNKNOWN || (ending.end == END_HINT && again)) {
        ret->need = settle << again;
    } else {
        ret->need = quiet << again;
    }
}

/* The lease is held on return when it is ready. */
static void judge_unheld(struct watch *watch, int fd, const struct intake_doc *file, enum arrival arrival,
                         struct verdict *ret) {
    const struct config_watch *config = watch->config;
    bool sure = config->marker || config->settle == 0;
    if (sure || was_finished(watch, file, arrival)) {
        ret->reason = REASON_QUIET;
        ret->need = ret->leased ? 0 : (uint64_t)config->quiet;
    } else {
        judge_written(watch, fd, file, ret);
    }
    if (ret->need && !stood_still(watch, file, ret->need))
        return;
    /* Written and closed between its event and this look? Its next events, which are on their way, tell. */
    bool unsure = !sure && ret->leased && arrival == ARRIVAL_NEW && file->ctime <= file->mtime;
    ret->reason = unsure ? REASON_ARRIVING : REASON_READY;
}

void ready_judge(struct watch *watch, const struct place *place, int fd, const struct intake_doc *file,
                 enum arrival arrival, struct verdict *ret) {
    *ret = (struct verdict){.reason = REASON_EMPTY};
    if (file->size == 0)
        return;
    if (watch->config->marker && (ret->reason = look_for_marker(watch, place, file)))
        return;
    int e = ready_lease(watch, fd);
    ret->reason = REASON_HELD;
    if (e == -EAGAIN)
        return;
    ret->leased = e == 0;
    watch->by_quiet |= e < 0;
    judge_unheld(watch, fd, file, arrival, ret);
    if (ret->leased && ret->reason != REASON_READY && ret->reason != REASON_ARRIVING) {
        fcntl(fd, F_SETLEASE, F_UNLCK);
        ret->leased = false;
    }
}

void ready_sentence(const struct config_watch *config, const struct verdict *verdict, char *text, size_t size) {
    static const char *const words[] = {
        [REASON_READY] = "it is ready",
        [REASON_ARRIVING] = "it is just arriving",
        [REASON_HELD] = "a program has it open for writing",
        [REASON_SETTLING] = "it was written in the folder and may go on",
        [REASON_QUIET] = "the system cannot tell whether its writer is done, and it changed a short time ago",
        [REASON_EMPTY] = "it is empty",
    };
    if (verdict->reason == REASON_UNFINISHED)
        snprintf(text, size, "%s is missing", verdict->what);
    else if (verdict->reason == REASON_NO_MARKER)
        snprintf(text, size, "its marker (%s behind its name) is not there", config->marker);
    else if (verdict->reason == REASON_OLD_MARKER)
        snprintf(text, size, "its marker (%s behind its name) is older than the file", config->marker);
    else if (verdict->reason == REASON_UNREADABLE)
        snprintf(text, size, "it cannot be read: %s", strerror(verdict->code));
    else
        snprintf(text, size, "%s", words[verdict->reason]);
}
