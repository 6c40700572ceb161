/* SPDX-License-Identifier: MIT */
/* Private to admin/. */
#pragma once
#include <microhttpd.h>
#include <stdbool.h>

#include "admin/admin.h"
#include "base/buf.h"

enum { REQUEST_MAX = 4 << 20 }; /* bytes of a request's body */

/* What stands first in the state of a request that has one. */
enum request_kind { REQUEST_RELOAD, REQUEST_OPERATION };

/* A POST on its way. The connection is suspended between the question and the answer. */
struct admin_request {
    enum request_kind kind;
    struct endpoint *endpoint;         /* NULL: it was closed meanwhile */
    struct MHD_Connection *connection; /* NULL: it is over, only the answer is waited for */
    struct buf body, answer;
    unsigned code;
    enum { REQUEST_READS, REQUEST_WAITS, REQUEST_ANSWERED } state;
    struct admin_request *next, *prev; /* those of the endpoint that wait */
};

/* One listening socket with its HTTP server, driven by the loop. */
struct endpoint {
    struct admin *admin;
    bool network; /* not the Unix socket */
    bool running; /* inside the server */
    struct MHD_Daemon *http;
    uv_poll_t poll;   /* on the server's epoll descriptor */
    uv_timer_t timer; /* the server's next timeout of a connection */
    struct admin_request *waiting;
    bool soon; /* something happened inside of the server's run that only its next one sees */
};

/* A request that waits for the outcome of a reload; its connection is suspended meanwhile. */
struct waiter {
    enum request_kind kind;
    struct endpoint *endpoint;
    struct MHD_Connection *connection;
    uint64_t number;
    bool suspended;
    struct waiter *next, *prev; /* of those that are suspended */
};

struct admin {
    uv_loop_t *loop;
    char *socket; /* path, removed at the end */
    struct admin_calls calls;
    struct waiter *waiters;
    struct { /* the last outcome */
        uint64_t number;
        bool good;
        struct buf body;
    } told;
    admin_operate_fn *operate; /* NULL: nothing can be asked for */
    struct endpoint endpoint[2];
    size_t endpoints;
    unsigned open_handles;
};

/* listen.c: a listening, non-blocking socket; a negative errno with a message. */
int listen_unix(const char *path, struct error *err);
int listen_loopback(const char *address, struct error *err);

/* http.c */
/* Serves `fd`, which it takes over in any case. */
int endpoint_start(struct admin *admin, int fd, bool network, struct error *err);
void endpoint_soon(struct endpoint *endpoint); /* lets the server look at what it did not see happen */
void endpoint_stop(struct endpoint *endpoint, uv_close_cb closed);

/* request.c: POST. */
enum MHD_Result request_take(struct endpoint *endpoint, struct MHD_Connection *connection, const char *url,
                             const char *upload, size_t *upload_size, void **state);
void request_over(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how);
void request_leave_all(struct endpoint *endpoint); /* before the server stops */

/* Lets the server work now: a connection was resumed. */
void endpoint_run(struct endpoint *endpoint);

/* reload.c */
/* Answers POST /v1/reload; called by the server several times for one request, with the same `state`. */
enum MHD_Result reload_request(struct endpoint *endpoint, struct MHD_Connection *connection, size_t *upload_size,
                               void **state);
/* The server is done with a request, whether it was answered or not. */
void reload_request_ended(void *user, struct MHD_Connection *connection, void **state,
                          enum MHD_RequestTerminationCode code);
/* Nobody waits any more: those who do are told that the daemon ends. */
void reload_give_up(struct admin *admin);

/* routes.c */
enum MHD_Result route_reply(struct MHD_Connection *connection, unsigned code, struct buf *body);
enum MHD_Result route_refuse(struct MHD_Connection *connection, unsigned code, const char *sentence);
/* routes.c: answers a request; the type is libmicrohttpd's, `user` the endpoint. */
enum MHD_Result route_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **state);
