/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/internal.h"

static const char *const stage_names[] = {"?", "decode", "clean", "extract", "validate", "sink"};

const char *host_stage_name(int stage) {
    return stage >= SIFTD_DECODE && stage <= SIFTD_SINK ? stage_names[stage] : stage_names[0];
}

struct host *host_new(const struct config *config) {
    struct host *host = mem_alloc(sizeof *host);
    host->config = config;
    host->limits = limits_new(&config->limits);
    return host;
}

struct host *host_free(struct host *host) {
    if (!host)
        return NULL;
    for (size_t i = 0; i < host->libraries; i++) {
        free(host->library[i]->path);
        free(host->library[i]);
    }
    free(host->library);
    packs_free(host);
    sealed_free(host->limits, sizeof *host->limits);
    free(host);
    return NULL;
}

/* What a stage cannot do without. */
static const char *missing_part(const struct siftd_plugin *plugin) {
    if (!plugin->name || !plugin->name[0])
        return "name";
    if (!plugin->version)
        return "version";
    if (!plugin->summary)
        return "summary";
    switch (plugin->stage) {
    case SIFTD_DECODE:
        return !plugin->probe ? "probe" : !plugin->run ? "run" : NULL;
    case SIFTD_CLEAN:
    case SIFTD_EXTRACT:
        return plugin->run ? NULL : "run";
    case SIFTD_VALIDATE:
        return plugin->run || plugin->check ? NULL : "run or check";
    case SIFTD_SINK:
        return !plugin->put ? "put" : !plugin->commit ? "commit" : NULL;
    default:
        return "stage";
    }
}

static int check_plugin(const char *path, const struct siftd_plugin *given, struct siftd_plugin *ret,
                        struct error *err) {
    if (given->major != SIFTD_ABI_MAJOR)
        return error_set(err, ENOEXEC,
                         "%s was built for plugin ABI %u.%u, this siftd has %u.%u; build it against this version's "
                         "siftd/plugin.h",
                         path, given->major, given->minor, SIFTD_ABI_MAJOR, SIFTD_ABI_MINOR);
    if (given->size < offsetof(struct siftd_plugin, open))
        return error_set(err, ENOEXEC,
                         "%s describes itself in %u bytes, too few for ABI %u; make its entry with SIFTD_PLUGIN()",
                         path, given->size, SIFTD_ABI_MAJOR);
    struct siftd_plugin plugin = {0};
    memcpy(&plugin, given, given->size < sizeof plugin ? given->size : sizeof plugin);
    const char *missing = missing_part(&plugin);
    if (missing)
        return error_set(err, ENOEXEC, "%s (%s) lacks the required member \"%s\" of struct siftd_plugin", path,
                         plugin.name ? plugin.name : "no name", missing);
    *ret = plugin;
    return 0;
}

static int load(struct host *host, const char *path, const struct library **ret, struct error *err) {
    for (size_t i = 0; i < host->libraries; i++)
        if (strcmp(host->library[i]->path, path) == 0) {
            *ret = host->library[i];
            return 0;
        }
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object)
        return error_set(err, ENOEXEC, "%s cannot be loaded: %s", path, dlerror());
    siftd_plugin_entry_fn *entry;
    *(void **)&entry = dlsym(object, SIFTD_PLUGIN_SYMBOL);
    if (!entry)
        return error_set(err, ENOEXEC, "%s is no siftd plugin: it does not export " SIFTD_PLUGIN_SYMBOL "()", path);
    const struct siftd_plugin *given = entry();
    struct siftd_plugin plugin;
    int r = given ? check_plugin(path, given, &plugin, err)
                  : error_set(err, ENOEXEC, "%s: its entry gives no plugin", path);
    if (r < 0)
        return r;
    struct library *library = mem_alloc(sizeof *library);
    library->path = mem_strdup(path);
    library->plugin = plugin;
    mem_push(host->library, host->libraries, host->library_room);
    host->library[host->libraries++] = library;
    *ret = library;
    return 0;
}

int host_find(struct host *host, int stage, const char *name, const struct library **ret, struct error *err) {
    const struct config_words *dirs = &host->config->plugin_dirs;
    struct buf searched = {0};
    for (size_t i = 0; i < dirs->count * 2; i++) {
        const char *dir = dirs->item[i / 2];
        _cleanup_(freep) char *path =
            i % 2 ? mem_format("%s/%s.so", dir, name) : mem_format("%s/%s/%s.so", dir, host_stage_name(stage), name);
        struct stat st;
        if (stat(path, &st) == 0) {
            buf_free(&searched);
            int r = load(host, path, ret, err);
            if (r == 0 && (*ret)->plugin.stage != stage)
                r = error_set(err, ENOEXEC, "%s is a plugin for the stage %s, not %s; name it there", path,
                              host_stage_name((*ret)->plugin.stage), host_stage_name(stage));
            return r;
        }
        if (i % 2 == 0)
            buf_printf(&searched, "%s%s", searched.len ? ", " : "", dir);
    }
    int r = error_set(err, ENOENT,
                      "there is no %s plugin \"%s\"; searched: %.*s. Check the spelling, or add its folder to "
                      "plugin_dirs",
                      host_stage_name(stage), name, (int)searched.len, searched.at ? searched.at : "");
    buf_free(&searched);
    return r;
}

static int is_library(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 3 && strcmp(entry->d_name + len - 3, ".so") == 0;
}

static void walk_folder(struct host *host, const char *folder, int stage, host_found_fn *found, void *user) {
    struct dirent **entry;
    int n = scandir(folder, &entry, is_library, alphasort);
    for (int i = 0; i < n; i++) {
        _cleanup_(freep) char *path = mem_format("%s/%s", folder, entry[i]->d_name);
        const struct library *library = NULL;
        struct error err = {0};
        if (load(host, path, &library, &err) < 0)
            found(user, path, NULL, &err);
        else if (library && (stage == 0 || library->plugin.stage == stage))
            found(user, path, library, NULL);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

void host_walk(struct host *host, int stage, host_found_fn *found, void *user) {
    const struct config_words *dirs = &host->config->plugin_dirs;
    for (size_t i = 0; i < dirs->count; i++) {
        for (int s = SIFTD_DECODE; s <= SIFTD_SINK; s++) {
            if (stage && s != stage)
                continue;
            _cleanup_(freep) char *folder = mem_format("%s/%s", dirs->item[i], host_stage_name(s));
            walk_folder(host, folder, stage, found, user);
        }
        walk_folder(host, dirs->item[i], stage, found, user);
    }
}
