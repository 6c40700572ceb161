/* SPDX-License-Identifier: MIT */
/*
 * The files that are not ready, and when to look at each again. The list is bounded: one that finds no place in it is
 * met again by a scan once the list has drained. Files that only somebody else can make ready (empty ones, those
 * without their marker or right to be read) are kept for those who ask, and looked at again as rarely as a folder is
 * scanned; they have a quarter of the list.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "intake/inside.h"

static int by_path(const void *a, const void *b) {
    const struct waiting *x = a, *y = b;
    if (x->watch != y->watch)
        return x->watch < y->watch ? -1 : 1;
    return strcmp(x->path, y->path);
}

struct waiting *waiting_find(struct watch *watch, const char *path) {
    struct waiting key = {.watch = watch, .path = (char *)path};
    struct waiting **node = tfind(&key, &watch->intake->waiting_by_path, by_path);
    return node ? *node : NULL;
}

bool waiting_is_idle(const struct waiting *w) {
    enum reason reason = w->verdict.reason;
    return reason == REASON_EMPTY || reason == REASON_UNREADABLE || reason == REASON_NO_MARKER ||
           reason == REASON_OLD_MARKER;
}

static void set_verdict(struct waiting *w, const struct verdict *verdict) {
    w->watch->intake->idle_count -= waiting_is_idle(w);
    w->verdict = *verdict;
    w->watch->intake->idle_count += waiting_is_idle(w);
}

static bool has_room_again(const struct intake *intake, const struct watch *watch) {
    return watch->overflowed && intake->waiting_count < intake->limits.waiting / 2;
}

static void drop(struct waiting *w) {
    struct intake *intake = w->watch->intake;
    tdelete(w, &intake->waiting_by_path, by_path);
    if (w->prev)
        w->prev->next = w->next;
    else
        intake->waiting = w->next;
    if (w->next)
        w->next->prev = w->prev;
    intake->waiting_count--;
    intake->idle_count -= waiting_is_idle(w);
    for (size_t i = 0; i < intake->watches && !intake->stopping; i++)
        if (has_room_again(intake, &intake->watch[i]))
            waiting_arm_for(intake, intake->watch[i].not_before);
    free(w->path);
    free(w);
}

void waiting_drop(struct watch *watch, const char *path) {
    struct waiting *w = waiting_find(watch, path);
    if (w)
        drop(w);
}

static bool has_place(struct watch *watch, const struct verdict *verdict) {
    struct intake *intake = watch->intake;
    bool idle = waiting_is_idle(&(struct waiting){.verdict = *verdict});
    if (idle) /* the scans of every period look at it */
        return intake->idle_count < intake->limits.waiting / 4 && intake->waiting_count < intake->limits.waiting;
    watch->overflowed |= intake->waiting_count >= intake->limits.waiting;
    return intake->waiting_count < intake->limits.waiting;
}

static struct waiting *add(struct watch *watch, const char *path, enum arrival arrival, const struct verdict *verdict) {
    struct intake *intake = watch->intake;
    if (!has_place(watch, verdict))
        return NULL;
    struct waiting *w = mem_alloc(sizeof *w);
    *w = (struct waiting){.watch = watch,
                          .path = mem_strdup(path),
                          .verdict.reason = REASON_READY,
                          .arrival = arrival,
                          .since = uv_now(intake->loop),
                          .wall = time(NULL),
                          .next = intake->waiting};
    if (w->next)
        w->next->prev = w;
    intake->waiting = w;
    intake->waiting_count++;
    if (!tsearch(w, &intake->waiting_by_path, by_path))
        abort();
    return w;
}

/* --- when to look again ------------------------------------------------------------------------------------------- */

static void arm(struct intake *intake) {
    uint64_t due = UINT64_MAX, now = uv_now(intake->loop);
    for (struct waiting *w = intake->waiting; w; w = w->next)
        due = w->due < due ? w->due : due;
    for (size_t i = 0; i < intake->watches; i++)
        if (has_room_again(intake, &intake->watch[i]) && intake->watch[i].not_before < due)
            due = intake->watch[i].not_before;
    if (due == UINT64_MAX)
        uv_timer_stop(&intake->settle);
    else
        uv_timer_start(&intake->settle, waiting_on_timer, due > now ? due - now : 1, 0);
}

/* Before every arm() over the whole list: new entries only ever move the timer forward. */
void waiting_arm_for(struct intake *intake, uint64_t due) {
    uint64_t now = uv_now(intake->loop);
    uint64_t in = due > now ? due - now : 1;
    if (!uv_is_active((uv_handle_t *)&intake->settle) || uv_timer_get_due_in(&intake->settle) > in)
        uv_timer_start(&intake->settle, waiting_on_timer, in, 0);
}

/* ms until the file has stood still for `need`, by its own times where they can be trusted and by what was seen. */
static uint64_t left_to_stand(const struct waiting *w, uint64_t now) {
    uint64_t need = w->verdict.need, seen = now - w->since, left = seen < need ? need - seen : 0;
    struct timespec clock;
    clock_gettime(CLOCK_REALTIME, &clock);
    uint64_t wall = (uint64_t)clock.tv_sec * 1000 + (uint64_t)clock.tv_nsec / 1000000;
    uint64_t last = (w->mtime > w->ctime ? w->mtime : w->ctime) / 1000000;
    if (w->watch->network || last > wall)
        return left;
    uint64_t by_times = wall - last < need ? need - (wall - last) + 1 : 0;
    return by_times < left ? by_times : left;
}

static void plan(struct waiting *w, uint64_t now) {
    if (waiting_is_idle(w)) {
        w->due = now + SCAN_PERIOD;
    } else if (w->verdict.reason == REASON_HELD) {
        w->delay = w->delay ? w->delay * 2 : SETTLE_FIRST;
        w->delay = w->delay < SETTLE_LONGEST ? w->delay : SETTLE_LONGEST;
        w->due = now + w->delay;
    } else {
        uint64_t left = left_to_stand(w, now);
        w->due = now + (left ? left : 1);
    }
}

/* A writer that comes back to a file it had closed may do so again. Where leases cannot tell, growing is writing, and
 * only growing after a pause is coming back. */
static bool came_back(const struct waiting *w, const struct verdict *verdict, bool changed, uint64_t now) {
    enum reason before = w->verdict.reason;
    bool was_closed = before == REASON_SETTLING || before == REASON_UNFINISHED ||
                      (before == REASON_QUIET && now - w->since >= (uint64_t)w->watch->config->quiet);
    return was_closed && (changed || verdict->reason == REASON_HELD);
}

static void note_state(struct waiting *w, const struct intake_doc *now_is) {
    w->inode = now_is->inode;
    w->size = now_is->size;
    w->mtime = now_is->mtime;
    w->ctime = now_is->ctime;
}

void waiting_note(struct watch *watch, const char *path, enum arrival arrival, const struct verdict *verdict,
                  const struct intake_doc *now_is) {
    uint64_t now = uv_now(watch->intake->loop);
    struct waiting *w = waiting_find(watch, path);
    bool known = w && w->inode == now_is->inode;
    if (w && !known)
        drop(w);
    if (!known && !(w = add(watch, path, arrival, verdict)))
        return;
    bool changed = known && (w->size != now_is->size || w->mtime != now_is->mtime || w->ctime != now_is->ctime);
    w->reopened += known && came_back(w, verdict, changed, now);
    if (changed)
        w->since = now;
    note_state(w, now_is);
    if (verdict->reason != REASON_HELD)
        w->delay = 0;
    if (arrival != ARRIVAL_FOUND)
        w->arrival = arrival;
    if (verdict->reason == REASON_HELD)
        w->arrival = ARRIVAL_WRITTEN;
    set_verdict(w, verdict);
    plan(w, now);
    waiting_arm_for(watch->intake, w->due);
}

void waiting_on_timer(uv_timer_t *timer) {
    struct intake *intake = timer->data;
    uint64_t now = uv_now(intake->loop);
    struct waiting *next;
    for (struct waiting *w = intake->waiting; w; w = next) {
        next = w->next;
        if (w->due > now)
            continue;
        w->due = now + SETTLE_LONGEST;
        if (!pressure_takes(w->watch))
            continue;
        _cleanup_(freep) char *path = mem_strdup(w->path); /* the look may end this entry */
        settle_look(w->watch, path, NULL, w->arrival, NULL);
    }
    for (size_t i = 0; i < intake->watches; i++) {
        if (has_room_again(intake, &intake->watch[i]) && now >= intake->watch[i].not_before) {
            intake->watch[i].overflowed = false;
            scan_queue_all(&intake->watch[i]);
        }
    }
    arm(intake);
}

void waiting_forget_all(struct watch *watch) {
    struct waiting *next;
    for (struct waiting *w = watch->intake->waiting; w; w = next) {
        next = w->next;
        if (w->watch == watch)
            drop(w);
    }
}
