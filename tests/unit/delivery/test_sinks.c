/* SPDX-License-Identifier: MIT */
/*
 * The daemon's side, with this very program as the sink's process: child_start() executes it again with the word
 * "sink". What that process is to do stands in the name of the configuration's file, which START carries.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "delivery/delivery.h"
#include "wire/child.h"
#include "wire/wire.h"

static struct wire_message message;

static void deliver(uint64_t sequence, const char *trouble) {
    struct wire_delivered delivered = {.sequence = sequence, .records = sequence * 2};
    wire_send(WIRE_CHILD_FD, WIRE_DELIVERED, &delivered, trouble, strlen(trouble), NULL, 0);
}

static int refuse(void) {
    struct wire_ready ready = {0};
    const char why[] = "there is no plugin \"x\"";
    wire_send(WIRE_CHILD_FD, WIRE_READY, &ready, why, sizeof why - 1, NULL, 0);
    return 1;
}

/* Delivers whatever was committed. */
static int be_a_sink(void) {
    char text[8] = "";
    struct error err;
    child_begin("siftd-test");
    if (wire_receive(WIRE_CHILD_FD, &message, &err) <= 0 || message.header.type != WIRE_START)
        return 2;
    _cleanup_(freep) char *what = mem_strndup(message.tail, message.tail_len);
    if (pread(message.fd[0], text, sizeof text, 0) != 4 || memcmp(text, "text", 4) != 0)
        return 3;
    if (strcmp(what, "refuse") == 0)
        return refuse();
    if (strcmp(what, "garbage") == 0 && send(WIRE_CHILD_FD, "garbage", 7, 0) > 0)
        pause();
    if (strcmp(what, "deaf") == 0)
        signal(SIGTERM, SIG_IGN);
    struct wire_ready ready = {0};
    wire_send(WIRE_CHILD_FD, WIRE_READY, &ready, NULL, 0, NULL, 0);
    deliver(1, "");
    while (wire_receive(WIRE_CHILD_FD, &message, &err) > 0) {
        if (strcmp(what, "crash") == 0 && message.committed.sequence == 5)
            abort();
        deliver(message.committed.sequence, strcmp(what, "trouble") == 0 ? "the disk is full" : "");
    }
    return 0;
}

struct scene {
    uv_loop_t loop;
    uv_timer_t limit;
    struct config_sink sink[2];
    struct config config;
    struct delivery *delivery;
    int moves, stopped, late;
    uint64_t until;
    unsigned until_restarts;
};

static unsigned restarts(const struct scene *scene) {
    cJSON *status = delivery_status(scene->delivery, 100);
    unsigned most = 0;
    for (cJSON *item = status->child; item; item = item->next)
        if ((unsigned)cJSON_GetObjectItem(item, "restarts")->valueint > most)
            most = (unsigned)cJSON_GetObjectItem(item, "restarts")->valueint;
    cJSON_Delete(status);
    return most;
}

static void moved(void *user) {
    struct scene *scene = user;
    scene->moves++;
    if (scene->delivery && delivery_done(scene->delivery) >= scene->until && restarts(scene) >= scene->until_restarts)
        uv_stop(&scene->loop);
}

static void stopped(void *user) {
    ((struct scene *)user)->stopped = 1;
}

static void on_limit(uv_timer_t *timer) {
    struct scene *scene = timer->data;
    scene->late = 1;
    uv_stop(&scene->loop);
}

static void start(struct scene *scene, const char *what) {
    *scene = (struct scene){0};
    struct error err;
    uv_loop_init(&scene->loop);
    uv_timer_init(&scene->loop, &scene->limit);
    scene->limit.data = scene;
    uv_timer_start(&scene->limit, on_limit, 20000, 0);
    uv_unref((uv_handle_t *)&scene->limit);
    scene->sink[0] = (struct config_sink){.name = "one", .use = {.name = "file"}};
    scene->sink[1] = (struct config_sink){.name = "two", .use = {.name = "file"}};
    scene->config = (struct config){.file = (char *)what, .sink = scene->sink, .sinks = 2};
    const struct delivery_calls calls = {scene, moved, stopped};
    assert_int_equal(delivery_start(&scene->loop, &scene->config, "text", 4, &calls, &scene->delivery, &err), 0);
}

static void run_until(struct scene *scene, uint64_t sequence, unsigned want_restarts) {
    scene->until = sequence;
    scene->until_restarts = want_restarts;
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_false(scene->late);
}

static void end(struct scene *scene) {
    scene->until = UINT64_MAX;
    delivery_stop(scene->delivery);
    delivery_stop(scene->delivery);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_true(scene->stopped);
    delivery_free(scene->delivery);
    uv_close((uv_handle_t *)&scene->limit, NULL);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
}

static char *trouble_of(const struct scene *scene) {
    cJSON *status = delivery_status(scene->delivery, 100);
    char *text = mem_strdup(cJSON_GetStringValue(cJSON_GetObjectItem(status->child, "trouble")));
    cJSON_Delete(status);
    return text;
}

static void sinks_follow_what_is_committed(void **state) {
    struct scene scene;
    (void)state;
    start(&scene, "good");
    assert_int_equal(delivery_done(scene.delivery), 0);
    run_until(&scene, 1, 0);
    for (uint64_t sequence = 2; sequence < 3000; sequence++)
        delivery_committed(scene.delivery, sequence);
    run_until(&scene, 2999, 0);
    cJSON *status = delivery_status(scene.delivery, 3004);
    assert_int_equal(cJSON_GetArraySize(status), 2);
    assert_int_equal(cJSON_GetObjectItem(status->child, "behind")->valueint, 5);
    assert_int_equal(cJSON_GetObjectItem(status->child, "records")->valueint, 5998);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(status->child, "trouble")));
    cJSON_Delete(status);
    end(&scene);
}

static void a_crashed_sink_is_started_again(void **state) {
    struct scene scene;
    (void)state;
    start(&scene, "crash");
    run_until(&scene, 1, 0);
    delivery_committed(scene.delivery, 5);
    run_until(&scene, 1, 2);
    delivery_committed(scene.delivery, 6);
    run_until(&scene, 6, 0);
    end(&scene);
}

static void a_sink_that_cannot_start_is_tried_again(void **state) {
    struct scene scene;
    (void)state;
    start(&scene, "refuse");
    run_until(&scene, 0, 3);
    char *trouble = trouble_of(&scene);
    assert_string_equal(trouble, "there is no plugin \"x\"");
    free(trouble);
    end(&scene);
}

static void trouble_is_told(void **state) {
    struct scene scene;
    (void)state;
    start(&scene, "trouble");
    delivery_committed(scene.delivery, 7);
    run_until(&scene, 7, 0);
    char *trouble = trouble_of(&scene);
    assert_string_equal(trouble, "the disk is full");
    free(trouble);
    end(&scene);
}

static void a_sink_that_talks_nonsense_is_killed(void **state) {
    struct scene scene;
    (void)state;
    start(&scene, "garbage");
    run_until(&scene, 0, 1);
    end(&scene);
}

static void a_sink_that_does_not_end_is_killed(void **state) {
    struct scene scene;
    (void)state;
    start(&scene, "deaf");
    run_until(&scene, 1, 0);
    end(&scene);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "sink") == 0)
        return be_a_sink();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sinks_follow_what_is_committed),          cmocka_unit_test(a_crashed_sink_is_started_again),
        cmocka_unit_test(a_sink_that_cannot_start_is_tried_again), cmocka_unit_test(trouble_is_told),
        cmocka_unit_test(a_sink_that_talks_nonsense_is_killed),    cmocka_unit_test(a_sink_that_does_not_end_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
