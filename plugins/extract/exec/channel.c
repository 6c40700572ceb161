/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "exec.h"
#include "memory.h"

enum { PIECE = 64 * 1024, DEADLINE_STEP = 1000 };

int64_t channel_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until the stream can do one of `events`; 0 or CHANNEL_LATE. */
static int wait_for(const struct channel *c, short events, short *ret_events) {
    for (;;) {
        int64_t left = c->deadline - channel_now();
        struct pollfd fd = {c->fd, events, 0};
        if (left <= 0)
            return CHANNEL_LATE;
        int r = poll(&fd, 1, left < DEADLINE_STEP ? (int)left : DEADLINE_STEP);
        if (r > 0) {
            *ret_events = fd.revents;
            return 0;
        }
        if (r < 0 && errno != EINTR)
            return CHANNEL_CLOSED;
    }
}

/* Moves what was not given out to the front, and makes room. */
static void make_room(struct channel *c) {
    if (c->at) {
        memmove(c->in, c->in + c->at, c->in_len - c->at);
        c->in_len -= c->at;
        c->at = 0;
    }
    if (c->in_room - c->in_len >= PIECE)
        return;
    c->in_room = (c->in_len + PIECE) * 2;
    c->in = realloc(c->in, c->in_room);
    if (!c->in)
        out_of_memory();
}

/* Takes what is there without waiting. 0 (perhaps nothing), or a channel_result. */
static int take(struct channel *c) {
    make_room(c);
    struct iovec piece = {c->in + c->in_len, PIECE};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    ssize_t n = recvmsg(c->fd, &message, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : CHANNEL_CLOSED;
    c->in_len += (size_t)n;
    return n == 0 ? CHANNEL_CLOSED : c->in_len > c->line_max + PIECE ? CHANNEL_TOO_LONG : 0;
}

static ssize_t put(const struct channel *c, const char *out, size_t len) {
    struct iovec piece = {(void *)out, len};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    ssize_t n = sendmsg(c->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : n;
}

int channel_send(struct channel *c, const char *out, size_t len) {
    while (len) {
        short events;
        int r = wait_for(c, POLLIN | POLLOUT, &events);
        if (r == 0 && events & POLLIN)
            r = take(c);
        if (r < 0)
            return r;
        ssize_t n = events & POLLOUT ? put(c, out, len) : 0;
        if (n < 0 || (events & (POLLERR | POLLHUP) && !(events & POLLIN)))
            return CHANNEL_CLOSED;
        out += n;
        len -= (size_t)n;
    }
    return 0;
}

int channel_line(struct channel *c, struct siftd_str *ret) {
    size_t seen = c->at;
    for (;;) {
        const char *end = c->in_len > seen ? memchr(c->in + seen, '\n', c->in_len - seen) : NULL;
        if (end) {
            *ret = (struct siftd_str){c->in + c->at, (size_t)(end - c->in) - c->at};
            c->at += ret->len + 1;
            return ret->len > c->line_max ? CHANNEL_TOO_LONG : 0;
        }
        if (c->in_len - c->at > c->line_max)
            return CHANNEL_TOO_LONG;
        seen = c->in_len - c->at; /* as it will be behind make_room() */
        short events;
        int r = wait_for(c, POLLIN, &events);
        if (r == 0)
            r = take(c);
        if (r < 0)
            return r;
    }
}

bool channel_is_closed(const struct channel *c) {
    struct pollfd fd = {c->fd, POLLIN, 0};
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (c->fd < 0)
        return true;
    return poll(&fd, 1, 0) > 0 && recvmsg(c->fd, &message, MSG_DONTWAIT | MSG_PEEK) <= 0;
}

void channel_close(struct channel *c) {
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->in_len = c->at = 0;
}
