/* SPDX-License-Identifier: MIT */
/* The readiness protocol: paths and abstract addresses, the watchdog's period, silence when nobody listens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

static struct supervisor *open_one(void) {
    struct supervisor *s = mem_alloc(sizeof *s);
    uv_loop_init(&s->loop);
    notify_open(s);
    return s;
}

static void close_one(struct supervisor *s) {
    notify_close(s);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    free(s);
}

/* Listens at `address` ("@..." or a path) and names it in the environment. */
static int listen_at(const char *address) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = strlen(address);
    memcpy(to.sun_path, address, len);
    if (address[0] == '@')
        to.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)), 0);
    setenv("NOTIFY_SOCKET", address, 1);
    return fd;
}

static void expect(int fd, const char *want) {
    char got[512] = "";
    assert_true(recv(fd, got, sizeof got - 1, 0) > 0);
    assert_memory_equal(got, want, strlen(want));
}

static void talk(const char *address) {
    int fd = listen_at(address);
    struct supervisor *s = open_one();
    notify_say(s, "READY=1");
    expect(fd, "READY=1");
    notify_reloading(s);
    expect(fd, "RELOADING=1\nMONOTONIC_USEC=");
    close_one(s);
    close(fd);
    unsetenv("NOTIFY_SOCKET");
}

static void test_abstract(void **state) {
    (void)state;
    char address[64];
    snprintf(address, sizeof address, "@siftd-test-%d", (int)getpid());
    talk(address);
}

static void test_path(void **state) {
    (void)state;
    char address[64];
    snprintf(address, sizeof address, "/tmp/siftd-test-%d", (int)getpid());
    talk(address);
    unlink(address);
}

static void test_watchdog(void **state) {
    (void)state;
    char address[64];
    snprintf(address, sizeof address, "@siftd-dog-%d", (int)getpid());
    int fd = listen_at(address);
    setenv("WATCHDOG_USEC", "40000", 1);
    struct supervisor *s = open_one();
    assert_int_equal(uv_timer_get_repeat(&s->notify.watchdog), 20);
    uv_run(&s->loop, UV_RUN_ONCE);
    expect(fd, "WATCHDOG=1");
    close_one(s);
    setenv("WATCHDOG_PID", "1", 1); /* meant for another process */
    s = open_one();
    assert_false(uv_is_active((uv_handle_t *)&s->notify.watchdog));
    close_one(s);
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    unsetenv("NOTIFY_SOCKET");
    close(fd);
}

static void test_nobody(void **state) {
    (void)state;
    static const char *const addresses[] = {"/nowhere/at/all", "relative", ""};
    log_init("test", LOG_ERROR_);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        setenv("NOTIFY_SOCKET", addresses[i], 1);
        struct supervisor *s = open_one();
        notify_say(s, "READY=1");
        close_one(s);
    }
    unsetenv("NOTIFY_SOCKET");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_abstract),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_watchdog),
        cmocka_unit_test(test_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
