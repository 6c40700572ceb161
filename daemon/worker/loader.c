/* SPDX-License-Identifier: MIT */
/*
 * The loader: the process that has loaded the plugins and forks the workers, so that a new one is there in a
 * millisecond. Its workers are the daemon's children; when it dies they go on, and a new one is started.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/inside.h"

static void on_timer(uv_timer_t *timer);

void loader_init(struct pool *pool) {
    uv_timer_init(pool->loop, &pool->loader.timer);
    pool->loader.timer.data = pool;
}

static void pause_loader(struct pool *pool) {
    struct loader *loader = &pool->loader;
    loader->state = WORKER_PAUSED;
    loader->pause = loader->pause ? loader->pause * 2 : PAUSE_FIRST;
    loader->pause = loader->pause < PAUSE_LONGEST ? loader->pause : PAUSE_LONGEST;
    uv_timer_start(&loader->timer, on_timer, loader->pause, 0);
}

int loader_ask(struct pool *pool, unsigned index, int socket, int progress) {
    struct wire_fork ask = {.index = index};
    const int fds[] = {socket, progress};
    if (pool->loader.state != WORKER_READY)
        return -EAGAIN;
    return wire_send(pool->loader.child.socket, WIRE_FORK, &ask, NULL, 0, fds, 2);
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

void loader_refused(struct pool *pool, const struct wire_message *m) {
    _cleanup_(freep) char *mistakes = mem_strndup(m->tail, m->tail_len);
    if (!pool->was_ready && !pool->was_refused) {
        pool->was_refused = true;
        pool->calls.refused(pool->calls.user, mistakes);
    } else if (pool->was_ready) {
        log_error("the plugins cannot be loaded, which is tried again: %s", mistakes);
    }
}

static void on_ready(struct pool *pool) {
    pool->loader.state = WORKER_READY;
    uv_timer_stop(&pool->loader.timer);
    for (unsigned i = 0; i < pool->workers; i++)
        if (pool->worker[i].state == WORKER_WAITING)
            worker_start(&pool->worker[i]);
}

/* false: a message that a sound loader does not send. */
static bool on_message(struct pool *pool, const struct wire_message *m) {
    struct loader *loader = &pool->loader;
    if (m->header.type == WIRE_READY && loader->state == WORKER_STARTING) {
        if (m->tail_len)
            loader_refused(pool, m);
        else
            on_ready(pool);
        return true;
    }
    if (m->header.type != WIRE_FORKED || m->forked.index >= pool->workers || pool->worker[m->forked.index].asked < 0)
        return false;
    loader->served = true;
    loader->pause = 0;
    worker_made(&pool->worker[m->forked.index], m->forked.pid);
    return true;
}

static void read_messages(struct pool *pool) {
    struct loader *loader = &pool->loader;
    struct error err;
    for (;;) {
        int r = wire_receive(loader->child.socket, pool->message, &err);
        if (r == -EAGAIN)
            return;
        for (size_t i = 0; r > 0 && i < WIRE_FDS_MAX; i++)
            close_fd(pool->message->fd[i]);
        if (r > 0 && on_message(pool, pool->message))
            continue;
        if (r != 0) {
            log_error("the process that makes workers is replaced: it sent what fits nowhere");
            kill(loader->child.pid, SIGKILL);
        }
        uv_poll_stop(&loader->messages); /* its end follows on the pidfd */
        return;
    }
}

static void on_messages(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events;
    read_messages(poll->data);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle) {
    struct pool *pool = handle->data;
    struct loader *loader = &pool->loader;
    if (--loader->handles)
        return;
    child_close(&loader->child);
    for (unsigned i = 0; i < pool->workers; i++)
        worker_lost(&pool->worker[i]);
    loader->state = WORKER_NONE;
    if (!pool->stopping && !pool->was_refused) {
        if (loader->served)
            loader_start(pool);
        else
            pause_loader(pool);
    }
    pool_maybe_stopped(pool);
}

static void on_end(uv_poll_t *poll, int status, int events) {
    struct pool *pool = poll->data;
    struct loader *loader = &pool->loader;
    (void)status, (void)events;
    int how = 0;
    if (!child_reap(&loader->child, false, &how))
        return;
    read_messages(pool);
    if (!pool->stopping && !pool->was_refused) {
        char text[128];
        log_error("the process that makes workers %s and is started again; the workers go on",
                  child_status_text(how, text, sizeof text));
    }
    uv_close((uv_handle_t *)&loader->messages, on_handle_closed);
    uv_close((uv_handle_t *)&loader->end, on_handle_closed);
}

static void watch_loader(struct pool *pool) {
    struct loader *loader = &pool->loader;
    uv_poll_init(pool->loop, &loader->messages, loader->child.socket);
    uv_poll_init(pool->loop, &loader->end, loader->child.pidfd);
    loader->messages.data = loader->end.data = pool;
    loader->handles = 2;
    uv_poll_start(&loader->messages, UV_READABLE, on_messages);
    uv_poll_start(&loader->end, UV_READABLE, on_end);
}

void loader_start(struct pool *pool) {
    struct loader *loader = &pool->loader;
    struct wire_start start = {.role = WIRE_WORKER};
    struct error err;
    if (child_start("worker", &loader->child, &err) < 0) {
        log_error("%s; it is tried again", err.text);
        pause_loader(pool);
        return;
    }
    loader->state = WORKER_STARTING;
    loader->served = false;
    watch_loader(pool);
    const char *file = pool->config->file;
    int e = wire_send(loader->child.socket, WIRE_START, &start, file, strlen(file), &pool->text, 1);
    if (e < 0) {
        log_error("the process that makes workers cannot be given its start: %s", strerror(-e));
        kill(loader->child.pid, SIGKILL);
    }
    uv_timer_start(&loader->timer, on_timer, READY_LIMIT, 0);
}

static void on_timer(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    if (pool->loader.state == WORKER_PAUSED)
        loader_start(pool);
    else if (pool->loader.state == WORKER_STARTING)
        kill(pool->loader.child.pid, SIGKILL);
}

void loader_kill(struct pool *pool) {
    struct loader *loader = &pool->loader;
    if (loader->handles && !uv_is_closing((uv_handle_t *)&loader->end))
        kill(loader->child.pid, SIGKILL);
}

void loader_end(struct pool *pool) {
    struct loader *loader = &pool->loader;
    if (loader->handles && loader->state == WORKER_STARTING)
        loader_kill(pool);
    else if (loader->handles)
        shutdown(loader->child.socket, SHUT_WR); /* after what it was asked for */
}
