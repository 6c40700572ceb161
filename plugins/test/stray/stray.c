/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault.h"

struct stray {
    const char *path, *beyond; /* options */
    int net;
    const struct siftd_host *host;
};

static const struct siftd_option options[] = {
    {.name = "path",
     .type = SIFTD_PATH,
     .offset = offsetof(struct stray, path),
     .preset = "!",
     .help = "A file in the folder that its process may write to; nothing is written."},
    {.name = "beyond",
     .type = SIFTD_STRING,
     .offset = offsetof(struct stray, beyond),
     .preset = "",
     .help = "The whole path of a file elsewhere, which it makes all the same."},
    {.name = "net",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct stray, net),
     .preset = "false",
     .help = "Whether it opens a socket."},
    {.name = NULL},
};

static int open_stray(void *self, const struct siftd_host *host) {
    ((struct stray *)self)->host = host;
    return SIFTD_OK;
}

static int make(const struct stray *stray, const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return stray->host->error(stray->host, "%s cannot be made: %s", path, strerror(errno));
    close(fd);
    return SIFTD_OK;
}

static int put(void *self, const struct siftd_line *line) {
    const struct stray *stray = self;
    (void)line;
    if (make(stray, stray->path) != SIFTD_OK || (*stray->beyond && make(stray, stray->beyond) != SIFTD_OK))
        return SIFTD_ERROR;
    if (stray->net)
        close(socket(AF_INET, SOCK_STREAM, 0));
    return SIFTD_OK;
}

static int commit(void *self, const char *position) {
    (void)self, (void)position;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "stray",
    .stage = SIFTD_SINK,
    .version = "1.0",
    .summary = "goes where it may not on purpose: for drills and tests",
    .options = options,
    .instance_size = sizeof(struct stray),
    .open = open_stray,
    .put = put,
    .commit = commit,
};
SIFTD_PLUGIN(plugin)
