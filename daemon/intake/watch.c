/* SPDX-License-Identifier: MIT */
/*
 * The watched folders: events, and folders that come and go. libuv says nothing when a watched directory is removed or
 * moved away (two events with the directory's own name, then silence from a handle that stays active), so an event with
 * that name and every period compare what stands at the path with what is watched.
 *
 * A folder's handle lives until libuv has closed it; `dead` folders are in no tree and no queue.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/inside.h"

char *watch_path(const struct watch *watch, const char *path) {
    return path[0] ? mem_format("%s/%s", watch->config->dir, path) : mem_strdup(watch->config->dir);
}

static int open_below(const struct watch *watch, const char *path, unsigned flags) {
    _cleanup_(closep) int root = open(watch->config->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct open_how how = {.flags = flags | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    return fd < 0 ? -errno : fd;
}

int watch_open_folder(const struct watch *watch, const char *path) {
    if (path[0])
        return open_below(watch, path, O_RDONLY);
    int fd = open(watch->config->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int watch_reach(const struct watch *watch, const char *path, struct place *ret) {
    const char *slash = strrchr(path, '/');
    if (!slash) {
        *ret = (struct place){AT_FDCWD, watch_path(watch, path)};
        return 0;
    }
    _cleanup_(freep) char *parent = mem_strndup(path, (size_t)(slash - path));
    int fd = open_below(watch, parent, O_PATH);
    if (fd < 0)
        return fd;
    *ret = (struct place){fd, mem_strdup(slash + 1)};
    return 0;
}

void place_done(struct place *place) {
    free(place->name);
    close_fd(place->folder);
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct folder *)a)->path, ((const struct folder *)b)->path);
}

static struct folder *folder_find(struct watch *watch, const char *path) {
    struct folder key = {.path = (char *)path};
    struct folder **node = tfind(&key, &watch->folders, by_path);
    return node ? *node : NULL;
}

static void on_folder_closed(uv_handle_t *handle) {
    struct folder *folder = handle->data;
    folder->watch->intake->handles--;
    free(folder->path);
    free(folder);
}

static void folder_close(struct folder *folder) {
    struct watch *watch = folder->watch;
    watch->deaf -= folder->deaf < 0;
    tdelete(folder, &watch->folders, by_path);
    watch->folder_count--;
    scan_forget(folder);
    folder->dead = true;
    uv_close((uv_handle_t *)&folder->event, on_folder_closed);
}

/* A queue that ran over loses events without a word; a burst is when that happens. */
static void count_event(struct intake *intake) {
    uint64_t now = uv_now(intake->loop);
    if (now != intake->burst_turn) {
        intake->burst_turn = now;
        intake->burst_events = 0;
    }
    if (++intake->burst_events % BURST != 0)
        return;
    claim_forget_echoes(intake);
    for (size_t i = 0; i < intake->watches; i++)
        scan_queue_all(&intake->watch[i]);
}

static const char *own_name(const struct folder *folder) {
    const char *path = folder->path[0] ? folder->path : folder->watch->config->dir;
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status);

/* A folder whose events cannot be had is polled. One sentence tells of the first, one that the last has its events
 * again.
 */
static void set_deaf(struct folder *folder, int code) {
    struct watch *watch = folder->watch;
    bool was = watch->deaf > 0;
    watch->deaf += (code < 0) - (folder->deaf < 0);
    folder->deaf = code;
    if (code < 0)
        watch->deaf_code = code;
    if (!was && watch->deaf)
        log_warn("%s%s%s cannot be watched: %s; it is read every %lld ms instead", watch->config->dir,
                 folder->path[0] ? "/" : "", folder->path, watch_deaf_words(code), (long long)watch->config->poll);
    if (was && watch->deaf == 0)
        log_info("all folders of %s are watched again", watch->config->dir);
    watch_plan_poll(watch);
}

/* Also when the folder looks the same: one that was removed and made again may have its old inode's number. */
static void renew(struct folder *folder) {
    _cleanup_(freep) char *full = watch_path(folder->watch, folder->path);
    uv_fs_event_stop(&folder->event);
    int e = uv_fs_event_start(&folder->event, on_event, full, 0);
    set_deaf(folder, e == UV_ENOENT ? 0 : e);
    scan_queue(folder);
}

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status) {
    struct folder *folder = handle->data;
    struct intake *intake = folder->watch->intake;
    if (folder->dead || intake->stopping)
        return;
    count_event(intake);
    if (status < 0 || !name) {
        scan_queue(folder);
        return;
    }
    if (strcmp(name, own_name(folder)) == 0) {
        watch_check(folder->watch);
        if (folder->dead)
            return;
        renew(folder);
    }
    if (folder->watch->there)
        arrive_note(folder, name, (events & UV_CHANGE) != 0);
}

struct folder *watch_add(struct watch *watch, const char *path, const struct stat *st) {
    struct folder *folder = folder_find(watch, path);
    if (folder && folder->inode == st->st_ino && folder->device == st->st_dev)
        return folder;
    if (folder)
        watch_forget(watch, path);
    if (path[0] && !watch->config->recursive)
        return NULL;
    for (size_t i = 0; i < sizeof watch->own / sizeof *watch->own; i++)
        if (watch->own[i].inode == st->st_ino && watch->own[i].device == st->st_dev)
            return NULL;
    folder = mem_alloc(sizeof *folder);
    *folder = (struct folder){.watch = watch, .path = mem_strdup(path), .device = st->st_dev, .inode = st->st_ino};
    uv_fs_event_init(watch->intake->loop, &folder->event);
    folder->event.data = folder;
    watch->intake->handles++;
    watch->folder_count++;
    if (!tsearch(folder, &watch->folders, by_path))
        abort();
    /* Watched first, scanned after: what comes in between is seen twice rather than not at all. */
    renew(folder);
    return folder;
}

/* twalk cannot carry an argument that is portable, and folders are closed while it walks: so they are listed first. */
struct listing {
    struct folder **item;
    size_t count, room;
};

static void list_one(const void *node, VISIT visit, void *closure) {
    struct listing *list = closure;
    if (visit != postorder && visit != leaf)
        return;
    mem_push(list->item, list->count, list->room);
    list->item[list->count++] = *(struct folder *const *)node;
}

static bool at_or_below(const char *path, const char *top) {
    size_t len = strlen(top);
    return len == 0 || (strncmp(path, top, len) == 0 && (path[len] == 0 || path[len] == '/'));
}

void watch_forget(struct watch *watch, const char *path) {
    if (path[0] && !folder_find(watch, path))
        return;
    struct listing list = {0};
    twalk_r(watch->folders, list_one, &list);
    for (size_t i = 0; i < list.count; i++)
        if (at_or_below(list.item[i]->path, path))
            folder_close(list.item[i]);
    free(list.item);
}

/* --- polling ------------------------------------------------------------------------------------------------------ */

const char *watch_deaf_words(int code) {
    if (code == UV_ENOSPC)
        return "the limit of watches is reached (sysctl fs.inotify.max_user_watches)";
    if (code == UV_EMFILE)
        return "the limit of open files or of inotify instances is reached (sysctl fs.inotify.max_user_instances)";
    return uv_strerror(code);
}

bool watch_is_polled(const struct watch *watch) {
    return watch->there && (watch->silent || watch->deaf);
}

/* A tenth of the time at most goes into reading a large folder over and over. */
static uint64_t poll_pause(const struct watch *watch) {
    uint64_t least = (uint64_t)watch->config->poll, rest = 9 * watch->scan_took;
    return least > rest ? least : rest;
}

void watch_plan_poll(struct watch *watch) {
    struct intake *intake = watch->intake;
    uint64_t pause = poll_pause(watch);
    if (!watch_is_polled(watch))
        return;
    watch->next_poll = uv_now(intake->loop) + pause;
    if (uv_is_active((uv_handle_t *)&intake->period) && uv_timer_get_due_in(&intake->period) > pause)
        uv_timer_start(&intake->period, intake->period.timer_cb, pause, 0);
}

/* The watches are tried again now and then: others may have given theirs back. */
void watch_poll(struct watch *watch, bool try_again) {
    struct listing list = {0};
    twalk_r(watch->folders, list_one, &list);
    for (size_t i = 0; i < list.count; i++) {
        if (list.item[i]->deaf < 0 && try_again)
            renew(list.item[i]);
        else if (list.item[i]->deaf < 0 || watch->silent)
            scan_queue(list.item[i]);
    }
    free(list.item);
    watch_plan_poll(watch);
}

void scan_queue_all(struct watch *watch) {
    struct listing list = {0};
    twalk_r(watch->folders, list_one, &list);
    for (size_t i = 0; i < list.count; i++)
        scan_queue(list.item[i]);
    free(list.item);
}

static void note_own(const char *path, struct identity *ret) {
    struct stat st;
    if (path && stat(path, &st) == 0)
        *ret = (struct identity){st.st_dev, st.st_ino};
}

static bool tell_silent(const struct watch *watch) {
    if (!watch->silent || watch->told_silent)
        return watch->told_silent;
    log_info("%s is on %s, which does not tell of all that happens there; it is read every %lld ms", watch->config->dir,
             watch->silent, (long long)watch->config->poll);
    return true;
}

/* The folder may come with claims of its own: an earlier siftd's, on a disk that was not there at start. */
static void take_up_hidden(struct watch *watch) {
    struct error err;
    if (recover_hidden(watch, &err) < 0)
        log_warn("%s", err.text);
    pressure_wake(watch->intake);
}

int watch_open(struct watch *watch) {
    const struct config_watch *config = watch->config;
    _cleanup_(closep) int fd = open(config->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    mount_judge(fd, &watch->network, &watch->silent);
    watch->told_silent |= tell_silent(watch);
    note_own(config->done_dir, &watch->own[0]);
    note_own(watch->intake->config->state_dir, &watch->own[1]);
    watch->root = (struct identity){st.st_dev, st.st_ino};
    watch->there = true;
    watch->first_scan = watch->intake->limits.settled;
    watch_add(watch, "", &st);
    return 0;
}

void watch_close(struct watch *watch) {
    watch_forget(watch, "");
    waiting_forget_all(watch);
    arrive_forget_all(watch);
    watch->there = false;
    watch->complaints = 0;
}

static bool still_there(const struct watch *watch) {
    struct stat st;
    return stat(watch->config->dir, &st) == 0 && st.st_ino == watch->root.inode && st.st_dev == watch->root.device;
}

void watch_check(struct watch *watch) {
    bool was_there = watch->there;
    if (was_there && still_there(watch))
        return;
    if (was_there)
        watch_close(watch);
    int e = watch_open(watch);
    if (e == 0) {
        take_up_hidden(watch);
        if (was_there)
            log_warn("%s was replaced by another folder; the new one is watched", watch->config->dir);
        else if (watch->lost)
            log_info("%s is there again and is watched", watch->config->dir);
        watch->lost = false;
        return;
    }
    if (!watch->lost)
        log_warn("%s is not there: %s; it is watched again as soon as it is", watch->config->dir, strerror(-e));
    watch->lost = true;
    struct intake *intake = watch->intake;
    if (uv_timer_get_due_in(&intake->period) > MISSING_PERIOD)
        uv_timer_start(&intake->period, intake->period.timer_cb, MISSING_PERIOD, 0);
}
