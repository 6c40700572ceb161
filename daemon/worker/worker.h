/* SPDX-License-Identifier: MIT */
/*
 * The worker pool: feeds documents to child processes, times them, kills and replaces them. Runs in the daemon, on the
 * supervisor's loop and thread; worker/child/ is what runs in the processes. They are forked by one that has loaded the
 * plugins, the loader, so that a new one is cheap: with `isolation: document` there is one for each document. It holds
 * no records longer than it takes to hand them on. Previous room: intake; next room: journal.
 *
 * `workers.count` may work at a time. Those at a document that takes long do not count: up to as many again take their
 * place, so that quick documents need not wait for slow ones; a pipeline with slow ones gets half of these. One always
 * stands by. Made when first needed, they stay.
 *
 * Each worker has up to WORKER_WINDOW documents, of which it works on the first; the others hide the time of waking it
 * up. While many small ones wait it has up to WORKER_WINDOW_MANY, so that it need not be waked for each few. Answers
 * come in the order of the documents. The time limit runs for the first one; when it takes
 * long, those behind it are taken back and given to another. A worker that dies takes down only the
 * document it was at (the shared progress page says which, and at which plugin); the others are given to a worker
 * again. So is a document whose records found no room in the spool, after a pause.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/account.h"
#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"

enum { WORKER_WINDOW = 3, WORKER_WINDOW_MANY = 16 };

struct pool;

/* One document to work on: the caller's memory, lent from pool_submit() to `answered` or `died`. */
struct pool_job {
    uint64_t number; /* unique */
    const char *name;
    int fd;      /* the file, at offset 0; the caller's to close after `sent` */
    bool leased; /* fd holds a read lease */
    uint64_t size;
    uint32_t pipeline;
    unsigned attempts;     /* how often a worker got it */
    struct pool_job *next; /* the pool's */
};

struct pool_answer {
    int status; /* enum doc_status */
    bool changed;
    uint32_t records;
    uint64_t source_size, body_size;
    uint8_t sha256[SHA256_SIZE];
    struct account bytes, records_account;
    uint64_t refused; /* lines of the body that are refused records */
    char *body;       /* the callee's to free; NULL when it is in the spool */
    int spool;        /* -1, or the callee's until pool_spool_close() */
};

/* Why a document took its worker down. */
struct pool_death {
    char reason[256];  /* a sentence's predicate: "was killed by signal 11 (Segmentation fault)" */
    const char *stage; /* "extract"; NULL when not known */
    char plugin[64];   /* empty when not known */
    int signal;        /* 0: it ended by itself */
    const char *limit; /* "time", "memory", one of config/limits.def, or NULL */
};

struct pool_calls {
    void *user;
    bool never_bench;                               /* whatever workers.bench_after says: nobody could wait for it */
    void (*sent)(void *user, struct pool_job *job); /* job->fd is no longer needed */
    /* The job goes to a worker again: job->fd must be opened once more. Negative: it cannot be, the job is dropped
     * here. */
    int (*again)(void *user, struct pool_job *job);
    void (*answered)(void *user, struct pool_job *job, struct pool_answer *answer);
    void (*died)(void *user, struct pool_job *job, const struct pool_death *death);
    void (*dropped)(void *user, struct pool_job *job); /* not done, at pool_stop() or pool_drain() */
    void (*ready)(void *user);                         /* the first worker is ready; once */
    /* A worker that cannot load its plugins says why; lines. Only before `ready`, once; afterwards it is logged and
     * tried again. */
    void (*refused)(void *user, const char *mistakes);
    void (*stopped)(void *user); /* after pool_stop(); the pool may be freed from here */
};

/* Starts the workers; returns at once. `config` and `text`, the bytes it was read from, must outlive the pool. Spool
 * files are made in `spool_dir`, without a name. */
int pool_start(uv_loop_t *loop, const struct config *config, const char *text, size_t len, const char *spool_dir,
               const struct pool_calls *calls, struct pool **ret, struct error *err);
void pool_submit(struct pool *pool, struct pool_job *job);
/* Closes a spool file that came with an answer, which lets another be given. */
void pool_spool_close(struct pool *pool, int spool);
unsigned pool_jobs(const struct pool *pool);    /* submitted, not yet answered */
unsigned pool_waiting(const struct pool *pool); /* of them, those that wait for a benched plugin */
unsigned pool_running(const struct pool *pool); /* workers that are ready or being started */
/* From now on documents that wait for a benched plugin are dropped: nobody waits for it. */
void pool_drain(struct pool *pool);
/* Ends the workers: those at work are killed. */
void pool_stop(struct pool *pool);
struct pool *pool_free(struct pool *pool); /* NULL */
/* [{"pid":…,"state":"starting"|"idle"|"working"|"paused","document":…,"documents":…,"restarts":…,
 * "unconfined":"" or the parts of the confinement that the kernel lacks, e.g. "paths, network"}] */
cJSON *pool_status(const struct pool *pool);
/* Plugins whose documents wait because many died of them: [{"stage":…,"plugin":…,"died":…,"waiting":…,"probe_in":
 * seconds until one is tried again}] */
cJSON *pool_benched(const struct pool *pool);
/* How many documents of a pipeline wait for a benched plugin. */
unsigned pool_held(const struct pool *pool, size_t pipeline);
/* Lets a benched plugin go on, and the documents that wait for it; `stage` NULL: of whatever stage. Returns how many
 * were benched under that name. */
unsigned pool_release(struct pool *pool, const char *stage, const char *plugin);
