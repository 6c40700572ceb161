/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "config/read.h"

/* conf/siftd.yaml shows the same values; tests/unit/config/test_shipped.c holds them together. */
static const char defaults[] = "settings:\n"
                               "  state_dir: /var/lib/siftd\n"
                               "  packs: [incubator]\n"
                               "  workers: { count: auto, timeout: 30s, cpu: 30s, memory: 1GiB, descriptors: 64,"
                               " bench_after: 5, bench_for: 10m, isolation: worker,"
                               " read_only: [/usr/share/poppler] }\n"
                               "  limits: {"
#define LIMIT(name, kind, least, preset, said) " " #name ": " preset ","
#include "config/limits.def"
#undef LIMIT
                               " }\n"
                               "  journal: { segment: 256MiB, retain: 24h }\n"
                               "  disk: { free: auto, reserve: auto }\n"
                               "  health: { stalled: 5m, oldest: 1h }\n"
                               "  quarantine: { retries: 3, backoff: 1m, longest: 1h }\n"
                               "watch:\n"
                               "  recursive: false\n"
                               "  include: [\"*\"]\n"
                               "  exclude: []\n"
                               "  quiet: 250ms\n"
                               "  settle: 5s\n"
                               "  poll: 2s\n"
                               "  when_done: move\n"
                               "  receipts: false\n"
                               "pipeline:\n"
                               "  - decode: auto\n"
                               "  - clean: [mojibake, invisible, entities, lost, gloss, simplify, pages, join,\n"
                               "      furniture, repeats, width]\n"
                               "  - extract: [articles, quantities, policies, funding, recognitions, rules, tables,\n"
                               "      rows]\n"
                               "  - validate: [schema, arithmetic, wording, timeline, conflict, ledgers, duplicates]\n";

struct tree_node *defaults_tree(void) {
    struct tree_node *tree = NULL;
    struct error err = {0};
    if (tree_parse(defaults, sizeof defaults - 1, "built-in", &tree, &err) < 0)
        abort();
    return tree;
}

char *config_beside_program(const char *relative) {
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len <= 0)
        return NULL;
    program[len] = 0;
    *strrchr(program, '/') = 0;
    _cleanup_(freep) char *path = mem_format("%s/%s", program, relative);
    return realpath(path, NULL);
}

static bool has_folder(const struct config_words *dirs, const char *path) {
    for (size_t i = 0; i < dirs->count; i++)
        if (strcmp(dirs->item[i], path) == 0)
            return true;
    return false;
}

/* In a build tree the folder stands beside the program; in a prefix that was moved, where it stood relative to it. */
static void add_own(struct config_words *dirs, const char *built, const char *moved, const char *installed) {
    _cleanup_(freep) char *beside = config_beside_program(built), *relative = config_beside_program(moved);
    const char *const candidates[] = {beside, relative, installed};
    for (size_t i = 0; i < 3; i++)
        if (candidates[i] && !has_folder(dirs, candidates[i]))
            words_add(dirs, candidates[i]);
}

void defaults_plugin_dirs(struct config_words *dirs) {
    add_own(dirs, "plugins", SIFTD_PLUGIN_FROM_PROGRAM, SIFTD_PLUGIN_DIR);
}

void defaults_pack_dirs(struct config_words *dirs) {
    add_own(dirs, "packs", SIFTD_PACK_FROM_PROGRAM, SIFTD_PACK_DIR);
}
