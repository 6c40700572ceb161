/* SPDX-License-Identifier: MIT */
/* Inside the watcher's random test: watcher.c (the run), watcher_model.c (what is expected, and what was taken),
 * watcher_deeds.c (what happens in the folder). */
#pragma once
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
    size_t len;
    struct file *file;
};

struct world {
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
};

extern struct world w;

_Noreturn void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t now(void);
uint64_t pick(uint64_t below);
const char *at(const char *format, ...);
const char *in_drop(const char *path);
void release(struct file *file);
void add_name(const char *path, struct file *file);
void remove_name(size_t i);
void forget_below(const char *folder);
bool may_be_taken(const struct name *name);
size_t awaited(void);
size_t some_name(bool (*fits)(const struct file *file));
void on_claimed(void *user, struct intake_doc *doc);
void on_rested(void *user, struct intake_doc *doc);
void on_dropped(void *user, struct intake_doc *doc);
int on_asked(void *user, const struct intake_doc *doc);
size_t put_text(struct file *file, int fd, const char *text);
bool disturb(size_t i);
void finish(size_t i);
struct file *staged(const char **ret_path);
void create(void);
void write_on(void);
void close_one(void);
void open_again(void);
void move_in(void);
void move_within(void);
void replace(void);
void hard_link(void);
void remove_one(void);
void use_inode_again(void);
void lay_around(void);
void shut_or_open(void);
int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw);
void folder_comes_or_goes(void);
void folder_moves_in(void);
void forget_folders(void);
void root_goes(void);
void mount_over(void);
void work_on(void);
void flood(unsigned long files);
