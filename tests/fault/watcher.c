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
#include "watcher.h"

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

static void stuck(void) {
    cJSON *waiting = intake_waiting(w.intake);
    char *text = cJSON_Print(waiting);
    for (size_t i = 0; i < w.names; i++)
        if (may_be_taken(&w.name[i]))
            wrong("%s is not taken; %zu are missing, %zu out (intake: %u, %u of them open); these wait: %s",
                  w.name[i].path, awaited(), w.outs, w.intake->out, w.intake->open, text);
    wrong("%zu documents do not come to rest (intake: %u out, %u of them open): %s", w.outs, w.intake->out,
          w.intake->open, text);
}

/* What was claimed on a file system that is gone by now, and may not be read, keeps the folder's new claims waiting:
 * somebody gives the right back. */
static void open_hidden(void) {
    for (size_t i = 0; i < w.outs; i++)
        if (w.out[i]->hidden && w.out_file[i]->closed_to_us &&
            fchmodat(claim_work_folder(w.intake, w.out[i]), w.out[i]->held, 0644, 0) == 0)
            w.out_file[i]->closed_to_us = false;
}

/* All writers close, and everything that is whole must come. How long that takes is the machine's affair, as long as
 * it goes on. */
static void quiesce(void) {
    uint64_t start = now(), moved = start;
    for (size_t i = 0; i < w.names; i++) {
        w.name[i].file->fd = close_fd(w.name[i].file->fd);
        w.name[i].file->finished = true;
    }
    open_hidden();
    while (awaited() || outs_that_may_rest()) {
        unsigned long before = w.taken + w.again;
        uv_run(&w.loop, UV_RUN_ONCE);
        for (size_t i = w.outs; i-- > 0;)
            finish(i);
        if (w.taken + w.again != before)
            moved = now();
        if (now() - moved > PATIENCE)
            stuck();
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
    while (w.outs) /* those that nobody may read */
        release(w.out_file[--w.outs]);
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
