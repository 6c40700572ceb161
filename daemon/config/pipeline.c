/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/read.h"
#include "siftd/plugin.h"

static const char *const stages[] = {"decode", "clean", "extract", "validate"};
enum { STAGES = sizeof stages / sizeof *stages };

void pipeline_free(struct config_pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->count; i++)
        free(pipeline->use[i].name);
    free(pipeline->use);
    free(pipeline->name);
}

/* The plugin's name and its place, options when it has any: `name`, `name:` or `{name: {options}}`. */
bool read_use(struct reader *r, const struct tree_node *node, int stage, struct config_use *ret) {
    const char *name = NULL;
    const struct tree_node *options = NULL, *mark = node;
    if (node->type == TREE_SCALAR)
        name = node->text;
    if (node->type == TREE_MAPPING && node->count == 1) {
        name = node->key[0];
        mark = node->key_mark[0];
        options = node->child[0];
    }
    if (!name) {
        wrong(r, node, "a plugin is a name, or a name with its options: { name: { option: value } }");
        return false;
    }
    if (!name_fits(name)) {
        wrong(r, mark, "\"%.100s\" cannot be a plugin's name; names are letters, digits, '-' and '_'", name);
        return false;
    }
    bool empty = options && options->type == TREE_SCALAR && options->plain && !*options->text;
    if (options && !empty && options->type != TREE_MAPPING) {
        wrong(r, options, "the options of %s are a mapping: { %s: { option: value } }", name, name);
        return false;
    }
    *ret =
        (struct config_use){.stage = stage, .name = mem_strdup(name), .options = empty ? NULL : options, .mark = mark};
    return true;
}

static void add_use(struct reader *r, struct config_pipeline *into, const struct tree_node *node, int stage) {
    struct config_use use;
    if (!read_use(r, node, stage, &use))
        return;
    into->use = mem_grow(into->use, (into->count + 1) * sizeof *into->use);
    into->use[into->count++] = use;
}

static int stage_named(struct reader *r, const struct tree_node *mark, const char *word) {
    for (int i = 0; i < STAGES; i++)
        if (strcmp(word, stages[i]) == 0)
            return SIFTD_DECODE + i;
    struct buf b = {0};
    suggest(&b, word, stages, STAGES);
    buf_char(&b, 0);
    wrong(r, mark, "\"%.100s\" is no stage of a pipeline; %s", word, b.at);
    buf_free(&b);
    return 0;
}

/* One item of a pipeline: `- stage: plugin` or `- stage: [plugin, plugin]`. Returns its stage, 0 after a mistake. */
static int read_stage(struct reader *r, const struct tree_node *node, int last, struct config_pipeline *into) {
    if (node->type != TREE_MAPPING || node->count != 1) {
        wrong(r, node, "a step of a pipeline is one stage with its plugins, such as `- clean: [gloss, simplify]`");
        return 0;
    }
    const struct tree_node *plugins = node->child[0];
    int stage = stage_named(r, node->key_mark[0], node->key[0]);
    if (stage == 0)
        return 0;
    if (last && stage < last)
        wrong(r, node->key_mark[0], "%s stands behind %s; the order is decode, clean, extract, validate", node->key[0],
              stages[last - SIFTD_DECODE]);
    if (plugins->type != TREE_SEQUENCE)
        add_use(r, into, plugins, stage);
    else if (plugins->count == 0)
        wrong(r, plugins, "%s is an empty list; name at least one plugin, or leave the line out", node->key[0]);
    for (size_t i = 0; plugins->type == TREE_SEQUENCE && i < plugins->count; i++)
        add_use(r, into, plugins->child[i], stage);
    return stage;
}

static void add_pipeline(struct reader *r, const char *name, const struct tree_node *node) {
    struct config *c = r->config;
    if (node->type != TREE_SEQUENCE || node->count == 0) {
        wrong_type(r, &(struct key){.name = name}, node, "a list of stages that begins with `- decode: auto`");
        return;
    }
    struct config_pipeline made = {.name = mem_strdup(name)};
    int first = 0, last = 0;
    for (size_t i = 0; i < node->count; i++) {
        int stage = read_stage(r, node->child[i], last, &made);
        first = i == 0 ? stage : first;
        last = stage > last ? stage : last;
    }
    if (first > SIFTD_DECODE)
        wrong(r, node->child[0], "pipeline %s does not begin with decode; put `- decode: auto` before it", name);
    c->pipeline = mem_grow(c->pipeline, (c->pipelines + 1) * sizeof *c->pipeline);
    c->pipeline[c->pipelines++] = made;
}

void read_pipelines(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    (void)into;
    if (node->type != TREE_MAPPING || node->count == 0) {
        wrong_type(r, key, node, "a mapping of names to lists of stages");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        if (name_fits(node->key[i]))
            add_pipeline(r, node->key[i], node->child[i]);
        else
            wrong(r, node->key_mark[i],
                  "\"%.100s\" cannot be a pipeline's name; names are letters, digits, '-' and '_'", node->key[i]);
}

static bool find(const struct config *c, const char *name, size_t *ret_index) {
    for (size_t i = 0; i < c->pipelines; i++)
        if (strcmp(c->pipeline[i].name, name) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}

bool pipeline_named(struct reader *r, const char *name, size_t *ret_index) {
    if (find(r->config, name, ret_index))
        return true;
    if (strcmp(name, "default") != 0)
        return false;
    add_pipeline(r, name, tree_get(r->config->defaults, "pipeline"));
    return find(r->config, name, ret_index);
}
