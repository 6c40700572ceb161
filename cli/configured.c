/* SPDX-License-Identifier: MIT */
#include "configured.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/child.h"
#include "wire/wire.h"

const char *configured_default(void) {
    return SIFTD_CONFIG;
}

static void print_mistakes(struct buf *mistakes) {
    if (mistakes->len)
        fwrite(mistakes->at, 1, mistakes->len, stderr);
    buf_free(mistakes);
}

int configured_load(const char *path, bool strict, struct configured *ret) {
    struct buf mistakes = {0};
    struct configured made = {0};
    int e = config_load(path ? path : configured_default(), strict, &made.config, &made.text, &mistakes);
    print_mistakes(&mistakes);
    if (e < 0) {
        configured_free(&made);
        return e;
    }
    *ret = made;
    return 0;
}

static int send_start(const struct child *child, const struct configured *configured, struct error *err) {
    struct wire_start start = {.role = WIRE_INSPECT};
    _cleanup_(closep) int text = child_text_fd(configured->text.at, configured->text.len);
    if (text < 0)
        return error_errno(err, -text, "the configuration cannot be handed to the inspecting process");
    const char *file = configured->config->file;
    int e = wire_send(child->socket, WIRE_START, &start, file, strlen(file), &text, 1);
    return e < 0 ? error_errno(err, -e, "the inspecting process cannot be told what to do") : 0;
}

/* The inspector's mistakes, appended; -EPIPE when it ended without an answer. */
static int receive_ready(const struct child *child, struct buf *mistakes, struct error *err) {
    _cleanup_(freep) struct wire_message *message = mem_alloc(sizeof *message);
    struct pollfd wait = {.fd = child->socket, .events = POLLIN};
    int e;
    do {
        if (poll(&wait, 1, -1) < 0 && errno != EINTR)
            return error_errno(err, errno, "waiting for the inspecting process");
        e = wire_receive(child->socket, message, err);
    } while (e == -EAGAIN);
    if (e == 0)
        return -EPIPE;
    if (e > 0 && message->header.type != WIRE_READY)
        return error_set(err, EPROTO, "the inspecting process answers %s, not READY", wire_name(message->header.type));
    if (e > 0)
        buf_add(mistakes, message->tail, message->tail_len);
    return e < 0 ? e : 0;
}

static int inspect(const struct configured *configured, struct buf *mistakes, struct error *err) {
    struct child child;
    char text[64];
    int status = 0;
    int e = child_start("inspect", &child, err);
    if (e < 0)
        return e;
    e = send_start(&child, configured, err);
    if (e == 0)
        e = receive_ready(&child, mistakes, err);
    child_reap(&child, true, &status);
    child_close(&child);
    if (e == -EPIPE)
        return error_set(err, EPIPE, "%s: the process that loads the plugins %s; a plugin breaks when it is loaded",
                         configured->config->file, child_status_text(status, text, sizeof text));
    return e;
}

int configured_inspect(const struct configured *configured) {
    struct buf mistakes = {0};
    struct error err = {0};
    int e = inspect(configured, &mistakes, &err);
    if (e < 0)
        log_error("%s", err.text);
    bool good = e == 0 && mistakes.len == 0;
    if (mistakes.len && mistakes.at[mistakes.len - 1] != '\n')
        buf_char(&mistakes, '\n');
    print_mistakes(&mistakes);
    return good ? 0 : -EINVAL;
}

void configured_free(struct configured *configured) {
    configured->config = config_free(configured->config);
    buf_free(&configured->text);
}
