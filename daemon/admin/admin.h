/* SPDX-License-Identifier: MIT */
/*
 * Admin: looking in from outside, HTTP/1.1 over a Unix socket and, when configured, over loopback. Runs in the daemon,
 * on the supervisor's loop and thread (libmicrohttpd without threads of its own: its epoll descriptor is polled by the
 * loop). It only reads the state that the supervisor hands out, and never stands in the way of the data: an admin that
 * cannot listen is a warning for the daemon, not its end.
 *
 *     GET  /v1/status   the state as one JSON object
 *     GET  /v1/waiting  {"waiting":[…],"more"}: the files that are not taken yet, and why
 *     GET  /v1/health   {"status","ready","live","reasons":[…]}; 200 when ready, else 503
 *     POST /v1/reload   reads the configuration again and waits for the outcome: 200 when it is in use, 409 when it was
 *                       refused, with {"outcome","number","mistakes":[…]}. On the socket only
 *     POST /v1/…        what operators ask for (the supervisor's operations), a JSON object in and out. On the socket
 * only
 *
 * Everything else is answered 404 or 405 with {"error": "a sentence"}; on loopback, a request whose Host is not this
 * machine 421, and one that would change something 403: there is no password.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"

struct admin;

/* What the supervisor answers with. Objects are the admin's to free. */
struct admin_calls {
    void *user;
    cJSON *(*status)(void *user);
    cJSON *(*waiting)(void *user);
    cJSON *(*health)(void *user, bool *ret_ready);
    /* Asks for a reload; its number, under which admin_reloaded() tells the outcome, perhaps before this returns; 0:
     * there will be none, the daemon ends. */
    uint64_t (*reload)(void *user);
};

/* One operation that was asked for. It is answered once, from the loop, at once or later. */
struct admin_request;
/* Begins an operation; `what` is the path behind /v1/. False: there is no such, and `request` is not to be answered. */
typedef bool admin_operate_fn(void *user, const char *what, const cJSON *object, struct admin_request *request);
/* `answer` is copied; `err` set: it failed, with that sentence. */
void admin_answer(struct admin_request *request, const cJSON *answer, const struct error *err);
/* Lets operations be asked for. */
void admin_operations(struct admin *admin, admin_operate_fn *operate);

/* Listens on `socket` (mode 0660; a left-over socket that nobody answers on is replaced, -EADDRINUSE when somebody
 * does) and on `listen` ("127.0.0.1:8740", "[::1]:8740"; NULL: not). 0, or a negative errno with a message; then
 * nothing listens. */
int admin_start(uv_loop_t *loop, const char *listen, const char *socket, const struct admin_calls *calls,
                struct admin **ret, struct error *err);
/* The outcome of reload `number`: everybody who waits for it, or for an earlier one, is answered at once. `mistakes`:
 * lines; none when the configuration is in use. */
void admin_reloaded(struct admin *admin, uint64_t number, bool good, const char *mistakes, size_t len);
/* Closes the connections and removes the socket; the memory goes when the loop has closed the handles, which it must
 * still run for. Takes NULL, returns NULL. */
struct admin *admin_stop(struct admin *admin);
