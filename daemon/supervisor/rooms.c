/* SPDX-License-Identifier: MIT */
/* The rooms of one configuration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

void log_lines(const char *text, size_t len) {
    while (len) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len;
        if (line)
            log_error("%.*s", (int)line, text);
        line += end != NULL;
        text += line;
        len -= line;
    }
}

int rooms_load(const char *path, struct rooms **ret, struct buf *mistakes) {
    struct rooms *rooms = mem_alloc(sizeof *rooms);
    size_t before = mistakes->len;
    int e = config_load(path, true, &rooms->config, &rooms->text, mistakes);
    if (e < 0) {
        log_lines(mistakes->at + before, mistakes->len - before);
        rooms_free(rooms);
    } else {
        *ret = rooms;
    }
    return e;
}

/* --- workers ------------------------------------------------------------------------------------------------------ */

static void on_ready(void *user) {
    struct rooms *rooms = user;
    rooms->pool_ready = true;
    supervisor_advance(rooms->supervisor);
}

static void on_refused(void *user, const char *mistakes) {
    struct rooms *rooms = user;
    log_lines(mistakes, strlen(mistakes));
    reload_mistakes(rooms->supervisor, mistakes, strlen(mistakes));
    rooms->pool_refused = true;
    supervisor_advance(rooms->supervisor);
}

static void on_pool_stopped(void *user) {
    struct rooms *rooms = user;
    rooms->pool_stopped = true;
    supervisor_advance(rooms->supervisor);
}

int rooms_start_pool(struct supervisor *s, struct rooms *rooms, struct error *err) {
    struct pool_calls calls = {.user = rooms,
                               .never_bench = s->options.once,
                               .sent = flow_sent,
                               .again = flow_again,
                               .answered = flow_answered,
                               .died = flow_died,
                               .dropped = flow_dropped,
                               .ready = on_ready,
                               .refused = on_refused,
                               .stopped = on_pool_stopped};
    _cleanup_(freep) char *spools = mem_format("%s/work", rooms->config->state_dir);
    rooms->supervisor = s;
    return pool_start(&s->loop, rooms->config, rooms->text.at, rooms->text.len, spools, &calls, &rooms->pool, err);
}

/* --- sinks -------------------------------------------------------------------------------------------------------- */

static void on_moved(void *user) {
    struct rooms *rooms = user;
    supervisor_advance(rooms->supervisor);
}

static void on_delivery_stopped(void *user) {
    struct rooms *rooms = user;
    rooms->delivery_stopped = true;
    supervisor_advance(rooms->supervisor);
}

int rooms_start_delivery(struct supervisor *s, struct rooms *rooms, struct error *err) {
    struct delivery_calls calls = {.user = rooms, .moved = on_moved, .stopped = on_delivery_stopped};
    rooms->supervisor = s;
    int e = delivery_start(&s->loop, rooms->config, rooms->text.at, rooms->text.len, &calls, &rooms->delivery, err);
    if (e == 0)
        delivery_committed(rooms->delivery, journal_end(s->journal).sequence);
    return e;
}

/* --- the others --------------------------------------------------------------------------------------------------- */

static cJSON *on_status(void *user) {
    return supervisor_status(user);
}

static cJSON *on_waiting(void *user) {
    const struct rooms *rooms = ((struct supervisor *)user)->rooms;
    return rooms->intake ? intake_waiting(rooms->intake) : cJSON_CreateObject();
}

static cJSON *on_health(void *user, bool *ret_ready) {
    struct health health;
    health_look(user, &health);
    *ret_ready = health.ready;
    return health_json(&health);
}

static uint64_t on_reload(void *user) {
    return reload_ask(user);
}

static void on_operated(void *user, const cJSON *answer, const struct error *err) {
    admin_answer(user, answer, err);
}

static bool on_operate(void *user, const char *what, const cJSON *object, struct admin_request *request) {
    struct supervisor *s = user;
    struct error err;
    if (!operate_knows(what))
        return false;
    error_set(&err, EBUSY, "the daemon is not running yet, or not any more, or changes its configuration; ask again");
    if (s->goal == GOAL_RUN && s->reload.phase != RELOAD_SWAP)
        operate_start(s, what, object, on_operated, request);
    else
        admin_answer(request, NULL, &err);
    return true;
}

int rooms_start_admin(struct supervisor *s, struct rooms *rooms, struct error *err) {
    struct admin_calls calls = {
        .user = s, .status = on_status, .waiting = on_waiting, .health = on_health, .reload = on_reload};
    const struct config *config = rooms->config;
    int e = admin_start(&s->loop, config->admin.listen, config->admin.socket, &calls, &rooms->admin, err);
    if (e == 0)
        admin_operations(rooms->admin, on_operate);
    return e;
}

int rooms_start_intake(struct supervisor *s, struct rooms *rooms, struct error *err) {
    struct intake_limits limits = {
        .open = CLAIMED_OPEN, .out = CLAIMED_OUT, .waiting = WAITING_MAX, .settled = s->options.once};
    struct intake_calls calls = {.user = s,
                                 .claimed = flow_claimed,
                                 .rested = flow_rested,
                                 .dropped = flow_unrested,
                                 .committed = flow_committed,
                                 .settle = on_settle,
                                 .seen = flow_seen};
    return intake_start(&s->loop, rooms->config, &limits, &calls, &rooms->intake, err);
}

struct rooms *rooms_free(struct rooms *rooms) {
    if (rooms) {
        intake_free(rooms->intake);
        pool_free(rooms->pool);
        delivery_free(rooms->delivery);
        config_free(rooms->config);
        buf_free(&rooms->text);
        free(rooms);
    }
    return NULL;
}
