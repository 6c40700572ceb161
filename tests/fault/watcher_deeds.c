/* SPDX-License-Identifier: MIT */
#include "watcher.h"

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
struct file *staged(const char **ret_path) {
    *ret_path = w.mounted ? at("drop/.stage-%lu", w.serial++) : at("stage/%lu", w.serial++);
    struct file *file = new_file(open(*ret_path, O_WRONLY | O_CREAT | O_EXCL, 0644));
    put_text(file, file->fd, some_text());
    file->fd = close_fd(file->fd);
    file->finished = true;
    return file;
}

void create(void) {
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

void write_on(void) {
    size_t i = some_name(is_open);
    if (i < w.names)
        put_text(w.name[i].file, w.name[i].file->fd, some_text());
}

void close_one(void) {
    size_t i = some_name(is_open);
    if (i == w.names)
        return;
    struct file *file = w.name[i].file;
    file->fd = close_fd(file->fd);
    file->finished |= pick(3) == 0;
}

void open_again(void) {
    size_t i = some_name(may_go_on);
    if (i == w.names)
        return;
    w.name[i].file->fd = open(in_drop(w.name[i].path), O_WRONLY | O_APPEND);
    if (w.name[i].file->fd < 0)
        wrong("%s cannot be opened again: %s", w.name[i].path, strerror(errno));
}

void move_in(void) {
    const char *from, *path = new_name("");
    struct file *file = staged(&from);
    if (rename(from, in_drop(path)) < 0)
        wrong("moving %s in: %s", path, strerror(errno));
    add_name(path, file);
}

/* Who renames a file says that it is finished. */
void move_within(void) {
    size_t i = some_name(NULL);
    const char *path = new_name(pick(6) ? "" : ".tmp");
    if (i == w.names)
        return;
    if (rename(in_drop(w.name[i].path), in_drop(path)) < 0)
        wrong("moving %s within: %s", w.name[i].path, strerror(errno));
    w.name[i].file->finished = true;
    free(w.name[i].path);
    w.name[i].path = mem_strdup(path);
    w.name[i].len = strlen(path);
}

void replace(void) {
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

void hard_link(void) {
    size_t i = some_name(is_closed);
    const char *path = new_name("");
    if (i == w.names || link(in_drop(w.name[i].path), in_drop(path)) < 0)
        return;
    w.name[i].file->finished = true;
    add_name(path, w.name[i].file);
}

void remove_one(void) {
    size_t i = some_name(NULL);
    if (i == w.names)
        return;
    unlink(in_drop(w.name[i].path));
    remove_name(i);
}

/* The new file mostly gets the inode that became free. */
void use_inode_again(void) {
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

void lay_around(void) {
    const char *path = in_drop(new_name(""));
    if (pick(2) ? symlink("/etc/hostname", path) : mkfifo(path, 0644))
        wrong("%s: %s", path, strerror(errno));
    if (pick(2))
        unlink(path);
}

void shut_or_open(void) {
    size_t i = some_name(is_closed);
    if (i == w.names)
        return;
    struct file *file = w.name[i].file;
    chmod(in_drop(w.name[i].path), file->closed_to_us ? 0644 : 0);
    file->closed_to_us = !file->closed_to_us;
    file->finished = true; /* who sets rights has finished it */
}

int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void folder_comes_or_goes(void) {
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
void folder_moves_in(void) {
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

void forget_folders(void) {
    forget_below("");
    for (size_t i = 0; i < FOLDERS; i++)
        free(take_ptr(w.folder[i]));
}

void root_goes(void) {
    if (w.mounted || pick(4))
        return;
    forget_folders();
    rename(at("drop"), at("gone-%lu", w.serial++));
    if (pick(2))
        uv_run(&w.loop, UV_RUN_NOWAIT);
    mkdir(at("drop"), 0755);
}

void mount_over(void) {
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

void work_on(void) {
    if (w.outs == 0)
        return;
    size_t i = pick(w.outs);
    if (pick(4) || !disturb(i))
        finish(i);
}

/* More names than the queue of events holds, while nobody reads it. */
void flood(unsigned long files) {
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
