/* SPDX-License-Identifier: MIT */
/* A plugin of ABI 1.0 with an option of every type of that version; answers with one record that holds them. */
#include <siftd/plugin.h>
#include <stdio.h>
#include <string.h>

struct good {
    const struct siftd_host *host;
    int flag;
    int64_t number, wait;
    uint64_t size;
    const char *word, *path;
    struct siftd_list list;
    const struct siftd_node *tree;
};

static int open_good(void *self, const struct siftd_host *host) {
    struct good *good = self;
    good->host = host;
    if (good->number == 13)
        return host->error(host, "13 brings no luck");
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    struct good *good = self;
    const struct siftd_host *host = good->host;
    char text[256];
    struct siftd_record *record = host->record(doc, "options", 0, host->text(doc).len);
    snprintf(text, sizeof text, "%d %lld %lld %llu %s %zu:%s %s", good->flag, (long long)good->number,
             (long long)good->wait, (unsigned long long)good->size, good->word, good->list.count,
             good->list.count ? good->list.item[0] : "", host->node_text(host->node_get(good->tree, "leaf")));
    host->put_string(record, "text", text);
    return host->emit(record);
}

static const struct siftd_option options[] = {
    {"flag", SIFTD_BOOL, offsetof(struct good, flag), "true", 0, 0, NULL, "A flag."},
    {"number", SIFTD_INT, offsetof(struct good, number), "7", 1, 100, NULL, "A number."},
    {"wait", SIFTD_DURATION, offsetof(struct good, wait), "2s", 0, 0, NULL, "A duration."},
    {"size", SIFTD_SIZE, offsetof(struct good, size), "4KiB", 0, 0, NULL, "A size."},
    {"word", SIFTD_STRING, offsetof(struct good, word), "one", 0, 0, "one|two", "A choice."},
    {"path", SIFTD_PATH, offsetof(struct good, path), NULL, 0, 0, NULL, "A path."},
    {"list", SIFTD_LIST, offsetof(struct good, list), "a, b", 0, 0, NULL, "Words."},
    {"tree", SIFTD_TREE, offsetof(struct good, tree), NULL, 0, 0, NULL, "Any YAML."},
    {NULL, 0, 0, NULL, 0, 0, NULL, NULL},
};

static const struct siftd_plugin plugin = {.name = "good",
                                           .stage = SIFTD_EXTRACT,
                                           .version = "1.0",
                                           .summary = "every kind of option",
                                           .options = options,
                                           .instance_size = sizeof(struct good),
                                           .open = open_good,
                                           .run = run};
SIFTD_PLUGIN(plugin)
