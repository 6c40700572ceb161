/* SPDX-License-Identifier: MIT */
/*
 * libmicrohttpd inside the loop. A server started with MHD_USE_EPOLL and without threads does all its work in
 * MHD_run(), which is called when its epoll descriptor is readable and when the timeout that it last named is over;
 * each run may change that timeout, so that the timer is set anew after every run.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "admin/internal.h"
#include "base/cleanup.h"
#include "base/log.h"

enum { CONNECTIONS_MAX = 32, IDLE_SECONDS = 15 };

static void on_timer(uv_timer_t *timer) {
    endpoint_run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    endpoint_run(poll->data);
}

void endpoint_soon(struct endpoint *endpoint) {
    endpoint->soon = true;
    uv_timer_start(&endpoint->timer, on_timer, 0, 0);
}

void endpoint_run(struct endpoint *endpoint) {
    MHD_UNSIGNED_LONG_LONG timeout;
    if (endpoint->running) /* an answer is being made; what was resumed makes the epoll descriptor readable */
        return;
    endpoint->running = true;
    endpoint->soon = false;
    MHD_run(endpoint->http);
    endpoint->running = false;
    if (endpoint->soon)
        return;
    if (MHD_get_timeout(endpoint->http, &timeout) == MHD_YES)
        uv_timer_start(&endpoint->timer, on_timer, timeout, 0);
    else
        uv_timer_stop(&endpoint->timer);
}

static void log_message(void *user, const char *format, va_list args) {
    (void)user;
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = 0;
    log_debug("admin: %s", text);
}

/* Two kinds of requests keep a state. */
static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code) {
    if (*state && *(enum request_kind *)*state == REQUEST_OPERATION)
        request_over(user, connection, state, code);
    else
        reload_request_ended(user, connection, state, code);
}

static struct MHD_Daemon *start_server(struct endpoint *endpoint, int fd) {
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, route_request,
                            endpoint, MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
                            MHD_OPTION_END);
}

int endpoint_start(struct admin *admin, int fd, bool network, struct error *err) {
    struct endpoint *e = &admin->endpoint[admin->endpoints];
    struct MHD_Daemon *http = start_server(e, fd);
    if (!http) {
        close_fd(fd);
        return error_set(err, EIO, "the admin's HTTP server cannot be started");
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http, MHD_DAEMON_INFO_EPOLL_FD);
    *e = (struct endpoint){.admin = admin, .network = network, .http = http};
    int r = uv_poll_init(admin->loop, &e->poll, info->epoll_fd);
    if (r < 0) {
        MHD_stop_daemon(http);
        return error_set(err, -r, "the admin's HTTP server cannot be watched: %s", uv_strerror(r));
    }
    uv_timer_init(admin->loop, &e->timer);
    e->poll.data = e->timer.data = e;
    uv_poll_start(&e->poll, UV_READABLE, on_poll);
    admin->endpoints++;
    admin->open_handles += 2;
    return 0;
}

void endpoint_stop(struct endpoint *endpoint, uv_close_cb closed) {
    uv_poll_stop(&endpoint->poll); /* before the server closes the descriptor */
    request_leave_all(endpoint);
    MHD_stop_daemon(endpoint->http);
    uv_close((uv_handle_t *)&endpoint->poll, closed);
    uv_close((uv_handle_t *)&endpoint->timer, closed);
}
