/* SPDX-License-Identifier: MIT */
#include "delivery/child/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "delivery/child/follow.h"
#include "delivery/child/rights.h"
#include "host/host.h"
#include "wire/child.h"
#include "wire/wire.h"

struct sink_process {
    struct wire_message message;
    int signals; /* SIGTERM, as a descriptor */
    struct buf text;
    struct config *config;
    const struct config_sink *sink;
    struct host *host;
    struct instance *instance;
    uint32_t lacking; /* parts of the confinement that this kernel does not have */
    bool running;     /* it has been open before */
    bool unsent;      /* the last report did not fit into the socket */
    struct wire_delivered delivered;
    char trouble[512];
};

static int read_text(int fd, struct buf *text) {
    for (;;) {
        ssize_t n = pread(fd, buf_reserve(text, 65536), 65536, (off_t)text->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        text->len += (size_t)n;
    }
}

/* Takes the first message: what to be. */
static int receive_start(struct sink_process *process, struct error *err) {
    int r = wire_receive(WIRE_CHILD_FD, &process->message, err);
    if (r <= 0)
        return r < 0 ? r : -ECONNRESET;
    _cleanup_(closep) int fd = process->message.fd[0];
    if (process->message.header.type != WIRE_START || process->message.start.role != WIRE_SINK || fd < 0)
        return error_set(err, EPROTO, "the first message is not START for a sink");
    _cleanup_(freep) char *file = mem_strndup(process->message.tail, process->message.tail_len);
    _cleanup_(buf_free) struct buf mistakes = {0};
    r = read_text(fd, &process->text);
    if (r == 0)
        r = config_parse(process->text.at, process->text.len, file, true, &process->config, &mistakes);
    if (r < 0)
        return error_set(err, -r, "the configuration cannot be read: %.*s", (int)mistakes.len,
                         mistakes.at ? mistakes.at : "");
    if (process->message.start.index >= process->config->sinks)
        return error_set(err, EPROTO, "the configuration has no sink %u", process->message.start.index);
    process->sink = &process->config->sink[process->message.start.index];
    return 0;
}

static void send_report(struct sink_process *process) {
    int r = wire_send(WIRE_CHILD_FD, WIRE_DELIVERED, &process->delivered, process->trouble, strlen(process->trouble),
                      NULL, 0);
    process->unsent = r == -EAGAIN;
}

/* What cannot be opened any more may be a folder that was made anew: a new process keeps that one. */
static _Noreturn void begin_anew(struct sink_process *process, const char *trouble) {
    snprintf(process->trouble, sizeof process->trouble, "%.*s", (int)sizeof process->trouble - 1, trouble);
    send_report(process);
    exit(1);
}

static int open_sink(void *user, const struct siftd_plugin **ret_plugin, void **ret_self, struct error *err) {
    struct sink_process *process = user;
    _cleanup_(buf_free) struct buf mistakes = {0};
    int r = instance_open(process->host, &process->sink->use, NULL, &process->instance, &mistakes);
    while (mistakes.len && mistakes.at[mistakes.len - 1] == '\n')
        mistakes.len--;
    if (r < 0)
        error_set(err, EINVAL, "%.*s", (int)mistakes.len, mistakes.at ? mistakes.at : "it cannot be opened");
    if (r < 0 && process->running)
        begin_anew(process, err->text);
    if (r < 0)
        return -EINVAL;
    *ret_plugin = process->instance->plugin;
    *ret_self = process->instance->self;
    return 0;
}

static void close_sink(void *user) {
    struct sink_process *process = user;
    process->instance = instance_close(process->instance);
}

static const char *sink_said(void *user) {
    struct sink_process *process = user;
    return process->instance ? process->instance->error : "";
}

static void report(void *user, uint64_t sequence, uint64_t records, uint64_t bytes, const char *trouble) {
    struct sink_process *process = user;
    process->delivered = (struct wire_delivered){.sequence = sequence, .records = records, .bytes = bytes};
    snprintf(process->trouble, sizeof process->trouble, "%s", trouble);
    send_report(process);
}

/* Messages only wake: how far to read stands in the commit mark. Non-zero when the daemon is gone. */
static int drain(struct sink_process *process) {
    int r;
    while ((r = wire_receive(WIRE_CHILD_FD, &process->message, NULL)) > 0)
        for (int i = 0; i < WIRE_FDS_MAX; i++)
            close_fd(process->message.fd[i]);
    return r != -EAGAIN;
}

static int wait_more(void *user, int timeout) {
    struct sink_process *process = user;
    struct pollfd watched[] = {{.fd = WIRE_CHILD_FD, .events = POLLIN}, {.fd = process->signals, .events = POLLIN}};
    if (process->unsent) {
        watched[0].events |= POLLOUT;
        send_report(process);
    }
    if (poll(watched, 2, timeout) <= 0)
        return 0;
    return watched[1].revents || (watched[0].revents & ~POLLOUT && drain(process));
}

/* For sinks that make something of the packs' schemas. A pack that cannot be loaded stops the workers, and is said by
 * them; records that are there already are delivered all the same. */
static void load_packs(struct host *host) {
    _cleanup_(buf_free) struct buf mistakes = {0};
    if (host_load_packs(host, &mistakes) < 0)
        log_warn("a pack cannot be loaded: %.*s", (int)mistakes.len, mistakes.at ? mistakes.at : "");
}

/* The daemon ends a sink with SIGTERM. */
static int take_signals(struct error *err) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? error_errno(err, errno, "signals cannot be received") : fd;
}

static int prepare(struct sink_process *process, struct error *err) {
    const struct siftd_plugin *plugin;
    void *self;
    char role[128];
    int r = receive_start(process, err);
    if (r < 0)
        return r;
    snprintf(role, sizeof role, "sink %s", process->sink->name);
    log_init(role, LOG_INFO_);
    process->signals = take_signals(err);
    if (process->signals < 0)
        return process->signals;
    if (fcntl(WIRE_CHILD_FD, F_SETFL, O_NONBLOCK) < 0)
        return error_errno(err, errno, "the socket to the daemon cannot be set up");
    process->host = host_new(process->config);
    load_packs(process->host);
    r = rights_give_up(process->host, process->config, process->sink, &process->lacking, err);
    return r < 0 ? r : open_sink(process, &plugin, &self, err);
}

static int run(struct sink_process *process) {
    const struct siftd_plugin *plugin = process->instance->plugin;
    const char *state = process->config->state_dir;
    _cleanup_(freep) char *journal = mem_format("%s/journal", state);
    _cleanup_(freep) char *cursors = mem_format("%s/cursors", state);
    _cleanup_(freep) char *cursor = mem_format("%s/%s", cursors, process->sink->name);
    _cleanup_(freep) char *again = mem_format("%s/replay/%s", state, process->sink->name);
    const struct follow follow = {.journal = journal,
                                  .again = again,
                                  .cursor = cursor,
                                  .types = &process->sink->types,
                                  .calls = {.user = process,
                                            .open = open_sink,
                                            .close = close_sink,
                                            .said = sink_said,
                                            .wait = wait_more,
                                            .report = report}};
    int r = plugin->resume ? 0 : os_mkdirs(cursors, 0750);
    if (r < 0) {
        log_error("the folder %s cannot be made: %s", cursors, strerror(-r));
        return 1;
    }
    process->running = true;
    follow_run(&follow, plugin, process->instance->self);
    return 0;
}

int delivery_child_main(void) {
    struct sink_process *process = mem_alloc(sizeof *process);
    struct wire_ready ready = {0};
    struct error err = {0};
    child_begin("siftd-sink");
    log_init("sink", LOG_INFO_);
    process->signals = -1;
    int r = prepare(process, &err);
    size_t len = r < 0 ? strlen(err.text) : 0;
    ready.lacking = process->lacking;
    if (wire_send(WIRE_CHILD_FD, WIRE_READY, &ready, err.text, len, NULL, 0) < 0 && r == 0)
        r = -EPIPE;
    int code = r < 0 ? 1 : run(process);
    process->instance = instance_close(process->instance);
    host_free(process->host);
    config_free(process->config);
    buf_free(&process->text);
    close_fd(process->signals);
    free(process);
    return code;
}
