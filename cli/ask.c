/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "command.h"
#include "configured.h"

enum { ANSWER_MAX = 256 << 20 };

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
static int read_answer(int fd, int patience, struct buf *answer) {
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, patience);
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

/* Finds code and body of a whole HTTP answer, and ends the text with a zero. */
static int take_apart(struct answer *answer) {
    buf_char(&answer->text, 0);
    const char *body = strstr(answer->text.at, "\r\n\r\n");
    if (strncmp(answer->text.at, "HTTP/1.1 ", 9) != 0 || !body)
        return -EPROTO;
    answer->code = (int)strtol(answer->text.at + 9, NULL, 10);
    answer->body = body + 4;
    return 0;
}

static int converse(const char *socket, const struct buf *request, int patience, struct answer *ret,
                    struct error *err) {
    *ret = (struct answer){0};
    _cleanup_(closep) int fd = connect_to(socket, err);
    if (fd < 0)
        return fd;
    int e = os_write_all(fd, request->at, request->len);
    if (e == 0)
        e = read_answer(fd, patience, &ret->text);
    if (e < 0)
        return error_errno(err, -e, "the daemon on %s takes the question and does not answer", socket);
    e = take_apart(ret);
    return e < 0 ? error_set(err, -e, "what answers on %s is no siftd", socket) : 0;
}

int ask(const char *socket, const char *method, const char *path, int patience, struct answer *ret, struct error *err) {
    _cleanup_(buf_free) struct buf request = {0};
    buf_printf(&request, "%s %s HTTP/1.1\r\nHost: siftd\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", method,
               path);
    return converse(socket, &request, patience, ret, err);
}

int ask_with(const char *socket, const char *path, const char *json, int patience, struct answer *ret,
             struct error *err) {
    _cleanup_(buf_free) struct buf request = {0};
    buf_printf(&request, "POST %s HTTP/1.1\r\nHost: siftd\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", path,
               strlen(json));
    buf_str(&request, json);
    return converse(socket, &request, patience, ret, err);
}

void answer_free(struct answer *answer) {
    buf_free(&answer->text);
}

/* The socket that the configuration names, or NULL after printing its mistakes. */
static char *configured_socket(const char *file) {
    struct configured configured;
    if (configured_load(file, false, &configured) < 0)
        return NULL;
    char *socket = mem_strdup(configured.config->admin.socket);
    configured_free(&configured);
    return socket;
}

int asked_options(int argc, char **argv, void (*usage)(void), struct asked *ret) {
    static const struct option options[] = {{"config", 1, NULL, 'c'},
                                            {"socket", 1, NULL, 's'},
                                            {"json", 0, NULL, 'j'},
                                            {"help", 0, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *file = NULL, *socket = NULL;
    *ret = (struct asked){0};
    for (int c; (c = getopt_long(argc, argv, "c:jh", options, NULL)) != -1;) {
        if (c == 'c')
            file = optarg;
        else if (c == 's')
            socket = optarg;
        else if (c == 'j')
            ret->json = true;
        else {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind != argc) {
        usage();
        return EXIT_USAGE;
    }
    ret->socket = socket ? mem_strdup(socket) : configured_socket(file);
    return ret->socket ? -1 : EXIT_USAGE;
}
