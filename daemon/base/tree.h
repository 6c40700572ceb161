/* SPDX-License-Identifier: MIT */
/*
 * A YAML document (YAML 1.1, by libyaml) as a tree whose every node knows its line and column. Scalars stay text: what
 * they mean is the reader's business. Aliases, several documents in a stream and duplicate keys are refused; nesting is
 * at most TREE_DEPTH_MAX.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { TREE_DEPTH_MAX = 64 };

enum tree_type { TREE_SCALAR = 1, TREE_SEQUENCE, TREE_MAPPING };

struct tree_node {
    enum tree_type type;
    const char *file; /* as given to tree_parse; lives as long as the tree */
    int line, column; /* from 1 */
    char *text;       /* scalar; zero-terminated UTF-8 without embedded zeros */
    bool plain;       /* scalar without quotes: null, true, numbers only count then */
    size_t count;     /* children */
    char **key;       /* mapping: count keys */
    struct tree_node **child;
    struct tree_node **key_mark; /* mapping: scalar nodes of the keys, for messages about a key's place */
};

/* Parses `len` bytes; `file` is the name for messages. An empty text gives an empty mapping. 0, or -EINVAL with a
 * message that begins "file:line:column: ". */
int tree_parse(const char *text, size_t len, const char *file, struct tree_node **ret, struct error *err);
/* Reads a file of at most 16 MiB and parses it. */
int tree_load(const char *path, struct tree_node **ret, struct error *err);
struct tree_node *tree_free(struct tree_node *tree); /* NULL */

/* A mapping's value by key; NULL when absent or not a mapping. */
struct tree_node *tree_get(const struct tree_node *node, const char *key);
/* Joins `more` into `into`, which takes over its nodes (more is emptied, still to be freed): mappings by key,
 * recursively; sequences appended; a scalar is replaced. Both must be of one type. The trees must live equally long. */
int tree_merge(struct tree_node *into, struct tree_node *more, struct error *err);

/* Sets a message that begins with the node's place: "file:line:column: ..."; returns -EINVAL. */
int tree_error(struct error *err, const struct tree_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
