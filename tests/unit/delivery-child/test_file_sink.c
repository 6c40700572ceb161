/* SPDX-License-Identifier: MIT */
/*
 * The file sink, killed before each of its system calls in turn: whatever is killed when, each line is in the files
 * once. The plugin's sources are part of this program, so that its calls reach the ones below.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static long calls_left = LONG_MAX;

/* Dies before the call whose turn it is. */
static void step(void) {
    if (calls_left-- == 0)
        _exit(99);
}

static ssize_t step_write(int fd, const void *data, size_t len) {
    step();
    if (calls_left == 0 && len > 1) /* and once in the middle of it */
        len /= 2;
    return write(fd, data, len);
}

static ssize_t step_pwrite(int fd, const void *data, size_t len, off_t at) {
    step();
    if (calls_left == 0) {
        (void)!pwrite(fd, data, len / 2, at);
        _exit(99);
    }
    return pwrite(fd, data, len, at);
}

static int step_fdatasync(int fd) {
    step();
    return fdatasync(fd);
}

static int step_ftruncate(int fd, off_t size) {
    step();
    return ftruncate(fd, size);
}

static int step_renameat(int from_dir, const char *from, int to_dir, const char *to) {
    step();
    return renameat(from_dir, from, to_dir, to);
}

static int step_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    step();
    return renameat2(from_dir, from, to_dir, to, flags);
}

static int step_unlinkat(int dir, const char *path, int flags) {
    step();
    return unlinkat(dir, path, flags);
}

static int step_openat(int dir, const char *path, int flags, ...) {
    step();
    return openat(dir, path, flags, 0640);
}

#define write step_write
#define pwrite step_pwrite
#define fdatasync step_fdatasync
#define ftruncate step_ftruncate
#define renameat step_renameat
#define renameat2 step_renameat2
#define unlinkat step_unlinkat
#define openat step_openat
#define failed current_failed
#include "../../../plugins/sink/file/current.c"
#undef failed
#include "../../../plugins/sink/file/rotate.c"
#define add known_add
#include "../../../plugins/sink/file/known.c"
#undef add
#define failed state_failed
#include "../../../plugins/sink/file/state.c"
#undef failed
#include "../../../plugins/sink/file/file.c"
#undef write
#undef pwrite
#undef fdatasync
#undef ftruncate
#undef renameat
#undef renameat2
#undef unlinkat
#undef openat

#define SINK_FILE "out.jsonl"
#include "damage_step.h"
#include "sink_test.h"

static const struct siftd_host host = {.error = host_error, .log = host_log, .alloc = host_alloc};

static void begin(struct file_sink *self, const char *path) {
    *self = (struct file_sink){.path = path, .rotate_every = "never", .mode = "0640", .sync = 1};
    said[0] = logged[0] = 0;
}

static void end(struct file_sink *self) {
    close_sink(self);
    arena_free();
}

static void open_good(struct file_sink *self) {
    if (open_sink(self, &host) != SIFTD_OK)
        fail_msg("%s", said);
}

/* What the host does: puts the lines from the committed position to `last`, a commit after every third. */
static int deliver(struct file_sink *self, int last) {
    char position[SIFTD_POSITION_MAX], text[64];
    resume(self, position);
    for (int i = atoi(position); i < last; i++) {
        struct siftd_line line = {.json = text};
        line.len = (size_t)snprintf(text, sizeof text, "{\"n\":%d}", i);
        int r = put(self, &line);
        snprintf(position, sizeof position, "%d", i);
        if (r == SIFTD_SKIP && commit(self, position) == SIFTD_OK)
            r = put(self, &line);
        if (r != SIFTD_OK)
            return r;
        snprintf(position, sizeof position, "%d", i + 1);
        if ((i % 3 == 2 || i + 1 == last) && commit(self, position) != SIFTD_OK)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* All files together hold the lines 0 … last - 1, each once and in order. */
static void all_there(const struct folder *folder, int last) {
    char command[256], line[64], want[64];
    snprintf(command, sizeof command, "cd '%s/new' && cat $(ls | grep -v '^out.jsonl$') out.jsonl 2>/dev/null",
             folder->root);
    FILE *in = popen(command, "r");
    int n = 0;
    for (; fgets(line, sizeof line, in); n++) {
        snprintf(want, sizeof want, "{\"n\":%d}\n", n);
        assert_string_equal(line, want);
    }
    pclose(in);
    assert_int_equal(n, last);
}

static int count_files(const struct folder *folder) {
    char command[256], text[16] = "";
    snprintf(command, sizeof command, "ls '%s/new' | wc -l", folder->root);
    FILE *in = popen(command, "r");
    assert_non_null(fgets(text, sizeof text, in));
    pclose(in);
    return atoi(text);
}

static void lines_are_there_once(void **state) {
    struct folder *folder = *state;
    struct file_sink self;
    begin(&self, folder->path);
    open_good(&self);
    assert_int_equal(deliver(&self, 20), SIFTD_OK);
    end(&self);
    all_there(folder, 20);
    begin(&self, folder->path);
    open_good(&self);
    assert_int_equal(deliver(&self, 25), SIFTD_OK);
    end(&self);
    all_there(folder, 25);
}

/* Uncommitted lines, a torn one at the end, are cut off. */
static void a_tail_is_cut_back(void **state) {
    struct folder *folder = *state;
    struct file_sink self;
    begin(&self, folder->path);
    open_good(&self);
    assert_int_equal(deliver(&self, 10), SIFTD_OK);
    assert_int_equal(put(&self, &(struct siftd_line){.json = "{\"lost\":1}", .len = 10}), SIFTD_OK);
    assert_int_equal(flush(&self), SIFTD_OK);
    assert_int_equal(write(self.fd, "{\"tor", 5), 5);
    end(&self);
    begin(&self, folder->path);
    open_good(&self);
    all_there(folder, 10);
    end(&self);
}

static void a_second_writer_is_refused(void **state) {
    struct folder *folder = *state;
    struct file_sink self, second;
    begin(&self, folder->path);
    open_good(&self);
    begin(&second, folder->path);
    assert_int_equal(open_sink(&second, &host), SIFTD_ERROR);
    assert_non_null(strstr(said, "another process"));
    close_sink(&second);
    end(&self);
}

static void kill_each_step(const struct folder *folder, uint64_t rotate_size) {
    struct file_sink self;
    int status = 99 << 8;
    for (long n = 0; WEXITSTATUS(status) == 99; n++) {
        assert_true(n < 2000);
        pid_t pid = fork();
        if (pid == 0) {
            begin(&self, folder->path);
            self.rotate_size = rotate_size;
            calls_left = n;
            _exit(open_sink(&self, &host) == SIFTD_OK && deliver(&self, 40) == SIFTD_OK ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        begin(&self, folder->path);
        self.rotate_size = rotate_size;
        open_good(&self);
        assert_string_equal(logged, "");
        assert_int_equal(deliver(&self, 40), SIFTD_OK);
        end(&self);
        all_there(folder, 40);
        assert_int_equal(empty(folder), 0);
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void killed_at_any_step_nothing_is_lost_or_doubled(void **state) {
    kill_each_step(*state, 0);
}

static void killed_while_it_rotates_nothing_is_lost_or_doubled(void **state) {
    kill_each_step(*state, 80);
}

static void rotation_keeps_its_bounds(void **state) {
    struct folder *folder = *state;
    struct file_sink self;
    begin(&self, folder->path);
    self.rotate_size = 50;
    self.keep = 3;
    open_good(&self);
    assert_int_equal(deliver(&self, 200), SIFTD_OK);
    assert_true(self.size <= 50);
    assert_int_equal(count_files(folder), 4);
    end(&self);
}

static void a_new_day_begins_a_new_file(void **state) {
    struct folder *folder = *state;
    struct file_sink self;
    begin(&self, folder->path);
    self.rotate_every = "daily";
    open_good(&self);
    assert_int_equal(deliver(&self, 5), SIFTD_OK);
    assert_int_equal(idle(&self), SIFTD_OK);
    assert_int_equal(count_files(folder), 1);
    self.state.begun -= 86400000;
    assert_int_equal(idle(&self), SIFTD_OK);
    assert_int_equal(count_files(folder), 2);
    assert_int_equal(idle(&self), SIFTD_OK);
    assert_int_equal(deliver(&self, 9), SIFTD_OK);
    assert_int_equal(count_files(folder), 2);
    all_there(folder, 9);
    end(&self);
}

static void run_command(const struct folder *folder, const char *words) {
    char command[256];
    snprintf(command, sizeof command, "cd '%s/new' && %s", folder->root, words);
    assert_int_equal(system(command), 0);
}

/* What others do to the file: `words` between two openings, or while it is open. The log says it, and nothing is
 * doubled. */
static void meddled(struct folder *folder, const char *words, int while_open, const char *want_log) {
    struct file_sink self;
    begin(&self, folder->path);
    open_good(&self);
    assert_int_equal(deliver(&self, 6), SIFTD_OK);
    if (while_open)
        assert_int_equal(deliver(&self, 9), SIFTD_OK);
    else
        end(&self);
    run_command(folder, words);
    if (while_open) {
        assert_int_equal(deliver(&self, 12), SIFTD_OK); /* the commit of these sees it */
    } else {
        begin(&self, folder->path);
        open_good(&self);
    }
    assert_non_null(strstr(logged, want_log));
    assert_int_equal(deliver(&self, 20), SIFTD_OK);
    end(&self);
}

static void a_file_moved_away_is_begun_anew(void **state) {
    struct folder *folder = *state;
    meddled(folder, "mv out.jsonl other", 0, "is gone");
    all_there(folder, 20);
    assert_int_equal(empty(folder), 0);
    meddled(folder, "mv out.jsonl other", 1, "is gone");
    all_there(folder, 20);
}

static void a_replaced_file_is_gone_on_with(void **state) {
    struct folder *folder = *state;
    meddled(folder, "cp out.jsonl x && mv x out.jsonl", 0, "replaced");
    all_there(folder, 20);
    assert_int_equal(empty(folder), 0);
    meddled(folder, "mv out.jsonl kept && printf '{\"n\":' > out.jsonl && rm kept", 0, "replaced");
    run_command(folder, "head -n 2 out.jsonl | tail -n 1 | grep -qx '{\"n\":6}'");
}

static void a_cut_file_is_gone_on_with(void **state) {
    struct folder *folder = *state;
    meddled(folder, ": > out.jsonl", 0, "cut");
    run_command(folder, "head -n 1 out.jsonl | grep -qx '{\"n\":6}'");
}

/* Cut and changed in many places: the other half, or the files themselves, tell what is out. */
static void a_damaged_cursor_loses_and_doubles_nothing(void **state) {
    struct folder *folder = *state;
    struct file_sink self;
    for (int at = 0; at < 1024; at += damage_step(127))
        for (int how = 0; how < 3; how++) {
            char words[160];
            begin(&self, folder->path);
            self.rotate_size = 80;
            self.sync = 0;
            open_good(&self);
            assert_int_equal(deliver(&self, 14), SIFTD_OK);
            end(&self);
            snprintf(words, sizeof words,
                     how == 0   ? "truncate -s %d .out.jsonl.cursor"
                     : how == 1 ? "printf '\\377' | dd of=.out.jsonl.cursor bs=1 seek=%d conv=notrunc status=none"
                                : "head -c %d /dev/zero > .out.jsonl.cursor; printf '{\"n\"' >> out.jsonl",
                     at);
            run_command(folder, words);
            begin(&self, folder->path);
            self.rotate_size = 80;
            self.sync = 0;
            open_good(&self);
            assert_int_equal(deliver(&self, 20), SIFTD_OK);
            assert_int_equal(logged[0] != 0, how == 2 || (how == 0 && at < 511));
            assert_int_equal(idle(&self), SIFTD_OK);
            end(&self);
            if (how == 2)
                run_command(folder, "ls -a | grep -q 'cursor.damaged-'");
            all_there(folder, 20);
            assert_int_equal(empty(folder), 0);
        }
}

static void wrong_paths_are_refused(void **state) {
    struct folder *folder = *state;
    static const char *const paths[] = {"/dev/null/x", "/proc/nothing/out"};
    struct file_sink self;
    (void)folder;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        begin(&self, paths[i]);
        assert_int_equal(open_sink(&self, &host), SIFTD_ERROR);
        assert_non_null(strstr(said, "cannot be"));
        end(&self);
    }
    begin(&self, folder->path);
    self.mode = "rw";
    assert_int_equal(open_sink(&self, &host), SIFTD_ERROR);
    assert_non_null(strstr(said, "octal"));
    end(&self);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_are_there_once),
        TEST(a_tail_is_cut_back),
        TEST(a_second_writer_is_refused),
        TEST(killed_at_any_step_nothing_is_lost_or_doubled),
        TEST(killed_while_it_rotates_nothing_is_lost_or_doubled),
        TEST(rotation_keeps_its_bounds),
        TEST(a_new_day_begins_a_new_file),
        TEST(a_file_moved_away_is_begun_anew),
        TEST(a_replaced_file_is_gone_on_with),
        TEST(a_cut_file_is_gone_on_with),
        TEST(a_damaged_cursor_loses_and_doubles_nothing),
        TEST(wrong_paths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
