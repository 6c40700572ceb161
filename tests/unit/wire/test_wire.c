/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/wire.h"

static struct wire_message message;
static int ends[2];

static int setup(void **state) {
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends);
}

static int teardown(void **state) {
    (void)state;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static void carries_fields_tail_and_descriptor(void **state) {
    (void)state;
    struct wire_job job = {.job = 7, .size = 99, .pipeline = 1};
    int fd = open("/dev/null", O_RDONLY);
    assert_int_equal(wire_send(ends[0], WIRE_JOB, &job, "name", 4, &fd, 1), 0);
    close(fd);
    struct error err = {0};
    assert_int_equal(wire_receive(ends[1], &message, &err), 1);
    assert_int_equal(message.job.job, 7);
    assert_int_equal(message.tail_len, 4);
    assert_memory_equal(message.tail, "name", 4);
    assert_true(message.fd[0] >= 0);
    assert_true(fcntl(message.fd[0], F_GETFD) & FD_CLOEXEC);
    assert_int_equal(message.fd[1], -1);
    close(message.fd[0]);
    assert_int_equal(wire_receive(ends[1], &message, &err), -EAGAIN);
}

static void refuses_what_does_not_fit(void **state) {
    (void)state;
    struct error err = {0};
    struct wire_header header = {WIRE_DONE, WIRE_VERSION, sizeof header}; /* shorter than DONE */
    assert_int_equal(send(ends[0], &header, sizeof header, 0), sizeof header);
    assert_int_equal(wire_receive(ends[1], &message, &err), -EPROTO);
    header = (struct wire_header){WIRE_READY, WIRE_VERSION + 1, sizeof header};
    send(ends[0], &header, sizeof header, 0);
    assert_int_equal(wire_receive(ends[1], &message, &err), -EPROTO);
    assert_non_null(strstr(err.text, "another build"));
    header = (struct wire_header){999, WIRE_VERSION, sizeof header};
    send(ends[0], &header, sizeof header, 0);
    assert_int_equal(wire_receive(ends[1], &message, &err), -EPROTO);
    send(ends[0], "x", 1, 0);
    assert_int_equal(wire_receive(ends[1], &message, &err), -EPROTO);
    static char big[WIRE_MAX];
    struct wire_done done = {0};
    assert_int_equal(wire_send(ends[0], WIRE_DONE, &done, big, sizeof big, NULL, 0), -EMSGSIZE);
}

static void sees_the_end(void **state) {
    (void)state;
    struct error err = {0};
    shutdown(ends[0], SHUT_RDWR);
    assert_int_equal(wire_receive(ends[1], &message, &err), 0);
    struct wire_ready ready = {0};
    assert_int_equal(wire_send(ends[1], WIRE_READY, &ready, NULL, 0, NULL, 0), -EPIPE);
}

static void names_the_confinement(void **state) {
    (void)state;
    char text[64];
    assert_string_equal(wire_confine_words(WIRE_CONFINE_PATHS | WIRE_CONFINE_CALLS, text, sizeof text), "paths, calls");
    assert_string_equal(wire_confine_words(0, text, sizeof text), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(carries_fields_tail_and_descriptor, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_does_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(sees_the_end, setup, teardown),
        cmocka_unit_test(names_the_confinement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
