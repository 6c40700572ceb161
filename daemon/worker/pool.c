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

static bool is_slow(const struct worker *w) {
    return w->jobs && uv_now(w->pool->loop) - w->since >= BEHIND_LIMIT;
}

/* How many work, how many of them take long, and how many of these are at a document of this pipeline. */
struct crowd {
    unsigned working, slow, same;
};

static struct crowd look_around(const struct pool *pool, uint32_t pipeline) {
    struct crowd crowd = {0};
    for (unsigned i = 0; i < pool->workers; i++) {
        const struct worker *w = &pool->worker[i];
        crowd.working += w->jobs > 0;
        crowd.slow += is_slow(w);
        crowd.same += is_slow(w) && w->job[0]->pipeline == pipeline;
    }
    return crowd;
}

/* May one more worker begin, with a document of this pipeline? Those that take long do not keep quick ones from the
 * processors; but a pipeline with such documents leaves half of the additional workers to the others. */
static bool may_begin(const struct pool *pool, uint32_t pipeline) {
    struct crowd crowd = look_around(pool, pipeline);
    unsigned more = crowd.same ? (pool->at_once + 1) / 2 : pool->at_once;
    return crowd.working < pool->at_once ||
           (crowd.working - crowd.slow < pool->at_once && crowd.working < pool->at_once + more);
}

static struct worker *idle_worker(struct pool *pool) {
    for (unsigned i = 0; i < pool->workers; i++)
        if (pool->worker[i].jobs == 0 && takes_more(&pool->worker[i]))
            return &pool->worker[i];
    return NULL;
}

/* Of those at work. */
static struct worker *least_busy(struct pool *pool) {
    struct worker *best = NULL;
    for (unsigned i = 0; i < pool->workers; i++) {
        struct worker *w = &pool->worker[i];
        if (w->jobs && takes_more(w) && (!best || w->jobs < best->jobs))
            best = w;
    }
    return best;
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

static struct worker *worker_for(struct pool *pool, const struct pool_job *job) {
    struct worker *idle = idle_worker(pool);
    return idle && may_begin(pool, job->pipeline) ? idle : least_busy(pool);
}

/* Could any document be given to a worker? */
static bool any_takes(struct pool *pool) {
    struct crowd crowd = look_around(pool, UINT32_MAX);
    return least_busy(pool) || (crowd.working - crowd.slow < pool->at_once && idle_worker(pool));
}

/* The first that need not wait, and its worker; NULL when there is none. */
static struct pool_job *take_next(struct pool *pool, struct worker **ret_worker) {
    struct pool_job *before = NULL, *job = any_takes(pool) ? pool->first : NULL;
    while (job) {
        bool waits = has_to_wait(pool, job);
        if (!waits && (*ret_worker = worker_for(pool, job)))
            return take_out(pool, before, job);
        if (waits && pool->draining) {
            pool->jobs--;
            pool->calls.dropped(pool->calls.user, take_out(pool, before, job));
        } else {
            before = job;
        }
        job = before ? before->next : pool->first;
    }
    return NULL;
}

/* Documents wait behind others that may turn out to take long. */
static bool any_behind(const struct pool *pool) {
    for (unsigned i = 0; i < pool->workers; i++) {
        const struct worker *w = &pool->worker[i];
        if (w->jobs > 1 || (w->jobs && pool->first && !is_slow(w)))
            return true;
    }
    return false;
}

static void on_behind_timer(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    for (unsigned i = 0; i < pool->workers && !pool->stopping; i++)
        worker_look_behind(&pool->worker[i]);
    pool_dispatch(pool);
}

/* One worker stands by, so that a document need not wait until a process is made. */
static void keep_one_ready(struct pool *pool) {
    struct worker *none = NULL;
    for (unsigned i = 0; i < pool->workers; i++) {
        struct worker *w = &pool->worker[i];
        if (w->state == WORKER_NONE && w->handles == 0)
            none = w;
        else if (w->jobs == 0)
            return;
    }
    if (none && !pool->was_refused)
        worker_start(none);
}

/* Gives the document to the worker; false: not now. */
static bool give(struct pool *pool, struct pool_job *job, struct worker *worker) {
    if (job->fd < 0 && pool->calls.again(pool->calls.user, job) < 0) {
        benched_forget(pool, job);
        pool->jobs--;
        return true;
    }
    int e = worker_send(worker, job);
    if (e == 0) {
        pool->calls.sent(pool->calls.user, job);
        return true;
    }
    pool_give_back(pool, &job, 1);
    worker->retired |= e != -EAGAIN; /* its end is on the way */
    return e != -EAGAIN;
}

void pool_dispatch(struct pool *pool) {
    struct worker *worker;
    struct pool_job *job;
    if (pool->stopping)
        return;
    while ((job = take_next(pool, &worker)) && give(pool, job, worker))
        ;
    if (any_behind(pool) && !uv_is_active((uv_handle_t *)&pool->behind_timer))
        uv_timer_start(&pool->behind_timer, on_behind_timer, BEHIND_LIMIT, 0);
    keep_one_ready(pool);
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
        bool at_start = i <= pool->at_once || pool->window == 1;
        *w = (struct worker){
            .pool = pool, .index = i, .spool = -1, .asked = -1, .state = at_start ? WORKER_WAITING : WORKER_NONE};
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
    pool->at_once = worker_count(config);
    pool->workers = 2 * pool->at_once;
    pool->window = config->workers.per_document ? 1 : WORKER_WINDOW; /* 1: while one works, the next is made */
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
        pool->calls.dropped(pool->calls.user, take_out(pool, NULL, pool->first));
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
        if (w->state == WORKER_NONE && w->handles == 0)
            continue;
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
