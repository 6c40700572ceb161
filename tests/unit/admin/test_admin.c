/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "admin/admin.h"

struct place {
    char folder[64], socket[96];
    uv_loop_t loop;
    struct admin *admin;
    int asked, reloads;
    bool ready, at_once, ends;
};

static cJSON *state_of(void *user) {
    struct place *p = user;
    p->asked++;
    cJSON *state = cJSON_CreateObject();
    cJSON_AddNumberToObject(state, "asked", p->asked);
    return state;
}

static cJSON *health_of(void *user, bool *ret_ready) {
    const struct place *p = user;
    *ret_ready = p->ready;
    cJSON *health = cJSON_CreateObject();
    cJSON_AddBoolToObject(health, "ready", p->ready);
    return health;
}

/* Answers at once when told so; else the test does. */
static uint64_t reload(void *user) {
    struct place *p = user;
    if (p->ends)
        return 0;
    p->reloads++;
    if (p->at_once)
        admin_reloaded(p->admin, (uint64_t)p->reloads, false, "a:1:2: one\nb: two\n", 18);
    return (uint64_t)p->reloads;
}

static struct admin_calls calls_of(struct place *p) {
    return (struct admin_calls){.user = p, .status = state_of, .health = health_of, .reload = reload};
}

static int set_up(void **state) {
    struct place *p = calloc(1, sizeof *p);
    if (!p)
        return -1;
    snprintf(p->folder, sizeof p->folder, "/tmp/siftd-admin-XXXXXX");
    if (!mkdtemp(p->folder))
        return -1;
    snprintf(p->socket, sizeof p->socket, "%s/run/admin.sock", p->folder);
    *state = p;
    return uv_loop_init(&p->loop);
}

static int tear_down(void **state) {
    struct place *p = *state;
    char run[96];
    admin_stop(p->admin);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    int left = uv_loop_close(&p->loop);
    snprintf(run, sizeof run, "%s/run", p->folder);
    unlink(p->socket);
    rmdir(run);
    rmdir(p->folder);
    free(p);
    return left;
}

static int unix_client(const struct place *p) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, p->socket, sizeof p->socket);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sends the request and lets the loop run until the other end closes; the whole answer. */
static void ask(struct place *p, int fd, const char *request, char *answer, size_t size) {
    if (*request)
        assert_int_equal(write(fd, request, strlen(request)), strlen(request));
    fcntl(fd, F_SETFL, O_NONBLOCK);
    size_t len = 0;
    for (;;) {
        uv_run(&p->loop, UV_RUN_NOWAIT);
        ssize_t n = read(fd, answer + len, size - 1 - len);
        if (n == 0)
            break;
        if (n > 0)
            len += (size_t)n;
        else
            usleep(1000);
    }
    answer[len] = 0;
    close(fd);
}

static void starts_on(struct place *p, const char *listen) {
    struct admin_calls calls = calls_of(p);
    struct error err = {0};
    if (admin_start(&p->loop, listen, p->socket, &calls, &p->admin, &err) < 0)
        fail_msg("%s", err.text);
}

static void status_is_answered(void **state) {
    struct place *p = *state;
    char answer[2048];
    starts_on(p, NULL);
    struct stat st;
    assert_int_equal(stat(p->socket, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    ask(p, unix_client(p), "GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_non_null(strstr(answer, "\r\n\r\n{\"asked\":1}\n"));
    assert_non_null(strstr(answer, "application/json"));
}

static void the_rest_is_refused(void **state) {
    struct place *p = *state;
    char answer[2048];
    starts_on(p, NULL);
    ask(p, unix_client(p), "GET /etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 404 ", 13);
    assert_non_null(strstr(answer, "{\"error\":\""));
    ask(p, unix_client(p), "DELETE /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 405 ", 13);
    assert_non_null(strstr(answer, "Allow: GET, HEAD"));
    assert_int_equal(p->asked, 0);
}

/* A free port of loopback, as admin wants it; *ret_address is where to connect. */
static void free_port(char *listen_on, size_t size, struct sockaddr_in *ret_address) {
    socklen_t len = sizeof *ret_address;
    *ret_address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)ret_address, len), 0);
    getsockname(fd, (struct sockaddr *)ret_address, &len);
    close(fd);
    snprintf(listen_on, size, "127.0.0.1:%d", ntohs(ret_address->sin_port));
}

static void loopback_answers_to_its_own_name(void **state) {
    static const struct {
        const char *host, *answer;
    } cases[] = {{"127.0.0.1:8740", "HTTP/1.1 200 "},
                 {"127.1.2.3", "HTTP/1.1 200 "},
                 {"localhost:1", "HTTP/1.1 200 "},
                 {"[::1]:8740", "HTTP/1.1 200 "},
                 {"evil.example", "HTTP/1.1 421 "},
                 {"[::1", "HTTP/1.1 421 "},
                 {"127.0.0.1.evil.example", "HTTP/1.1 421 "},
                 {"10.0.0.1", "HTTP/1.1 421 "}};
    struct place *p = *state;
    char answer[2048], listen_on[32], request[256];
    struct sockaddr_in address;
    free_port(listen_on, sizeof listen_on, &address);
    starts_on(p, listen_on);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
        snprintf(request, sizeof request, "GET /v1/status HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                 cases[i].host);
        ask(p, fd, request, answer, sizeof answer);
        answer[13] = 0;
        assert_string_equal(answer, cases[i].answer);
    }
    assert_int_equal(p->asked, 4);
}

static void a_left_over_socket_is_replaced(void **state) {
    struct place *p = *state;
    starts_on(p, NULL);
    char kept[128];
    snprintf(kept, sizeof kept, "%s.kept", p->socket);
    assert_int_equal(link(p->socket, kept), 0);
    p->admin = admin_stop(p->admin);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    assert_int_equal(access(p->socket, F_OK), -1);
    assert_int_equal(rename(kept, p->socket), 0); /* as a killed daemon leaves it */
    starts_on(p, NULL);
}

static void a_used_socket_is_left_alone(void **state) {
    struct place *p = *state;
    struct admin *second = NULL;
    struct admin_calls calls = calls_of(p);
    struct error err = {0};
    starts_on(p, NULL);
    assert_int_equal(admin_start(&p->loop, NULL, p->socket, &calls, &second, &err), -EADDRINUSE);
    assert_non_null(strstr(err.text, "in use by another siftd"));
    assert_int_equal(access(p->socket, F_OK), 0);
    close(unix_client(p));
}

static void a_file_is_left_alone(void **state) {
    struct place *p = *state;
    struct admin_calls calls = calls_of(p);
    struct error err = {0};
    starts_on(p, NULL);
    p->admin = admin_stop(p->admin);
    close(open(p->socket, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(admin_start(&p->loop, NULL, p->socket, &calls, &p->admin, &err), -EEXIST);
    assert_int_equal(access(p->socket, F_OK), 0);
}

static void health_is_503_until_it_is_ready(void **state) {
    static const char request[] = "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct place *p = *state;
    char answer[2048];
    starts_on(p, NULL);
    ask(p, unix_client(p), request, answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 503 ", 13);
    p->ready = true;
    ask(p, unix_client(p), request, answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_non_null(strstr(answer, "{\"ready\":true}"));
}

static const char RELOAD[] = "POST /v1/reload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

static int begin_reload(struct place *p) {
    int fd = unix_client(p), before = p->reloads;
    assert_int_equal(write(fd, RELOAD, sizeof RELOAD - 1), sizeof RELOAD - 1);
    while (p->reloads == before)
        uv_run(&p->loop, UV_RUN_ONCE);
    for (int i = 0; i < 10; i++)
        uv_run(&p->loop, UV_RUN_NOWAIT);
    char byte;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    assert_int_equal(read(fd, &byte, 1), -1); /* nobody has answered yet */
    return fd;
}

static void reload_waits_for_its_outcome(void **state) {
    struct place *p = *state;
    char answer[2048];
    starts_on(p, NULL);
    int first = begin_reload(p), second = begin_reload(p), gone = begin_reload(p);
    close(gone);
    admin_reloaded(p->admin, 1, true, NULL, 0);
    ask(p, first, "", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_non_null(strstr(answer, "{\"outcome\":\"in use\",\"number\":1,\"mistakes\":[]}"));
    char byte;
    assert_int_equal(read(second, &byte, 1), -1); /* that one read the file before he asked */
    admin_reloaded(p->admin, 3, false, "c.yaml:3:4: no\n", 15);
    ask(p, second, "", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 409 ", 13);
    assert_non_null(strstr(answer, "\"mistakes\":[\"c.yaml:3:4: no\"]}"));
}

static void reload_is_answered_when_it_fails_at_once(void **state) {
    struct place *p = *state;
    char answer[2048];
    p->at_once = true;
    starts_on(p, NULL);
    ask(p, unix_client(p), RELOAD, answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 409 ", 13);
    assert_non_null(strstr(answer, "[\"a:1:2: one\",\"b: two\"]"));
    p->ends = true;
    ask(p, unix_client(p), RELOAD, answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 503 ", 13);
}

static void nobody_waits_for_a_daemon_that_ends(void **state) {
    struct place *p = *state;
    char answer[2048];
    starts_on(p, NULL);
    int fd = begin_reload(p);
    p->admin = admin_stop(p->admin);
    ask(p, fd, "", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 409 ", 13);
    assert_non_null(strstr(answer, "the daemon ends"));
}

static void the_network_may_only_look(void **state) {
    struct place *p = *state;
    char answer[2048], listen_on[32];
    struct sockaddr_in address;
    free_port(listen_on, sizeof listen_on, &address);
    starts_on(p, listen_on);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    ask(p, fd, "POST /v1/reload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", answer,
        sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 403 ", 13);
    ask(p, unix_client(p), "GET /v1/reload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 405 ", 13);
    assert_non_null(strstr(answer, "Allow: POST"));
    assert_int_equal(p->reloads, 0);
}

/* --- operations --------------------------------------------------------------------------------------------------- */

static struct admin_request *waiting;

static void answer_now(uv_timer_t *timer) {
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "did", timer->data);
    admin_answer(waiting, answer, NULL);
    cJSON_Delete(answer);
    uv_close((uv_handle_t *)timer, NULL);
}

static uv_timer_t later;

static bool operate(void *user, const char *what, const cJSON *object, struct admin_request *request) {
    struct place *p = user;
    struct error err;
    p->asked++;
    if (strcmp(what, "later") == 0) {
        waiting = request;
        uv_timer_init(&p->loop, &later);
        later.data = cJSON_GetStringValue(cJSON_GetObjectItem(object, "word")) ? "it" : "nothing";
        uv_timer_start(&later, answer_now, 20, 0);
        return true;
    }
    if (strcmp(what, "never") == 0) {
        waiting = request;
        return true;
    }
    if (strcmp(what, "fail") != 0)
        return false;
    error_set(&err, 1, "it failed");
    admin_answer(request, NULL, &err);
    return true;
}

static void post(struct place *p, const char *path, const char *body, char *answer, size_t size) {
    char request[512];
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", path, strlen(body),
             body);
    ask(p, unix_client(p), request, answer, size);
}

static void operations_are_answered_when_they_are_done(void **state) {
    struct place *p = *state;
    char answer[2048];
    starts_on(p, NULL);
    post(p, "/v1/later", "{}", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 404 ", 13); /* nothing may be asked for yet */
    admin_operations(p->admin, operate);
    post(p, "/v1/later", "{\"word\":\"x\"}", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_non_null(strstr(answer, "{\"did\":\"it\"}"));
    post(p, "/v1/fail", "{}", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 409 ", 13);
    assert_non_null(strstr(answer, "{\"error\":\"it failed\"}"));
    post(p, "/v1/unknown", "{}", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 404 ", 13);
    p->asked = 0;
    post(p, "/v1/later", "no JSON", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 400 ", 13);
    assert_int_equal(p->asked, 0);
}

/* The server may stop while an operation goes on: the answer then has no reader. */
static void an_answer_may_come_too_late(void **state) {
    struct place *p = *state;
    starts_on(p, NULL);
    admin_operations(p->admin, operate);
    int fd = unix_client(p);
    static const char request[] = "POST /v1/never HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
    assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
    while (p->asked == 0)
        uv_run(&p->loop, UV_RUN_ONCE);
    p->admin = admin_stop(p->admin);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    admin_answer(waiting, NULL, NULL);
    close(fd);
}

static void operations_are_not_for_the_network(void **state) {
    struct place *p = *state;
    char answer[2048], listen_on[32];
    struct sockaddr_in address;
    free_port(listen_on, sizeof listen_on, &address);
    starts_on(p, listen_on);
    admin_operations(p->admin, operate);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    ask(p, fd, "POST /v1/fail HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", answer,
        sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 404 ", 13);
    assert_int_equal(p->asked, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(status_is_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rest_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(loopback_answers_to_its_own_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(health_is_503_until_it_is_ready, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reload_waits_for_its_outcome, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reload_is_answered_when_it_fails_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_waits_for_a_daemon_that_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_network_may_only_look, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_left_over_socket_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_used_socket_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(operations_are_answered_when_they_are_done, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_may_come_too_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(operations_are_not_for_the_network, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
