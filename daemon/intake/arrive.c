/* SPDX-License-Identifier: MIT */
/*
 * From events to looks. libuv tells of a name that something happened to it, and whether its content or attributes
 * changed, not whether it was moved in or made there. A name that came without a change was moved or linked in, unless
 * its writer made, wrote and closed it between the event and the look: then the events of these writes are on their way
 * by the time that a lease is granted. So names are gathered while a turn's events are read, looked at behind them, and
 * a file that is ready but for this is kept open until one more turn's events were read.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "intake/inside.h"

static int by_path(const void *a, const void *b) {
    const struct arriving *x = a, *y = b;
    if (x->watch != y->watch)
        return x->watch < y->watch ? -1 : 1;
    return strcmp(x->path, y->path);
}

static struct arriving *find(struct watch *watch, const char *path) {
    struct arriving key = {.watch = watch, .path = (char *)path};
    struct arriving **node = tfind(&key, &watch->intake->arriving_by_path, by_path);
    return node ? *node : NULL;
}

static void append(struct intake *intake, struct arriving *a) {
    a->next = NULL;
    *intake->arriving_end = a;
    intake->arriving_end = &a->next;
}

static void add(struct watch *watch, const char *path, bool changed) {
    struct intake *intake = watch->intake;
    struct arriving *a = mem_alloc(sizeof *a);
    *a = (struct arriving){.watch = watch, .path = mem_strdup(path), .changed = changed, .fd = -1};
    append(intake, a);
    intake->arriving_count++;
    if (!tsearch(a, &intake->arriving_by_path, by_path))
        abort();
    uv_check_start(&intake->arrive, arrive_on_check);
    uv_idle_start(&intake->turn_on, arrive_on_idle);
}

static void end(struct arriving *a) {
    struct intake *intake = a->watch->intake;
    tdelete(a, &intake->arriving_by_path, by_path);
    intake->arriving_count--;
    close_fd(a->fd);
    free(a->path);
    free(a);
}

void arrive_note(struct folder *folder, const char *name, bool changed) {
    struct watch *watch = folder->watch;
    struct intake *intake = watch->intake;
    if (!settle_ready_name(name))
        return;
    _cleanup_(freep) char *path = scan_join(folder, name);
    if (!changed && claim_echo(watch, path))
        return;
    struct arriving *known = find(watch, path);
    if (known)
        known->changed |= changed;
    else if (pressure_takes(watch) && intake->arriving_count < ARRIVALS_MAX)
        add(watch, path, changed);
    else
        scan_queue(folder);
}

/* false: it stays for another turn. */
static bool look(struct arriving *a) {
    struct watch *watch = a->watch;
    if (a->fd >= 0 && !a->changed) {
        settle_take(watch, a);
        return true;
    }
    a->fd = close_fd(a->fd); /* and the lease with it */
    settle_look(watch, a->path, NULL, a->changed ? ARRIVAL_WRITTEN : ARRIVAL_NEW, a);
    return a->fd < 0;
}

void arrive_on_check(uv_check_t *check) {
    struct intake *intake = check->data;
    struct arriving *first = intake->arriving;
    intake->arriving = NULL;
    intake->arriving_end = &intake->arriving;
    while (first) {
        struct arriving *a = first;
        first = a->next;
        if (intake->stopping || !a->watch->there) {
            end(a);
        } else if (!pressure_takes(a->watch)) { /* a scan meets them later */
            scan_queue_all(a->watch);
            end(a);
        } else if (look(a)) {
            end(a);
        } else {
            append(intake, a);
        }
    }
    if (intake->arriving)
        return;
    uv_check_stop(check);
    uv_idle_stop(&intake->turn_on);
}

void arrive_on_idle(uv_idle_t *idle) {
    (void)idle; /* that it is active is enough */
}

void arrive_forget_all(struct watch *watch) {
    struct intake *intake = watch->intake;
    struct arriving **at = &intake->arriving;
    while (*at) {
        struct arriving *a = *at;
        if (a->watch != watch) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        end(a);
    }
    intake->arriving_end = at;
}
