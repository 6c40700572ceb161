/* SPDX-License-Identifier: MIT */
/* Start and end. */
#include "supervisor/supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

enum { ONCE_PERIOD = 25, POLL_PERIOD = 5, FILES_WANTED = 1024 };

/* --- start -------------------------------------------------------------------------------------------------------- */

/* What CLAIMED_OPEN, spools, children and the watch need fits into the usual soft limit; below it the hard one helps.
 */
static void want_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES_WANTED)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < FILES_WANTED)
        log_warn("only %llu files may be open at once; %d are wanted", (unsigned long long)limit.rlim_cur,
                 FILES_WANTED);
}

static int open_journal(struct supervisor *s, const char *state, struct error *err) {
    _cleanup_(freep) char *dir = mem_format("%s/journal", state);
    struct journal_recovery found = {0};
    int e = journal_open(dir, s->rooms->config->journal.segment, &s->journal, &found, err);
    _cleanup_(buf_free) struct buf said = {0};
    if (e == 0)
        journal_tell(&found, &said);
    log_lines(said.at, said.len);
    return e;
}

static int open_ledger(struct supervisor *s, const char *state, struct error *err) {
    _cleanup_(freep) char *path = mem_format("%s/ledger.db", state);
    _cleanup_(freep) char *dir = mem_format("%s/journal", state);
    int rebuilt = 0;
    uint64_t added = 0;
    int e = ledger_open(path, &s->ledger, &rebuilt, err);
    if (e == 0 && rebuilt)
        log_warn("the ledger was damaged, was put aside, and is made again from the journal");
    if (e == 0)
        e = ledger_catch_up(s->ledger, dir, &added, err);
    if (e == 0 && added)
        log_info("the ledger has caught up with %llu documents of the journal", (unsigned long long)added);
    if (e == 0)
        e = ledger_open(path, &s->lookup, &rebuilt, err);
    return e;
}

static int open_backlog(struct supervisor *s, const char *state, struct error *err) {
    _cleanup_(freep) char *dir = mem_format("%s/journal", state);
    return backlog_open(&s->backlog, dir, s->ledger, journal_end(s->journal).sequence, err);
}

static int start(struct supervisor *s, struct error *err) {
    const char *state = s->rooms->config->state_dir;
    int e = state_make(state, err);
    if (e == 0)
        pressure_open(s);
    if (e == 0)
        e = open_journal(s, state, err);
    if (e == 0)
        e = open_ledger(s, state, err);
    if (e == 0)
        e = open_backlog(s, state, err);
    if (e == 0)
        e = intake_check(s->rooms->config, err);
    if (e == 0)
        e = rooms_start_pool(s, s->rooms, err);
    if (e == 0)
        e = rooms_start_delivery(s, s->rooms, err);
    if (e == 0)
        e = rooms_start_admin(s, s->rooms, err);
    return e;
}

/* Files that wait for room on the disk wait for somebody who makes it: for the next run. */
static bool no_room_for_more(struct supervisor *s) {
    if (!(s->pressure.why & HOLD_DISK) || intake_out(s->rooms->intake) || !commit_idle(s))
        return false;
    log_error("the disk has no room: what is left in the watched folders stays there");
    s->exit_code = 1;
    return true;
}

static void on_once(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    unsigned held = 0;
    int64_t next = 0;
    if (no_room_for_more(s)) {
        supervisor_stop(s);
        return;
    }
    if (intake_busy(s->rooms->intake, &held) || !commit_idle(s) || s->operations ||
        (retry_waiting(s, &next) && next <= (int64_t)time(NULL)))
        return;
    if (held)
        log_warn("%u files are still held open by their writers and stay where they are", held);
    supervisor_stop(s);
}

/* The workers are there: files may come. */
static void begin(struct supervisor *s) {
    struct error err;
    if (s->rooms->pool_refused) {
        log_error("the workers cannot start as configured; the daemon ends");
        supervisor_fail(s, 2);
        return;
    }
    if (!s->rooms->pool_ready)
        return;
    if (rooms_start_intake(s, s->rooms, &err) < 0) {
        log_error("%s", err.text);
        supervisor_fail(s, 2);
        return;
    }
    s->goal = GOAL_RUN;
    pressure_look(s);
    log_info("version %s is ready: %zu watched folders, %zu sinks, state in %s", SIFTD_VERSION,
             s->rooms->config->watches, s->rooms->config->sinks, s->rooms->config->state_dir);
    notify_say(s, "READY=1\nSTATUS=Watching");
    retry_start(s);
    if (s->options.once)
        uv_timer_start(&s->limit, on_once, 0, ONCE_PERIOD);
    reload_ask_again(s);
}

/* --- end ---------------------------------------------------------------------------------------------------------- */

static void on_poll(uv_timer_t *timer) {
    supervisor_advance(timer->data);
}

static void on_drain_limit(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    log_warn("%u documents are not done after %d s; they run again at the next start", intake_out(s->rooms->intake),
             DRAIN_LIMIT / 1000);
    supervisor_fail(s, s->options.once);
}

static void on_deliver_limit(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    uint64_t done = delivery_done(s->rooms->delivery);
    if (done != s->delivered) {
        s->delivered = done;
        uv_timer_start(timer, on_deliver_limit, DELIVER_LIMIT, 0);
        return;
    }
    cJSON *sinks = delivery_status(s->rooms->delivery, journal_end(s->journal).sequence);
    const cJSON *sink;
    cJSON_ArrayForEach(sink, sinks) {
        const cJSON *behind = cJSON_GetObjectItem(sink, "behind"), *trouble = cJSON_GetObjectItem(sink, "trouble");
        if (behind && behind->valuedouble > 0)
            log_warn("sink %s is %.0f documents behind (%s); it goes on at the next start",
                     cJSON_GetStringValue(cJSON_GetObjectItem(sink, "name")), behind->valuedouble,
                     trouble && cJSON_IsString(trouble) ? trouble->valuestring : "no word from it");
    }
    cJSON_Delete(sinks);
    s->gave_up_sinks = true;
    if (s->options.once)
        s->exit_code = 1;
    supervisor_advance(s);
}

/* All sinks have what is committed, or it was waited long enough for them. */
static bool delivered(struct supervisor *s) {
    uint64_t done = delivery_done(s->rooms->delivery);
    if (done >= journal_end(s->journal).sequence || s->gave_up_sinks || s->rooms->delivery_stopping)
        return true;
    if (!s->delivering) {
        s->delivering = true;
        s->delivered = done;
        uv_timer_start(&s->limit, on_deliver_limit, DELIVER_LIMIT, 0);
    }
    return false;
}

static bool rooms_ended(struct supervisor *s) {
    struct rooms *r = s->rooms;
    if (r->delivery && !r->delivery_stopping) {
        r->delivery_stopping = true;
        delivery_stop(r->delivery);
    }
    if (r->pool && !r->pool_stopping) {
        r->pool_stopping = true;
        pool_stop(r->pool);
    }
    return (!r->delivery || r->delivery_stopped) && (!r->pool || r->pool_stopped) && reload_ended(s);
}

static void close_all(struct supervisor *s) {
    s->closing = true;
    s->rooms->admin = admin_stop(s->rooms->admin);
    signals_close(s);
    commit_close(s);
    pressure_close(s);
    retry_close(s);
    notify_close(s);
    uv_close((uv_handle_t *)&s->reload.limit, NULL);
    uv_close((uv_handle_t *)&s->limit, NULL);
}

static void end(struct supervisor *s) {
    struct intake *intake = s->rooms->intake;
    bool now = s->goal == GOAL_NOW;
    if (now ? s->commit.phase != COMMIT_IDLE || s->commit.finishing || s->commit.syncing
            : (intake && intake_out(intake)) || !commit_idle(s))
        return;
    if (s->operations)
        return;
    if (now)
        commit_abandon(s);
    if ((!now && !delivered(s)) || !rooms_ended(s))
        return;
    if (intake && !intake_stopped(intake))
        uv_timer_start(&s->limit, on_poll, POLL_PERIOD, 0);
    else
        close_all(s);
}

static void step(struct supervisor *s) {
    if (s->closing)
        return;
    if (s->goal == GOAL_START)
        begin(s);
    if (s->goal == GOAL_RUN)
        reload_advance(s);
    if (s->goal == GOAL_STOP || s->goal == GOAL_NOW)
        end(s);
}

void supervisor_advance(struct supervisor *s) {
    s->look_again = true;
    if (s->looking)
        return;
    s->looking = true;
    while (s->look_again) {
        s->look_again = false;
        step(s);
    }
    s->looking = false;
}

void supervisor_stop(struct supervisor *s) {
    if (s->goal >= GOAL_STOP)
        return;
    if (s->goal == GOAL_START) { /* nothing is out yet */
        supervisor_fail(s, 0);
        return;
    }
    s->goal = GOAL_STOP;
    notify_say(s, "STOPPING=1\nSTATUS=Finishing what is out");
    intake_stop(s->rooms->intake);
    pool_drain(s->rooms->pool);
    uv_timer_start(&s->limit, on_drain_limit, DRAIN_LIMIT, 0);
    supervisor_advance(s);
}

void supervisor_fail(struct supervisor *s, int exit_code) {
    s->exit_code = exit_code;
    s->goal = GOAL_NOW;
    notify_say(s, "STOPPING=1");
    uv_timer_stop(&s->limit);
    if (s->rooms->intake)
        intake_stop(s->rooms->intake);
    supervisor_advance(s);
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static void init(struct supervisor *s, const struct supervisor_options *options) {
    s->options = *options;
    s->started = time(NULL);
    uv_loop_init(&s->loop);
    uv_timer_init(&s->loop, &s->limit);
    s->limit.data = s;
    signals_start(s);
    notify_open(s);
    commit_init(s);
    pressure_init(s);
    reload_init(s);
    retry_init(s);
    want_files();
}

static int deinit(struct supervisor *s) {
    int exit_code = s->exit_code;
    if (exit_code == 0 && s->options.once && (s->quarantined || s->rejected))
        exit_code = 1;
    rooms_free(s->rooms);
    ledger_close(s->lookup);
    ledger_close(s->ledger);
    backlog_close(&s->backlog);
    reserve_close(&s->reserve);
    buf_free(&s->reload.mistakes);
    journal_close(s->journal);
    uv_loop_close(&s->loop);
    free(s);
    return exit_code;
}

int supervisor_run(const struct supervisor_options *options) {
    struct rooms *rooms = NULL;
    struct buf mistakes = {0};
    int loaded = rooms_load(options->config, &rooms, &mistakes);
    buf_free(&mistakes);
    if (loaded < 0)
        return 2;
    struct supervisor *s = mem_alloc(sizeof *s);
    s->rooms = rooms;
    init(s, options);
    struct error err;
    if (start(s, &err) < 0) {
        log_error("%s", err.text);
        supervisor_fail(s, 2);
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
    return deinit(s);
}
