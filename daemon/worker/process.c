/* SPDX-License-Identifier: MIT */
/*
 * One worker process from its start to its replacement. It is watched through two descriptors: the socket with its
 * messages and the pidfd that tells its end. An end is settled only on the pidfd, after what the socket still holds was
 * read, so that an answer sent just before a death counts.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "confine/confine.h"
#include "worker/inside.h"

static void on_messages(uv_poll_t *poll, int status, int events);
static void on_end(uv_poll_t *poll, int status, int events);

/* --- start -------------------------------------------------------------------------------------------------------- */

static int make_progress(struct worker *worker) {
    int fd = memfd_create("siftd-progress", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    void *page = MAP_FAILED;
    if (ftruncate(fd, sizeof *worker->progress) == 0)
        page = mmap(NULL, sizeof *worker->progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        int code = errno;
        close(fd);
        return -code;
    }
    worker->progress = page;
    return fd;
}

static void pause_worker(struct worker *worker) {
    worker->state = WORKER_PAUSED;
    worker->pause = worker->pause ? worker->pause * 2 : PAUSE_FIRST;
    worker->pause = worker->pause < PAUSE_LONGEST ? worker->pause : PAUSE_LONGEST;
    uv_timer_start(&worker->timer, worker_on_timer, worker->pause, 0);
}

static void watch_child(struct worker *worker) {
    uv_poll_init(worker->pool->loop, &worker->messages, worker->child.socket);
    uv_poll_init(worker->pool->loop, &worker->end, worker->child.pidfd);
    worker->messages.data = worker->end.data = worker;
    worker->handles = 2;
    uv_poll_start(&worker->messages, UV_READABLE, on_messages);
    uv_poll_start(&worker->end, UV_READABLE, on_end);
}

/* Asks for the process. The worker's own end of the socket is kept until the answer. */
static int ask(struct worker *worker) {
    int mine, its, r = child_sockets(&mine, &its);
    if (r < 0)
        return r;
    _cleanup_(closep) int theirs = its, progress = make_progress(worker);
    r = progress < 0 ? progress : loader_ask(worker->pool, worker->index, theirs, progress);
    if (r == 0)
        worker->asked = mine;
    else
        close(mine);
    return r;
}

static void forget_progress(struct worker *worker) {
    if (worker->progress)
        munmap(worker->progress, sizeof *worker->progress);
    worker->progress = NULL;
}

void worker_start(struct worker *worker) {
    worker->state = WORKER_WAITING;
    if (worker->pool->loader.state != WORKER_READY)
        return;
    int e = ask(worker);
    if (e == 0) {
        worker->state = WORKER_STARTING;
        return;
    }
    forget_progress(worker);
    log_error("worker %u cannot be started: %s; it is tried again", worker->index + 1, strerror(-e));
    pause_worker(worker);
}

void worker_made(struct worker *worker, pid_t pid) {
    int e = pid < 0 ? pid : child_adopt(pid, take_fd(worker->asked), &worker->child);
    worker->asked = close_fd(worker->asked);
    if (e < 0) {
        forget_progress(worker);
        log_error("worker %u cannot be started: %s; it is tried again", worker->index + 1, strerror(-e));
        pause_worker(worker);
        return;
    }
    worker->foul = worker->retired = worker->served = false;
    worker->late = NULL;
    worker->turn = 0;
    if (clock_getcpuclockid(pid, &worker->cpu_clock) != 0)
        worker->cpu_clock = CLOCK_PROCESS_CPUTIME_ID;
    watch_child(worker);
    if (worker->pool->stopping)
        worker_end(worker);
    else
        uv_timer_start(&worker->timer, worker_on_timer, READY_LIMIT, 0);
}

void worker_lost(struct worker *worker) {
    if (worker->asked < 0)
        return;
    worker->asked = close_fd(worker->asked);
    forget_progress(worker);
    worker->state = worker->pool->stopping ? WORKER_NONE : WORKER_WAITING;
}

/* --- work --------------------------------------------------------------------------------------------------------- */

static uint64_t first_look(const struct config *config) {
    return (uint64_t)(config->workers.timeout < config->workers.cpu ? config->workers.timeout : config->workers.cpu);
}

/* Milliseconds that the worker has computed since its start. Asked of the kernel: what is in its memory is not to be
 * trusted. */
static int64_t computed(const struct worker *worker) {
    struct timespec t = {0};
    clock_gettime(worker->cpu_clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void became_first(struct worker *worker) {
    worker->since = uv_now(worker->pool->loop);
    worker->cpu_since = computed(worker);
    /* A running timer is left alone: it looks at `since` when it fires. */
    if (worker->jobs && !uv_is_active((uv_handle_t *)&worker->timer))
        uv_timer_start(&worker->timer, worker_on_timer, first_look(worker->pool->config), 0);
}

int worker_send(struct worker *worker, struct pool_job *job) {
    struct wire_job message = {.job = job->number,
                               .size = job->size,
                               .pipeline = job->pipeline,
                               .turn = worker->turn + 1,
                               .leased = job->leased};
    int e = wire_send(worker->child.socket, WIRE_JOB, &message, job->name, strlen(job->name), &job->fd, 1);
    if (e < 0)
        return e;
    job->attempts++;
    worker->turn++;
    worker->job[worker->jobs++] = job;
    if (worker->jobs == 1)
        became_first(worker);
    return 0;
}

/* What waits behind a document that takes long is taken back, unless it has been begun after all. */
void worker_look_behind(struct worker *worker) {
    if (worker->jobs < 2 || uv_now(worker->pool->loop) - worker->since < BEHIND_LIMIT)
        return;
    uint32_t first = worker->turn - worker->jobs + 1;
    if ((uint32_t)worker->progress->turns < first) /* it has not even got so far */
        return;
    uint32_t begun = wire_take_back(worker->progress, worker->turn);
    unsigned keep = begun < first ? 1 : begun - first + 1, count = keep < worker->jobs ? worker->jobs - keep : 0;
    for (unsigned i = 0; i < count; i++)
        worker->job[keep + i]->attempts--;
    pool_give_back(worker->pool, worker->job + keep, count);
    worker->jobs -= count;
}

static struct pool_job *shift_job(struct worker *worker) {
    struct pool_job *job = worker->job[0];
    worker->jobs--;
    memmove(worker->job, worker->job + 1, worker->jobs * sizeof *worker->job);
    became_first(worker);
    return job;
}

/* Once, at the first worker: the others run on the same kernel. */
static void tell_confinement(const struct worker *worker) {
    char words[64];
    if (worker->lacking)
        log_warn("workers are not confined as they should be: this kernel or build lacks %s; plugins that read foreign "
                 "files run with the rights of this user there",
                 wire_confine_words(worker->lacking, words, sizeof words));
}

static void on_ready(struct worker *worker, const struct wire_message *m) {
    struct pool *pool = worker->pool;
    if (m->tail_len) { /* its end follows */
        loader_refused(pool, m);
        return;
    }
    worker->state = WORKER_READY;
    worker->lacking = m->ready.lacking;
    uv_timer_stop(&worker->timer);
    if (!pool->was_ready) {
        pool->was_ready = true;
        tell_confinement(worker);
        pool->calls.ready(pool->calls.user);
    }
}

static void on_done(struct worker *worker, const struct wire_message *m) {
    struct pool *pool = worker->pool;
    struct pool_answer answer = {.status = m->done.status,
                                 .changed = m->done.changed,
                                 .records = m->done.records,
                                 .source_size = m->done.source_size,
                                 .body_size = m->done.body_size,
                                 .bytes = m->done.bytes,
                                 .records_account = m->done.records_account,
                                 .refused = m->done.refused,
                                 .spool = worker->spool};
    memcpy(answer.sha256, m->done.sha256, sizeof answer.sha256);
    if (!m->done.spooled)
        answer.body = mem_strndup(m->tail, m->tail_len);
    worker->spool = -1;
    struct pool_job *job = shift_job(worker);
    worker->documents++;
    worker->served = true;
    worker->pause = 0;
    pool_job_ended(pool);
    benched_passed(pool, job);
    if (pool->config->workers.per_document) {
        worker->retired = true; /* it ends by itself */
        uv_timer_start(&worker->timer, worker_on_timer, END_LIMIT, 0);
    }
    pool->calls.answered(pool->calls.user, job, &answer);
}

static bool is_whole(const struct worker *worker, const struct wire_message *m) {
    struct stat st;
    if (!m->done.spooled)
        return m->done.body_size == m->tail_len;
    return worker->spool >= 0 && fstat(worker->spool, &st) == 0 && (uint64_t)st.st_size == m->done.body_size;
}

/* false: a message that a sound worker does not send. */
static bool on_message(struct worker *worker, const struct wire_message *m) {
    switch (m->header.type) {
    case WIRE_READY:
        if (worker->state != WORKER_STARTING)
            return false;
        on_ready(worker, m);
        return true;
    case WIRE_SPOOL_WANTED:
        if (worker->jobs == 0 || m->spool_wanted.job != worker->job[0]->number || worker->spool >= 0)
            return false;
        spool_give(worker);
        return true;
    case WIRE_DONE:
        if (worker->jobs == 0 || m->done.job != worker->job[0]->number || !is_whole(worker, m))
            return false;
        on_done(worker, m);
        return true;
    default:
        return false;
    }
}

static void close_fds(const struct wire_message *m) {
    for (size_t i = 0; i < WIRE_FDS_MAX; i++)
        close_fd(m->fd[i]);
}

static void read_messages(struct worker *worker) {
    struct pool *pool = worker->pool;
    struct error err;
    for (;;) {
        int r = wire_receive(worker->child.socket, pool->message, &err);
        if (r == -EAGAIN)
            return;
        if (r > 0) {
            close_fds(pool->message);
            if (on_message(worker, pool->message))
                continue;
            r = error_set(&err, EPROTO, "%s came out of turn", wire_name(pool->message->header.type));
        }
        if (r < 0) {
            worker->foul = true;
            log_error("worker %u is replaced: %s", worker->index + 1, err.text);
            kill(worker->child.pid, SIGKILL);
        }
        uv_poll_stop(&worker->messages); /* its end follows on the pidfd */
        return;
    }
}

static void on_messages(uv_poll_t *poll, int status, int events) {
    struct worker *worker = poll->data;
    (void)status, (void)events;
    if (worker->pool->stopping) {
        uv_poll_stop(poll);
        return;
    }
    read_messages(worker);
    pool_dispatch(worker->pool);
}

/* --- end ---------------------------------------------------------------------------------------------------------- */

const char *worker_stage_word(uint32_t stage) {
    static const char *const words[] = {NULL, "decode", "clean", "extract", "validate", "sink"};
    return stage < sizeof words / sizeof *words ? words[stage] : NULL;
}

/* Copies what the worker wrote; nothing there is to be trusted. */
static void copy_text(char *to, size_t size, const volatile char *from, size_t most) {
    size_t n = 0;
    for (char c; n < size - 1 && n < most && (c = from[n]); n++)
        to[n] = c >= ' ' && c != 0x7f ? c : '?';
    to[n] = 0;
}

/* A plugin that does not look whether it got its memory crashes where the limit is. The file itself, which is mapped,
 * does not count. */
static bool was_full(const struct worker *worker) {
    uint64_t limit = worker->pool->config->workers.memory, file = worker->job[0]->size;
    return limit && worker->child.peak > file && worker->child.peak - file >= limit / 8 * 7;
}

static void tell_death(const struct worker *worker, int status, struct pool_death *ret) {
    const struct wire_progress *page = worker->progress;
    *ret = (struct pool_death){.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
    if (page && page->job == worker->job[0]->number && page->stage) {
        ret->stage = worker_stage_word(page->stage);
        copy_text(ret->plugin, sizeof ret->plugin, page->plugin, sizeof page->plugin);
    }
    const struct config *config = worker->pool->config;
    char text[128];
    if (worker->late) {
        bool computing = strcmp(worker->late, "cpu") == 0;
        ret->limit = worker->late;
        snprintf(ret->reason, sizeof ret->reason, "%s longer than the %lld ms that workers.%s allows",
                 computing ? "computed" : "took",
                 (long long)(computing ? config->workers.cpu : config->workers.timeout), computing ? "cpu" : "timeout");
    } else if (worker->foul) {
        snprintf(ret->reason, sizeof ret->reason, "made its worker send a message that fits nowhere");
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == MEM_EXIT) {
        ret->limit = "memory";
        snprintf(ret->reason, sizeof ret->reason,
                 "needed more than the %llu bytes of memory that workers.memory allows",
                 (unsigned long long)config->workers.memory);
    } else if (page && WIFEXITED(status) && WEXITSTATUS(status) == WIRE_LIMIT_EXIT) {
        char name[sizeof page->limit];
        copy_text(name, sizeof name, page->limit, sizeof page->limit);
        ret->limit = config_limit_name(name);
        copy_text(ret->reason, sizeof ret->reason, page->said, sizeof page->said);
    } else if (page && WIFEXITED(status) && WEXITSTATUS(status) == WIRE_CALL_EXIT) {
        ret->signal = SIGSYS;
        snprintf(ret->reason, sizeof ret->reason,
                 "took its worker down by the system call %s, which workers may not make (signal %d)",
                 confine_call_name(page->call - 1, text, sizeof text), SIGSYS);
    } else if (ret->signal == SIGXFSZ) {
        ret->limit = "output";
        snprintf(ret->reason, sizeof ret->reason, "wrote more to the file for its records than limits.output allows");
    } else {
        bool by_system = ret->signal == SIGKILL, full = ret->signal && was_full(worker);
        ret->limit = full ? "memory" : NULL;
        snprintf(ret->reason, sizeof ret->reason, "took its worker down, which %s%s",
                 child_status_text(status, text, sizeof text),
                 full        ? " when it had used up the memory that workers.memory allows"
                 : by_system ? ", most likely for want of memory"
                             : "");
    }
}

static bool lacks_spool(int status) {
    return WIFEXITED(status) && WEXITSTATUS(status) == WIRE_SPOOL_EXIT;
}

/* The first job is to blame when the worker was at it; also when nobody ever gets so far as to say so. */
static bool first_is_to_blame(const struct worker *worker, int status) {
    if (worker->jobs == 0 || lacks_spool(status))
        return false;
    if (worker->foul) /* it may be at the next one by now */
        return true;
    const struct pool_job *first = worker->job[0];
    if (worker->late) /* its answer may have come after all, just before the kill */
        return first->number == worker->late_job;
    return !worker->progress || worker->progress->job == first->number || first->attempts >= ATTEMPTS_MAX;
}

static void settle_jobs(struct worker *worker, int status) {
    struct pool *pool = worker->pool;
    struct pool_job *guilty = NULL;
    struct pool_death death;
    if (first_is_to_blame(worker, status)) {
        tell_death(worker, status, &death);
        guilty = shift_job(worker);
    }
    /* Only one that may have been at fault has used up an attempt. */
    for (unsigned i = guilty || lacks_spool(status) ? 0 : 1; i < worker->jobs; i++)
        worker->job[i]->attempts--;
    if (lacks_spool(status)) {
        worker->served = false; /* pauses, in which there may be room again */
        worker->pause = worker->pause < SPOOL_RETRY ? SPOOL_RETRY : worker->pause;
    }
    pool_give_back(pool, worker->job, worker->jobs);
    worker->jobs = 0;
    if (worker->spool >= 0)
        pool_spool_close(pool, take_fd(worker->spool));
    if (guilty) {
        pool_job_ended(pool);
        benched_died(pool, guilty, &death);
        benched_forget(pool, guilty);
        pool->calls.died(pool->calls.user, guilty, &death);
    }
}

/* One that did no work since its start would only die again at once. */
static void replace(struct worker *worker) {
    struct pool *pool = worker->pool;
    worker->state = WORKER_NONE;
    uv_timer_stop(&worker->timer);
    if (pool->stopping || pool->was_refused)
        return;
    worker->restarts += !worker->retired;
    if (!worker->served)
        pause_worker(worker);
    else
        worker_start(worker);
}

static void on_handle_closed(uv_handle_t *handle) {
    struct worker *worker = handle->data;
    if (--worker->handles)
        return;
    child_close(&worker->child);
    forget_progress(worker);
    replace(worker);
    pool_dispatch(worker->pool);
    pool_maybe_stopped(worker->pool);
}

static void on_end(uv_poll_t *poll, int status, int events) {
    struct worker *worker = poll->data;
    struct pool *pool = worker->pool;
    (void)status, (void)events;
    int how = 0;
    if (!child_reap(&worker->child, false, &how))
        return;
    if (!pool->stopping && !worker->foul) /* what follows nonsense is not believed */
        read_messages(worker);
    if (worker->state == WORKER_STARTING && !pool->stopping && !pool->was_refused) {
        char text[128];
        log_error("worker %u %s while it started", worker->index + 1, child_status_text(how, text, sizeof text));
    }
    worker->wants_spool = false;
    if (!pool->stopping)
        settle_jobs(worker, how);
    uv_close((uv_handle_t *)&worker->messages, on_handle_closed);
    uv_close((uv_handle_t *)&worker->end, on_handle_closed);
}

/* Milliseconds until the first document may have used up its time; with none left, worker->late says which. A process
 * with one thread cannot compute longer than the clock goes, so that neither is overlooked. */
static int64_t time_left(struct worker *worker) {
    const struct config *config = worker->pool->config;
    int64_t now = (int64_t)uv_now(worker->pool->loop);
    if (worker->wants_spool) /* waiting for us does not count */
        worker->since = (uint64_t)now;
    int64_t clock = config->workers.timeout - (now - (int64_t)worker->since);
    int64_t cpu = config->workers.cpu - (computed(worker) - worker->cpu_since);
    worker->late = clock <= 0 ? "time" : cpu <= 0 ? "cpu" : NULL;
    return clock < cpu ? clock : cpu;
}

void worker_on_timer(uv_timer_t *timer) {
    struct worker *worker = timer->data;
    if (worker->state == WORKER_PAUSED) {
        worker_start(worker);
        return;
    }
    if (worker->retired && worker->jobs == 0) {
        worker_kill(worker);
        return;
    }
    if (worker->state == WORKER_READY && (worker->jobs == 0 || worker->late))
        return;
    if (worker->state == WORKER_READY) {
        int64_t left = time_left(worker);
        if (left > 0) {
            uv_timer_start(timer, worker_on_timer, (uint64_t)left, 0);
            return;
        }
        worker->late_job = worker->job[0]->number;
    }
    kill(worker->child.pid, SIGKILL);
}

void worker_kill(struct worker *worker) {
    if (worker->handles == 0 || uv_is_closing((uv_handle_t *)&worker->end))
        return;
    log_warn("worker %u does not end within %d ms and is killed", worker->index + 1, END_LIMIT);
    kill(worker->child.pid, SIGKILL);
}

void worker_end(struct worker *worker) {
    struct pool *pool = worker->pool;
    if (worker->state == WORKER_PAUSED || worker->state == WORKER_WAITING)
        worker->state = WORKER_NONE;
    if (worker->handles == 0)
        return;
    if (worker->jobs || worker->state == WORKER_STARTING)
        kill(worker->child.pid, SIGKILL);
    else
        shutdown(worker->child.socket, SHUT_WR);
    for (unsigned i = 0; i < worker->jobs; i++)
        pool->calls.dropped(pool->calls.user, worker->job[i]);
    worker->jobs = 0;
    if (worker->spool >= 0)
        pool_spool_close(pool, take_fd(worker->spool));
}
