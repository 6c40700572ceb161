/* SPDX-License-Identifier: MIT */
/*
 * Packs: folders of YAML. pack.yaml names the pack and what it requires; every other NAME.yaml is the section NAME.
 * Sections of several packs are merged in the order of loading, required packs first, so that a field's pack can add to
 * its language's.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/internal.h"

enum { REQUIRE_DEPTH_MAX = 8 };

static void mistake(struct buf *mistakes, const struct error *err) {
    buf_printf(mistakes, "%s\n", err->text);
}

/* Where the configuration names the pack: "file:line:column: "; its file alone when it does not (a default, or
 * required). */
static void place_of(const struct host *host, const char *name, struct buf *out) {
    const struct tree_node *packs = tree_get(host->config->tree, "packs");
    for (size_t i = 0; packs && i < packs->count; i++) {
        const struct tree_node *node = packs->child[i];
        if (node->text && strcmp(node->text, name) == 0) {
            buf_printf(out, "%s:%d:%d: ", node->file, node->line, node->column);
            return;
        }
    }
    buf_printf(out, "%s: ", host->config->file);
}

static int find_dir(const struct host *host, const char *name, char **ret, struct error *err) {
    const struct config_words *dirs = &host->config->pack_dirs;
    struct buf searched = {0};
    for (size_t i = 0; i < dirs->count; i++) {
        _cleanup_(freep) char *dir = mem_format("%s/%s", dirs->item[i], name);
        struct stat st;
        if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode)) {
            *ret = take_ptr(dir);
            buf_free(&searched);
            return 0;
        }
        buf_printf(&searched, "%s%s", searched.len ? ", " : "", dirs->item[i]);
    }
    struct buf place = {0};
    place_of(host, name, &place);
    int r = error_set(err, ENOENT, "%.*sthere is no pack \"%s\"; searched: %.*s. Check the spelling, or set pack_dirs",
                      (int)place.len, place.at, name, (int)searched.len, searched.at ? searched.at : "");
    buf_free(&place);
    buf_free(&searched);
    return r;
}

/* Joins a file's tree into its section; the tree is taken over in any case. */
static int add_section(struct host *host, const char *name, struct tree_node *tree, struct error *err) {
    for (size_t i = 0; i < host->sections; i++) {
        if (strcmp(host->section[i].name, name) != 0)
            continue;
        int r = tree_merge(host->section[i].tree, tree, err);
        mem_push(host->husk, host->husks, host->husk_room);
        host->husk[host->husks++] = tree;
        return r;
    }
    mem_push(host->section, host->sections, host->section_room);
    host->section[host->sections++] = (struct section){mem_strdup(name), tree};
    return 0;
}

static int is_yaml(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".yaml") == 0 &&
           strcmp(entry->d_name, "pack.yaml") != 0;
}

static int load_sections(struct host *host, const char *dir, struct buf *mistakes) {
    struct dirent **entry;
    int n = scandir(dir, &entry, is_yaml, alphasort), r = 0;
    for (int i = 0; i < n; i++) {
        _cleanup_(freep) char *path = mem_format("%s/%s", dir, entry[i]->d_name);
        struct tree_node *tree = NULL;
        struct error err = {0};
        entry[i]->d_name[strlen(entry[i]->d_name) - 5] = 0;
        if (tree_load(path, &tree, &err) < 0 || add_section(host, entry[i]->d_name, tree, &err) < 0) {
            mistake(mistakes, &err);
            r = -EINVAL;
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return r;
}

static int load_pack(struct host *host, const char *name, int depth, struct buf *mistakes) {
    for (size_t i = 0; i < host->packs; i++)
        if (strcmp(host->pack[i].name, name) == 0)
            return 0;
    struct error err = {0};
    _cleanup_(freep) char *dir = NULL;
    if (depth > REQUIRE_DEPTH_MAX) {
        error_set(&err, ELOOP, "pack \"%s\" is required by a chain of more than %d packs; is it a circle?", name,
                  REQUIRE_DEPTH_MAX);
        mistake(mistakes, &err);
        return -EINVAL;
    }
    if (find_dir(host, name, &dir, &err) < 0 || !dir) {
        mistake(mistakes, &err);
        return -EINVAL;
    }
    _cleanup_(freep) char *path = mem_format("%s/pack.yaml", dir);
    struct tree_node *about = NULL;
    if (tree_load(path, &about, &err) < 0) {
        mistake(mistakes, &err);
        return -EINVAL;
    }
    const struct tree_node *requires = tree_get(about, "requires");
    int r = 0;
    for (size_t i = 0; requires && i < requires->count && r == 0; i++)
        if (requires->child[i]->type == TREE_SCALAR)
            r = load_pack(host, requires->child[i]->text, depth + 1, mistakes);
    tree_free(about);
    if (r < 0 || (r = load_sections(host, dir, mistakes)) < 0)
        return r;
    mem_push(host->pack, host->packs, host->pack_room);
    host->pack[host->packs++] = (struct pack){mem_strdup(name), take_ptr(dir)};
    return 0;
}

int host_load_packs(struct host *host, struct buf *mistakes) {
    int r = 0;
    for (size_t i = 0; i < host->config->packs.count; i++)
        if (load_pack(host, host->config->packs.item[i], 0, mistakes) < 0)
            r = -EINVAL;
    return r;
}

const struct tree_node *packs_section(const struct host *host, const char *name) {
    for (size_t i = 0; i < host->sections; i++)
        if (strcmp(host->section[i].name, name) == 0)
            return host->section[i].tree;
    return NULL;
}

void packs_free(struct host *host) {
    for (size_t i = 0; i < host->sections; i++) {
        free(host->section[i].name);
        tree_free(host->section[i].tree);
    }
    for (size_t i = 0; i < host->husks; i++)
        tree_free(host->husk[i]);
    for (size_t i = 0; i < host->packs; i++) {
        free(host->pack[i].name);
        free(host->pack[i].dir);
    }
    free(host->section);
    free(host->husk);
    free(host->pack);
}
