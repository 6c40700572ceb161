/* SPDX-License-Identifier: MIT */
#include "delivery/child/rights.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "confine/confine.h"

struct kept {
    struct confine_path *path;
    size_t count, room;
};

/* Takes the string. */
static void keep(struct kept *kept, char *path, bool write) {
    mem_push(kept->path, kept->count, kept->room);
    kept->path[kept->count++] = (struct confine_path){.path = path, .write = write};
}

static void free_kept(struct kept *kept) {
    for (size_t i = 0; i < kept->count; i++)
        free((char *)(uintptr_t)kept->path[i].path);
    free(kept->path);
}

/* What a path option names may be a file that is not there yet, is renamed and has others beside it: its folder. */
static void keep_place(void *user, const char *path) {
    struct stat st;
    char *place = mem_strdup(path), *slash = strrchr(place, '/');
    if (slash && !(stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        slash[slash == place] = 0;
    (void)os_mkdirs(place, 0755); /* a folder that is not there cannot be kept; the plugin says what is wrong with it */
    keep(user, place, true);
}

/* What libraries look at whatever they do. */
static void keep_system(struct kept *kept, bool network) {
    static const char *const always[] = {"/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo"};
    static const char *const names[] = {"/etc/resolv.conf", "/etc/hosts",          "/etc/nsswitch.conf",
                                        "/etc/services",    "/etc/gai.conf",       "/etc/host.conf",
                                        "/etc/ssl",         "/run/systemd/resolve"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        keep(kept, mem_strdup(always[i]), false);
    keep(kept, mem_strdup("/dev/null"), true);
    for (size_t i = 0; network && i < sizeof names / sizeof *names; i++)
        keep(kept, mem_strdup(names[i]), false);
}

static void keep_own(struct kept *kept, const struct config *config, const struct siftd_plugin *plugin) {
    keep(kept, mem_format("%s/journal", config->state_dir), false);
    if (!plugin->resume) {
        char *cursors = mem_format("%s/cursors", config->state_dir);
        (void)os_mkdirs(cursors, 0750); /* said when the cursor is written */
        keep(kept, cursors, true);
    }
    for (size_t i = 0; i < config->pack_dirs.count; i++)
        keep(kept, mem_strdup(config->pack_dirs.item[i]), false);
}

int rights_give_up(struct host *host, const struct config *config, const struct config_sink *sink,
                   uint32_t *ret_lacking, struct error *err) {
    _cleanup_(buf_free) struct buf mistakes = {0};
    struct kept kept = {0};
    const struct siftd_plugin *plugin;
    int r = instance_paths(host, &sink->use, keep_place, &kept, &plugin, &mistakes);
    if (r < 0) {
        free_kept(&kept);
        while (mistakes.len && mistakes.at[mistakes.len - 1] == '\n')
            mistakes.len--;
        return error_set(err, EINVAL, "%.*s", (int)mistakes.len, mistakes.at ? mistakes.at : "it cannot be loaded");
    }
    bool network = plugin->needs & SIFTD_NEEDS_NETWORK;
    keep_own(&kept, config, plugin);
    keep_system(&kept, network);
    struct confine_rights rights = {.kind = CONFINE_SINK, .network = network, .path = kept.path, .paths = kept.count};
    r = confine(&rights, ret_lacking, err);
    free_kept(&kept);
    return r;
}
