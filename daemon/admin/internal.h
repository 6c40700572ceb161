/* SPDX-License-Identifier: MIT */
/* Private to admin/. */
#pragma once
#include <microhttpd.h>
#include <stdbool.h>

#include "admin/admin.h"

/* One listening socket with its HTTP server, driven by the loop. */
struct endpoint {
    struct admin *admin;
    bool network; /* not the Unix socket */
    struct MHD_Daemon *http;
    uv_poll_t poll;   /* on the server's epoll descriptor */
    uv_timer_t timer; /* the server's next timeout of a connection */
};

struct admin {
    uv_loop_t *loop;
    char *socket; /* path, removed at the end */
    admin_status_fn *status;
    void *user;
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

/* routes.c: answers a request; the type is libmicrohttpd's, `user` the endpoint. */
enum MHD_Result route_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **state);
