/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/read.h"

enum { HOUR = 3600 * 1000, MARKER_MAX = 32 };

void watch_free(struct config_watch *watch) {
    free(watch->dir);
    free(watch->done_dir);
    free(watch->marker);
    free(watch->receipts);
    words_free(&watch->include);
    words_free(&watch->exclude);
}

static void read_when_done(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char *const words[] = {[DONE_MOVE] = "move", [DONE_DELETE] = "delete", [DONE_KEEP] = "keep"};
    for (int i = DONE_MOVE; node->type == TREE_SCALAR && i <= DONE_KEEP; i++)
        if (strcmp(node->text, words[i]) == 0) {
            *(enum config_when_done *)into = (enum config_when_done)i;
            return;
        }
    wrong_type(r, key, node, "move, delete or keep");
}

static void read_pipeline_name(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    const char *name = scalar_text(r, key, node, "the name of a pipeline");
    if (!name || pipeline_named(r, name, into))
        return;
    const struct config *c = r->config;
    const char **known = mem_alloc((c->pipelines + 1) * sizeof *known);
    for (size_t i = 0; i < c->pipelines; i++)
        known[i] = c->pipeline[i].name;
    known[c->pipelines] = "default";
    struct buf b = {0};
    suggest(&b, name, known, c->pipelines + 1);
    buf_char(&b, 0);
    wrong(r, node, "there is no pipeline \"%.100s\"; %s", name, b.at);
    buf_free(&b);
    free(known);
}

/* A marker's name is the file's with this behind it. */
static void read_marker(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char wanted[] = "the ending of a marker's name, such as .done";
    const char *text = scalar_text(r, key, node, wanted);
    if (!text)
        return;
    if (!text[0] || strchr(text, '/') || strlen(text) > MARKER_MAX)
        wrong_type(r, key, node, wanted);
    else
        *(char **)into = mem_strdup(text);
}

/* true, false, or a path. "true" stays as it is until the folder is known: no path is without a slash in front. */
static void read_receipts(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    char **receipts = into;
    const char *text = scalar_text(r, key, node, "true, false, or the path of a folder");
    if (!text)
        return;
    free(*receipts);
    *receipts = NULL;
    if (strcmp(text, "true") == 0)
        *receipts = mem_strdup(text);
    else if (strcmp(text, "false") != 0)
        *receipts = path_absolute(r, text);
}

/* Beside the folder, unless somewhere else. */
static void settle_receipts(struct config_watch *watch) {
    const char *slash = watch->dir ? strrchr(watch->dir, '/') : NULL;
    if (!watch->receipts || watch->receipts[0] == '/')
        return;
    free(watch->receipts);
    watch->receipts = slash ? mem_format("%.*s/receipts", (int)(slash - watch->dir), watch->dir) : NULL;
}

static const struct key watch_keys[] = {
    {"dir", read_path, offsetof(struct config_watch, dir), 0, 0},
    {"recursive", read_bool, offsetof(struct config_watch, recursive), 0, 0},
    {"include", read_words, offsetof(struct config_watch, include), 1, 0},
    {"exclude", read_words, offsetof(struct config_watch, exclude), 0, 0},
    {"quiet", read_duration, offsetof(struct config_watch, quiet), 0, HOUR},
    {"settle", read_duration, offsetof(struct config_watch, settle), 0, HOUR},
    {"marker", read_marker, offsetof(struct config_watch, marker), 0, 0},
    {"poll", read_duration, offsetof(struct config_watch, poll), 100, HOUR},
    {"when_done", read_when_done, offsetof(struct config_watch, when_done), 0, 0},
    {"done_dir", read_path, offsetof(struct config_watch, done_dir), 0, 0},
    {"receipts", read_receipts, offsetof(struct config_watch, receipts), 0, 0},
    {"pipeline", read_pipeline_name, offsetof(struct config_watch, pipeline), 0, 0},
    {NULL, NULL, 0, 0, 0},
};

/* Files that somebody is still making carry such names (browsers, curl, rsync, WinSCP, editors). They are left alone
 * whatever the file excludes besides. */
static void exclude_unfinished(struct config_watch *watch) {
    static const char *const names[] = {".*", "*~", "*.part", "*.filepart", "*.tmp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        words_add(&watch->exclude, names[i]);
}

static void settle_done_dir(struct reader *r, const struct tree_node *node, struct config_watch *watch) {
    const struct tree_node *given = tree_get(node, "done_dir");
    if (given && watch->when_done != DONE_MOVE)
        wrong(r, given, "done_dir is used with `when_done: move` only; leave it out");
    if (!given && watch->when_done == DONE_MOVE)
        watch->done_dir = mem_format("%s/done", r->config->state_dir);
}

static void add_watch(struct reader *r, const struct tree_node *node) {
    struct config *c = r->config;
    struct config_watch watch = {0};
    read_mapping(r, tree_get(c->defaults, "watch"), "watch", watch_keys, &watch);
    if (!read_mapping(r, node, "a watched folder", watch_keys, &watch)) {
        watch_free(&watch);
        return;
    }
    if (!tree_get(node, "dir"))
        wrong(r, node, "a watched folder has no dir; add `dir: /path/of/the/folder`");
    if (!tree_get(node, "pipeline"))
        pipeline_named(r, "default", &watch.pipeline);
    exclude_unfinished(&watch);
    settle_done_dir(r, node, &watch);
    settle_receipts(&watch);
    c->watch = mem_grow(c->watch, (c->watches + 1) * sizeof *c->watch);
    c->watch[c->watches++] = watch;
}

void read_watches(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    (void)into;
    if (node->type != TREE_SEQUENCE || node->count == 0) {
        wrong_type(r, key, node, "a list of folders: `- dir: /path/of/the/folder`");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        add_watch(r, node->child[i]);
}
