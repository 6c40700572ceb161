/* SPDX-License-Identifier: MIT */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"

enum { FILE_MAX = 16 << 20 };

/* The parser and what it needs to name a place. `file` is kept by the root node, whose copy all nodes share. */
struct reader {
    yaml_parser_t yaml;
    yaml_event_t event;
    bool have_event;
    char *file;
    struct error *err;
};

static int fail_at(struct reader *r, yaml_mark_t mark, const char *problem) {
    return error_set(r->err, EINVAL, "%s:%zu:%zu: %s", r->file, mark.line + 1, mark.column + 1, problem);
}

static int next_event(struct reader *r) {
    if (r->have_event)
        yaml_event_delete(&r->event);
    r->have_event = false;
    if (!yaml_parser_parse(&r->yaml, &r->event)) {
        yaml_mark_t mark = r->yaml.problem_mark;
        return fail_at(r, mark, r->yaml.problem ? r->yaml.problem : "not YAML");
    }
    r->have_event = true;
    return 0;
}

static struct tree_node *node_new(struct reader *r, enum tree_type type) {
    struct tree_node *node = mem_alloc(sizeof *node);
    node->type = type;
    node->file = r->file;
    node->line = (int)r->event.start_mark.line + 1;
    node->column = (int)r->event.start_mark.column + 1;
    return node;
}

static void node_free(struct tree_node *node) {
    if (!node)
        return;
    for (size_t i = 0; i < node->count; i++) {
        node_free(node->child[i]);
        if (node->key) {
            free(node->key[i]);
            free(node->key_mark[i]);
        }
    }
    free(node->child);
    free(node->key);
    free(node->key_mark);
    free(node->text);
    free(node);
}

/* Adds a child; for mappings with its key. Room doubles at powers of two. */
static void node_add(struct tree_node *node, char *key, struct tree_node *key_mark, struct tree_node *child) {
    size_t n = node->count;
    if ((n & (n - 1)) == 0) {
        size_t room = n ? n * 2 : 1;
        node->child = mem_grow(node->child, room * sizeof(struct tree_node *));
        if (node->type == TREE_MAPPING) {
            node->key = mem_grow(node->key, room * sizeof(char *));
            node->key_mark = mem_grow(node->key_mark, room * sizeof(struct tree_node *));
        }
    }
    node->child[n] = child;
    if (node->type == TREE_MAPPING) {
        node->key[n] = key;
        node->key_mark[n] = key_mark;
    }
    node->count++;
}

static int read_node(struct reader *r, int depth, struct tree_node **ret);

static int read_scalar(struct reader *r, struct tree_node **ret) {
    const char *text = (const char *)r->event.data.scalar.value;
    size_t len = r->event.data.scalar.length;
    if (memchr(text, 0, len))
        return fail_at(r, r->event.start_mark, "a zero byte in a value");
    *ret = node_new(r, TREE_SCALAR);
    (*ret)->text = mem_strndup(text, len);
    (*ret)->plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return 0;
}

static int read_mapping(struct reader *r, int depth, struct tree_node *map) {
    for (;;) {
        int e = next_event(r);
        if (e < 0)
            return e;
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return 0;
        if (r->event.type != YAML_SCALAR_EVENT)
            return fail_at(r, r->event.start_mark, "a key must be a plain word");
        struct tree_node *key = NULL, *value = NULL;
        e = read_scalar(r, &key);
        if (e < 0)
            return e;
        if (tree_get(map, key->text)) {
            e = tree_error(r->err, key, "\"%s\" stands here a second time", key->text);
            node_free(key);
            return e;
        }
        e = next_event(r);
        if (e == 0)
            e = read_node(r, depth + 1, &value);
        if (e < 0) {
            node_free(key);
            return e;
        }
        node_add(map, mem_strdup(key->text), key, value);
        /* node_free() frees a key's node shallowly, and its text is not needed beside the key */
        free(key->text);
        key->text = NULL;
    }
}

static int read_sequence(struct reader *r, int depth, struct tree_node *sequence) {
    for (;;) {
        int e = next_event(r);
        if (e < 0)
            return e;
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            return 0;
        struct tree_node *item = NULL;
        e = read_node(r, depth + 1, &item);
        if (e < 0)
            return e;
        node_add(sequence, NULL, NULL, item);
    }
}

static int read_node(struct reader *r, int depth, struct tree_node **ret) {
    if (depth > TREE_DEPTH_MAX)
        return fail_at(r, r->event.start_mark, "nested too deeply");
    if (r->event.type == YAML_SCALAR_EVENT)
        return read_scalar(r, ret);
    if (r->event.type != YAML_MAPPING_START_EVENT && r->event.type != YAML_SEQUENCE_START_EVENT)
        return fail_at(r, r->event.start_mark, "aliases (*name) are not supported here");
    bool map = r->event.type == YAML_MAPPING_START_EVENT;
    struct tree_node *node = node_new(r, map ? TREE_MAPPING : TREE_SEQUENCE);
    int e = map ? read_mapping(r, depth, node) : read_sequence(r, depth, node);
    if (e < 0) {
        node_free(node);
        return e;
    }
    *ret = node;
    return 0;
}

static int read_document(struct reader *r, struct tree_node **ret) {
    int e;
    struct tree_node *tree = NULL;
    do {
        if ((e = next_event(r)) < 0)
            return e;
    } while (r->event.type == YAML_STREAM_START_EVENT || r->event.type == YAML_DOCUMENT_START_EVENT);
    if (r->event.type == YAML_STREAM_END_EVENT) {
        *ret = node_new(r, TREE_MAPPING);
        return 0;
    }
    if ((e = read_node(r, 0, &tree)) < 0)
        return e;
    do {
        if ((e = next_event(r)) < 0) {
            node_free(tree);
            return e;
        }
        if (r->event.type == YAML_DOCUMENT_START_EVENT) {
            node_free(tree);
            return fail_at(r, r->event.start_mark, "a second document begins here; one is wanted");
        }
    } while (r->event.type != YAML_STREAM_END_EVENT);
    *ret = tree;
    return 0;
}

int tree_parse(const char *text, size_t len, const char *file, struct tree_node **ret, struct error *err) {
    struct reader r = {.err = err};
    if (!yaml_parser_initialize(&r.yaml))
        return error_errno(err, ENOMEM, "%s", file);
    r.file = mem_strdup(file);
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, len);
    struct tree_node *tree = NULL;
    int e = read_document(&r, &tree);
    if (r.have_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.yaml);
    if (e < 0) {
        free(r.file);
        return e;
    }
    *ret = tree;
    return 0;
}

int tree_load(const char *path, struct tree_node **ret, struct error *err) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "%s cannot be read", path);
    if (st.st_size > FILE_MAX)
        return error_set(err, EFBIG, "%s has %lld bytes; at most %d are read", path, (long long)st.st_size, FILE_MAX);
    struct buf text = {0};
    for (;;) {
        char *to = buf_reserve(&text, 65536);
        ssize_t n = read(fd, to, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || text.len > FILE_MAX) {
            int code = n < 0 ? errno : EFBIG;
            buf_free(&text);
            return error_errno(err, code, "%s cannot be read", path);
        }
        if (n == 0)
            break;
        text.len += (size_t)n;
    }
    int e = tree_parse(text.at, text.len, path, ret, err);
    buf_free(&text);
    return e;
}

struct tree_node *tree_free(struct tree_node *tree) {
    if (tree) {
        char *file = (char *)tree->file; /* the root's copy is the one all nodes share */
        node_free(tree);
        free(file);
    }
    return NULL;
}

struct tree_node *tree_get(const struct tree_node *node, const char *key) {
    if (!node || node->type != TREE_MAPPING)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (strcmp(node->key[i], key) == 0)
            return node->child[i];
    return NULL;
}

int tree_merge(struct tree_node *into, struct tree_node *more, struct error *err) {
    if (into->type != more->type)
        return tree_error(err, more, "of another type than at %s:%d:%d", into->file, into->line, into->column);
    if (into->type == TREE_SCALAR) {
        char *text = into->text;
        into->text = more->text;
        more->text = text;
        return 0;
    }
    for (size_t i = 0; i < more->count; i++) {
        struct tree_node *old = more->key ? tree_get(into, more->key[i]) : NULL;
        if (old) {
            int e = tree_merge(old, more->child[i], err);
            if (e < 0)
                return e;
            continue;
        }
        node_add(into, more->key ? more->key[i] : NULL, more->key ? more->key_mark[i] : NULL, more->child[i]);
        more->child[i] = NULL;
        if (more->key) {
            more->key[i] = NULL;
            more->key_mark[i] = NULL;
        }
    }
    return 0;
}

int tree_error(struct error *err, const struct tree_node *node, const char *format, ...) {
    char text[768];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(err, EINVAL, "%s:%d:%d: %s", node->file, node->line, node->column, text);
}
