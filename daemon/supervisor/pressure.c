/* SPDX-License-Identifier: MIT */
/*
 * When to stop claiming, and when to go on: the disk of the state folder has less room than is wanted, a sink is
 * further behind than it may be, the journal cannot be written, too much waits to be written. Files then wait in their
 * folders. What is on its way is finished: the reserve is for that.
 *
 * Disk and sinks are looked at each second while something happens or is held, else every half minute.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "base/log.h"
#include "supervisor/inside.h"

enum {
    LOOK_PERIOD = 1000, /* ms */
    IDLE_PERIOD = 30000,
    FREE_SHARE = 20, /* of the file system, for `auto` */
    FREE_MOST = 256 << 20,
    RESERVE_SHARE = 100,
    RESERVE_MOST = 32 << 20,
    INODES_LEAST = 64,
};

struct room {
    uint64_t free, total;
    bool no_inodes;
};

static int measure(const char *dir, struct room *ret) {
    struct statvfs st;
    if (statvfs(dir, &st) < 0)
        return -1;
    *ret = (struct room){.free = (uint64_t)st.f_bavail * st.f_frsize,
                         .total = (uint64_t)st.f_blocks * st.f_frsize,
                         .no_inodes = st.f_files && st.f_favail < INODES_LEAST};
    return 0;
}

static uint64_t share_of(uint64_t total, unsigned share, uint64_t most) {
    return total / share < most ? total / share : most;
}

static uint64_t least_of(const struct supervisor *s, uint64_t total) {
    int64_t wanted = s->rooms->config->disk.free;
    return wanted == CONFIG_AUTO ? share_of(total, FREE_SHARE, FREE_MOST) : (uint64_t)wanted;
}

static uint64_t reserve_of(const struct config *config, uint64_t total) {
    int64_t wanted = config->disk.reserve;
    return wanted == CONFIG_AUTO ? share_of(total, RESERVE_SHARE, RESERVE_MOST) : (uint64_t)wanted;
}

static void apply(struct supervisor *s) {
    if (s->rooms->intake)
        intake_hold(s->rooms->intake, s->pressure.why != 0);
}

void pressure_set(struct supervisor *s, enum hold hold, bool on) {
    s->pressure.why = on ? s->pressure.why | hold : s->pressure.why & ~(unsigned)hold;
    apply(s);
}

/* --- the disk ----------------------------------------------------------------------------------------------------- */

/* A little more than the least, and room for the reserve, or it would be low again at once. */
static bool still_low(const struct supervisor *s, const struct room *room) {
    uint64_t missing = reserve_there(&s->reserve) ? 0 : s->reserve.size;
    return room->no_inodes || room->free < s->pressure.least + s->pressure.least / 8 + missing;
}

static bool becomes_low(struct supervisor *s, const struct room *room) {
    return room->no_inodes || room->free < s->pressure.least || atomic_exchange(&s->reserve_given, false);
}

static void disk_changed(struct supervisor *s, bool low, const struct room *room) {
    const char *dir = s->rooms->config->state_dir;
    pressure_set(s, HOLD_DISK, low);
    if (low && room->no_inodes)
        log_warn("the disk of %s has no room for more files; no file is taken until it has", dir);
    else if (low)
        log_warn("the disk of %s is nearly full (%llu KiB are free, %llu are wanted); no file is taken until there is "
                 "room, files wait in their folder",
                 dir, (unsigned long long)room->free / 1024, (unsigned long long)s->pressure.least / 1024);
    else
        log_info("the disk of %s has room again, and the flow goes on", dir);
    notify_status_soon(s);
}

/* What only the work thread may do. */
static void ask_for_room(struct supervisor *s, const struct room *room, bool low) {
    struct commit *c = &s->commit;
    c->retain_due |= low;
    c->reserve_due |= !low && !reserve_there(&s->reserve) && room->free >= s->pressure.least + s->reserve.size;
    commit_kick(s);
}

static void look_at_disk(struct supervisor *s) {
    struct pressure *p = &s->pressure;
    struct room room;
    if (measure(s->rooms->config->state_dir, &room) < 0)
        return;
    bool more = room.free > p->free, was = p->why & HOLD_DISK;
    p->free = room.free;
    p->least = least_of(s, room.total);
    bool low = was ? still_low(s, &room) : becomes_low(s, &room);
    if (low != was)
        disk_changed(s, low, &room);
    ask_for_room(s, &room, low);
    if (more)
        commit_try_again(s);
}

/* --- the sinks ---------------------------------------------------------------------------------------------------- */

struct backlog_sum pressure_behind(const struct supervisor *s, size_t sink) {
    return backlog_behind(&s->backlog, delivery_sink_done(s->rooms->delivery, sink));
}

uint64_t pressure_age(const struct backlog_sum *behind) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t time = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    return behind->oldest && time > behind->oldest ? (time - behind->oldest) / 1000 : 0;
}

/* Held, it has to come a little below its limit. */
static bool too_far_behind(const struct supervisor *s, size_t i, bool held) {
    const struct config_sink *sink = &s->rooms->config->sink[i];
    struct backlog_sum behind = pressure_behind(s, i);
    uint64_t bytes = held ? sink->backlog - sink->backlog / 8 : sink->backlog;
    return (sink->backlog && behind.bytes > bytes) ||
           (sink->backlog_age && pressure_age(&behind) > (uint64_t)sink->backlog_age);
}

static void look_at_sinks(struct supervisor *s) {
    const struct config *config = s->rooms->config;
    bool was = s->pressure.why & HOLD_SINK, far = false;
    size_t i = 0;
    while (i < config->sinks && !(far = too_far_behind(s, i, was)))
        i++;
    s->pressure.sink = far ? config->sink[i].name : NULL;
    if (far == was)
        return;
    pressure_set(s, HOLD_SINK, far);
    if (far)
        log_warn("sink %s is further behind than its backlog or backlog_age allows; no file is taken until it has "
                 "caught up, files wait in their folder",
                 config->sink[i].name);
    else
        log_info("the sinks have caught up, and the flow goes on");
    notify_status_soon(s);
}

/* --- benched plugins ---------------------------------------------------------------------------------------------- */

void pressure_bench(struct supervisor *s) {
    const struct rooms *rooms = s->rooms;
    for (size_t i = 0; rooms->intake && rooms->pool && i < rooms->config->watches; i++)
        intake_hold_watch(rooms->intake, i, pool_held(rooms->pool, rooms->config->watch[i].pipeline) >= BENCH_QUEUE);
}

/* --- when --------------------------------------------------------------------------------------------------------- */

static bool anything_on(const struct supervisor *s) {
    if (s->pressure.why || !reserve_there(&s->reserve) || (s->rooms->intake && intake_out(s->rooms->intake)))
        return true;
    for (size_t i = 0; i < s->rooms->config->sinks; i++) {
        const struct config_sink *sink = &s->rooms->config->sink[i];
        if ((sink->backlog || sink->backlog_age) && pressure_behind(s, i).documents)
            return true;
    }
    return false;
}

static void on_look(uv_timer_t *timer) {
    pressure_look(timer->data);
    health_alive(timer->data);
}

void pressure_look(struct supervisor *s) {
    if (s->closing || !s->rooms->delivery)
        return;
    s->pressure.looked = uv_now(&s->loop);
    look_at_disk(s);
    look_at_sinks(s);
    uv_timer_start(&s->pressure.timer, on_look, anything_on(s) ? LOOK_PERIOD : IDLE_PERIOD, 0);
}

void pressure_soon(struct supervisor *s) {
    if (uv_now(&s->loop) - s->pressure.looked >= LOOK_PERIOD)
        pressure_look(s);
    else if (uv_timer_get_due_in(&s->pressure.timer) > LOOK_PERIOD)
        uv_timer_start(&s->pressure.timer, on_look, LOOK_PERIOD, 0);
}

const char *pressure_text(const struct supervisor *s, char *text, size_t size) {
    unsigned why = s->pressure.why;
    if (why & HOLD_JOURNAL)
        snprintf(text, size, "%s", s->commit.trouble);
    else if (why & HOLD_DISK)
        snprintf(text, size, "the disk of %s is nearly full: %llu KiB are free, %llu are wanted%s",
                 s->rooms->config->state_dir, (unsigned long long)s->pressure.free / 1024,
                 (unsigned long long)s->pressure.least / 1024,
                 reserve_there(&s->reserve) ? "" : ", and the reserve is given up");
    else if (why & HOLD_SINK)
        snprintf(text, size, "sink %s is further behind than it may be", s->pressure.sink);
    else
        text[0] = 0;
    return text;
}

/* --- the reserve -------------------------------------------------------------------------------------------------- */

void pressure_open(struct supervisor *s) {
    const struct config *config = s->rooms->config;
    struct room room = {0};
    struct error err;
    if (measure(config->state_dir, &room) < 0)
        return;
    s->pressure.free = room.free;
    reserve_close(&s->reserve);
    reserve_open(&s->reserve, config->state_dir, reserve_of(config, room.total));
    if (room.free >= least_of(s, room.total) + s->reserve.size) {
        if (reserve_take(&s->reserve, &err) < 0)
            log_warn("%s; without it a full disk may keep the ledger behind the journal", err.text);
    } else if (room.free < s->reserve.size) { /* journal and ledger need some to be opened */
        pressure_gave_room(s, -ENOSPC);
    }
}

bool pressure_no_room(int failure) {
    return failure == -ENOSPC || failure == -EDQUOT;
}

bool pressure_gave_room(struct supervisor *s, int failure) {
    if (!pressure_no_room(failure) || !reserve_give(&s->reserve))
        return false;
    log_warn("the disk of %s is full; the reserve is given up, so that what is on its way can be finished",
             s->rooms->config->state_dir);
    atomic_store(&s->reserve_given, true);
    return true;
}

void pressure_init(struct supervisor *s) {
    uv_timer_init(&s->loop, &s->pressure.timer);
    s->pressure.timer.data = s;
}

void pressure_close(struct supervisor *s) {
    uv_close((uv_handle_t *)&s->pressure.timer, NULL);
}
