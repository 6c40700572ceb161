/* SPDX-License-Identifier: MIT */
/* The pool's queue and life. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "worker/inside.h"

enum { OWN_TIMERS = 4 }; /* spool_timer, behind_timer, the loader's, the bench's */

static unsigned worker_count(const struct config *config) {
    unsigned count = config->workers.count;
    if (count == 0)
        count = uv_available_parallelism();
    return count < 1 ? 1 : count > 64 ? 64 : count;
}

/* Small documents that many others wait behind, none of them late: a worker's turn is then short enough to queue up
 * for. */
static unsigned window(const struct pool *pool, const struct worker *worker) {
    if (pool->window == 1 || pool->waiting < MANY || pool->first->size > SMALL)
        return pool->window;
    bool quick = worker->jobs == 0 || uv_now(pool->loop) - worker->since < QUICK;
    return quick ? WORKER_WINDOW_MANY : pool->window;
}

/* Nothing is put behind a document that takes long. */
static bool takes_more(const struct worker *w) {
    const struct pool *pool = w->pool;
    return w->state == WORKER_READY && !w->retired && !w->late && w->jobs < window(pool, w) &&
           (w->jobs == 0 || uv_now(pool->loop) - w->since < BEHIND_LIMIT);
}

static struct worker *least_busy(struct pool *pool) {
    struct worker *best = NULL;
    unsigned working = 0;
    for (unsigned i = 0; i < pool->workers; i++) {
        struct worker *w = &pool->worker[i];
        working += w->jobs > 0;
        if (takes_more(w) && (!best || w->jobs < best->jobs))
            best = w;
    }
    return best && best->jobs == 0 && working >= pool->at_once ? NULL : best;
}

/* A document that waits for long keeps no descriptor. */
static bool has_to_wait(struct pool *pool, struct pool_job *job) {
    if (!benched_holds(pool, job))
        return false;
    if (job->fd >= 0)
        pool->calls.sent(pool->calls.user, job);
    return true;
}

static struct pool_job *take_out(struct pool *pool, struct pool_job *before, struct pool_job *job) {
    *(before ? &before->next : &pool->first) = job->next;
    if (pool->last == job)
        pool->last = before;
    job->next = NULL;
    pool->waiting--;
    return job;
}

/* The first that need not wait; NULL when there is none. */
static struct pool_job *take_next(struct pool *pool) {
    struct pool_job *before = NULL, *job = pool->first;
    while (job && !pool->stopping && has_to_wait(pool, job)) {
        if (pool->draining) {
            pool->jobs--;
            pool->calls.dropped(pool->calls.user, take_out(pool, before, job));
        } else {
            before = job;
        }
        job = before ? before->next : pool->first;
    }
    return job ? take_out(pool, before, job) : NULL;
}

static void on_behind_timer(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    bool more = false;
    for (unsigned i = 0; i < pool->workers && !pool->stopping; i++) {
        worker_look_behind(&pool->worker[i]);
        more |= pool->worker[i].jobs > 1;
    }
    if (more)
        uv_timer_start(timer, on_behind_timer, BEHIND_LIMIT, 0);
    pool_dispatch(pool);
}

void pool_dispatch(struct pool *pool) {
    struct worker *worker;
    while (pool->first && !pool->stopping && (worker = least_busy(pool))) {
        struct pool_job *job = take_next(pool);
        if (!job)
            return;
        if (job->fd < 0 && pool->calls.again(pool->calls.user, job) < 0) {
            benched_forget(pool, job);
            pool->jobs--;
            continue;
        }
        int e = worker_send(worker, job);
        if (e == 0) {
            if (worker->jobs > 1 && !uv_is_active((uv_handle_t *)&pool->behind_timer))
                uv_timer_start(&pool->behind_timer, on_behind_timer, BEHIND_LIMIT, 0);
            pool->calls.sent(pool->calls.user, job);
            continue;
        }
        pool_give_back(pool, &job, 1);
        if (e == -EAGAIN)
            return;
        worker->retired = true; /* its end is on the way */
    }
}

void pool_drain(struct pool *pool) {
    pool->draining = true;
    pool_dispatch(pool);
}

void pool_submit(struct pool *pool, struct pool_job *job) {
    job->next = NULL;
    if (pool->last)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    pool->jobs++;
    pool->waiting++;
    pool_dispatch(pool);
}

void pool_give_back(struct pool *pool, struct pool_job **jobs, unsigned count) {
    while (count--) {
        jobs[count]->next = pool->first;
        pool->first = jobs[count];
        pool->waiting++;
        if (!pool->last)
            pool->last = pool->first;
    }
}

void pool_job_ended(struct pool *pool) {
    pool->jobs--;
}

unsigned pool_jobs(const struct pool *pool) {
    return pool->jobs;
}

unsigned pool_running(const struct pool *pool) {
    unsigned running = 0;
    for (unsigned i = 0; i < pool->workers; i++)
        running += pool->worker[i].state == WORKER_READY || pool->worker[i].state == WORKER_STARTING;
    return running;
}

static void pool_init(struct pool *pool) {
    uv_timer_init(pool->loop, &pool->spool_timer);
    uv_timer_init(pool->loop, &pool->behind_timer);
    pool->spool_timer.data = pool->behind_timer.data = pool;
    loader_init(pool);
    benched_init(pool);
    for (unsigned i = 0; i < pool->workers; i++) {
        struct worker *w = &pool->worker[i];
        *w = (struct worker){.pool = pool, .index = i, .spool = -1, .asked = -1, .state = WORKER_WAITING};
        uv_timer_init(pool->loop, &w->timer);
        w->timer.data = w;
    }
    pool->closing = pool->workers + OWN_TIMERS;
}

int pool_start(uv_loop_t *loop, const struct config *config, const char *text, size_t len, const char *spool_dir,
               const struct pool_calls *calls, struct pool **ret, struct error *err) {
    int fd = child_text_fd(text, len);
    if (fd < 0)
        return error_errno(err, -fd, "the workers' copy of the configuration cannot be made");
    struct pool *pool = mem_alloc(sizeof *pool);
    *pool = (struct pool){.loop = loop, .config = config, .calls = *calls, .text = fd};
    pool->spool_dir = mem_strdup(spool_dir);
    pool->workers = pool->at_once = worker_count(config);
    pool->window = WORKER_WINDOW;
    if (config->workers.per_document) { /* while one works, the next is made */
        pool->workers *= 2;
        pool->window = 1;
    }
    pool->worker = mem_alloc(pool->workers * sizeof *pool->worker);
    pool->message = mem_alloc(sizeof *pool->message);
    pool_init(pool);
    loader_start(pool);
    *ret = pool;
    return 0;
}

static bool any_left(const struct pool *pool) {
    if (pool->loader.handles)
        return true;
    for (unsigned i = 0; i < pool->workers; i++)
        if (pool->worker[i].state != WORKER_NONE || pool->worker[i].handles)
            return true;
    return false;
}

static void on_own_timer_closed(uv_handle_t *handle) {
    struct pool *pool = handle->data;
    pool->closing--;
    pool_maybe_stopped(pool);
}

void pool_maybe_stopped(struct pool *pool) {
    if (!pool->stopping || any_left(pool))
        return;
    if (!uv_is_closing((uv_handle_t *)&pool->spool_timer))
        uv_close((uv_handle_t *)&pool->spool_timer, on_own_timer_closed);
    else if (pool->closing == 0)
        pool->calls.stopped(pool->calls.user);
}

static void on_timer_closed(uv_handle_t *handle) {
    struct worker *worker = handle->data;
    worker->pool->closing--;
    pool_maybe_stopped(worker->pool);
}

static void on_end_limit(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    loader_kill(pool);
    for (unsigned i = 0; i < pool->workers; i++)
        worker_kill(&pool->worker[i]);
}

void pool_stop(struct pool *pool) {
    if (pool->stopping)
        return;
    pool->stopping = true;
    while (pool->first)
        pool->calls.dropped(pool->calls.user, take_next(pool));
    loader_end(pool);
    uv_close((uv_handle_t *)&pool->loader.timer, on_own_timer_closed);
    uv_close((uv_handle_t *)&pool->behind_timer, on_own_timer_closed);
    uv_close((uv_handle_t *)&pool->benched.timer, on_own_timer_closed);
    for (unsigned i = 0; i < pool->workers; i++) {
        worker_end(&pool->worker[i]);
        uv_close((uv_handle_t *)&pool->worker[i].timer, on_timer_closed);
    }
    uv_timer_start(&pool->spool_timer, on_end_limit, END_LIMIT, 0);
    pool_maybe_stopped(pool);
}

struct pool *pool_free(struct pool *pool) {
    if (pool) {
        close_fd(pool->text);
        benched_free(pool);
        free(pool->spool_dir);
        free(pool->worker);
        free(pool->message);
        free(pool);
    }
    return NULL;
}

static const char *state_word(const struct worker *w) {
    if (w->state == WORKER_READY)
        return w->jobs ? "working" : "idle";
    return w->state == WORKER_PAUSED ? "paused" : "starting";
}

cJSON *pool_status(const struct pool *pool) {
    cJSON *list = cJSON_CreateArray();
    for (unsigned i = 0; i < pool->workers; i++) {
        const struct worker *w = &pool->worker[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "pid", w->handles ? (double)w->child.pid : 0);
        cJSON_AddStringToObject(item, "state", state_word(w));
        if (w->jobs)
            cJSON_AddStringToObject(item, "document", w->job[0]->name);
        else
            cJSON_AddNullToObject(item, "document");
        cJSON_AddNumberToObject(item, "documents", (double)w->documents);
        cJSON_AddNumberToObject(item, "restarts", (double)w->restarts);
        char words[64];
        cJSON_AddStringToObject(item, "unconfined", wire_confine_words(w->lacking, words, sizeof words));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}
