/* SPDX-License-Identifier: MIT */
/*
 * The pool with workers of our own: a child is this very program started in the role "worker", and does what the
 * document's name says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/inside.h"

enum { JOBS = 60 };

/* --- the child ---------------------------------------------------------------------------------------------------- */

static void answer(const struct wire_message *m, bool spooled) {
    static const char body[] = "{\"type\":\"document\"}\n";
    struct wire_done done = {
        .job = m->job.job, .body_size = sizeof body - 1, .source_size = m->job.size, .records = 1, .spooled = spooled};
    wire_send(WIRE_CHILD_FD, WIRE_DONE, &done, body, spooled ? 0 : sizeof body - 1, NULL, 0);
}

/* Jobs that came while a spool was awaited. */
struct queue {
    struct wire_message *first[JOBS];
    unsigned count;
    bool stays; /* and does not end when it is told to */
};

static void answer_spooled(const struct wire_message *m, struct queue *queue, bool whole) {
    struct wire_message *reply = mem_alloc(sizeof *reply);
    struct wire_spool_wanted wanted = {.job = m->job.job};
    wire_send(WIRE_CHILD_FD, WIRE_SPOOL_WANTED, &wanted, NULL, 0, NULL, 0);
    for (;;) {
        if (wire_receive(WIRE_CHILD_FD, reply, NULL) <= 0)
            exit(1);
        if (reply->header.type == WIRE_SPOOL)
            break;
        queue->first[queue->count++] = reply;
        reply = mem_alloc(sizeof *reply);
    }
    if (write(reply->fd[0], "{\"type\":\"document\"}\n", 20) != 20)
        exit(1);
    if (!whole && ftruncate(reply->fd[0], 7) < 0)
        exit(1);
    answer(m, true);
    free(reply);
}

static void work(const struct wire_message *m, struct queue *queue, struct wire_progress *progress) {
    close(m->fd[0]);
    if (!wire_begin(progress, m->job.turn))
        return;
    _cleanup_(freep) char *name = mem_strndup(m->tail, m->tail_len);
    progress->job = m->job.job;
    memcpy((char *)progress->plugin, "shredder", 9);
    progress->stage = 3;
    if (strstr(name, "crash"))
        abort();
    if (strstr(name, "hang"))
        pause();
    while (strstr(name, "burn"))
        continue;
    if (strstr(name, "greedy"))
        exit(MEM_EXIT);
    if (strstr(name, "nonsense"))
        wire_send(WIRE_CHILD_FD, WIRE_READY, &(struct wire_ready){0}, NULL, 0, NULL, 0);
    if (strncmp(name, "/", 1) == 0 && unlink(name) == 0)
        exit(WIRE_SPOOL_EXIT);
    queue->stays |= strstr(name, "stay") != NULL;
    if (strstr(name, "large"))
        answer_spooled(m, queue, !strstr(name, "torn"));
    else
        answer(m, false);
    progress->stage = 0;
}

static int be_worker(int page) {
    _cleanup_(freep) struct wire_message *m = mem_alloc(sizeof *m);
    child_begin("siftd-test");
    struct wire_progress *progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
    wire_send(WIRE_CHILD_FD, WIRE_READY, &(struct wire_ready){0}, NULL, 0, NULL, 0);
    struct queue queue = {0};
    while (wire_receive(WIRE_CHILD_FD, m, NULL) > 0) {
        work(m, &queue, progress);
        for (unsigned i = 0; i < queue.count; i++) {
            work(queue.first[i], &queue, progress);
            free(queue.first[i]);
        }
        queue.count = 0;
    }
    while (queue.stays)
        pause();
    return 0;
}

static int be_loader(void) {
    _cleanup_(freep) struct wire_message *m = mem_alloc(sizeof *m);
    child_begin("siftd-test");
    if (wire_receive(WIRE_CHILD_FD, m, NULL) <= 0 || m->header.type != WIRE_START)
        return 1;
    _cleanup_(freep) char *file = mem_strndup(m->tail, m->tail_len);
    const char *mistakes = strstr(file, "refuse") ? "x:1:1: wrong" : "";
    wire_send(WIRE_CHILD_FD, WIRE_READY, &(struct wire_ready){0}, mistakes, strlen(mistakes), NULL, 0);
    for (unsigned made = 0; wire_receive(WIRE_CHILD_FD, m, NULL) > 0; made++) {
        struct wire_forked forked = {.index = m->fork.index};
        if (strstr(file, "short-lived") && made == 3)
            abort();
        forked.pid = child_clone(m->fd[0]);
        if (forked.pid == 0)
            _exit(be_worker(m->fd[1]));
        close(m->fd[0]);
        close(m->fd[1]);
        wire_send(WIRE_CHILD_FD, WIRE_FORKED, &forked, NULL, 0, NULL, 0);
    }
    return 0;
}

/* --- the bench ---------------------------------------------------------------------------------------------------- */

struct bench {
    uv_loop_t loop;
    struct config config;
    struct pool *pool;
    struct pool_job job[JOBS];
    int answered[JOBS], died[JOBS];
    struct pool_death death;
    unsigned ended, again, dropped, spooled;
    bool ready, refused, stopped, give_spools_back;
};

static void on_sent(void *user, struct pool_job *job) {
    (void)user;
    job->fd = close_fd(job->fd);
}

static int on_again(void *user, struct pool_job *job) {
    ((struct bench *)user)->again++;
    job->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return 0;
}

static void on_answered(void *user, struct pool_job *job, struct pool_answer *got) {
    struct bench *b = user;
    b->answered[job->number]++;
    b->ended++;
    assert_int_equal(got->body_size, 20);
    if (got->spool >= 0) {
        char text[32];
        assert_int_equal(pread(got->spool, text, sizeof text, 0), 20);
        b->spooled++;
        pool_spool_close(b->pool, got->spool);
    } else {
        assert_memory_equal(got->body, "{\"type\":\"document\"}\n", 20);
    }
    free(got->body);
}

static void on_died(void *user, struct pool_job *job, const struct pool_death *death) {
    struct bench *b = user;
    b->died[job->number]++;
    b->ended++;
    b->death = *death;
}

static void on_dropped(void *user, struct pool_job *job) {
    ((struct bench *)user)->dropped++;
    job->fd = close_fd(job->fd);
}

static void on_ready(void *user) {
    ((struct bench *)user)->ready = true;
}

static void on_refused(void *user, const char *mistakes) {
    assert_string_equal(mistakes, "x:1:1: wrong");
    ((struct bench *)user)->refused = true;
}

static void on_stopped(void *user) {
    ((struct bench *)user)->stopped = true;
}

static int set_up(void **state) {
    struct bench *b = mem_alloc(sizeof *b);
    log_init("test", LOG_ERROR_ + 1);
    uv_loop_init(&b->loop);
    b->config.file = "file";
    b->config.workers.count = 2;
    b->config.workers.timeout = b->config.workers.cpu = 500;
    *state = b;
    return 0;
}

static void start(struct bench *b) {
    struct pool_calls calls = {.user = b,
                               .sent = on_sent,
                               .again = on_again,
                               .answered = on_answered,
                               .died = on_died,
                               .dropped = on_dropped,
                               .ready = on_ready,
                               .refused = on_refused,
                               .stopped = on_stopped};
    struct error err;
    assert_int_equal(pool_start(&b->loop, &b->config, "text", 4, "/tmp", &calls, &b->pool, &err), 0);
}

static void submit(struct bench *b, unsigned number, const char *name) {
    b->job[number] =
        (struct pool_job){.number = number, .name = name, .fd = open("/dev/null", O_RDONLY | O_CLOEXEC), .size = 1};
    pool_submit(b->pool, &b->job[number]);
}

static void run(struct bench *b, unsigned ended) {
    while (b->ended < ended)
        uv_run(&b->loop, UV_RUN_ONCE);
}

static int tear_down(void **state) {
    struct bench *b = *state;
    pool_stop(b->pool);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_true(b->stopped);
    pool_free(b->pool);
    assert_int_equal(uv_loop_close(&b->loop), 0);
    free(b);
    return 0;
}

static void expect_one_each(const struct bench *b, unsigned count, unsigned dead) {
    unsigned deaths = 0;
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(b->answered[i] + b->died[i], 1);
        deaths += b->died[i] > 0;
    }
    assert_int_equal(deaths, dead);
    assert_int_equal(pool_jobs(b->pool), 0);
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void test_all_answered(void **state) {
    struct bench *b = *state;
    start(b);
    for (unsigned i = 0; i < JOBS; i++)
        submit(b, i, i % 7 ? "plain" : "large");
    run(b, JOBS);
    assert_true(b->ready);
    expect_one_each(b, JOBS, 0);
    assert_int_equal(b->spooled, 9);
}

static void test_crash_takes_one(void **state) {
    struct bench *b = *state;
    start(b);
    for (unsigned i = 0; i < JOBS; i++)
        submit(b, i, i % 10 == 5 ? "crash" : "plain");
    run(b, JOBS);
    expect_one_each(b, JOBS, 6);
    assert_int_equal(b->death.signal, SIGABRT);
    assert_string_equal(b->death.stage, "extract");
    assert_string_equal(b->death.plugin, "shredder");
}

/* With one worker those behind the one that hangs were sent to it already. */
static void test_hang_is_killed(void **state) {
    struct bench *b = *state;
    b->config.workers.count = 1;
    start(b);
    for (unsigned i = 0; i < 10; i++)
        submit(b, i, i == 2 ? "hang" : "plain");
    run(b, 10);
    expect_one_each(b, 10, 1);
    assert_int_equal(b->died[2], 1);
    assert_string_equal(b->death.limit, "time");
    assert_true(b->again > 0);
}

/* One worker hangs for the whole test: what was sent behind is done by the other before the time is up. */
static void test_nobody_waits_behind(void **state) {
    struct bench *b = *state;
    b->config.workers.timeout = b->config.workers.cpu = 60000;
    start(b);
    submit(b, 0, "hang");
    for (unsigned i = 1; i < 12; i++)
        submit(b, i, "plain");
    run(b, 11);
    assert_int_equal(b->answered[0] + b->died[0], 0);
    assert_int_equal(pool_jobs(b->pool), 1);
}

/* The loader dies now and then; workers go on, and new ones come. */
static void test_the_loader_is_replaced(void **state) {
    struct bench *b = *state;
    b->config.file = "short-lived";
    start(b);
    for (unsigned i = 0; i < 20; i++)
        submit(b, i, i % 3 == 1 ? "crash" : "plain");
    run(b, 20);
    expect_one_each(b, 20, 7);
}

static void test_computing_is_limited(void **state) {
    struct bench *b = *state;
    b->config.workers.timeout = 60000;
    b->config.workers.cpu = 50;
    start(b);
    submit(b, 0, "plain");
    submit(b, 1, "burn");
    run(b, 2);
    assert_int_equal(b->died[1], 1);
    assert_string_equal(b->death.limit, "cpu");
}

/* Three documents die of one plugin: those of its pipeline wait, others do not; a probe that comes through lets them go
 * on, one that dies does not. */
static void test_a_killer_is_benched(void **state) {
    struct bench *b = *state;
    struct config_use use = {.stage = 3, .name = "shredder"}, other = {.stage = 3, .name = "reader"};
    struct config_pipeline pipelines[] = {{.name = "first", .use = &use, .count = 1},
                                          {.name = "second", .use = &other, .count = 1}};
    b->config.pipeline = pipelines;
    b->config.pipelines = 2;
    b->config.workers.count = 1;
    b->config.workers.bench_after = 3;
    b->config.workers.bench_for = 600000;
    start(b);
    for (unsigned i = 0; i < 3; i++)
        submit(b, i, i == 0 ? "crash a" : i == 1 ? "crash b" : "crash c");
    run(b, 3);
    submit(b, 3, "crash d");
    submit(b, 4, "plain");
    b->job[5] = (struct pool_job){
        .number = 5, .name = "plain", .fd = open("/dev/null", O_RDONLY | O_CLOEXEC), .size = 1, .pipeline = 1};
    pool_submit(b->pool, &b->job[5]);
    run(b, 4);
    assert_int_equal(b->answered[5], 1);
    cJSON *benched = pool_benched(b->pool);
    assert_int_equal(cJSON_GetArraySize(benched), 1);
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(benched, 0), "waiting")->valueint, 2);
    cJSON_Delete(benched);
    b->pool->benched.suspect[0].until = uv_now(&b->loop); /* its time is over */
    pool_dispatch(b->pool);
    run(b, 5);
    assert_int_equal(b->died[3], 1);
    assert_true(b->pool->benched.suspect[0].until > uv_now(&b->loop) + 600000);
    b->pool->benched.suspect[0].until = uv_now(&b->loop);
    pool_dispatch(b->pool);
    run(b, 6);
    assert_int_equal(b->answered[4], 1);
    assert_int_equal(b->pool->benched.suspect[0].until, 0);
    expect_one_each(b, 6, 4);
}

static void test_memory_is_told(void **state) {
    struct bench *b = *state;
    start(b);
    submit(b, 0, "greedy");
    run(b, 1);
    assert_string_equal(b->death.limit, "memory");
}

/* A disk that is full for once costs no document; records that are not all there do. */
static void test_no_room_in_the_spool(void **state) {
    struct bench *b = *state;
    char full[] = "/tmp/siftd-test-XXXXXX";
    close(mkstemp(full));
    start(b);
    for (unsigned i = 0; i < 6; i++)
        submit(b, i, i == 1 ? full : i == 3 ? "large torn" : "large");
    run(b, 6);
    expect_one_each(b, 6, 1);
    assert_int_equal(b->died[3], 1);
    assert_int_equal(access(full, F_OK), -1);
}

static void test_nonsense_ends_worker(void **state) {
    struct bench *b = *state;
    start(b);
    for (unsigned i = 0; i < 6; i++)
        submit(b, i, i == 1 ? "nonsense" : "plain");
    run(b, 6);
    expect_one_each(b, 6, 1);
}

static void test_refusal(void **state) {
    struct bench *b = *state;
    b->config.file = "refuse";
    start(b);
    while (!b->refused)
        uv_run(&b->loop, UV_RUN_ONCE);
    assert_false(b->ready);
}

static void test_worker_per_document(void **state) {
    struct bench *b = *state;
    b->config.workers.per_document = true;
    start(b);
    for (unsigned i = 0; i < 8; i++)
        submit(b, i, "plain");
    run(b, 8);
    expect_one_each(b, 8, 0);
    unsigned documents = 0;
    for (unsigned i = 0; i < b->pool->workers; i++)
        documents += (unsigned)b->pool->worker[i].documents;
    assert_int_equal(documents, 8);
}

static void test_one_that_does_not_end(void **state) {
    struct bench *b = *state;
    b->config.workers.per_document = true;
    b->config.workers.count = 1;
    start(b);
    submit(b, 0, "stay");
    submit(b, 1, "stay");
    run(b, 2);
    expect_one_each(b, 2, 0);
}

static void test_stop_at_work(void **state) {
    struct bench *b = *state;
    b->config.workers.timeout = b->config.workers.cpu = 60000;
    start(b);
    for (unsigned i = 0; i < 9; i++)
        submit(b, i, "hang");
    while (!b->ready)
        uv_run(&b->loop, UV_RUN_ONCE);
    pool_stop(b->pool);
    assert_int_equal(b->dropped, 9);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "worker") == 0)
        return be_loader();
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_answered),
        TEST(crash_takes_one),
        TEST(hang_is_killed),
        TEST(memory_is_told),
        TEST(no_room_in_the_spool),
        TEST(nonsense_ends_worker),
        TEST(refusal),
        TEST(worker_per_document),
        TEST(stop_at_work),
        TEST(one_that_does_not_end),
        TEST(nobody_waits_behind),
        TEST(computing_is_limited),
        TEST(a_killer_is_benched),
        TEST(the_loader_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
