/* SPDX-License-Identifier: MIT */
/* Files for records that outgrow a message. Few at a time: each is an open descriptor until its document is committed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "worker/inside.h"

/* O_TMPFILE has no name to leave behind; file systems without it get a name that is removed at once. */
static int spool_open(const char *dir) {
    int fd = os.open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd < 0 ? -errno : fd;
    _cleanup_(freep) char *path = mem_format("%s/.spool", dir);
    fd = os.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    (void)os.unlinkat(AT_FDCWD, path, 0);
    return fd;
}

void spool_give(struct worker *worker) {
    struct pool *pool = worker->pool;
    worker->wants_spool = true;
    if (pool->stopping || pool->spools >= SPOOLS_MAX || worker->jobs == 0)
        return;
    _cleanup_(closep) int fd = spool_open(pool->spool_dir);
    if (fd < 0) {
        if (!uv_is_active((uv_handle_t *)&pool->spool_timer))
            log_warn("%s: no file for large records can be made: %s; it is tried again", pool->spool_dir,
                     strerror(-fd));
        uv_timer_start(&pool->spool_timer, spool_on_timer, SPOOL_RETRY, 0);
        return;
    }
    struct wire_spool spool = {.job = worker->job[0]->number};
    if (wire_send(worker->child.socket, WIRE_SPOOL, &spool, NULL, 0, &fd, 1) < 0)
        return; /* the worker is gone, which its pidfd tells */
    worker->wants_spool = false;
    /* The daemon's own end waits for the answer. */
    worker->spool = take_fd(fd);
    pool->spools++;
}

static void give_waiting(struct pool *pool) {
    for (unsigned i = 0; i < pool->workers; i++)
        if (pool->worker[i].wants_spool)
            spool_give(&pool->worker[i]);
}

void spool_on_timer(uv_timer_t *timer) {
    give_waiting(timer->data);
}

struct closing {
    uv_work_t work;
    int fd;
};

static void close_work(uv_work_t *work) {
    struct closing *closing = work->data;
    close(closing->fd);
}

static void close_done(uv_work_t *work, int status) {
    (void)status;
    free(work->data);
}

/* The last close frees the file, which takes tens of milliseconds for gigabytes: a thread does it. */
static void close_aside(uv_loop_t *loop, int fd) {
    struct closing *closing = mem_alloc(sizeof *closing);
    *closing = (struct closing){.work.data = closing, .fd = fd};
    if (uv_queue_work(loop, &closing->work, close_work, close_done) == 0)
        return;
    free(closing);
    close(fd);
}

void pool_spool_close(struct pool *pool, int spool) {
    if (spool < 0)
        return;
    close_aside(pool->loop, spool);
    pool->spools--;
    give_waiting(pool);
}
