/* SPDX-License-Identifier: MIT */
#include "worker/child/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "confine/confine.h"
#include "host/host.h"
#include "wire/child.h"
#include "wire/wire.h"
#include "worker/child/process.h"

enum { INLINE_MAX = 96 * 1024, SPOOL_PIECE = 1 << 20, QUEUE_MAX = 64, OUTPUT_MARGIN = 1 << 20 };

struct queued { /* a job that arrived while a spool was awaited */
    struct wire_job job;
    char *name;
    int fd;
};

struct worker {
    struct config *config;
    struct buf text, mistakes;
    struct processor *processor;
    struct wire_progress *progress;
    struct wire_message *message;
    struct confine_path *readable;
    struct confine_filter *filter;
    uint32_t lacking; /* parts of the confinement that this kernel does not have */
    struct queued queue[QUEUE_MAX];
    size_t queued;
    uint64_t job;
    int spool;
    struct process_result result;
};

static _Noreturn void give_up(const char *why) {
    log_error("%s; the process ends", why);
    exit(1);
}

/* The next message, waiting for it; false when the daemon has closed its end. */
static bool receive(struct worker *worker) {
    struct error err = {0};
    int r = wire_receive(WIRE_CHILD_FD, worker->message, &err);
    if (r < 0)
        give_up(err.text);
    return r > 0;
}

static void send_or_end(int type, void *message, const void *tail, size_t len) {
    int r = wire_send(WIRE_CHILD_FD, type, message, tail, len, NULL, 0);
    if (r == -EPIPE || r == -ECONNRESET)
        exit(0); /* the daemon is gone, and so is the work */
    if (r < 0)
        give_up("a message to the daemon cannot be sent");
}

/* Reads the configuration that came with START, as the daemon read it. */
static int load_config(struct worker *worker, int fd, const char *file) {
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        give_up("START came without a configuration");
    char *to = buf_reserve(&worker->text, (size_t)st.st_size + 1);
    ssize_t n = pread(fd, to, (size_t)st.st_size, 0);
    if (n != st.st_size)
        give_up("the configuration cannot be read");
    worker->text.len = (size_t)n;
    return config_parse(worker->text.at, worker->text.len, file, false, &worker->config, &worker->mistakes);
}

static void map_progress(struct worker *worker, int fd) {
    if (fd < 0)
        give_up("FORK came without a progress page");
    worker->progress = mmap(NULL, sizeof *worker->progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (worker->progress == MAP_FAILED)
        give_up("the progress page cannot be mapped");
    close(fd);
}

static void answer_ready(struct worker *worker) {
    struct wire_ready ready = {.lacking = worker->lacking};
    size_t len = worker->mistakes.len < WIRE_MAX / 2 ? worker->mistakes.len : WIRE_MAX / 2;
    send_or_end(WIRE_READY, &ready, worker->mistakes.at, len);
}

static int start(struct worker *worker, enum wire_role role) {
    worker->message = mem_alloc(sizeof *worker->message);
    worker->spool = -1;
    if (!receive(worker))
        exit(0);
    struct wire_message *m = worker->message;
    if (m->header.type != WIRE_START || m->start.role != role)
        give_up("the first message is not the START of this role");
    log_init(role == WIRE_WORKER ? "loader" : "inspect", LOG_INFO_);
    _cleanup_(freep) char *file = mem_strndup(m->tail, m->tail_len);
    int r = load_config(worker, m->fd[0], file);
    close(m->fd[0]);
    if (r == 0)
        r = processor_open(worker->config, &worker->processor, &worker->mistakes);
    return r;
}

static void finish(struct worker *worker) {
    for (size_t i = 0; i < worker->queued; i++) {
        close(worker->queue[i].fd);
        free(worker->queue[i].name);
    }
    process_result_free(&worker->result);
    processor_close(worker->processor);
    confine_filter_free(worker->filter);
    free(worker->readable);
    config_free(worker->config);
    buf_free(&worker->text);
    buf_free(&worker->mistakes);
    free(worker->message);
}

static void put_text(volatile char *to, size_t size, const char *text) {
    size_t len = strnlen(text, size - 1);
    memcpy((char *)to, text, len);
    to[len] = 0;
}

static void note_step(void *user, int stage, const char *plugin) {
    struct wire_progress *progress = ((struct worker *)user)->progress;
    progress->stage = 0; /* the daemon believes the name only beside a stage */
    put_text(progress->plugin, sizeof progress->plugin, plugin);
    progress->stage = (uint32_t)stage;
}

static void end_document(void *user, const char *limit, const char *text) {
    struct wire_progress *progress = ((struct worker *)user)->progress;
    put_text(progress->limit, sizeof progress->limit, limit ? limit : "");
    put_text(progress->said, sizeof progress->said, text);
    _exit(WIRE_LIMIT_EXIT);
}

static void queue_job(struct worker *worker) {
    struct wire_message *m = worker->message;
    if (worker->queued == QUEUE_MAX)
        give_up("more jobs wait than a worker takes");
    worker->queue[worker->queued++] = (struct queued){m->job, mem_strndup(m->tail, m->tail_len), m->fd[0]};
}

/* Asks for the file that records go to when they outgrow a message. Jobs that arrive meanwhile are kept. */
static int want_spool(struct worker *worker) {
    struct wire_spool_wanted wanted = {.job = worker->job};
    send_or_end(WIRE_SPOOL_WANTED, &wanted, NULL, 0);
    for (;;) {
        if (!receive(worker))
            exit(0);
        if (worker->message->header.type == WIRE_SPOOL && worker->message->spool.job == worker->job) {
            worker->spool = worker->message->fd[0];
            return worker->spool < 0 ? -ENOSPC : 0;
        }
        if (worker->message->header.type == WIRE_JOB)
            queue_job(worker);
    }
}

/* A full disk is not the document's fault: the daemon waits and has it run again. */
static int flush(void *user, const char *at, size_t len) {
    struct worker *worker = user;
    int r = worker->spool < 0 ? want_spool(worker) : 0;
    if (r == 0)
        r = os_write_all(worker->spool, at, len);
    if (r == 0)
        return 0;
    log_warn("the file for a document's many records cannot be written: %s; the document runs again", strerror(-r));
    exit(WIRE_SPOOL_EXIT);
}

/* Sends the answer; a body that has been spooled in part is spooled whole. */
static void answer(struct worker *worker, uint64_t job) {
    struct process_result *result = &worker->result;
    bool spooled = worker->spool >= 0 || result->body.len > INLINE_MAX;
    if (spooled)
        flush(worker, result->body.at, result->body.len);
    struct wire_done done = {.job = job,
                             .body_size = result->flushed + result->body.len,
                             .source_size = result->source_size,
                             .records = result->records,
                             .bytes = result->bytes,
                             .records_account = result->records_account,
                             .refused = result->refused,
                             .status = (uint8_t)result->status,
                             .spooled = spooled,
                             .changed = (uint8_t)result->changed};
    memcpy(done.sha256, result->sha256, SHA256_SIZE);
    send_or_end(WIRE_DONE, &done, spooled ? NULL : result->body.at, spooled ? 0 : result->body.len);
    worker->spool = close_fd(worker->spool);
}

static void work(struct worker *worker, const struct wire_job *job, const char *name, int fd) {
    struct process_calls calls = {.user = worker,
                                  .flush = flush,
                                  .step = note_step,
                                  .flush_at = SPOOL_PIECE,
                                  .guard = job->leased ? GUARD_LEASE : GUARD_CONTENT,
                                  .end = end_document};
    struct error err = {0};
    if (!wire_begin(worker->progress, job->turn)) {
        close(fd);
        return;
    }
    worker->job = job->job;
    worker->progress->job = job->job;
    if (processor_run(worker->processor, job->pipeline, fd, name, &calls, 0, &worker->result, &err) < 0)
        give_up(err.text);
    answer(worker, job->job);
    close(fd);
}

static void work_queue(struct worker *worker) {
    while (worker->queued) {
        struct queued next = worker->queue[0];
        memmove(worker->queue, worker->queue + 1, --worker->queued * sizeof next);
        work(worker, &next.job, next.name, next.fd);
        free(next.name);
    }
}

static void serve(struct worker *worker) {
    while (receive(worker)) {
        struct wire_message *m = worker->message;
        if (m->header.type != WIRE_JOB || m->fd[0] < 0 || m->job.pipeline >= worker->config->pipelines)
            give_up("a message came that a worker does not take");
        queue_job(worker);
        work_queue(worker);
        if (worker->config->workers.per_document)
            return;
    }
}

/* What is configured to be read; `path` has room for it. */
static void keep_readable(const struct config *config, struct confine_path *path) {
    for (size_t i = 0; i < config->workers.read_only.count; i++)
        path[i] = (struct confine_path){.path = config->workers.read_only.item[i]};
}

static struct confine_rights rights_of(const struct worker *worker) {
    return (struct confine_rights){.kind = CONFINE_WORKER,
                                   .filter = worker->filter,
                                   .memory = worker->config->workers.memory,
                                   .output = worker->config->limits.output + OUTPUT_MARGIN,
                                   .descriptors = (unsigned)worker->config->workers.descriptors,
                                   .path = worker->readable,
                                   .paths = worker->config->workers.read_only.count,
                                   .call = worker->progress ? &worker->progress->call : NULL};
}

/* What is the same for all workers is done once, before they are made. */
static void prepare(struct worker *worker) {
    struct error err = {0};
    uint8_t digest[SHA256_SIZE];
    worker->readable = mem_alloc((worker->config->workers.read_only.count + 1) * sizeof *worker->readable);
    keep_readable(worker->config, worker->readable);
    hash_sha256("", 0, digest); /* libcrypto opens its configuration at the first use */
    const struct confine_rights rights = rights_of(worker);
    if (confine_filter_new(&rights, &worker->filter, &err) < 0)
        give_up(err.text);
}

/* The life of a worker, from its making: gives up its rights, works, ends. From there on: no path, no network, no other
 * process. */
static _Noreturn void be_worker(struct worker *worker, uint32_t index, int progress) {
    char role[32];
    struct error err = {0};
    child_begin("siftd-worker");
    snprintf(role, sizeof role, "worker %u", index + 1);
    log_init(role, LOG_INFO_);
    map_progress(worker, progress);
    if (processor_begin(worker->processor, &worker->mistakes) < 0) {
        answer_ready(worker);
        exit(1);
    }
    const struct confine_rights rights = rights_of(worker);
    if (confine(&rights, &worker->lacking, &err) < 0)
        give_up(err.text);
    answer_ready(worker);
    serve(worker);
#ifdef SIFTD_SANITIZED
    finish(worker);
    exit(0);
#else
    _exit(0); /* freeing would only copy what it shares with the loader */
#endif
}

static void make_workers(struct worker *worker) {
    while (receive(worker)) {
        struct wire_message *m = worker->message;
        if (m->header.type != WIRE_FORK || m->fd[0] < 0 || m->fd[1] < 0)
            give_up("a message came that a loader does not take");
        struct wire_forked forked = {.index = m->fork.index};
        forked.pid = child_clone(m->fd[0]);
        if (forked.pid == 0)
            be_worker(worker, m->fork.index, m->fd[1]);
        close(m->fd[0]);
        close(m->fd[1]);
        send_or_end(WIRE_FORKED, &forked, NULL, 0);
    }
}

int worker_child_main(void) {
    struct worker worker = {0};
    child_begin("siftd-loader");
    signal(SIGTERM, SIG_IGN); /* sent to all processes of the service; the daemon ends its workers otherwise */
    int r = start(&worker, WIRE_WORKER);
    if (r == 0)
        prepare(&worker);
    answer_ready(&worker);
    if (r == 0)
        make_workers(&worker);
    finish(&worker);
    return r < 0;
}

static void inspect_sinks(struct worker *worker) {
    struct host *host = host_new(worker->config);
    for (size_t i = 0; i < worker->config->sinks; i++)
        instance_check(host, &worker->config->sink[i].use, &worker->mistakes);
    host_free(host);
}

int worker_inspect_main(void) {
    struct worker worker = {0};
    child_begin("siftd-inspect");
    start(&worker, WIRE_INSPECT);
    if (worker.processor)
        processor_begin(worker.processor, &worker.mistakes);
    if (worker.config)
        inspect_sinks(&worker);
    answer_ready(&worker);
    finish(&worker);
    return 0;
}
