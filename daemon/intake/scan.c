/* SPDX-License-Identifier: MIT */
/*
 * The stream through a folder. Each watched folder has a queue of its directories to scan and reads one at a time, a
 * batch a turn of the loop, so that a huge folder neither fills memory nor holds up the others. Entries that come while
 * a directory is read may be missed: their events find it in `scanning` and ask for another scan after this one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/inside.h"

void scan_queue(struct folder *folder) {
    struct watch *watch = folder->watch;
    if (folder->dead || folder->queued)
        return;
    if (watch->scanning == folder) {
        folder->again = true;
        return;
    }
    folder->queued = true;
    folder->next_queued = NULL;
    if (!scan_pending(watch))
        watch->scan_since = uv_now(watch->intake->loop);
    if (watch->last)
        watch->last->next_queued = folder;
    else
        watch->first = folder;
    watch->last = folder;
    pressure_wake(watch->intake);
}

bool scan_pending(const struct watch *watch) {
    return watch->there && (watch->scanning || watch->first);
}

static void scan_end(struct watch *watch) {
    struct folder *folder = watch->scanning;
    if (watch->stream)
        closedir(watch->stream);
    watch->stream = NULL;
    watch->scanning = NULL;
    if (folder && folder->again) {
        folder->again = false;
        scan_queue(folder);
    }
}

void scan_forget(struct folder *folder) {
    struct watch *watch = folder->watch;
    if (watch->scanning == folder) {
        folder->again = false;
        scan_end(watch);
    }
    struct folder *before = NULL;
    for (struct folder *f = watch->first; f; before = f, f = f->next_queued) {
        if (f != folder)
            continue;
        if (before)
            before->next_queued = f->next_queued;
        else
            watch->first = f->next_queued;
        if (watch->last == f)
            watch->last = before;
        break;
    }
    folder->queued = false;
}

static bool scan_begin(struct watch *watch) {
    struct folder *folder = watch->first;
    if (!folder)
        return false;
    watch->first = folder->next_queued;
    if (!watch->first)
        watch->last = NULL;
    folder->queued = false;
    int fd = watch_open_folder(watch, folder->path);
    if (fd < 0 && fd != -ENOENT) {
        _cleanup_(freep) char *path = watch_path(watch, folder->path);
        log_warn("%s cannot be listed: %s; it is tried again", path, strerror(-fd));
    }
    if (fd < 0)
        return watch->first != NULL;
    watch->stream = fdopendir(fd);
    if (!watch->stream) {
        close(fd);
        return watch->first != NULL;
    }
    watch->scanning = folder;
    return true;
}

char *scan_join(const struct folder *folder, const char *name) {
    return folder->path[0] ? mem_format("%s/%s", folder->path, name) : mem_strdup(name);
}

static bool worth_opening(const struct folder *folder, const struct dirent *entry, const char *path) {
    const struct config_watch *config = folder->watch->config;
    if (entry->d_type == DT_DIR)
        return config->recursive;
    return (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN) && settle_wanted(config, path);
}

static void all_read(struct watch *watch) {
    watch->first_scan = false;
    if (watch->scan_since == 0)
        return;
    watch->scan_took = uv_now(watch->intake->loop) - watch->scan_since;
    watch->scan_since = 0;
    watch_plan_poll(watch);
}

void scan_some(struct watch *watch) {
    for (int i = 0; i < SCAN_BATCH && pressure_takes(watch); i++) {
        if (!watch->scanning && !scan_begin(watch)) {
            all_read(watch);
            return;
        }
        if (!watch->scanning)
            continue;
        struct dirent *entry = readdir(watch->stream);
        if (!entry) {
            scan_end(watch);
            continue;
        }
        if (!settle_ready_name(entry->d_name))
            continue;
        _cleanup_(freep) char *path = scan_join(watch->scanning, entry->d_name);
        if (worth_opening(watch->scanning, entry, path))
            settle_look(watch, path, &(struct place){dirfd(watch->stream), entry->d_name}, ARRIVAL_FOUND, NULL);
    }
}
