/* SPDX-License-Identifier: MIT */
/*
 * The instance of extract/exec and its three layers: the keeper, a process that starts the program again and again; the
 * channel, lines to and from the program with a deadline; the talk, what the lines say.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "answer.h"
#include "siftd/plugin.h"

enum { WHY_BYTES = 500 };

/* What the program is run as. Read by the keeper only; set before it is forked. */
struct program {
    const char *path;
    char *const *argv;
    uint64_t memory;
    struct siftd_list readable; /* paths it may read beside the system's and its own folder */
};

/*
 * The keeper: forked in begin(), while a worker may still do so. It holds no more than one socket, starts the program
 * when it is asked, hands over the program's end of a stream, and tells how it ended. It ends with the worker.
 */
struct keeper {
    pid_t pid, owner; /* owner: the process that may use it */
    int socket;
};

int keeper_start(struct keeper *keeper, const struct program *program, char why[WHY_BYTES]);
/* A fresh program; the one before it is ended. Returns the stream to it, or -1 with the reason. */
int keeper_run(struct keeper *keeper, char why[WHY_BYTES]);
/* Ends the program and says in words how it ended: "it ended with exit code 3". */
void keeper_end(struct keeper *keeper, char how[WHY_BYTES]);
void keeper_stop(struct keeper *keeper);

/* In the program's process, before it is executed: what it gives up for good. */
int program_confine(const struct program *program);

/* Lines over the stream. Both directions move at once, so that neither side waits for the other for ever. */
struct channel {
    int fd;           /* -1: no program */
    int64_t deadline; /* milliseconds of the monotonic clock */
    char *in;         /* read, from `at` on not yet given out */
    size_t in_len, in_room, at;
    size_t line_max;
};

enum channel_result { CHANNEL_LATE = -3, CHANNEL_TOO_LONG = -2, CHANNEL_CLOSED = -1 };

int64_t channel_now(void);
/* Sends all of `out`, taking in meanwhile what the program says. 0 or a channel_result. */
int channel_send(struct channel *channel, const char *out, size_t len);
/* The next line, without its newline, valid until the next call. 0 or a channel_result. */
int channel_line(struct channel *channel, struct siftd_str *ret);
/* Whether the program has closed its end. */
bool channel_is_closed(const struct channel *channel);
void channel_close(struct channel *channel);

struct exec {
    const char *path; /* options */
    struct siftd_list args, readable;
    int64_t timeout, patience;
    uint64_t memory, line_max;
    const struct siftd_node *settings;
    const struct siftd_host *host;
    struct program program;
    struct keeper keeper;
    struct channel channel;
    struct json_out out;
    unsigned wants;
    enum offsets offsets;
};

/* Hello, capabilities, ready. 0, or -1 with the reason. */
int talk_begin(struct exec *exec, char why[WHY_BYTES]);
enum talk_result { TALK_FAILED = -2, TALK_DIED = -1, TALK_DONE = 0, TALK_REFUSED = 1 };
/* One document: sends it, emits the records that come. TALK_DIED: the program went away before it answered anything;
 * TALK_FAILED: it is of no use any more; TALK_REFUSED: it said an error of its own, and goes on. */
enum talk_result talk_document(struct exec *exec, struct siftd_doc *doc, char why[WHY_BYTES]);
