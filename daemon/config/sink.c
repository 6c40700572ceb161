/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/read.h"
#include "siftd/plugin.h"

#define DAY INT64_C(86400000)

/* siftd's own; all others are the plugin's. */
static const struct key sink_keys[] = {
    {"plugin", NULL, 0, 0, 0},
    {"types", read_words, offsetof(struct config_sink, types), 1, 0},
    {"backlog", read_size_none, offsetof(struct config_sink, backlog), 1, INT64_MAX},
    {"backlog_age", read_duration_none, offsetof(struct config_sink, backlog_age), 1, 3650 * DAY},
    {NULL, NULL, 0, 0, 0},
};

static bool is_own_key(const char *name) {
    const struct key *key = sink_keys;
    while (key->name && strcmp(key->name, name) != 0)
        key++;
    return key->name != NULL;
}

static void read_own_keys(struct reader *r, const struct tree_node *node, struct config_sink *sink) {
    for (const struct key *key = sink_keys; key->name; key++) {
        const struct tree_node *given = key->read ? tree_get(node, key->name) : NULL;
        if (given)
            key->read(r, key, given, (char *)sink + key->offset);
    }
}

/* The sink's mapping without siftd's own keys: a node that shares the children with the tree. */
static struct tree_node *options_view(const struct tree_node *node) {
    struct tree_node *view = mem_alloc(sizeof *view);
    *view = *node;
    view->count = 0;
    view->key = mem_alloc(node->count * sizeof *view->key);
    view->child = mem_alloc(node->count * sizeof *view->child);
    view->key_mark = mem_alloc(node->count * sizeof *view->key_mark);
    for (size_t i = 0; i < node->count; i++) {
        if (is_own_key(node->key[i]))
            continue;
        view->key[view->count] = node->key[i];
        view->child[view->count] = node->child[i];
        view->key_mark[view->count++] = node->key_mark[i];
    }
    return view;
}

static void options_free(const struct tree_node *view) {
    if (!view)
        return;
    free(view->key);
    free(view->child);
    free(view->key_mark);
    free((struct tree_node *)view);
}

void sink_free(struct config_sink *sink) {
    options_free(sink->use.options);
    words_free(&sink->types);
    free(sink->use.name);
    free(sink->name);
}

static void add_sink(struct reader *r, const char *name, const struct tree_node *mark, const struct tree_node *node) {
    struct config *c = r->config;
    const struct tree_node *plugin = tree_get(node, "plugin");
    if (node->type != TREE_MAPPING) {
        wrong(r, node, "sink %s is a mapping such as { plugin: file, path: records.jsonl }", name);
        return;
    }
    if (!plugin || plugin->type != TREE_SCALAR || !name_fits(plugin->text)) {
        wrong(r, plugin ? plugin : mark, "sink %s names no plugin; add `plugin: file` or another", name);
        return;
    }
    struct config_sink sink = {.name = mem_strdup(name)};
    read_own_keys(r, node, &sink);
    sink.use = (struct config_use){
        .stage = SIFTD_SINK, .name = mem_strdup(plugin->text), .options = options_view(node), .mark = plugin};
    c->sink = mem_grow(c->sink, (c->sinks + 1) * sizeof *c->sink);
    c->sink[c->sinks++] = sink;
}

void read_sinks(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    (void)into;
    if (node->type != TREE_MAPPING || node->count == 0) {
        wrong_type(r, key, node, "a mapping of names to sinks: `out: { plugin: file, path: records.jsonl }`");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        if (name_fits(node->key[i]))
            add_sink(r, node->key[i], node->key_mark[i], node->child[i]);
        else
            wrong(r, node->key_mark[i], "\"%.100s\" cannot be a sink's name; names are letters, digits, '-' and '_'",
                  node->key[i]);
}
