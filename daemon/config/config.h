/* SPDX-License-Identifier: MIT */
/*
 * The configuration: siftd's YAML read into structs and checked. Every key is described in conf/siftd.yaml.
 *
 * Who runs it: the daemon, every child and the commands. A child does not open the file: it gets the very bytes that
 * the daemon read, through a descriptor, and parses them with the same code, so that all processes of one generation
 * agree. Options of plugins are kept as trees; their meaning is checked where the plugin is loaded (host/).
 *
 * Mistakes are collected, not only the first one: each a line "file:line:column: what is wrong; what would be right".
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/tree.h"

enum config_when_done { DONE_MOVE, DONE_DELETE, DONE_KEEP };

struct config_words { /* a list of strings */
    char **item;
    size_t count;
};

/* One plugin as a pipeline or sink names it. */
struct config_use {
    int stage; /* enum siftd_stage */
    char *name;
    const struct tree_node *options; /* a mapping, or NULL */
    const struct tree_node *mark;    /* for messages */
};

struct config_pipeline {
    char *name;
    struct config_use *use; /* in the order they run; `decode: auto` is one use named "auto" */
    size_t count;
};

struct config_watch {
    char *dir; /* absolute */
    bool recursive;
    struct config_words include,
        exclude;                 /* shell patterns (fnmatch) on the file's name, or on the path below dir with '/' */
    int64_t quiet, settle, poll; /* milliseconds */
    enum config_when_done when_done;
    char *done_dir;  /* absolute; NULL unless DONE_MOVE */
    char *marker;    /* what a marker's name has behind the file's; NULL: no markers */
    size_t pipeline; /* index */
    char *receipts;  /* absolute: a folder that tells the fate of each file; NULL: none */
};

struct config_sink {
    char *name;
    struct config_use use;
    struct config_words types; /* empty: every type */
    uint64_t backlog;          /* bytes of the journal that it may be behind before no file is taken; 0: any */
    int64_t backlog_age;       /* milliseconds that the oldest of them may be old; 0: any */
};

enum { CONFIG_AUTO = -1 }; /* of `disk`: a share of the file system */

/* How much one document may have of everything: limits.def. */
struct config_limits {
#define LIMIT(name, kind, least, preset, said) uint64_t name;
#include "config/limits.def"
#undef LIMIT
};

struct config {
    char *file;                                        /* as named by the user; "built-in" for none */
    struct tree_node *tree;                            /* the file's; options and marks point into it */
    struct tree_node *defaults;                        /* siftd's own, for what the file leaves out */
    char *state_dir;                                   /* absolute */
    struct config_words plugin_dirs, pack_dirs, packs; /* dirs absolute, the configured before siftd's own */
    struct config_watch *watch;
    size_t watches;
    struct config_pipeline *pipeline;
    size_t pipelines; /* at least 1; the file's in its order, siftd's `default` last when it is used */
    struct config_sink *sink;
    size_t sinks;
    struct {
        unsigned count;                /* 0: auto (one per processor, at least 1, at most 64) */
        int64_t timeout;               /* milliseconds for one document */
        int64_t cpu;                   /* milliseconds of processor time for one document */
        uint64_t memory;               /* bytes of heap a worker may have */
        uint64_t descriptors;          /* files it may have open, besides those that its plugins opened at the start */
        uint64_t bench_after;          /* different documents that die of a plugin until it is benched; 0: never */
        int64_t bench_for;             /* milliseconds until one is tried again */
        bool per_document;             /* isolation: document */
        struct config_words read_only; /* files and folders of data that it may read, absolute */
    } workers;
    struct config_limits limits;
    struct {
        uint64_t segment; /* bytes after which a new segment begins */
        int64_t retain;   /* milliseconds a delivered segment is kept */
    } journal;
    struct {
        int64_t free;    /* bytes below which no file is taken, or CONFIG_AUTO; 0: none are too few */
        int64_t reserve; /* bytes of the file that is given up when the disk is full, or CONFIG_AUTO; 0: no such file */
    } disk;
    struct {
        int64_t stalled; /* milliseconds without progress after which the daemon calls itself stuck */
        int64_t oldest;  /* milliseconds that a file that could be done may wait; 0: any time */
    } health;
    struct {
        unsigned retries;         /* runs by itself after the first, of a document whose worker died */
        int64_t backoff, longest; /* milliseconds before the first of them, which double, up to */
    } quarantine;
    struct {
        char *listen; /* "address:port", or NULL */
        char *socket; /* path; state_dir/admin.sock unless set */
    } admin;
};

/*
 * Parses and checks `len` bytes. `file` is the name for messages and the place that relative paths start from (its
 * folder). Returns 0 and the configuration, or -EINVAL with *ret NULL; the mistakes stand in `mistakes`, one a line.
 * `strict` wants what a daemon needs (watch, sinks); commands on single files do without.
 */
int config_parse(const char *text, size_t len, const char *file, bool strict, struct config **ret,
                 struct buf *mistakes);
/* Reads the file whole into `text` (at most 16 MiB) and parses it. */
int config_load(const char *path, bool strict, struct config **ret, struct buf *text, struct buf *mistakes);
/* What works with no configuration: the incubator pack and the full default pipeline. The text is appended to `text`.
 */
int config_builtin(struct config **ret, struct buf *text, struct buf *mistakes);
struct config *config_free(struct config *config); /* NULL */

/* The limit of that name, as the list has it; NULL when there is none. */
const char *config_limit_name(const char *name);
/* The sentence's predicate for a document that goes beyond a limit: what was seen, what is allowed, the key that
 * changes it. */
void config_limit_text(const struct config_limits *values, const char *name, uint64_t seen, char *text, size_t size);

/* "250ms", "30s", "5m", "24h", "7d" to milliseconds; "4096", "64KiB", "1GiB" to bytes. 0 or -EINVAL (no message). */
int config_duration(const char *text, int64_t *ret);
int config_size(const char *text, uint64_t *ret);
/* The folder `relative` beside the running program, absolute, when it is there; else NULL. Finds plugins and packs when
 * the program runs from its build tree or from a prefix that was moved. The caller frees. */
char *config_beside_program(const char *relative);
