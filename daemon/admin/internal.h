/* SPDX-License-Identifier: MIT */
/* Private to admin/. */
#pragma once
#include <microhttpd.h>
#include <stdbool.h>

#include "admin/admin.h"
#include "base/buf.h"

/* One listening socket with its HTTP server, driven by the loop. */
struct endpoint {
    struct admin *admin;
    bool network; /* not the Unix socket */
    bool running; /* inside the server */
    struct MHD_Daemon *http;
    uv_poll_t poll;   /* on the server's epoll descriptor */
    uv_timer_t timer; /* the server's next timeout of a connection */
};

/* A request that waits for the outcome of a reload; its connection is suspended meanwhile. */
struct waiter {
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
void endpoint_stop(struct endpoint *endpoint, uv_close_cb closed);

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
