/* SPDX-License-Identifier: MIT */
/*
 * The plugin host: finds and loads plugins, checks their ABI, reads their options, gives them the packs' knowledge.
 * Linked by children and by commands on single files, never run in the daemon. Plugins stay loaded until the process
 * ends.
 */
#pragma once
#include <siftd/plugin.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"

/* A loaded shared object. `plugin` is the host's own copy: what an older plugin did not know is zero. */
struct library {
    char *path;
    struct siftd_plugin plugin;
};

/* One configured use of a plugin, open. */
struct instance {
    const struct siftd_host *table; /* what the plugin sees, where it cannot be changed; table->self is the instance */
    const struct siftd_plugin *plugin;
    struct host *host;
    void *self;
    struct arena arena;
    char where[256];      /* "file:line:column" of its use, for messages */
    char error[1024];     /* what the plugin last said through table.error; empty when it said nothing */
    bool failed;          /* it said something since instance_calm() */
    const char *limit;    /* of the configuration's `limits`, which it said the document exceeds; else NULL */
    const char *document; /* name of the document in work, for the log; NULL between documents */
    unsigned logged;      /* lines it has put into the log since then */
};

struct host;

/* Uses the configuration's plugin_dirs, pack_dirs and packs; `config` must outlive the host. */
struct host *host_new(const struct config *config);
struct host *host_free(struct host *host); /* NULL */

/* Loads the packs (with those they require, first). A broken or missing pack is a line in `mistakes`. 0 or -EINVAL. */
int host_load_packs(struct host *host, struct buf *mistakes);

/* "decode", "clean", "extract", "validate", "sink"; "?" */
const char *host_stage_name(int stage);

/* Loads DIR/STAGE/NAME.so or DIR/NAME.so from the first plugin folder that has it (each file once). 0, -ENOENT with a
 * message that names the folders searched, or -ENOEXEC: not a plugin, or of another ABI. */
int host_find(struct host *host, int stage, const char *name, const struct library **ret, struct error *err);
/* Calls `found` for every plugin file of the plugin folders (stage 0: all), in order of folder, stage and name;
 * `library` is NULL for a file that cannot be loaded, `err` says why. */
typedef void host_found_fn(void *user, const char *path, const struct library *library, const struct error *err);
void host_walk(struct host *host, int stage, host_found_fn *found, void *user);

/* Opens an instance: options read from use->options and stored, then the plugin's open(). `calls` supplies the document
 * part of the table (NULL: calls that refuse). Every mistake is a line in `mistakes`; 0 or -EINVAL. */
int instance_open(struct host *host, const struct config_use *use, const struct siftd_host *calls,
                  struct instance **ret, struct buf *mistakes);
/* The plugin's begin(), in the process that works. A failure is a line in `mistakes`; 0 or -EINVAL. */
int instance_begin(struct instance *instance, struct buf *mistakes);
struct instance *instance_close(struct instance *instance); /* NULL */
/* What instance_open() would say of the plugin and its options, without calling open(): for sinks, whose open() acts.
 */
int instance_check(struct host *host, const struct config_use *use, struct buf *mistakes);

/* The same, and calls `found` for each value of an option of type SIFTD_PATH; *ret_plugin lives as long as the host. */
typedef void instance_path_fn(void *user, const char *path);
int instance_paths(struct host *host, const struct config_use *use, instance_path_fn *found, void *user,
                   const struct siftd_plugin **ret_plugin, struct buf *mistakes);

/* Text of an option's type for people: "duration", … */
const char *host_option_type_name(int type);
