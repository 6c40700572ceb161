/* SPDX-License-Identifier: MIT */
/* An open plugin instance and the part of the host table that needs no document. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/internal.h"

enum { LOG_MAX = 100 }; /* lines of a plugin for one document */

static int table_error(const struct siftd_host *host, const char *format, ...) {
    struct instance *instance = host->self;
    va_list args;
    va_start(args, format);
    vsnprintf(instance->error, sizeof instance->error, format, args);
    va_end(args);
    instance->failed = true;
    return SIFTD_ERROR;
}

/* Says once that a plugin's lines are cut off. */
static bool logs_too_much(struct instance *instance) {
    if (!instance->document || ++instance->logged <= LOG_MAX)
        return false;
    if (instance->logged == LOG_MAX + 1)
        log_warn("%s/%s: %s: more than %d lines for one document; what follows is left out",
                 host_stage_name(instance->plugin->stage), instance->plugin->name, instance->document, LOG_MAX);
    return true;
}

static void table_log(const struct siftd_host *host, int level, const char *format, ...) {
    static const enum log_level levels[] = {LOG_DEBUG_, LOG_INFO_, LOG_WARNING_};
    struct instance *instance = host->self;
    if (logs_too_much(instance))
        return;
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_line(levels[level < 0 || level > 2 ? 2 : level], "%s/%s%s%s: %s", host_stage_name(instance->plugin->stage),
             instance->plugin->name, instance->document ? ": " : "", instance->document ? instance->document : "",
             text);
}

static void *table_alloc(const struct siftd_host *host, size_t size) {
    struct instance *instance = host->self;
    return arena_alloc(&instance->arena, size);
}

static const struct siftd_node *table_pack(const struct siftd_host *host, const char *section) {
    const struct instance *instance = host->self;
    return (const struct siftd_node *)packs_section(instance->host, section);
}

static struct siftd_str table_pack_file(const struct siftd_host *host, const char *path) {
    struct instance *instance = host->self;
    const struct host *h = instance->host;
    for (size_t i = h->packs; i-- > 0;) {
        _cleanup_(freep) char *full = mem_format("%s/%s", h->pack[i].dir, path);
        _cleanup_(closep) int fd = open(full, O_RDONLY | O_CLOEXEC);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
            continue;
        char *text = arena_alloc(&instance->arena, (size_t)st.st_size + 1);
        size_t len = 0;
        ssize_t n;
        while (len < (size_t)st.st_size && (n = read(fd, text + len, (size_t)st.st_size - len)) > 0)
            len += (size_t)n;
        return (struct siftd_str){text, len};
    }
    struct buf schema = {0};
    struct siftd_str made = {NULL, 0};
    if (ledger_schema(h, path, &schema))
        made = (struct siftd_str){arena_copy(&instance->arena, schema.at, schema.len), schema.len};
    buf_free(&schema);
    return made;
}

static const void *table_extension(const struct siftd_host *host, const char *id) {
    const struct instance *instance = host->self;
    return strcmp(id, "limits/1") == 0 ? instance->host->limits : NULL;
}

static int limits_exceeded(const struct siftd_host *host, const char *limit, uint64_t seen) {
    struct instance *instance = host->self;
    char text[256];
    instance->limit = config_limit_name(limit);
    config_limit_text(&instance->host->config->limits, limit, seen, text, sizeof text);
    return host->error(host, "it %s", text);
}

const struct siftd_limits *limits_new(const struct config_limits *configured) {
    const struct siftd_limits limits = {.size = sizeof limits,
                                        .file = configured->size,
                                        .text = configured->text,
                                        .unpacked = configured->unpacked,
                                        .ratio = configured->ratio,
                                        .depth = configured->depth,
                                        .members = configured->members,
                                        .records = configured->records,
                                        .output = configured->output,
                                        .exceeded = limits_exceeded};
    return sealed_copy(&limits, sizeof limits);
}

static const struct tree_node *tree_of(const struct siftd_node *node) {
    return (const struct tree_node *)node;
}

static int table_node_type(const struct siftd_node *node) {
    return node ? (int)tree_of(node)->type : SIFTD_NODE_NONE;
}

static size_t table_node_count(const struct siftd_node *node) {
    return node ? tree_of(node)->count : 0;
}

static const struct siftd_node *table_node_at(const struct siftd_node *node, size_t i) {
    return node && i < tree_of(node)->count ? (const struct siftd_node *)tree_of(node)->child[i] : NULL;
}

static const char *table_node_key(const struct siftd_node *node, size_t i) {
    return node && tree_of(node)->key && i < tree_of(node)->count ? tree_of(node)->key[i] : "";
}

static const struct siftd_node *table_node_get(const struct siftd_node *node, const char *key) {
    return (const struct siftd_node *)tree_get(tree_of(node), key);
}

static const char *table_node_text(const struct siftd_node *node) {
    return node && tree_of(node)->text ? tree_of(node)->text : "";
}

static const char *table_node_where(const struct siftd_node *node) {
    static char where[512]; /* one thread; good until the next call, which is how messages use it */
    if (!node)
        return "";
    snprintf(where, sizeof where, "%s:%d:%d", tree_of(node)->file, tree_of(node)->line, tree_of(node)->column);
    return where;
}

void table_init(struct siftd_host *table, const struct siftd_host *calls) {
    if (calls)
        *table = *calls;
    table->size = sizeof *table;
    table->major = SIFTD_ABI_MAJOR;
    table->minor = SIFTD_ABI_MINOR;
    table->error = table_error;
    table->log = table_log;
    table->alloc = table_alloc;
    table->pack = table_pack;
    table->pack_file = table_pack_file;
    table->extension = table_extension;
    table->node_type = table_node_type;
    table->node_count = table_node_count;
    table->node_at = table_node_at;
    table->node_key = table_node_key;
    table->node_get = table_node_get;
    table->node_text = table_node_text;
    table->node_where = table_node_where;
}

static void place_text(struct instance *instance, const struct config_use *use) {
    if (use->mark)
        snprintf(instance->where, sizeof instance->where, "%s:%d:%d", use->mark->file, use->mark->line,
                 use->mark->column);
    else
        snprintf(instance->where, sizeof instance->where, "built-in");
}

/* Finds the plugin and stores its options; it is not open yet. NULL after a mistake. */
static struct instance *instance_prepare(struct host *host, const struct config_use *use, struct buf *mistakes) {
    const struct library *library;
    struct error err = {0};
    struct instance *instance = mem_alloc(sizeof *instance);
    instance->host = host;
    place_text(instance, use);
    if (host_find(host, use->stage, use->name, &library, &err) < 0) {
        buf_printf(mistakes, "%s: %s\n", instance->where, err.text);
        return instance_close(instance);
    }
    instance->plugin = &library->plugin;
    instance->self = mem_alloc(library->plugin.instance_size);
    if (options_store(instance, use, mistakes) == 0)
        return instance;
    instance->plugin = NULL; /* not open: nothing to close */
    return instance_close(instance);
}

int instance_paths(struct host *host, const struct config_use *use, instance_path_fn *found, void *user,
                   const struct siftd_plugin **ret_plugin, struct buf *mistakes) {
    struct instance *instance = instance_prepare(host, use, mistakes);
    if (!instance)
        return -EINVAL;
    const struct siftd_option *option = instance->plugin->options;
    for (; found && option && option->name; option++) {
        const char *path;
        memcpy(&path, (const char *)instance->self + option->offset, sizeof path);
        if (option->type == SIFTD_PATH && path && *path)
            found(user, path);
    }
    if (ret_plugin)
        *ret_plugin = instance->plugin;
    instance->plugin = NULL; /* not open: nothing to close */
    instance_close(instance);
    return 0;
}

int instance_check(struct host *host, const struct config_use *use, struct buf *mistakes) {
    return instance_paths(host, use, NULL, NULL, NULL, mistakes);
}

static int cannot_begin(const struct instance *instance, int stage, const char *name, struct buf *mistakes) {
    buf_printf(mistakes, "%s: %s \"%s\" cannot begin: %s\n", instance->where, host_stage_name(stage), name,
               instance->failed ? instance->error : "it gave no reason");
    return -EINVAL;
}

int instance_begin(struct instance *instance, struct buf *mistakes) {
    const struct siftd_plugin *plugin = instance->plugin;
    if (!plugin->begin || plugin->begin(instance->self) == SIFTD_OK)
        return 0;
    return cannot_begin(instance, plugin->stage, plugin->name, mistakes);
}

int instance_open(struct host *host, const struct config_use *use, const struct siftd_host *calls,
                  struct instance **ret, struct buf *mistakes) {
    struct instance *instance = instance_prepare(host, use, mistakes);
    if (!instance)
        return -EINVAL;
    struct siftd_host table = {0};
    table_init(&table, calls);
    table.self = instance;
    instance->table = sealed_copy(&table, sizeof table);
    const struct siftd_plugin *plugin = instance->plugin;
    if (plugin->open && plugin->open(instance->self, instance->table) != SIFTD_OK) {
        int r = cannot_begin(instance, use->stage, use->name, mistakes);
        instance->plugin = NULL;
        instance_close(instance);
        return r;
    }
    *ret = instance;
    return 0;
}

struct instance *instance_close(struct instance *instance) {
    if (!instance)
        return NULL;
    if (instance->plugin && instance->plugin->close)
        instance->plugin->close(instance->self);
    sealed_free(instance->table, sizeof *instance->table);
    free(instance->self);
    arena_free(&instance->arena);
    free(instance);
    return NULL;
}
