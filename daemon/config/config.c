/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "config/read.h"

enum { FILE_MAX = 16 << 20, WORKERS_MAX = 64, DESCRIPTORS_MIN = 16, DESCRIPTORS_MAX = 65536 };

#define DAY INT64_C(86400000)
#define MIB (INT64_C(1) << 20)

static void read_count(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char wanted[] = "auto or a number from 1 to 64";
    const char *text = scalar_text(r, key, node, wanted);
    if (!text)
        return;
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (strcmp(text, "auto") == 0)
        *(unsigned *)into = 0;
    else if (text[0] >= '1' && text[0] <= '9' && !*end && value <= WORKERS_MAX)
        *(unsigned *)into = (unsigned)value;
    else
        wrong_type(r, key, node, wanted);
}

static void read_isolation(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    bool document = node->type == TREE_SCALAR && strcmp(node->text, "document") == 0;
    if (document || (node->type == TREE_SCALAR && strcmp(node->text, "worker") == 0))
        *(bool *)into = document;
    else
        wrong_type(r, key, node, "worker or document");
}

static void read_workers(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
        {"count", read_count, offsetof(struct config, workers.count), 0, 0},
        {"timeout", read_duration, offsetof(struct config, workers.timeout), 10, DAY},
        {"cpu", read_duration, offsetof(struct config, workers.cpu), 10, DAY},
        {"memory", read_size, offsetof(struct config, workers.memory), 16 * MIB, INT64_MAX},
        {"descriptors", read_number, offsetof(struct config, workers.descriptors), DESCRIPTORS_MIN, DESCRIPTORS_MAX},
        {"bench_after", read_number, offsetof(struct config, workers.bench_after), 0, 1000},
        {"bench_for", read_duration, offsetof(struct config, workers.bench_for), 10, DAY},
        {"read_only", read_paths, offsetof(struct config, workers.read_only), 0, 0},
        {"isolation", read_isolation, offsetof(struct config, workers.per_document), 0, 0},
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

static void read_journal(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
        {"segment", read_size, offsetof(struct config, journal.segment), MIB / 16, INT64_MAX},
        {"retain", read_duration, offsetof(struct config, journal.retain), 0, 3650 * DAY},
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

static void read_disk(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
        {"free", read_size_auto, offsetof(struct config, disk.free), 0, INT64_MAX},
        {"reserve", read_size_auto, offsetof(struct config, disk.reserve), 0, INT64_C(1) << 40},
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

static void read_health(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
        {"stalled", read_duration, offsetof(struct config, health.stalled), 100, DAY},
        {"oldest", read_duration, offsetof(struct config, health.oldest), 0, 30 * DAY},
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

static void read_retries(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char wanted[] = "a number from 0 to 100";
    const char *text = scalar_text(r, key, node, wanted);
    if (!text)
        return;
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && !*end && value <= 100)
        *(unsigned *)into = (unsigned)value;
    else
        wrong_type(r, key, node, wanted);
}

static void read_quarantine(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
        {"retries", read_retries, offsetof(struct config, quarantine.retries), 0, 0},
        {"backoff", read_duration, offsetof(struct config, quarantine.backoff), 1000, DAY},
        {"longest", read_duration, offsetof(struct config, quarantine.longest), 1000, 365 * DAY},
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

static void read_admin(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
        {"listen", read_listen, offsetof(struct config, admin.listen), 0, 0},
        {"socket", read_path, offsetof(struct config, admin.socket), 0, 0},
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

/* In the order of reading: the folders of `watch` need state_dir and the pipelines' names. */
static const struct key file_keys[] = {
    {"state_dir", read_path, offsetof(struct config, state_dir), 0, 0},
    {"plugin_dirs", read_paths, offsetof(struct config, plugin_dirs), 1, 0},
    {"pack_dirs", read_paths, offsetof(struct config, pack_dirs), 1, 0},
    {"packs", read_words, offsetof(struct config, packs), 0, 0},
    {"pipelines", read_pipelines, 0, 0, 0},
    {"watch", read_watches, 0, 0, 0},
    {"workers", read_workers, 0, 0, 0},
    {"limits", read_limits, 0, 0, 0},
    {"sinks", read_sinks, 0, 0, 0},
    {"journal", read_journal, 0, 0, 0},
    {"disk", read_disk, 0, 0, 0},
    {"health", read_health, 0, 0, 0},
    {"quarantine", read_quarantine, 0, 0, 0},
    {"admin", read_admin, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static int by_place(const void *a, const void *b) {
    const struct mistake *x = a, *y = b;
    return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                              : (x->column > y->column) - (x->column < y->column);
}

static void print_mistakes(struct reader *r, struct buf *out) {
    if (r->mistakes)
        qsort(r->mistake, r->mistakes, sizeof *r->mistake, by_place);
    for (size_t i = 0; i < r->mistakes; i++)
        buf_printf(out, "%s:%d:%d: %s\n", r->mistake[i].file, r->mistake[i].line, r->mistake[i].column,
                   r->mistake[i].text);
}

static void reader_deinit(struct reader *r) {
    for (size_t i = 0; i < r->mistakes; i++)
        free(r->mistake[i].text);
    free(r->mistake);
    free(r->folder);
}

/* The folder of `file`; the working folder for a name without a slash. */
static char *folder_of(const char *file) {
    char here[PATH_MAX];
    const char *slash = strrchr(file, '/');
    _cleanup_(freep) char *folder =
        slash ? mem_strndup(file, slash == file ? 1 : (size_t)(slash - file)) : mem_strdup("");
    if (folder[0] == '/')
        return take_ptr(folder);
    return mem_format("%s/%s", getcwd(here, sizeof here) ? here : "", folder);
}

static void read_all(struct reader *r, bool strict) {
    struct config *c = r->config;
    size_t index;
    read_mapping(r, tree_get(c->defaults, "settings"), "siftd's settings", file_keys, c);
    if (!read_mapping(r, c->tree, "the configuration", file_keys, c))
        return;
    if (c->pipelines == 0)
        pipeline_named(r, "default", &index);
    defaults_plugin_dirs(&c->plugin_dirs);
    defaults_pack_dirs(&c->pack_dirs);
    if (!c->admin.socket)
        c->admin.socket = mem_format("%s/admin.sock", c->state_dir);
    check_whole(r, strict);
}

int config_parse(const char *text, size_t len, const char *file, bool strict, struct config **ret,
                 struct buf *mistakes) {
    struct error err = {0};
    struct config *c = mem_alloc(sizeof *c);
    *ret = NULL;
    c->file = mem_strdup(file);
    if (tree_parse(text, len, file, &c->tree, &err) < 0) {
        buf_printf(mistakes, "%s\n", err.text);
        config_free(c);
        return -EINVAL;
    }
    c->defaults = defaults_tree();
    struct reader r = {.config = c, .folder = folder_of(file)};
    read_all(&r, strict);
    print_mistakes(&r, mistakes);
    bool good = r.mistakes == 0;
    reader_deinit(&r);
    if (!good) {
        config_free(c);
        return -EINVAL;
    }
    *ret = c;
    return 0;
}

static int read_file(const char *path, struct buf *text) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    for (;;) {
        char *to = buf_reserve(text, 65536);
        ssize_t n = read(fd, to, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        text->len += (size_t)n;
        if (text->len > FILE_MAX)
            return -EFBIG;
    }
}

int config_load(const char *path, bool strict, struct config **ret, struct buf *text, struct buf *mistakes) {
    *ret = NULL;
    int e = read_file(path, text);
    if (e < 0) {
        buf_printf(mistakes, "%s cannot be read: %s; name the configuration with -c FILE\n", path, strerror(-e));
        return e;
    }
    return config_parse(text->at, text->len, path, strict, ret, mistakes);
}

int config_builtin(struct config **ret, struct buf *text, struct buf *mistakes) {
    static const char nothing[] = "# siftd's defaults\n";
    buf_str(text, nothing);
    return config_parse(nothing, sizeof nothing - 1, "built-in", false, ret, mistakes);
}

struct config *config_free(struct config *c) {
    if (!c)
        return NULL;
    for (size_t i = 0; i < c->watches; i++)
        watch_free(&c->watch[i]);
    for (size_t i = 0; i < c->pipelines; i++)
        pipeline_free(&c->pipeline[i]);
    for (size_t i = 0; i < c->sinks; i++)
        sink_free(&c->sink[i]);
    free(c->watch);
    free(c->pipeline);
    free(c->sink);
    words_free(&c->plugin_dirs);
    words_free(&c->pack_dirs);
    words_free(&c->packs);
    words_free(&c->workers.read_only);
    free(c->state_dir);
    free(c->admin.listen);
    free(c->admin.socket);
    free(c->file);
    tree_free(c->tree);
    tree_free(c->defaults);
    free(c);
    return NULL;
}
