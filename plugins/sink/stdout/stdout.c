/* SPDX-License-Identifier: MIT */
/* Records as lines on standard output. What a pipe has taken cannot be taken back: the host keeps the position, and
 * after a crash the lines since the last commit come a second time. */
#include <errno.h>
#include <siftd/plugin.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 16 };

struct stdout_sink {
    const struct siftd_host *host;
    char *buffer;
    size_t used;
};

static int open_sink(void *user, const struct siftd_host *host) {
    struct stdout_sink *self = user;
    self->host = host;
    self->buffer = host->alloc(host, BUFFER);
    return SIFTD_OK;
}

static int write_all(struct stdout_sink *self, const char *at, size_t len) {
    while (len) {
        ssize_t n = write(STDOUT_FILENO, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return self->host->error(self->host, "standard output cannot be written: %s", strerror(errno));
        at += n;
        len -= (size_t)n;
    }
    return SIFTD_OK;
}

static int flush(void *user) {
    struct stdout_sink *self = user;
    size_t used = self->used;
    self->used = 0;
    return write_all(self, self->buffer, used);
}

static int put(void *user, const struct siftd_line *line) {
    struct stdout_sink *self = user;
    if (self->used + line->len + 1 > BUFFER && flush(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (line->len + 1 > BUFFER)
        return write_all(self, line->json, line->len) == SIFTD_OK ? write_all(self, "\n", 1) : SIFTD_ERROR;
    memcpy(self->buffer + self->used, line->json, line->len);
    self->buffer[self->used + line->len] = '\n';
    self->used += line->len + 1;
    return SIFTD_OK;
}

static int commit(void *user, const char *position) {
    (void)position;
    return flush(user);
}

static const struct siftd_plugin plugin = {
    .name = "stdout",
    .stage = SIFTD_SINK,
    .version = "1.0",
    .summary = "records as lines on standard output",
    .instance_size = sizeof(struct stdout_sink),
    .open = open_sink,
    .put = put,
    .commit = commit,
    .flush = flush,
};
SIFTD_PLUGIN(plugin)
