/* SPDX-License-Identifier: MIT */
/*
 * Private to config/: how the parts of a configuration are read. A mapping is described by a table of keys, each with
 * the function that reads its value into a member. A wrong value is noted and the member keeps what it had, so that one
 * run finds every mistake.
 */
#pragma once
#include "base/tree.h"
#include "config/config.h"

struct mistake {
    const char *file;
    int line, column;
    char *text;
};

struct reader {
    struct config *config;
    char *folder; /* that relative paths start from; absolute */
    struct mistake *mistake;
    size_t mistakes, room;
};

struct key;
typedef void read_fn(struct reader *r, const struct key *key, const struct tree_node *node, void *into);

struct key {
    const char *name;
    read_fn *read;
    size_t offset;    /* of the member in the struct that the mapping fills */
    int64_t min, max; /* bounds of durations, sizes and counts */
};

/* read.c */

/* Notes a mistake at the node's place. */
void wrong(struct reader *r, const struct tree_node *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Notes that `node` is not what `key` wants: "a duration such as 250ms". */
void wrong_type(struct reader *r, const struct key *key, const struct tree_node *node, const char *wanted);
/* Reads the mapping's members in the order of the table, which ends with a NULL name; unknown ones are mistakes, with a
 * guess at what was meant. `what` is the mapping's name for messages. False when node is no mapping. */
bool read_mapping(struct reader *r, const struct tree_node *node, const char *what, const struct key *keys, void *into);
/* A scalar with text in it, or NULL and a mistake. */
const char *scalar_text(struct reader *r, const struct key *key, const struct tree_node *node, const char *wanted);
/* ` "word"; did you mean "known"?`, or the list of what is known, appended to b. */
void suggest(struct buf *b, const char *word, const char *const *known, size_t count);

/* value.c: the types of values */

read_fn read_bool, read_duration, read_size, read_number, read_path, read_paths, read_words;
/* "auto" is CONFIG_AUTO, into an int64_t; "none" is 0. */
read_fn read_size_auto, read_size_none, read_duration_none;
/* An absolute path, made from the file's folder when it is relative; the caller frees. */
char *path_absolute(const struct reader *r, const char *path);
void words_add(struct config_words *words, const char *text);
void words_free(struct config_words *words);
/* Names of plugins, pipelines and sinks: letters, digits, '-', '_', '.', not beginning with '.'; at most 64 characters.
 */
bool name_fits(const char *name);

/* defaults.c: siftd's own values, the one place where they stand */

/* A mapping of `settings` (as the file's own), `watch` (one entry) and `pipeline` (the default one). */
struct tree_node *defaults_tree(void);
/* Appends the folders that are searched after the configured ones. */
void defaults_plugin_dirs(struct config_words *dirs);
void defaults_pack_dirs(struct config_words *dirs);

/* sections */

read_fn read_watches;   /* watch.c */
read_fn read_pipelines; /* pipeline.c */
read_fn read_sinks;     /* sink.c */
read_fn read_listen;    /* listen.c */
read_fn read_limits;    /* limits.c */
/* The pipeline of that name; "default" is made from siftd's own when the file has none. False when there is no such. */
bool pipeline_named(struct reader *r, const char *name, size_t *ret_index);
/* One plugin as a pipeline names it: `name` or `{name: {options}}`. False after a mistake. */
bool read_use(struct reader *r, const struct tree_node *node, int stage, struct config_use *ret);

void watch_free(struct config_watch *watch);
void pipeline_free(struct config_pipeline *pipeline);
void sink_free(struct config_sink *sink);

/* check.c: what only the whole can tell */
void check_whole(struct reader *r, bool strict);
