/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "config/read.h"

void words_add(struct config_words *words, const char *text) {
    words->item = mem_grow(words->item, (words->count + 1) * sizeof *words->item);
    words->item[words->count++] = mem_strdup(text);
}

void words_free(struct config_words *words) {
    for (size_t i = 0; i < words->count; i++)
        free(words->item[i]);
    free(words->item);
    *words = (struct config_words){0};
}

bool name_fits(const char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t len = strlen(name);
    return len > 0 && len <= 64 && name[0] != '.' && strspn(name, letters) == len;
}

/* Drops empty and "." steps and a final slash, which would make equal paths look different. */
static void path_tidy(char *path) {
    char *to = path;
    for (const char *from = path; *from;) {
        size_t step = strcspn(from + 1, "/") + 1;
        bool empty = step == 1 || (step == 2 && from[1] == '.');
        if (!empty) {
            memmove(to, from, step);
            to += step;
        }
        from += step;
    }
    if (to == path)
        *to++ = '/';
    *to = 0;
}

char *path_absolute(const struct reader *r, const char *path) {
    char *whole = path[0] == '/' ? mem_strdup(path) : mem_format("%s/%s", r->folder, path);
    path_tidy(whole);
    return whole;
}

void read_path(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    char **path = into;
    const char *text = scalar_text(r, key, node, "a path");
    if (!text)
        return;
    free(*path);
    *path = path_absolute(r, text);
}

void read_bool(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no", "off"};
    for (size_t i = 0; node->type == TREE_SCALAR && i < 3; i++)
        if (strcmp(node->text, yes[i]) == 0 || strcmp(node->text, no[i]) == 0) {
            *(bool *)into = strcmp(node->text, yes[i]) == 0;
            return;
        }
    wrong_type(r, key, node, "true or false");
}

void read_duration(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char wanted[] = "a duration such as 250ms, 30s, 5m, 24h or 7d";
    int64_t value;
    const char *text = scalar_text(r, key, node, wanted);
    if (!text)
        return;
    if (config_duration(text, &value) < 0)
        wrong_type(r, key, node, wanted);
    else if (value < key->min || value > key->max)
        wrong(r, node, "%s is %s; it may be from %lld to %lld milliseconds", key->name, text, (long long)key->min,
              (long long)key->max);
    else
        *(int64_t *)into = value;
}

void read_size(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const char wanted[] = "a size such as 65536, 64KiB, 256MiB or 1GiB";
    uint64_t value;
    const char *text = scalar_text(r, key, node, wanted);
    if (!text)
        return;
    if (config_size(text, &value) < 0)
        wrong_type(r, key, node, wanted);
    else if (value < (uint64_t)key->min || value > (uint64_t)key->max)
        wrong(r, node, "%s is %s; it may be from %lld to %lld bytes", key->name, text, (long long)key->min,
              (long long)key->max);
    else
        *(uint64_t *)into = value;
}

static bool is_word(const struct tree_node *node, const char *word) {
    return node->type == TREE_SCALAR && strcmp(node->text, word) == 0;
}

void read_size_auto(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    if (is_word(node, "auto"))
        *(int64_t *)into = CONFIG_AUTO;
    else
        read_size(r, key, node, into);
}

void read_size_none(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    if (is_word(node, "none"))
        *(uint64_t *)into = 0;
    else
        read_size(r, key, node, into);
}

void read_duration_none(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    if (is_word(node, "none"))
        *(int64_t *)into = 0;
    else
        read_duration(r, key, node, into);
}

void read_number(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    const char *text = scalar_text(r, key, node, "a whole number");
    if (!text)
        return;
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno)
        wrong_type(r, key, node, "a whole number");
    else if (value < (uint64_t)key->min || value > (uint64_t)key->max)
        wrong(r, node, "%s is %s; it may be from %lld to %lld", key->name, text, (long long)key->min,
              (long long)key->max);
    else
        *(uint64_t *)into = value;
}

/* A list of scalars; key->min 1 wants at least one. */
static bool read_list(struct reader *r, const struct key *key, const struct tree_node *node, struct config_words *ret) {
    if (node->type != TREE_SEQUENCE) {
        wrong_type(r, key, node, "a list such as [one, two]");
        return false;
    }
    if (node->count < (size_t)key->min) {
        wrong(r, node, "%s is an empty list; name at least one, or leave the line out", key->name);
        return false;
    }
    struct config_words words = {0};
    for (size_t i = 0; i < node->count; i++) {
        const char *text = scalar_text(r, key, node->child[i], "plain words in its list");
        if (text)
            words_add(&words, text);
    }
    *ret = words;
    return true;
}

void read_words(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    struct config_words words;
    if (!read_list(r, key, node, &words))
        return;
    words_free(into);
    *(struct config_words *)into = words;
}

void read_paths(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    struct config_words words;
    if (!read_list(r, key, node, &words))
        return;
    for (size_t i = 0; i < words.count; i++) {
        _cleanup_(freep) char *relative = words.item[i];
        words.item[i] = path_absolute(r, relative);
    }
    words_free(into);
    *(struct config_words *)into = words;
}
