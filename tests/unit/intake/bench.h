/* SPDX-License-Identifier: MIT */
/* A loop, a configuration and folders of their own for the tests of intake. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/inside.h"

enum { TAKEN_MAX = 6000 };

struct bench {
    char dir[64];
    uv_loop_t loop;
    struct config config;
    struct config_watch watch[2];
    struct intake_limits limits;
    struct intake *intake;
    struct intake_doc *taken[TAKEN_MAX];
    struct intake_doc *rested;
    unsigned count, most_out, dropped;
    bool finish_at_once, answer_committed, answer_seen;
    uv_timer_t clock;
    bool late;
};

static char *at(struct bench *b, const char *path) {
    static char full[8][4600];
    static unsigned turn;
    char *to = full[turn++ % 8];
    snprintf(to, sizeof full[0], "%s/%s", b->dir, path);
    return to;
}

static void put(struct bench *b, const char *path, const char *text) {
    int fd = open(at(b, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static bool there(struct bench *b, const char *path) {
    struct stat st;
    return lstat(at(b, path), &st) == 0;
}

static void on_claimed(void *user, struct intake_doc *doc) {
    struct bench *b = user;
    assert_true(b->count < TAKEN_MAX);
    b->taken[b->count++] = doc;
    if (intake_out(b->intake) > b->most_out)
        b->most_out = intake_out(b->intake);
}

static void on_rested(void *user, struct intake_doc *doc) {
    struct bench *b = user;
    b->rested = doc;
}

static void on_dropped(void *user, struct intake_doc *doc) {
    struct bench *b = user;
    b->dropped++;
    intake_release(b->intake, doc);
}

static int on_committed(void *user, const struct intake_doc *doc) {
    (void)doc;
    return ((struct bench *)user)->answer_committed;
}

static int on_seen(void *user, const struct intake_doc *doc) {
    (void)doc;
    return ((struct bench *)user)->answer_seen;
}

static void start(struct bench *b) {
    struct intake_calls calls = {.user = b,
                                 .claimed = on_claimed,
                                 .rested = on_rested,
                                 .dropped = on_dropped,
                                 .committed = on_committed,
                                 .seen = on_seen};
    struct error err;
    if (intake_start(&b->loop, &b->config, &b->limits, &calls, &b->intake, &err) < 0)
        fail_msg("%s", err.text);
}

static void finish(struct bench *b, unsigned i) {
    struct error err;
    if (intake_finish(b->intake, b->taken[i], &err) < 0)
        fail_msg("%s", err.text);
    intake_release(b->intake, b->taken[i]);
    b->taken[i] = NULL;
}

static void stop(struct bench *b) {
    intake_stop(b->intake);
    while (!intake_stopped(b->intake))
        uv_run(&b->loop, UV_RUN_ONCE);
    b->intake = intake_free(b->intake);
    b->count = 0;
}

static void on_late(uv_timer_t *timer) {
    ((struct bench *)timer->data)->late = true;
}

/* Runs the loop until `count` documents were taken, or the time is over. */
static void run(struct bench *b, unsigned count, unsigned ms) {
    b->late = false;
    uv_timer_start(&b->clock, on_late, ms, 0);
    unsigned done = 0;
    while (b->count < count && !b->late) {
        uv_run(&b->loop, UV_RUN_ONCE);
        for (; b->finish_at_once && done < b->count; done++)
            if (b->taken[done])
                finish(b, done);
    }
    uv_timer_stop(&b->clock);
}

static int set_up(void **state) {
    struct bench *b = mem_alloc(sizeof *b);
    log_init("test", LOG_ERROR_);
    snprintf(b->dir, sizeof b->dir, "/tmp/siftd-test-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    static const char *const folders[] = {"drop", "state", "state/work", "done"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdir(at(b, folders[i]), 0755);
    b->watch[0] = (struct config_watch){.dir = mem_strdup(at(b, "drop")),
                                        .recursive = true,
                                        .quiet = 50,
                                        .when_done = DONE_MOVE,
                                        .done_dir = mem_strdup(at(b, "done"))};
    b->config = (struct config){.state_dir = mem_strdup(at(b, "state")), .watch = b->watch, .watches = 1};
    b->limits = (struct intake_limits){.open = 64, .out = 1024, .waiting = 16};
    uv_loop_init(&b->loop);
    uv_timer_init(&b->loop, &b->clock);
    b->clock.data = b;
    *state = b;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int tear_down(void **state) {
    struct bench *b = *state;
    if (b->intake)
        stop(b);
    uv_close((uv_handle_t *)&b->clock, NULL);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&b->loop), 0);
    nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(b->watch[0].dir);
    free(b->watch[0].done_dir);
    free(b->config.state_dir);
    free(b);
    return 0;
}
