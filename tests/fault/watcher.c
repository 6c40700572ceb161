/* SPDX-License-Identifier: MIT */
/*
 * usage: watcher [SEED [STEPS [FLOOD]]]
 *
 * Drives a real directory at random against intake and holds what is taken against a model: each content that its
 * writer has finished is taken exactly once under each of its names, whole; nothing else is. What happens: files are
 * created, written on, closed, opened again, moved in, within and over each other, linked, removed (so that inodes are
 * used again), made unreadable; links and pipes lie around; directories, the watched one too, go and come; FLOOD files
 * come while nobody looks, so that the queue of events runs over; where that is permitted, another file system is
 * mounted over the folder and taken away. Between the opening of a file and the claim's rename the name is sometimes
 * given to another file. Names hold newlines and bytes that are no UTF-8. The same seed does the same things, at
 * somewhat other times.
 *
 * A writer that pauses for longer than `settle` gives its file up, as the rule says; so no verdict depends on the
 * clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "intake/inside.h"

enum { FILES_MAX = 400, FOLDERS = 4, SETTLE = 250, SLACK = 20, PATIENCE = 120000, TEXT_MAX = 4096 };

/* What an inode holds. */
struct file {
    uint64_t inode, device;
    char text[TEXT_MAX];
    size_t len;
    int fd;         /* its writer's; -1 */
    uint64_t wrote; /* ms */
    bool finished;  /* its writer will not open it again */
    bool closed_to_us;
    unsigned names;
};

struct name {
    char *path; /* below the watched folder */
    struct file *file;
};

static struct world {
    char dir[64];
    uv_loop_t loop;
    struct config config;
    struct config_watch watch;
    struct intake *intake;
    struct name *name;
    size_t names, name_room;
    struct intake_doc **out;
    struct file **out_file;
    size_t outs, out_room;
    char *folder[FOLDERS]; /* those that are there; NULL */
    unsigned long taken, steps, late, raced, again, mounts, serial;
    bool in_race, can_mount, mounted, ending;
    uint64_t random;
} w;

static _Noreturn void wrong(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "after %lu steps: ", w.steps);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t pick(uint64_t below) {
    w.random ^= w.random << 13;
    w.random ^= w.random >> 7;
    w.random ^= w.random << 17;
    return w.random % below;
}

static const char *at(const char *format, ...) {
    static char text[16][4096];
    static unsigned turn;
    char *to = text[turn++ % 16];
    int len = snprintf(to, sizeof text[0], "%s/", w.dir);
    va_list args;
    va_start(args, format);
    vsnprintf(to + len, sizeof text[0] - (size_t)len, format, args);
    va_end(args);
    return to;
}

static const char *in_drop(const char *path) {
    return at("drop/%s", path);
}

/* --- the model ---------------------------------------------------------------------------------------------------- */

static void release(struct file *file) {
    if (--file->names == 0) {
        close_fd(file->fd);
        free(file);
    }
}

static void add_name(const char *path, struct file *file) {
    mem_push(w.name, w.names, w.name_room);
    w.name[w.names++] = (struct name){mem_strdup(path), file};
    file->names++;
}

static void remove_name(size_t i) {
    free(w.name[i].path);
    release(w.name[i].file);
    w.name[i] = w.name[--w.names];
}

static size_t find_name(const char *path) {
    size_t i = 0;
    while (i < w.names && strcmp(w.name[i].path, path) != 0)
        i++;
    return i;
}

static void forget_below(const char *folder) {
    size_t len = strlen(folder);
    for (size_t i = w.names; i-- > 0;)
        if (len == 0 || (strncmp(w.name[i].path, folder, len) == 0 && w.name[i].path[len] == '/'))
            remove_name(i);
}

static bool may_be_taken(const struct name *name) {
    const char *base = strrchr(name->path, '/');
    base = base ? base + 1 : name->path;
    const struct file *f = name->file;
    return f->len > 0 && f->fd < 0 && !f->closed_to_us && settle_ready_name(base);
}

static size_t awaited(void) {
    size_t count = 0;
    for (size_t i = 0; i < w.names; i++)
        count += may_be_taken(&w.name[i]);
    return count;
}

/* Some name for which the condition holds; w.names when there is none. */
static size_t some_name(bool (*fits)(const struct file *file)) {
    if (w.names == 0)
        return 0;
    for (size_t tries = 0, i = pick(w.names); tries < w.names; tries++, i = (i + 1) % w.names)
        if (!fits || fits(w.name[i].file))
            return i;
    return w.names;
}

/* --- what is taken ------------------------------------------------------------------------------------------------ */

static void check_content(const struct intake_doc *doc, const struct file *file) {
    char text[TEXT_MAX + 1];
    ssize_t n = pread(doc->fd, text, sizeof text, 0);
    if (n != (ssize_t)file->len || memcmp(text, file->text, file->len) != 0)
        wrong("%s was taken with %zd bytes \"%.*s\", not the %zu \"%.*s\"", doc->name, n, (int)n, text, file->len,
              (int)file->len, file->text);
    if (file->fd >= 0)
        wrong("%s was taken while its writer has it open", doc->name);
}

static void on_claimed(void *user, struct intake_doc *doc) {
    (void)user;
    size_t i = find_name(doc->name);
    if (i == w.names)
        wrong("%s was taken, which is not there or was taken before", doc->name);
    struct file *file = w.name[i].file;
    if (doc->fd < 0) { /* another file took the name and could not go back; opened again later */
        struct error err;
        if (intake_reopen(w.intake, doc, &err) < 0)
            wrong("%s", err.text);
    }
    if (doc->inode != file->inode || doc->device != file->device)
        wrong("%s was taken from another file", doc->name);
    check_content(doc, file);
    if (!file->finished && now() - file->wrote + SLACK < SETTLE)
        wrong("%s was taken %llu ms after its last byte, and its writer will come back", doc->name,
              (unsigned long long)(now() - file->wrote));
    file->finished = true;
    file->names++;
    remove_name(i);
    mem_push(w.out, w.outs, w.out_room);
    w.out_file = mem_grow(w.out_file, w.out_room * sizeof *w.out_file);
    w.out_file[w.outs] = file;
    w.out[w.outs++] = doc;
    w.taken++;
}

static void on_rested(void *user, struct intake_doc *doc) {
    (void)user;
    for (size_t i = 0; i < w.outs; i++)
        if (w.out[i] == doc)
            check_content(doc, w.out_file[i]);
    doc->user = NULL;
    w.again++;
}

static void on_dropped(void *user, struct intake_doc *doc) {
    (void)user;
    if (!w.ending)
        wrong("%s was given up", doc->name);
    intake_release(w.intake, doc);
}

static int on_asked(void *user, const struct intake_doc *doc) {
    (void)user, (void)doc;
    return 0;
}

/* A name of the file, other than those that are out. */
static const char *twin_of(const struct file *file) {
    for (size_t i = 0; i < w.names; i++)
        if (w.name[i].file == file)
            return w.name[i].path;
    return NULL;
}

static size_t put_text(struct file *file, int fd, const char *text) {
    size_t len = strlen(text);
    if (file->len + len > TEXT_MAX)
        return 0;
    if (write(fd, text, len) != (ssize_t)len)
        wrong("writing: %s", strerror(errno));
    memcpy(file->text + file->len, text, len);
    file->len += len;
    file->wrote = now();
    return len;
}

/* The document is being read; somebody writes through another name of its file. */
static bool disturb(size_t i) {
    struct intake_doc *doc = w.out[i];
    const char *twin = twin_of(w.out_file[i]);
    if (!twin || doc->user || doc->fd < 0 || !doc->leased || w.out_file[i]->closed_to_us)
        return false;
    int fd = open(in_drop(twin), O_WRONLY | O_APPEND | O_NONBLOCK);
    if (fd >= 0 || errno != EWOULDBLOCK)
        wrong("%s can be opened for writing while its twin is read", twin);
    if (fcntl(doc->fd, F_GETLEASE) == F_RDLCK)
        wrong("the lease on %s does not tell that somebody wants to write", doc->name);
    intake_passed(w.intake, doc);
    fd = open(in_drop(twin), O_WRONLY | O_APPEND);
    if (fd < 0)
        wrong("%s cannot be opened: %s", twin, strerror(errno));
    put_text(w.out_file[i], fd, "disturbed;");
    close(fd);
    doc->user = &w;
    if (!intake_again(w.intake, doc))
        wrong("%s is not waited for", doc->name);
    return true;
}

static void finish(size_t i) {
    struct error err;
    struct intake_doc *doc = w.out[i];
    if (doc->user)
        return; /* it has not come to rest */
    if (intake_finish(w.intake, doc, &err) < 0)
        wrong("%s", err.text);
    intake_release(w.intake, doc);
    release(w.out_file[i]);
    w.out[i] = w.out[--w.outs];
    w.out_file[i] = w.out_file[w.outs];
}

/* --- what happens ------------------------------------------------------------------------------------------------- */

static const char *new_name(const char *ending) {
    static const char *const shapes[] = {"plain-%lu",  "two\nlines %lu", "\xff\xfe\x80-%lu",
                                         "a%%2Fb %lu", "-%lu;$(x)",      "\xe5\x88\x9b\xe4\xb8\x9a%lu"};
    static char text[4][600];
    static unsigned turn;
    char *to = text[turn++ % 4];
    char base[256];
    const char *folder = w.folder[pick(FOLDERS)];
    if (pick(30) == 0)
        snprintf(base, sizeof base, "%0*lu", (int)(NAME_LONGEST - strlen(ending)), w.serial++);
    else
        snprintf(base, sizeof base, shapes[pick(sizeof shapes / sizeof *shapes)], w.serial++);
    snprintf(to, sizeof text[0], "%s%s%s%s", folder ? folder : "", folder ? "/" : "", base, ending);
    return to;
}

static struct file *new_file(int fd) {
    struct stat st;
    struct file *file = mem_alloc(sizeof *file);
    if (fd < 0 || fstat(fd, &st) < 0)
        wrong("a file cannot be made: %s", strerror(errno));
    file->inode = st.st_ino;
    file->device = st.st_dev;
    file->fd = fd;
    file->wrote = now();
    return file;
}

static const char *some_text(void) {
    static char text[64];
    snprintf(text, sizeof text, "text %lu;", w.serial++);
    return text;
}

/* A finished file outside of the watched folder, on its file system. */
static struct file *staged(const char **ret_path) {
    *ret_path = w.mounted ? at("drop/.stage-%lu", w.serial++) : at("stage/%lu", w.serial++);
    struct file *file = new_file(open(*ret_path, O_WRONLY | O_CREAT | O_EXCL, 0644));
    put_text(file, file->fd, some_text());
    file->fd = close_fd(file->fd);
    file->finished = true;
    return file;
}

static void create(void) {
    const char *path = new_name(pick(8) ? "" : ".part");
    struct file *file = new_file(open(in_drop(path), O_WRONLY | O_CREAT | O_EXCL, 0644));
    add_name(path, file);
    if (pick(3))
        put_text(file, file->fd, some_text());
}

static bool is_open(const struct file *file) {
    return file->fd >= 0;
}

static bool is_closed(const struct file *file) {
    return file->fd < 0;
}

static bool may_go_on(const struct file *file) {
    return file->fd < 0 && !file->finished && !file->closed_to_us;
}

static void write_on(void) {
    size_t i = some_name(is_open);
    if (i < w.names)
        put_text(w.name[i].file, w.name[i].file->fd, some_text());
}

static void close_one(void) {
    size_t i = some_name(is_open);
    if (i == w.names)
        return;
    struct file *file = w.name[i].file;
    file->fd = close_fd(file->fd);
    file->finished |= pick(3) == 0;
}

static void open_again(void) {
    size_t i = some_name(may_go_on);
    if (i == w.names)
        return;
    w.name[i].file->fd = open(in_drop(w.name[i].path), O_WRONLY | O_APPEND);
    if (w.name[i].file->fd < 0)
        wrong("%s cannot be opened again: %s", w.name[i].path, strerror(errno));
}

static void move_in(void) {
    const char *from, *path = new_name("");
    struct file *file = staged(&from);
    if (rename(from, in_drop(path)) < 0)
        wrong("moving %s in: %s", path, strerror(errno));
    add_name(path, file);
}

/* Who renames a file says that it is finished. */
static void move_within(void) {
    size_t i = some_name(NULL);
    const char *path = new_name(pick(6) ? "" : ".tmp");
    if (i == w.names)
        return;
    if (rename(in_drop(w.name[i].path), in_drop(path)) < 0)
        wrong("moving %s within: %s", w.name[i].path, strerror(errno));
    w.name[i].file->finished = true;
    free(w.name[i].path);
    w.name[i].path = mem_strdup(path);
}

static void replace(void) {
    size_t i = some_name(NULL);
    const char *from;
    if (i == w.names)
        return;
    struct file *file = staged(&from);
    _cleanup_(freep) char *path = mem_strdup(w.name[i].path);
    if (rename(from, in_drop(path)) < 0)
        wrong("replacing %s: %s", path, strerror(errno));
    remove_name(i);
    add_name(path, file);
}

static void hard_link(void) {
    size_t i = some_name(is_closed);
    const char *path = new_name("");
    if (i == w.names || link(in_drop(w.name[i].path), in_drop(path)) < 0)
        return;
    w.name[i].file->finished = true;
    add_name(path, w.name[i].file);
}

static void remove_one(void) {
    size_t i = some_name(NULL);
    if (i == w.names)
        return;
    unlink(in_drop(w.name[i].path));
    remove_name(i);
}

/* The new file mostly gets the inode that became free. */
static void use_inode_again(void) {
    size_t i = some_name(is_closed);
    if (i == w.names)
        return;
    _cleanup_(freep) char *path = mem_strdup(w.name[i].path);
    unlink(in_drop(path));
    remove_name(i);
    struct file *file = new_file(open(in_drop(path), O_WRONLY | O_CREAT | O_EXCL, 0644));
    put_text(file, file->fd, some_text());
    add_name(path, file);
}

static void lay_around(void) {
    const char *path = in_drop(new_name(""));
    if (pick(2) ? symlink("/etc/hostname", path) : mkfifo(path, 0644))
        wrong("%s: %s", path, strerror(errno));
    if (pick(2))
        unlink(path);
}

static void shut_or_open(void) {
    size_t i = some_name(is_closed);
    if (i == w.names)
        return;
    struct file *file = w.name[i].file;
    chmod(in_drop(w.name[i].path), file->closed_to_us ? 0644 : 0);
    file->closed_to_us = !file->closed_to_us;
    file->finished = true; /* who sets rights has finished it */
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void folder_comes_or_goes(void) {
    size_t i = pick(FOLDERS);
    if (!w.folder[i]) {
        w.folder[i] = mem_format("folder%zu", i);
        mkdir(in_drop(w.folder[i]), 0755);
        return;
    }
    forget_below(w.folder[i]);
    nftw(in_drop(w.folder[i]), remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (pick(2))
        mkdir(in_drop(w.folder[i]), 0755);
    else
        free(take_ptr(w.folder[i]));
}

/* With a file in it. */
static void folder_moves_in(void) {
    const char *from;
    struct file *file = staged(&from);
    size_t i = pick(FOLDERS);
    if (w.folder[i] || w.mounted) {
        file->names = 1;
        unlink(from);
        release(file);
        return;
    }
    w.folder[i] = mem_format("folder%zu", i);
    mkdir(at("stage/folder"), 0755);
    rename(from, at("stage/folder/inside"));
    if (rename(at("stage/folder"), in_drop(w.folder[i])) < 0)
        wrong("moving a folder in: %s", strerror(errno));
    _cleanup_(freep) char *path = mem_format("%s/inside", w.folder[i]);
    add_name(path, file);
}

static void forget_folders(void) {
    forget_below("");
    for (size_t i = 0; i < FOLDERS; i++)
        free(take_ptr(w.folder[i]));
}

static void root_goes(void) {
    if (w.mounted || pick(4))
        return;
    forget_folders();
    rename(at("drop"), at("gone-%lu", w.serial++));
    if (pick(2))
        uv_run(&w.loop, UV_RUN_NOWAIT);
    mkdir(at("drop"), 0755);
}

static void mount_over(void) {
    if (!w.can_mount || pick(3))
        return;
    forget_folders();
    if (!w.mounted && mount("none", at("drop"), "tmpfs", 0, "mode=755") < 0)
        wrong("mounting: %s", strerror(errno));
    if (w.mounted && umount2(at("drop"), MNT_DETACH) < 0)
        wrong("unmounting: %s", strerror(errno));
    w.mounted = !w.mounted;
    w.mounts++;
    if (!w.mounted) { /* what lay below it is not of the model any more */
        rename(at("drop"), at("gone-%lu", w.serial++));
        mkdir(at("drop"), 0755);
    }
}

static void work_on(void) {
    if (w.outs == 0)
        return;
    size_t i = pick(w.outs);
    if (pick(4) || !disturb(i))
        finish(i);
}

/* More names than the queue of events holds, while nobody reads it. */
static void flood(unsigned long files) {
    const char *from;
    while (files) {
        struct file *file = staged(&from);
        _cleanup_(freep) char *first = mem_strdup(from);
        unsigned long links = files < 20000 ? files : 20000;
        for (unsigned long i = 0; i < links; i++) {
            _cleanup_(freep) char *path = mem_format("flood-%lu", w.serial++);
            if (link(first, in_drop(path)) < 0)
                wrong("linking %s: %s", path, strerror(errno));
            add_name(path, file);
        }
        unlink(first);
        files -= links;
    }
}

/* --- the race between opening and renaming ------------------------------------------------------------------------ */

static int (*true_renameat)(int from_dir, const char *from, int to_dir, const char *to);

static bool names_it(const struct name *name, const char *entry, const struct stat *st) {
    const char *base = strrchr(name->path, '/'), *other = strrchr(entry, '/');
    base = base ? base + 1 : name->path;
    other = other ? other + 1 : entry;
    return name->file->inode == st->st_ino && name->file->device == st->st_dev && strcmp(base, other) == 0;
}

static void race(int folder, const char *entry) {
    struct stat st;
    const char *from;
    if (fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    for (size_t i = 0; i < w.names; i++) {
        if (!names_it(&w.name[i], entry, &st))
            continue;
        _cleanup_(freep) char *path = mem_strdup(w.name[i].path);
        remove_name(i);
        if (pick(2)) {
            struct file *file = staged(&from);
            renameat(AT_FDCWD, from, folder, entry);
            add_name(path, file);
        } else {
            unlinkat(folder, entry, 0);
            if (pick(2) && symlinkat("/etc/hostname", folder, entry) < 0)
                wrong("%s: %s", path, strerror(errno));
        }
        w.raced++;
        return;
    }
}

static int racing_renameat(int from_dir, const char *from, int to_dir, const char *to) {
    if (!w.in_race && to_dir != AT_FDCWD && pick(25) == 0) {
        w.in_race = true;
        race(from_dir, from);
        w.in_race = false;
    }
    return true_renameat(from_dir, from, to_dir, to);
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static void step(void) {
    static void (*const ops[])(void) = {create,      create,       write_on,        write_on,   close_one,
                                        close_one,   open_again,   open_again,      move_in,    move_in,
                                        move_within, replace,      hard_link,       hard_link,  remove_one,
                                        work_on,     work_on,      work_on,         work_on,    use_inode_again,
                                        lay_around,  shut_or_open, folder_moves_in, open_again, close_one};
    static void (*const rare[])(void) = {folder_comes_or_goes, root_goes, mount_over};
    if (pick(40) == 0)
        rare[pick(sizeof rare / sizeof *rare)]();
    else if (w.names < FILES_MAX || pick(4) == 0)
        ops[pick(sizeof ops / sizeof *ops)]();
    else
        remove_one();
    if (pick(3) == 0)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    if (pick(50) == 0)
        usleep((useconds_t)pick(20000));
    w.steps++;
}

static void on_tick(uv_timer_t *timer) {
    (void)timer;
}

/* What is out comes to rest unless nobody may read it. */
static size_t outs_that_may_rest(void) {
    size_t count = 0;
    for (size_t i = 0; i < w.outs; i++)
        count += !w.out_file[i]->closed_to_us;
    return count;
}

/* All writers close, and everything that is whole must come. */
static void quiesce(void) {
    uint64_t start = now();
    for (size_t i = 0; i < w.names; i++) {
        w.name[i].file->fd = close_fd(w.name[i].file->fd);
        w.name[i].file->finished = true;
    }
    while (awaited() || outs_that_may_rest()) {
        uv_run(&w.loop, UV_RUN_ONCE);
        for (size_t i = w.outs; i-- > 0;)
            finish(i);
        if (now() - start > PATIENCE) {
            cJSON *waiting = intake_waiting(w.intake);
            char *text = cJSON_Print(waiting);
            for (size_t i = 0; i < w.names; i++)
                if (may_be_taken(&w.name[i]))
                    wrong("%s was never taken; %zu are missing, %zu out; these wait: %s", w.name[i].path, awaited(),
                          w.outs, text);
            wrong("%zu documents never came to rest: %s", w.outs, text);
        }
    }
    w.late += now() - start > SCAN_PERIOD - 5000;
}

/* Rights are to be felt, by root too. */
static void give_up_rights(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0)
        return;
    data[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
    syscall(SYS_capset, &header, data);
}

static void set_up(void) {
    static const char *const folders[] = {"drop", "stage", "state", "state/work", "done"};
    struct intake_limits limits = {.open = 64, .out = 256, .waiting = 128};
    struct intake_calls calls = {
        .claimed = on_claimed, .rested = on_rested, .dropped = on_dropped, .committed = on_asked, .seen = on_asked};
    struct error err;
    snprintf(w.dir, sizeof w.dir, "/tmp/siftd-watcher-XXXXXX");
    if (!mkdtemp(w.dir))
        wrong("no folder can be made: %s", strerror(errno));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdir(at("%s", folders[i]), 0755);
    w.can_mount = unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    give_up_rights();
    w.watch = (struct config_watch){.dir = mem_strdup(at("drop")),
                                    .recursive = true,
                                    .quiet = 50,
                                    .settle = SETTLE,
                                    .poll = 200,
                                    .when_done = DONE_DELETE};
    w.config = (struct config){.state_dir = mem_strdup(at("state")), .watch = &w.watch, .watches = 1};
    uv_loop_init(&w.loop);
    true_renameat = os.renameat;
    os.renameat = racing_renameat;
    if (intake_start(&w.loop, &w.config, &limits, &calls, &w.intake, &err) < 0)
        wrong("%s", err.text);
}

static void tear_down(uv_timer_t *tick) {
    uv_close((uv_handle_t *)tick, NULL);
    w.ending = true;
    intake_stop(w.intake);
    while (!intake_stopped(w.intake))
        uv_run(&w.loop, UV_RUN_ONCE);
    intake_free(w.intake);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    uv_loop_close(&w.loop);
    if (w.mounted)
        umount2(at("drop"), MNT_DETACH);
    forget_folders();
    nftw(w.dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(w.name);
    free(w.out);
    free(w.out_file);
    free(w.watch.dir);
    free(w.config.state_dir);
}

int main(int argc, char **argv) {
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL) ^ (uint64_t)getpid() << 32;
    unsigned long steps = argc > 2 ? strtoul(argv[2], NULL, 10) : 4000,
                  files = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    w.random = seed * 2654435761U + 88172645463325252ULL;
    log_init("watcher", LOG_ERROR_);
    set_up();
    uv_timer_t tick; /* so that the loop never waits for long */
    uv_timer_init(&w.loop, &tick);
    uv_timer_start(&tick, on_tick, 50, 50);
    for (unsigned long i = 0; i < steps; i++) {
        if (files && i == steps / 2) {
            quiesce();
            flood(files);
            quiesce();
        }
        step();
        if (pick(500) == 0)
            quiesce();
    }
    quiesce();
    tear_down(&tick);
    printf("%lu steps, %lu taken, %lu races, %lu read again, %lu mounts, %lu times late\n", w.steps, w.taken, w.raced,
           w.again, w.mounts, w.late);
    return 0;
}
