/* SPDX-License-Identifier: MIT */
/*
 * SIGHUP and POST /v1/reload: a new configuration beside the old. Until its last check has passed nothing of the old
 * one is given up:
 *
 *     inspect   the file is parsed here, its plugins' options in a process of role "inspect"
 *     workers   the new workers are started beside the old and say READY
 *     swap      the old intake stops; when no document is out and nothing waits to be committed, the old rooms end and
 * the new ones begin
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"
#include "wire/wire.h"

/* Says so to those who wait. Reloads are numbered, so that everybody hears of one that read the file after he asked. */
static void over(struct supervisor *s, bool good) {
    struct reload *r = &s->reload;
    r->phase = RELOAD_NONE;
    r->good = good ? r->number : r->good;
    uv_timer_stop(&r->limit);
    if (!good)
        log_error("the new configuration is refused as a whole; the old one goes on");
    if (s->rooms->admin)
        admin_reloaded(s->rooms->admin, r->number, good, r->mistakes.at, r->mistakes.len);
    notify_say(s, "READY=1");
    notify_status_soon(s);
}

/* Workers of the new configuration that were started end first. */
static void refuse(struct supervisor *s) {
    struct rooms *next = s->reload.next;
    if (next && next->pool && !next->pool_stopped) {
        next->pool_stopping = true;
        pool_stop(next->pool);
        return;
    }
    s->reload.next = rooms_free(next);
    over(s, false);
    reload_ask_again(s);
}

void reload_mistakes(struct supervisor *s, const char *text, size_t len) {
    struct buf *to = &s->reload.mistakes;
    if (s->reload.phase == RELOAD_NONE || len == 0)
        return;
    buf_add(to, text, len);
    if (to->at[to->len - 1] != '\n')
        buf_char(to, '\n');
}

static void mistake(struct supervisor *s, const char *text) {
    log_error("%s", text);
    reload_mistakes(s, text, strlen(text));
}

/* --- inspect ------------------------------------------------------------------------------------------------------ */

static void on_inspector_closed(uv_handle_t *handle) {
    struct supervisor *s = handle->data;
    int status;
    kill(s->reload.inspector.pid, SIGKILL); /* it has said what it had to say */
    child_reap(&s->reload.inspector, true, &status);
    child_close(&s->reload.inspector);
    s->reload.inspecting = false;
    if (s->goal == GOAL_RUN && s->reload.refused)
        refuse(s);
    supervisor_advance(s);
}

static void end_inspection(struct supervisor *s, bool refused) {
    s->reload.refused = refused;
    uv_timer_stop(&s->reload.limit);
    uv_close((uv_handle_t *)&s->reload.answer, on_inspector_closed);
}

static void on_answer(uv_poll_t *poll, int status, int events) {
    struct supervisor *s = poll->data;
    (void)status, (void)events;
    _cleanup_(freep) struct wire_message *m = mem_alloc(sizeof *m);
    struct error err = {.text = "the process that checks the configuration died"};
    int r = wire_receive(s->reload.inspector.socket, m, &err);
    if (r == -EAGAIN)
        return;
    if (r <= 0) {
        mistake(s, err.text);
    } else {
        log_lines(m->tail, m->tail_len);
        reload_mistakes(s, m->tail, m->tail_len);
    }
    end_inspection(s, r <= 0 || m->tail_len > 0);
}

static void on_limit(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    if (s->reload.phase == RELOAD_SWAP) {
        supervisor_advance(s);
        return;
    }
    _cleanup_(freep) char *text =
        mem_format("the check of the new configuration took longer than %d s", INSPECT_LIMIT / 1000);
    mistake(s, text);
    end_inspection(s, true);
}

static int start_inspector(struct supervisor *s, const struct rooms *rooms) {
    struct error err;
    struct reload *r = &s->reload;
    if (child_start("inspect", &r->inspector, &err) < 0) {
        mistake(s, err.text);
        return -1;
    }
    uv_poll_init(&s->loop, &r->answer, r->inspector.socket);
    r->answer.data = s;
    r->inspecting = true;
    uv_poll_start(&r->answer, UV_READABLE, on_answer);
    uv_timer_start(&r->limit, on_limit, INSPECT_LIMIT, 0);
    _cleanup_(closep) int text = child_text_fd(rooms->text.at, rooms->text.len);
    struct wire_start start = {.role = WIRE_INSPECT};
    const char *file = rooms->config->file;
    if (text < 0 || wire_send(r->inspector.socket, WIRE_START, &start, file, strlen(file), &text, 1) < 0)
        log_error("the process that checks the configuration cannot be given it");
    return 0;
}

/* What can be said before any process is started. */
static int check_here(struct supervisor *s, const struct config *config) {
    struct error err;
    const char *now = s->rooms->config->state_dir;
    const struct tree_node *given = tree_get(config->tree, "state_dir");
    if (strcmp(config->state_dir, now) != 0) {
        _cleanup_(freep) char *text =
            mem_format("%s:%d:%d: state_dir cannot change while the daemon runs, from %s to %s; restart it for that",
                       config->file, given ? given->line : 1, given ? given->column : 1, now, config->state_dir);
        mistake(s, text);
        return -EINVAL;
    }
    int e = intake_check(config, &err);
    if (e < 0) {
        error_prefix(&err, "%s", config->file);
        mistake(s, err.text);
    }
    return e;
}

static void begin(struct supervisor *s) {
    struct reload *r = &s->reload;
    log_info("the configuration %s is read again", s->options.config);
    notify_reloading(s);
    r->phase = RELOAD_INSPECT;
    r->number++;
    r->mistakes.len = 0;
    if (rooms_load(s->options.config, &r->next, &r->mistakes) < 0 || check_here(s, r->next->config) < 0 ||
        start_inspector(s, r->next) < 0)
        refuse(s);
}

uint64_t reload_ask(struct supervisor *s) {
    struct reload *r = &s->reload;
    if (s->goal > GOAL_RUN)
        return 0;
    uint64_t number = r->number + 1;
    if (s->goal != GOAL_RUN || r->phase != RELOAD_NONE)
        r->again = true;
    else
        begin(s);
    return number;
}

void reload_ask_again(struct supervisor *s) {
    bool again = s->reload.again;
    s->reload.again = false;
    if (again)
        reload_ask(s);
}

/* --- workers ------------------------------------------------------------------------------------------------------ */

static void start_workers(struct supervisor *s) {
    struct error err;
    s->reload.phase = RELOAD_WORKERS;
    if (rooms_start_pool(s, s->reload.next, &err) < 0) {
        mistake(s, err.text);
        refuse(s);
    }
}

static void look_at_workers(struct supervisor *s) {
    struct rooms *next = s->reload.next;
    if ((next->pool_refused && !next->pool_stopping) || next->pool_stopped) {
        refuse(s);
    } else if (next->pool_ready && !next->pool_stopping) {
        s->reload.phase = RELOAD_SWAP;
        intake_stop(s->rooms->intake);
        pool_drain(s->rooms->pool);
    }
}

/* --- swap --------------------------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void exchange_admin(struct supervisor *s, const struct config *old) {
    struct rooms *rooms = s->rooms;
    struct error err;
    if (same(old->admin.listen, rooms->config->admin.listen) && same(old->admin.socket, rooms->config->admin.socket))
        return;
    rooms->admin = admin_stop(rooms->admin);
    if (rooms_start_admin(s, rooms, &err) < 0)
        log_error("admin: %s; the daemon goes on without it", err.text);
}

static void begin_new(struct supervisor *s) {
    struct rooms *old = s->rooms;
    struct error err;
    s->rooms = take_ptr(s->reload.next);
    s->rooms->admin = take_ptr(old->admin);
    int e = rooms_start_delivery(s, s->rooms, &err);
    if (e == 0)
        e = rooms_start_intake(s, s->rooms, &err);
    if (e < 0) {
        rooms_free(old);
        log_error("%s; the daemon ends", err.text);
        supervisor_fail(s, 1);
        return;
    }
    pressure_open(s);
    pressure_look(s);
    log_info("the new configuration is in use");
    over(s, true);
    exchange_admin(s, old->config); /* after the old one has answered */
    rooms_free(old);
    reload_ask_again(s);
}

static void swap(struct supervisor *s) {
    struct rooms *old = s->rooms;
    if (intake_out(old->intake) || !commit_idle(s) || s->operations || !intake_stopped(old->intake)) {
        uv_timer_start(&s->reload.limit, on_limit, 20, 0);
        return;
    }
    if (!old->delivery_stopping) {
        old->delivery_stopping = old->pool_stopping = true;
        delivery_stop(old->delivery);
        pool_stop(old->pool);
    }
    if (old->delivery_stopped && old->pool_stopped)
        begin_new(s);
}

void reload_advance(struct supervisor *s) {
    struct reload *r = &s->reload;
    if (r->phase == RELOAD_INSPECT && r->next && !r->inspecting)
        start_workers(s);
    else if (r->phase == RELOAD_WORKERS)
        look_at_workers(s);
    if (r->phase == RELOAD_SWAP)
        swap(s);
}

void reload_init(struct supervisor *s) {
    uv_timer_init(&s->loop, &s->reload.limit);
    s->reload.limit.data = s;
}

bool reload_ended(struct supervisor *s) {
    struct reload *r = &s->reload;
    if (r->inspecting && !uv_is_closing((uv_handle_t *)&r->answer))
        end_inspection(s, true);
    if (r->inspecting)
        return false;
    if (r->next && r->next->pool && !r->next->pool_stopping) {
        r->next->pool_stopping = true;
        pool_stop(r->next->pool);
    }
    if (r->next && r->next->pool && !r->next->pool_stopped)
        return false;
    r->next = rooms_free(r->next);
    return true;
}
