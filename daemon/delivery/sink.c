/* SPDX-License-Identifier: MIT */
/*
 * The life of a sink's process: started -> runs -> ended (reaped, both handles closed) -> pause -> started again. The
 * pause doubles with each end, and begins anew when a process has run for a while or moved on.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "delivery/internal.h"
#include "wire/wire.h"

enum { PAUSE_FIRST = 100, PAUSE_MAX = 30000, PATIENCE = 5000, RAN_WELL = 60000 }; /* milliseconds */

const struct config_sink *sink_config(const struct sink *sink) {
    return &sink->delivery->config->sink[sink->index];
}

static const char *name_of(const struct sink *sink) {
    return sink_config(sink)->name;
}

void sink_init(struct sink *sink, struct delivery *delivery, size_t index) {
    *sink = (struct sink){.delivery = delivery, .index = index, .pause = PAUSE_FIRST};
    uv_timer_init(delivery->loop, &sink->timer);
    sink->timer.data = sink;
}

static void moved(struct sink *sink) {
    sink->delivery->calls.moved(sink->delivery->calls.user);
}

static void set_trouble(struct sink *sink, const char *text, size_t len) {
    size_t fits = len < sizeof sink->trouble - 1 ? len : sizeof sink->trouble - 1;
    if (strlen(sink->trouble) == fits && memcmp(sink->trouble, text, fits) == 0)
        return;
    memcpy(sink->trouble, text, fits);
    sink->trouble[fits] = 0;
    if (fits)
        log_warn("sink %s: %s", name_of(sink), sink->trouble);
    else
        log_info("sink %s: runs again", name_of(sink));
}

static void on_pause_over(uv_timer_t *timer) {
    sink_start(timer->data);
}

static void start_later(struct sink *sink) {
    uv_timer_start(&sink->timer, on_pause_over, (uint64_t)sink->pause, 0);
    sink->pause = sink->pause * 2 < PAUSE_MAX ? sink->pause * 2 : PAUSE_MAX;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct sink *sink = handle->data;
    delivery_sink_ended(sink->delivery);
}

/* Nothing of the last process is left. */
static void after_end(struct sink *sink) {
    if (sink->delivery->stopping)
        uv_close((uv_handle_t *)&sink->timer, on_timer_closed);
    else
        start_later(sink);
}

static void on_poll_closed(uv_handle_t *handle) {
    struct sink *sink = handle->data;
    if (--sink->closing == 0) {
        child_close(&sink->child);
        after_end(sink);
    }
}

static void on_delivered(struct sink *sink, const struct wire_message *message) {
    const struct wire_delivered *delivered = &message->delivered;
    if (delivered->sequence > sink->done)
        sink->pause = PAUSE_FIRST;
    sink->done = delivered->sequence;
    sink->records = delivered->records;
    set_trouble(sink, message->tail, message->tail_len);
    moved(sink);
}

static void on_message(struct sink *sink, const struct wire_message *message) {
    if (message->header.type == WIRE_DELIVERED)
        on_delivered(sink, message);
    else if (message->header.type == WIRE_READY) {
        sink->lacking = message->ready.lacking;
        set_trouble(sink, message->tail, message->tail_len);
    }
    for (int i = 0; i < WIRE_FDS_MAX; i++)
        close_fd(message->fd[i]);
}

static void receive_all(struct sink *sink) {
    _cleanup_(freep) struct wire_message *message = mem_alloc(sizeof *message);
    struct error err = {0};
    int r;
    while ((r = wire_receive(sink->child.socket, message, &err)) > 0)
        on_message(sink, message);
    if (r == -EAGAIN)
        return;
    uv_poll_stop(&sink->socket);
    if (r < 0) {
        log_error("sink %s: %s; its process is ended and started again", name_of(sink), err.text);
        kill(sink->child.pid, SIGKILL);
    }
}

static void on_socket(uv_poll_t *poll, int status, int events);

static void watch_socket(struct sink *sink) {
    uv_poll_start(&sink->socket, UV_READABLE | (sink->full ? UV_WRITABLE : 0), on_socket);
}

static void on_socket(uv_poll_t *poll, int status, int events) {
    struct sink *sink = poll->data;
    if (status == 0 && events & UV_WRITABLE) {
        sink->full = false;
        watch_socket(sink);
        sink_tell(sink);
    }
    if (status < 0 || events & UV_READABLE)
        receive_all(sink);
}

static void describe_end(struct sink *sink, int status) {
    char text[128];
    if (sink->delivery->stopping)
        return;
    child_status_text(status, text, sizeof text);
    log_warn("sink %s: its process %s; it is started again in %.1f s", name_of(sink), text, (double)sink->pause / 1000);
    if (!sink->trouble[0])
        snprintf(sink->trouble, sizeof sink->trouble, "its process %s and is started again", text);
}

static void on_death(uv_poll_t *poll, int status, int events) {
    struct sink *sink = poll->data;
    int ended;
    (void)status;
    (void)events;
    if (!child_reap(&sink->child, false, &ended))
        return;
    sink->running = false;
    receive_all(sink);
    if (uv_now(sink->delivery->loop) - sink->started >= RAN_WELL)
        sink->pause = PAUSE_FIRST;
    describe_end(sink, ended);
    sink->records_before += sink->records;
    sink->records = 0;
    sink->restarts++;
    uv_timer_stop(&sink->timer);
    sink->closing = 2;
    uv_close((uv_handle_t *)&sink->socket, on_poll_closed);
    uv_close((uv_handle_t *)&sink->death, on_poll_closed);
    moved(sink);
}

static int send_start(struct sink *sink, struct error *err) {
    const struct delivery *delivery = sink->delivery;
    struct wire_start start = {.role = WIRE_SINK, .index = (uint32_t)sink->index};
    const char *file = delivery->config->file;
    _cleanup_(closep) int text = child_text_fd(delivery->text, delivery->text_len);
    int r = text < 0 ? text : wire_send(sink->child.socket, WIRE_START, &start, file, strlen(file), &text, 1);
    return r < 0 ? error_errno(err, -r, "the configuration cannot be handed to the process") : 0;
}

static void watch(struct sink *sink) {
    uv_poll_init(sink->delivery->loop, &sink->socket, sink->child.socket);
    uv_poll_init(sink->delivery->loop, &sink->death, sink->child.pidfd);
    sink->socket.data = sink->death.data = sink;
    uv_poll_start(&sink->death, UV_READABLE, on_death);
    watch_socket(sink);
}

static int start_process(struct sink *sink, struct error *err) {
    int r = child_start("sink", &sink->child, err);
    if (r < 0)
        return r;
    r = send_start(sink, err);
    if (r < 0) {
        int status;
        kill(sink->child.pid, SIGKILL);
        child_reap(&sink->child, true, &status);
        child_close(&sink->child);
    }
    return r;
}

void sink_start(struct sink *sink) {
    struct error err;
    sink->full = false;
    sink->started = uv_now(sink->delivery->loop);
    if (start_process(sink, &err) < 0) {
        set_trouble(sink, err.text, strlen(err.text));
        start_later(sink);
        return;
    }
    sink->running = true;
    watch(sink);
    if (sink->delivery->committed)
        sink_tell(sink);
}

void sink_tell(struct sink *sink) {
    struct wire_committed committed = {.sequence = sink->delivery->committed};
    if (!sink->running || sink->full)
        return;
    if (wire_send(sink->child.socket, WIRE_COMMITTED, &committed, NULL, 0, NULL, 0) == -EAGAIN) {
        sink->full = true;
        watch_socket(sink);
    }
}

static void on_patience_over(uv_timer_t *timer) {
    struct sink *sink = timer->data;
    log_warn("sink %s: its process did not end within %d s and is killed; what it had not committed is written again",
             name_of(sink), PATIENCE / 1000);
    kill(sink->child.pid, SIGKILL);
}

void sink_stop(struct sink *sink) {
    uv_timer_stop(&sink->timer);
    if (sink->running) {
        kill(sink->child.pid, SIGTERM);
        uv_timer_start(&sink->timer, on_patience_over, PATIENCE, 0);
    } else if (sink->closing == 0)
        after_end(sink);
}
