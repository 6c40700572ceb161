/* SPDX-License-Identifier: MIT */
/* A plugin's declared options: read from the configuration, checked, stored in the instance. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/internal.h"

const char *host_option_type_name(int type) {
    static const char *const names[] = {"?",    "bool", "integer", "size", "duration",
                                        "text", "path", "list",    "tree", "file"};
    return type >= SIFTD_BOOL && type <= SIFTD_TREE_FILE ? names[type] : names[0];
}

static void mistake(struct buf *mistakes, const struct tree_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void mistake(struct buf *mistakes, const struct tree_node *node, const char *format, ...) {
    char text[768];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_printf(mistakes, "%s:%d:%d: %s\n", node->file, node->line, node->column, text);
}

static int parse_bool(const char *text, int *ret) {
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0) {
            *ret = (int)(i % 2);
            return 0;
        }
    return -EINVAL;
}

static int parse_int(const char *text, int64_t *ret) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        return -EINVAL;
    *ret = value;
    return 0;
}

static int in_bounds(const struct siftd_option *option, int64_t value) {
    return (option->min == 0 && option->max == 0) || (value >= option->min && value <= option->max);
}

static int is_choice(const struct siftd_option *option, const char *text) {
    if (!option->choices)
        return 1;
    size_t len = strlen(text);
    for (const char *p = option->choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
        if (strncmp(p, text, len) == 0 && (p[len] == '|' || p[len] == 0))
            return 1;
    return 0;
}

/* A path is meant from the configuration file's folder. */
static const char *absolute(struct instance *instance, const char *text) {
    const char *file = instance->host->config->file, *slash = file ? strrchr(file, '/') : NULL;
    char here[PATH_MAX];
    if (text[0] == '/' || text[0] == 0)
        return arena_copy(&instance->arena, text, strlen(text));
    if (slash && file[0] == '/')
        snprintf(here, sizeof here, "%.*s", (int)(slash - file), file);
    else if (!getcwd(here, sizeof here))
        here[0] = 0;
    struct buf path = {0};
    buf_printf(&path, "%s/", here);
    if (slash && file[0] != '/')
        buf_printf(&path, "%.*s/", (int)(slash - file), file);
    buf_str(&path, text);
    const char *copy = arena_copy(&instance->arena, path.at, path.len);
    buf_free(&path);
    return copy;
}

/* Reads a scalar into its place. 0, -EINVAL: not of the type, -ERANGE: out of bounds or no choice. */
static int store_scalar(struct instance *instance, const struct siftd_option *option, const char *text) {
    void *to = (char *)instance->self + option->offset;
    int64_t value = 0;
    uint64_t bytes;
    int r;
    switch (option->type) {
    case SIFTD_BOOL:
        return parse_bool(text, to);
    case SIFTD_INT:
    case SIFTD_DURATION:
        r = option->type == SIFTD_INT ? parse_int(text, &value) : config_duration(text, &value);
        if (r == 0)
            *(int64_t *)to = value;
        return r < 0 ? r : in_bounds(option, value) ? 0 : -ERANGE;
    case SIFTD_SIZE:
        r = config_size(text, &bytes);
        if (r == 0)
            *(uint64_t *)to = bytes;
        return r < 0 ? r : in_bounds(option, (int64_t)bytes) ? 0 : -ERANGE;
    case SIFTD_STRING:
        *(const char **)to = arena_copy(&instance->arena, text, strlen(text));
        return is_choice(option, text) ? 0 : -ERANGE;
    case SIFTD_PATH:
        *(const char **)to = absolute(instance, text);
        return 0;
    default:
        return -EINVAL;
    }
}

static void store_words(struct instance *instance, const struct siftd_option *option, const char *const *word,
                        size_t count) {
    const char **item = arena_alloc(&instance->arena, (count + 1) * sizeof *item);
    for (size_t i = 0; i < count; i++)
        item[i] = arena_copy(&instance->arena, word[i], strlen(word[i]));
    struct siftd_list *to = (struct siftd_list *)(void *)((char *)instance->self + option->offset);
    *to = (struct siftd_list){item, count};
}

/* The preset of a list is its words separated by commas. */
static void store_list_preset(struct instance *instance, const struct siftd_option *option) {
    char *copy = mem_strdup(option->preset), *rest = copy, *word;
    const char *words[64];
    size_t count = 0;
    while ((word = strsep(&rest, ",")) && count < 64)
        if (*(word += strspn(word, " ")))
            words[count++] = word;
    store_words(instance, option, words, count);
    free(copy);
}

static int store_preset(struct instance *instance, const struct siftd_option *option, const struct config_use *use,
                        struct buf *mistakes) {
    if (!option->preset)
        return 0;
    if (strcmp(option->preset, "!") == 0) {
        mistake(mistakes, use->mark, "%s \"%s\" needs the option \"%s\": %s", host_stage_name(use->stage), use->name,
                option->name, option->help ? option->help : "");
        return -EINVAL;
    }
    if (option->type == SIFTD_LIST) {
        store_list_preset(instance, option);
        return 0;
    }
    if (store_scalar(instance, option, option->preset) < 0) {
        buf_printf(mistakes,
                   "plugin \"%s\": its own default \"%s\" for the option \"%s\" is not right; this is the plugin's "
                   "mistake\n",
                   use->name, option->preset, option->name);
        return -EINVAL;
    }
    return 0;
}

static int store_list(struct instance *instance, const struct siftd_option *option, const struct tree_node *node,
                      struct buf *mistakes) {
    if (node->type == TREE_SCALAR) {
        const char *one = node->text;
        store_words(instance, option, &one, 1);
        return 0;
    }
    const char **words = mem_alloc((node->count + 1) * sizeof *words);
    int r = node->type == TREE_SEQUENCE ? 0 : -EINVAL;
    for (size_t i = 0; r == 0 && i < node->count; i++) {
        words[i] = node->child[i]->text;
        if (node->child[i]->type != TREE_SCALAR)
            r = -EINVAL;
    }
    if (r < 0)
        mistake(mistakes, node, "\"%s\" must be a list of words, e.g. [a, b]", option->name);
    else
        store_words(instance, option, words, node->count);
    free(words);
    return r;
}

static const char *example(int type) {
    static const char *const examples[] = {
        "",       "true or false", "a whole number", "a size such as 64KiB",   "a duration such as 30s", "a text",
        "a path", "a list",        "a tree",         "the path of a YAML file"};
    return examples[type >= SIFTD_BOOL && type <= SIFTD_TREE_FILE ? type : 0];
}

/* Reads a file of YAML; its tree lives as long as the host. */
static int store_file(struct instance *instance, const struct siftd_option *option, const struct tree_node *node,
                      struct buf *mistakes) {
    struct host *host = instance->host;
    struct tree_node *tree;
    struct error err = {0};
    if (tree_load(absolute(instance, node->text), &tree, &err) < 0) {
        mistake(mistakes, node, "\"%s\": %s", option->name, err.text);
        return -EINVAL;
    }
    mem_push(host->husk, host->husks, host->husk_room);
    host->husk[host->husks++] = tree;
    const struct siftd_node **to = (const struct siftd_node **)(void *)((char *)instance->self + option->offset);
    *to = (const struct siftd_node *)tree;
    return 0;
}

static int store_given(struct instance *instance, const struct siftd_option *option, const struct tree_node *node,
                       struct buf *mistakes) {
    if (option->type == SIFTD_TREE) {
        const struct siftd_node **to = (const struct siftd_node **)(void *)((char *)instance->self + option->offset);
        *to = (const struct siftd_node *)node;
        return 0;
    }
    if (option->type == SIFTD_LIST)
        return store_list(instance, option, node, mistakes);
    if (option->type == SIFTD_TREE_FILE && node->type == TREE_SCALAR)
        return store_file(instance, option, node, mistakes);
    int r = node->type == TREE_SCALAR ? store_scalar(instance, option, node->text) : -EINVAL;
    if (r == 0)
        return 0;
    const char *given = node->type == TREE_SCALAR ? node->text : "a list or mapping";
    if (r == -ERANGE && option->choices)
        mistake(mistakes, node, "\"%s\" is \"%s\" but must be one of %s", option->name, given, option->choices);
    else if (r == -ERANGE)
        mistake(mistakes, node, "\"%s\" is %s but must lie between %lld and %lld", option->name, given,
                (long long)option->min, (long long)option->max);
    else
        mistake(mistakes, node, "\"%s\" must be %s, not \"%s\"", option->name, example(option->type), given);
    return -EINVAL;
}

static const struct siftd_option *find(const struct siftd_option *table, const char *name) {
    for (; table && table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static void unknown(const struct config_use *use, const struct siftd_option *table, size_t i, struct buf *mistakes) {
    struct buf known = {0};
    for (const struct siftd_option *option = table; option && option->name; option++)
        buf_printf(&known, "%s%s", known.len ? ", " : "", option->name);
    mistake(mistakes, use->options->key_mark[i], "%s \"%s\" has no option \"%s\"; it has: %.*s",
            host_stage_name(use->stage), use->name, use->options->key[i], known.len ? (int)known.len : 4,
            known.len ? known.at : "none");
    buf_free(&known);
}

int options_store(struct instance *instance, const struct config_use *use, struct buf *mistakes) {
    const struct siftd_option *table = instance->plugin->options;
    const struct tree_node *given = use->options;
    int r = 0;
    for (const struct siftd_option *option = table; option && option->name; option++)
        if (!tree_get(given, option->name) && store_preset(instance, option, use, mistakes) < 0)
            r = -EINVAL;
    for (size_t i = 0; given && given->type == TREE_MAPPING && i < given->count; i++) {
        const struct siftd_option *option = find(table, given->key[i]);
        if (!option)
            unknown(use, table, i, mistakes);
        if (!option || store_given(instance, option, given->child[i], mistakes) < 0)
            r = -EINVAL;
    }
    return r;
}
