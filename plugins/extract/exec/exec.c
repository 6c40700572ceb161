/* SPDX-License-Identifier: MIT */
/*
 * extract/exec: an extractor in any language. The program is kept running and gets one document after the other; one
 * that dies between two documents is started again unseen, one that dies over a document costs that document's
 * records of this stage and no more. See docs/decisions/exec.md for how it is started and confined.
 */
#include "exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct siftd_option options[] = {
    {.name = "program",
     .type = SIFTD_PATH,
     .offset = offsetof(struct exec, path),
     .preset = "!",
     .help = "The program's file; it must be executable."},
    {.name = "args", .type = SIFTD_LIST, .offset = offsetof(struct exec, args), .preset = "", .help = "Its arguments."},
    {.name = "settings",
     .type = SIFTD_TREE,
     .offset = offsetof(struct exec, settings),
     .help = "Any YAML, given to the program as JSON when it begins."},
    {.name = "timeout",
     .type = SIFTD_DURATION,
     .offset = offsetof(struct exec, timeout),
     .preset = "20s",
     .min = 10,
     .max = 86400000,
     .help = "The longest that it may take for a document; less than the workers' own timeout."},
    {.name = "start",
     .type = SIFTD_DURATION,
     .offset = offsetof(struct exec, patience),
     .preset = "10s",
     .min = 10,
     .max = 600000,
     .help = "The longest that it may take to begin."},
    {.name = "memory",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct exec, memory),
     .preset = "512MiB",
     .min = 1 << 20,
     .max = INT64_MAX,
     .help = "The most memory that it may have."},
    {.name = "read",
     .type = SIFTD_LIST,
     .offset = offsetof(struct exec, readable),
     .preset = "",
     .help = "Absolute paths that it may read beside the system's programs and libraries and its own folder."},
    {.name = "line",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct exec, line_max),
     .preset = "1MiB",
     .min = 1024,
     .max = 1 << 30,
     .help = "The longest line that it may answer."},
    {.name = NULL},
};

static void prepare(struct exec *e) {
    const char **argv = e->host->alloc(e->host, (e->args.count + 2) * sizeof *argv);
    argv[0] = e->path;
    for (size_t i = 0; i < e->args.count; i++)
        argv[i + 1] = e->args.item[i];
    e->program =
        (struct program){.path = e->path, .argv = (char *const *)argv, .memory = e->memory, .readable = e->readable};
    e->channel = (struct channel){.fd = -1, .line_max = e->line_max};
}

/* Begins with a fresh program. 0, or -1 with the reason. */
static int begin(struct exec *e, char why[WHY_BYTES]) {
    channel_close(&e->channel);
    e->channel.fd = keeper_run(&e->keeper, why);
    return e->channel.fd < 0 ? -1 : talk_begin(e, why);
}

static void exec_close(void *self) {
    struct exec *e = self;
    channel_close(&e->channel);
    keeper_stop(&e->keeper);
    json_out_free(&e->out);
    free(e->channel.in);
}

static int exec_open(void *self, const struct siftd_host *host) {
    struct exec *e = self;
    e->host = host;
    prepare(e);
    if (access(e->path, X_OK) < 0)
        return host->error(host, "the program %s cannot be executed: %s", e->path, strerror(errno));
    return SIFTD_OK;
}

/* Each worker has a program of its own. */
static int exec_begin(void *self) {
    struct exec *e = self;
    char why[WHY_BYTES] = "";
    if (keeper_start(&e->keeper, &e->program, why) == 0 && begin(e, why) == 0)
        return SIFTD_OK;
    channel_close(&e->channel);
    keeper_stop(&e->keeper);
    return e->host->error(e->host, "the program %s: %s", e->path, why);
}

static int exec_run(void *self, struct siftd_doc *doc) {
    struct exec *e = self;
    char why[WHY_BYTES] = "";
    enum talk_result result = TALK_DIED;
    if (e->keeper.owner != getpid())
        return e->host->error(e->host, "the program belongs to another process");
    bool fresh = channel_is_closed(&e->channel);
    if (fresh && begin(e, why) < 0)
        return e->host->error(e->host, "the program %s cannot begin again: %s", e->path, why);
    result = talk_document(e, doc, why);
    if (result == TALK_DIED && !fresh && begin(e, why) == 0) /* it may have gone just before the document came */
        result = talk_document(e, doc, why);
    return result == TALK_DONE ? SIFTD_OK : e->host->error(e->host, "the program %s: %s", e->path, why);
}

static const struct siftd_plugin plugin = {
    .name = "exec",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "records by a program in any language that speaks JSON Lines",
    .content = SIFTD_PROSE,
    .options = options,
    .instance_size = sizeof(struct exec),
    .open = exec_open,
    .begin = exec_begin,
    .close = exec_close,
    .run = exec_run,
};
SIFTD_PLUGIN(plugin)
