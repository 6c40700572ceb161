/* SPDX-License-Identifier: MIT */
/* siftd status: asks the running daemon over its admin socket. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/os.h"
#include "command.h"
#include "configured.h"
#include "table.h"

enum { PATIENCE_MS = 10000, ANSWER_MAX = 16 << 20 };

static void usage(void) {
    fputs("usage: siftd status [-c FILE] [--json]\n"
          "Says what the running daemon is doing; --json prints its answer as it is.\n",
          stderr);
}

static int no_daemon(struct error *err, const char *path, int code) {
    if (code == ENOENT || code == ECONNREFUSED)
        return error_set(err, code,
                         "no daemon answers on %s; start one with siftd run, or name its configuration with -c", path);
    if (code == EACCES)
        return error_set(err, code, "%s is not for this user; be a member of the daemon's group", path);
    return error_errno(err, code, "the daemon cannot be asked on %s", path);
}

static int connect_to(const char *path, struct error *err) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return no_daemon(err, path, ENAMETOOLONG);
    memcpy(address.sun_path, path, strlen(path));
    _cleanup_(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return no_daemon(err, path, errno);
    return take_fd(fd);
}

/* Reads until the daemon closes. */
static int read_answer(int fd, struct buf *answer) {
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, PATIENCE_MS);
        if (ready == 0)
            return -ETIMEDOUT;
        char *to = buf_reserve(answer, 65536);
        ssize_t n = ready < 0 ? -1 : read(fd, to, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        answer->len += (size_t)n;
        if (answer->len > ANSWER_MAX)
            return -EFBIG;
    }
}

/* The body of a whole HTTP answer with code 200, zero-terminated; NULL when it is something else. */
static const char *body_of(struct buf *answer) {
    buf_char(answer, 0);
    const char *body = strstr(answer->at, "\r\n\r\n");
    return strncmp(answer->at, "HTTP/1.1 200 ", 13) == 0 && body ? body + 4 : NULL;
}

static int ask(const char *path, struct buf *answer, const char **ret_body, struct error *err) {
    static const char request[] = "GET /v1/status HTTP/1.1\r\nHost: siftd\r\nConnection: close\r\n\r\n";
    _cleanup_(closep) int fd = connect_to(path, err);
    if (fd < 0)
        return fd;
    int e = os_write_all(fd, request, sizeof request - 1);
    if (e == 0)
        e = read_answer(fd, answer);
    if (e < 0)
        return error_errno(err, -e, "the daemon on %s takes the question and does not answer", path);
    *ret_body = body_of(answer);
    return *ret_body ? 0 : error_set(err, EPROTO, "what answers on %s is no siftd", path);
}

static int print(const char *body, bool json, const char *path) {
    if (json) {
        fputs(body, stdout);
        return EXIT_DONE;
    }
    cJSON *state = cJSON_Parse(body);
    if (!state) {
        log_error("the daemon's answer on %s is no JSON", path);
        return EXIT_REFUSED;
    }
    table_print(state);
    cJSON_Delete(state);
    return EXIT_DONE;
}

static int show(const char *path, bool json) {
    struct error err = {0};
    struct buf answer = {0};
    const char *body = NULL;
    int result = EXIT_REFUSED;
    if (ask(path, &answer, &body, &err) < 0)
        log_error("%s", err.text);
    else
        result = print(body, json, path);
    buf_free(&answer);
    return result;
}

int command_status(int argc, char **argv) {
    static const struct option options[] = {
        {"config", 1, NULL, 'c'}, {"json", 0, NULL, 'j'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    bool json = false;
    for (int c; (c = getopt_long(argc, argv, "c:jh", options, NULL)) != -1;) {
        if (c == 'c')
            file = optarg;
        else if (c == 'j')
            json = true;
        else {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind != argc) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured;
    if (configured_load(file, false, &configured) < 0)
        return EXIT_USAGE;
    int result = show(configured.config->admin.socket, json);
    configured_free(&configured);
    return result;
}
