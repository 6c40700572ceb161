/* SPDX-License-Identifier: MIT */
/*
 * Admin: looking in from outside, HTTP/1.1 over a Unix socket and, when configured, over loopback. Runs in the daemon,
 * on the supervisor's loop and thread (libmicrohttpd without threads of its own: its epoll descriptor is polled by the
 * loop). It only reads the state that the supervisor hands out, and never stands in the way of the data: an admin that
 * cannot listen is a warning for the daemon, not its end.
 *
 *     GET /v1/status   the state as one JSON object
 *
 * Everything else is answered 404 or 405 with {"error": "a sentence"}; on loopback, a request whose Host is not this
 * machine 421.
 */
#pragma once
#include <cjson/cJSON.h>
#include <uv.h>

#include "base/error.h"

struct admin;

/* Makes the state, called for each request; the admin frees it with cJSON_Delete(). */
typedef cJSON *admin_status_fn(void *user);

/* Listens on `socket` (mode 0660; a left-over socket that nobody answers on is replaced, -EADDRINUSE when somebody
 * does) and on `listen` ("127.0.0.1:8740", "[::1]:8740"; NULL: not). 0, or a negative errno with a message; then
 * nothing listens. */
int admin_start(uv_loop_t *loop, const char *listen, const char *socket, admin_status_fn *status, void *user,
                struct admin **ret, struct error *err);
/* Closes the connections and removes the socket; the memory goes when the loop has closed the handles, which it must
 * still run for. Takes NULL, returns NULL. */
struct admin *admin_stop(struct admin *admin);
