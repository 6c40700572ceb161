/* SPDX-License-Identifier: MIT */
/*
 * POST /v1/reload. The server calls for a request when its headers are there, when its body is, and, after it was
 * suspended and resumed, once more: the outcome is then known and answered.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/internal.h"
#include "base/json.h"
#include "base/mem.h"

enum { RUNS = 8 }; /* of the server, so that an answer is out before it may be closed */

static enum MHD_Result answer(const struct admin *admin, struct MHD_Connection *connection) {
    struct buf body = {0};
    buf_add(&body, admin->told.body.at, admin->told.body.len);
    return route_reply(connection, admin->told.good ? MHD_HTTP_OK : MHD_HTTP_CONFLICT, &body);
}

static void suspend(struct admin *admin, struct waiter *waiter) {
    waiter->suspended = true;
    waiter->prev = NULL;
    waiter->next = admin->waiters;
    if (waiter->next)
        waiter->next->prev = waiter;
    admin->waiters = waiter;
    MHD_suspend_connection(waiter->connection);
}

static void resume(struct admin *admin, struct waiter *waiter) {
    if (waiter->prev)
        waiter->prev->next = waiter->next;
    else
        admin->waiters = waiter->next;
    if (waiter->next)
        waiter->next->prev = waiter->prev;
    waiter->suspended = false;
    MHD_resume_connection(waiter->connection);
}

enum MHD_Result reload_request(struct endpoint *endpoint, struct MHD_Connection *connection, size_t *upload_size,
                               void **state) {
    struct admin *admin = endpoint->admin;
    struct waiter *waiter = *state;
    if (!waiter) {
        *state = waiter = mem_alloc(sizeof *waiter);
        *waiter = (struct waiter){.endpoint = endpoint, .connection = connection};
        return MHD_YES;
    }
    if (*upload_size) { /* there is nothing to say in a body */
        *upload_size = 0;
        return MHD_YES;
    }
    if (waiter->number == 0)
        waiter->number = admin->calls.reload(admin->calls.user);
    if (waiter->number == 0)
        return route_refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "the daemon ends");
    if (admin->told.number >= waiter->number)
        return answer(admin, connection);
    suspend(admin, waiter);
    return MHD_YES;
}

void reload_request_ended(void *user, struct MHD_Connection *connection, void **state,
                          enum MHD_RequestTerminationCode code) {
    struct waiter *waiter = *state;
    (void)user;
    (void)connection;
    (void)code;
    if (waiter && waiter->suspended)
        resume(waiter->endpoint->admin, waiter);
    free(waiter);
    *state = NULL;
}

/* Resumes those who wait for a number up to this one. */
static void wake(struct admin *admin, uint64_t number) {
    struct waiter *next;
    for (struct waiter *w = admin->waiters; w; w = next) {
        next = w->next;
        if (w->number <= number)
            resume(admin, w);
    }
    for (size_t run = 0; run < RUNS; run++)
        for (size_t i = 0; i < admin->endpoints; i++)
            endpoint_run(&admin->endpoint[i]);
}

static void add_lines(struct buf *body, const char *lines, size_t len) {
    for (size_t count = 0; len; count++) {
        const char *end = memchr(lines, '\n', len);
        size_t line = end ? (size_t)(end - lines) : len;
        if (count)
            buf_char(body, ',');
        json_string(body, lines, line);
        line += end != NULL;
        lines += line;
        len -= line;
    }
}

void admin_reloaded(struct admin *admin, uint64_t number, bool good, const char *mistakes, size_t len) {
    struct buf *body = &admin->told.body;
    body->len = 0;
    buf_char(body, '{');
    json_field(body, "outcome", good ? "in use" : "refused");
    json_field_u64(body, "number", number);
    buf_str(body, ",\"mistakes\":[");
    add_lines(body, mistakes, len);
    buf_str(body, "]}\n");
    admin->told.number = number;
    admin->told.good = good;
    if (admin->waiters)
        wake(admin, number);
}

void reload_give_up(struct admin *admin) {
    static const char ends[] = "the daemon ends before this is done";
    if (admin->waiters)
        admin_reloaded(admin, UINT64_MAX, false, ends, sizeof ends - 1);
}
