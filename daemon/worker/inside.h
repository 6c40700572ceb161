/* SPDX-License-Identifier: MIT */
/* Inside the pool: pool.c (queue, life), loader.c (the process that makes workers), process.c (one worker's life and
 * death), spool.c (files for large records). */
#pragma once
#include "wire/child.h"
#include "wire/wire.h"
#include "worker/worker.h"

enum {
    MANY = 32,          /* documents that wait: many */
    SMALL = 64 << 10,   /* bytes; larger ones are not worth waiting behind */
    QUICK = 20,         /* ms that a worker is at its first one */
    SPOOLS_MAX = 32,    /* open at once */
    SPOOL_RETRY = 1000, /* ms */
    ATTEMPTS_MAX = 3,   /* a document whose workers die before they say what they are at */
    PAUSE_FIRST = 100,  /* ms before a worker that died at its start is replaced; doubles up to */
    PAUSE_LONGEST = 30000,
    READY_LIMIT = 120000, /* ms to load the plugins; to give up rights */
    BEHIND_LIMIT = 25,    /* ms after which a document takes long: those behind it are given to somebody else */
    END_LIMIT = 2000,     /* ms to close them; then it is killed */
};

/* WAITING for the loader, STARTING: asked for, or made and not yet ready. */
enum worker_state { WORKER_NONE, WORKER_WAITING, WORKER_STARTING, WORKER_READY, WORKER_PAUSED };

struct worker {
    struct pool *pool;
    unsigned index;
    enum worker_state state;
    struct child child;
    uv_poll_t messages, end; /* on the child's socket and pidfd; open while state is STARTING or READY */
    uv_timer_t timer;        /* limit of the first job, of the start or the end, or the pause */
    unsigned handles;        /* of messages and end: not yet closed */
    int asked;               /* our end of the socket while the loader is asked for the process; -1 */
    struct wire_progress *progress;
    struct pool_job *job[WORKER_WINDOW_MANY]; /* in the order sent */
    unsigned jobs;
    uint32_t turn;  /* of the last job sent */
    uint64_t since; /* loop time at which job[0] became the first */
    clockid_t cpu_clock;
    int64_t cpu_since; /* milliseconds the process had computed by then */
    bool foul;         /* killed for a message that fits nowhere */
    const char *late;  /* killed for this limit ("time", "cpu"), at late_job */
    uint64_t late_job;
    bool served; /* has answered since its start */
    bool wants_spool;
    int spool;    /* given for job[0]; -1 */
    bool retired; /* isolation: document */
    uint64_t documents, restarts, pause;
    uint32_t lacking; /* parts of the confinement that its kernel does not have */
};

struct loader {
    enum worker_state state;
    struct child child;
    uv_poll_t messages, end; /* as a worker's */
    uv_timer_t timer;
    unsigned handles;
    uint64_t pause;
    bool served; /* has made a worker since its start */
};

enum { VICTIMS = 16 }; /* documents remembered, so that one that is tried again counts once */

/* A plugin that documents died of. */
struct suspect {
    const char *stage;
    char plugin[64];
    uint64_t deaths;
    uint64_t victim[VICTIMS];
    uint64_t debt;                /* DOCUMENTS_PAY for a death, less one for each document that came through */
    uint64_t until, pause;        /* until: loop time of the probe; 0: not benched */
    const struct pool_job *probe; /* under way */
};

struct benched {
    struct suspect *suspect;
    size_t suspects, room;
    uv_timer_t timer;
};

struct pool {
    uv_loop_t *loop;
    const struct config *config;
    struct pool_calls calls;
    int text; /* the configuration, as a file that workers get */
    char *spool_dir;
    struct loader loader;
    struct benched benched;
    struct worker *worker;
    unsigned workers, window, jobs, waiting;
    unsigned at_once;              /* workers that may work at a time, besides those at a document that takes long */
    struct pool_job *first, *last; /* waiting */
    struct wire_message *message;
    uv_timer_t spool_timer; /* when stopping: END_LIMIT */
    uv_timer_t behind_timer;
    unsigned spools;
    unsigned closing; /* timers not yet closed, when stopping */
    bool was_ready, was_refused, stopping, draining;
};

/* pool.c */
void pool_dispatch(struct pool *pool);
void pool_give_back(struct pool *pool, struct pool_job **jobs, unsigned count); /* to the front, in this order */
void pool_job_ended(struct pool *pool);
void pool_maybe_stopped(struct pool *pool);

/* loader.c */
void loader_refused(struct pool *pool, const struct wire_message *m); /* READY that tells mistakes */
void loader_init(struct pool *pool);
void loader_start(struct pool *pool);
/* Asks for a worker's process; the descriptors stay the caller's. 0 or negative errno. */
int loader_ask(struct pool *pool, unsigned index, int socket, int progress);
void loader_end(struct pool *pool); /* when stopping */
void loader_kill(struct pool *pool);

/* benched.c */
void benched_init(struct pool *pool);
void benched_free(struct pool *pool);
void benched_died(struct pool *pool, const struct pool_job *job, const struct pool_death *death);
void benched_passed(struct pool *pool, const struct pool_job *job);
void benched_forget(struct pool *pool, const struct pool_job *job);
bool benched_holds(struct pool *pool, struct pool_job *job); /* it is to wait; false may make it the probe */

/* process.c */
const char *worker_stage_word(uint32_t stage);
void worker_start(struct worker *worker);           /* or as soon as the loader is ready */
void worker_made(struct worker *worker, pid_t pid); /* pid: or a negative errno */
void worker_lost(struct worker *worker);            /* the loader is gone; what was asked of it will not come */
void worker_look_behind(struct worker *worker);
int worker_send(struct worker *worker, struct pool_job *job); /* 0, or -EAGAIN and the like */
void worker_on_timer(uv_timer_t *timer);
void worker_end(struct worker *worker);  /* when stopping */
void worker_kill(struct worker *worker); /* one that has not ended within END_LIMIT */

/* spool.c */
void spool_give(struct worker *worker);
void spool_on_timer(uv_timer_t *timer);
