/* SPDX-License-Identifier: MIT */
/*
 * One document through one pipeline: what the worker does for each job, and `siftd try` for each file. No sockets, no
 * daemon.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/account.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"

struct processor; /* the loaded pipelines of one configuration */

/* Where the body goes when it outgrows memory: called with more of it, in order; 0 or a negative errno ends the
 * document. */
typedef int process_flush_fn(void *user, const char *at, size_t len);
/* Called before each plugin's work: for the progress page. stage is enum siftd_stage. */
typedef void process_step_fn(void *user, int stage, const char *plugin);
/* The document cannot go on, because of what the running plugin did: ends the process, does not return. `text` is a
 * sentence's predicate; `limit` of the configuration's `limits` when a plugin makes more of something, without end
 * perhaps, else NULL. */
typedef void process_end_fn(void *user, const char *limit, const char *text);

/* How `changed` is found out. */
enum process_guard {
    GUARD_NONE,    /* not at all */
    GUARD_LEASE,   /* the file is under a read lease, which is gone when anybody opened it for writing */
    GUARD_CONTENT, /* by size, time, and a second look at the content */
};

struct process_calls {
    void *user;
    process_flush_fn *flush; /* NULL: the whole body stays in memory */
    process_step_fn *step;   /* NULL: nobody looks */
    size_t flush_at;         /* body bytes in memory before flush is called */
    enum process_guard guard;
    process_end_fn *end; /* NULL: a message in the log, and exit code 1 */
};

struct process_fact { /* a record's place in the cleaned text */
    size_t start, end;
    int is_finding;
    char *json; /* the record, without id and doc; zero-terminated */
};

struct process_result {
    struct buf body; /* docs/journal-format.md; what was flushed is no longer in it */
    uint64_t flushed, source_size;
    uint32_t records;
    struct account bytes, records_account;
    uint64_t refused; /* lines of the body that are refused records */
    int status;       /* enum doc_status */
    uint8_t sha256[SHA256_SIZE];
    int changed; /* the file changed while it was read */
    /* `want_text`: the cleaned text, and the records' places in it (for try --text and --explain). */
    struct buf text;
    struct process_fact *fact;
    size_t facts, fact_room;
};

/* Loads packs and plugins; every mistake (missing plugin, wrong option, other ABI) is a line in `mistakes`. 0 or
 * -EINVAL. */
int processor_open(const struct config *config, struct processor **ret, struct buf *mistakes);
/* Once, in the process that is to run documents: what plugins cannot share with others. As processor_open(). */
int processor_begin(struct processor *processor, struct buf *mistakes);
struct processor *processor_close(struct processor *processor); /* NULL */
/* Runs the document in `fd` (a regular file) through pipeline `index`. Always gives a result that ends with a
 * `document` record; negative only when the process cannot go on (flush failed). */
int processor_run(struct processor *processor, size_t index, int fd, const char *name,
                  const struct process_calls *calls, int want_text, struct process_result *ret, struct error *err);
void process_result_free(struct process_result *result);
