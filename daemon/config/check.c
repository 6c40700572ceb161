/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "config/read.h"

/* The path with links resolved as far as it exists; the rest, which nobody has made yet, as it stands. */
static char *resolved(const char *path) {
    _cleanup_(freep) char *head = mem_strdup(path);
    for (;;) {
        _cleanup_(freep) char *real = realpath(head, NULL);
        if (real)
            return mem_format("%s%s", strcmp(real, "/") == 0 ? "" : real, path + strlen(head));
        char *slash = strrchr(head, '/');
        if (!slash || slash == head)
            return mem_strdup(path);
        *slash = 0;
    }
}

/* 1 when `inner` is below `outer`, 2 when they are one folder, 0 otherwise. */
enum { APART, BELOW, SAME };

static int relation(const char *inner, const char *outer) {
    _cleanup_(freep) char *in = resolved(inner), *out = resolved(outer);
    size_t len = strlen(out);
    if (strncmp(in, out, len) != 0)
        return APART;
    return in[len] == 0 ? SAME : in[len] == '/' ? BELOW : APART;
}

/* Whether files put into `dir` would be taken as dropped by the watched folder. */
static bool taken_by(const char *dir, const struct config_watch *watch) {
    int r = relation(dir, watch->dir);
    return r == SAME || (r == BELOW && watch->recursive);
}

static const struct tree_node *watch_mark(const struct reader *r, size_t i, const char *key) {
    const struct tree_node *list = tree_get(r->config->tree, "watch");
    const struct tree_node *given = tree_get(list->child[i], key);
    return given ? given : list->child[i];
}

static void check_pair(struct reader *r, size_t i, size_t j) {
    const struct config_watch *a = &r->config->watch[i], *b = &r->config->watch[j];
    if (relation(a->dir, b->dir) == SAME)
        wrong(r, watch_mark(r, i, "dir"), "%s is watched twice; leave one of the two out", a->dir);
    else if (taken_by(a->dir, b) || taken_by(b->dir, a))
        wrong(
            r, watch_mark(r, i, "dir"),
            "%s and %s lie in each other, so that a file would be taken by both; set recursive: false on the outer one",
            a->dir, b->dir);
}

static void check_watch(struct reader *r, size_t i) {
    const struct config *c = r->config;
    const struct config_watch *w = &c->watch[i];
    for (size_t j = 0; j < i; j++)
        if (c->watch[j].dir)
            check_pair(r, i, j);
    if (relation(w->dir, c->state_dir) != APART || taken_by(c->state_dir, w))
        wrong(r, watch_mark(r, i, "dir"), "%s and the state_dir %s lie in each other; keep them apart", w->dir,
              c->state_dir);
}

static void check_done_dir(struct reader *r, size_t i) {
    const struct config *c = r->config;
    for (size_t j = 0; c->watch[i].done_dir && j < c->watches; j++)
        if (c->watch[j].dir && taken_by(c->watch[i].done_dir, &c->watch[j]))
            wrong(r, watch_mark(r, i, "done_dir"),
                  "done_dir %s is itself watched, so that files would be taken again and again; put it elsewhere",
                  c->watch[i].done_dir);
}

static void check_receipts(struct reader *r, size_t i) {
    const struct config *c = r->config;
    for (size_t j = 0; c->watch[i].receipts && j < c->watches; j++)
        if (c->watch[j].dir && taken_by(c->watch[i].receipts, &c->watch[j]))
            wrong(r, watch_mark(r, i, "receipts"),
                  "the receipts in %s would themselves be taken as dropped files; put them elsewhere",
                  c->watch[i].receipts);
}

static void check_socket(struct reader *r) {
    const struct config *c = r->config;
    const struct tree_node *given = tree_get(tree_get(c->tree, "admin"), "socket");
    size_t most = sizeof((struct sockaddr_un *)0)->sun_path - 1;
    if (strlen(c->admin.socket) > most)
        wrong(r, given ? given : c->tree,
              "the admin socket's path %s has more than %zu bytes; set a shorter admin.socket", c->admin.socket, most);
}

void check_whole(struct reader *r, bool strict) {
    const struct config *c = r->config;
    if (strict && !tree_get(c->tree, "watch"))
        wrong(r, c->tree, "no folder is watched; add `watch: [ { dir: /path/of/the/folder } ]`");
    if (strict && !tree_get(c->tree, "sinks"))
        wrong(r, c->tree, "there is no sink; add `sinks: { out: { plugin: file, path: records.jsonl } }`");
    for (size_t i = 0; i < c->watches; i++)
        if (c->watch[i].dir)
            check_watch(r, i);
    for (size_t i = 0; i < c->watches; i++) {
        check_done_dir(r, i);
        check_receipts(r, i);
    }
    check_socket(r);
}
