/* SPDX-License-Identifier: MIT */
#include "wire/wire.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *wire_name(int type) {
    switch (type) {
#define MESSAGE(name, number)                                                                                          \
    case number:                                                                                                       \
        return #name;
#include "wire/messages.def"
#undef MESSAGE
    default:
        return "?";
    }
}

size_t wire_size(int type) {
    switch (type) {
    case WIRE_START:
        return sizeof(struct wire_start);
    case WIRE_READY:
        return sizeof(struct wire_ready);
    case WIRE_JOB:
        return sizeof(struct wire_job);
    case WIRE_SPOOL_WANTED:
        return sizeof(struct wire_spool_wanted);
    case WIRE_SPOOL:
        return sizeof(struct wire_spool);
    case WIRE_DONE:
        return sizeof(struct wire_done);
    case WIRE_COMMITTED:
        return sizeof(struct wire_committed);
    case WIRE_DELIVERED:
        return sizeof(struct wire_delivered);
    case WIRE_FORK:
        return sizeof(struct wire_fork);
    case WIRE_FORKED:
        return sizeof(struct wire_forked);
    default:
        return 0;
    }
}

const char *wire_confine_words(uint32_t parts, char *text, size_t size) {
    static const char *const words[] = {"paths", "network", "calls"};
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words && used < size; i++)
        if (parts & 1u << i)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", words[i]);
    return text;
}

bool wire_begin(struct wire_progress *progress, uint32_t turn) {
    uint64_t seen = progress->turns, next;
    do {
        if (turn <= seen >> 32)
            return false;
        next = (seen >> 32 << 32) | turn;
    } while (!atomic_compare_exchange_weak(&progress->turns, &seen, next));
    return true;
}

uint32_t wire_take_back(struct wire_progress *progress, uint32_t turn) {
    uint64_t seen = progress->turns, next;
    do
        next = (uint64_t)turn << 32 | (uint32_t)seen;
    while (!atomic_compare_exchange_weak(&progress->turns, &seen, next));
    return (uint32_t)seen;
}

union control {
    struct cmsghdr align;
    char space[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
};

int wire_send(int socket, int type, void *message, const void *tail, size_t tail_len, const int *fds, size_t fd_count) {
    size_t size = wire_size(type);
    if (size == 0 || fd_count > WIRE_FDS_MAX)
        return -EINVAL;
    if (tail_len > WIRE_MAX - size)
        return -EMSGSIZE;
    struct wire_header *header = message;
    header->type = (uint16_t)type;
    header->version = WIRE_VERSION;
    header->length = (uint32_t)(size + tail_len);

    struct iovec parts[2] = {{message, size}, {(void *)tail, tail_len}};
    struct msghdr msg = {.msg_iov = parts, .msg_iovlen = tail_len ? 2 : 1};
    union control control;
    if (fd_count) {
        memset(&control, 0, sizeof control);
        msg.msg_control = control.space;
        msg.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
    }
    ssize_t n;
    do
        n = sendmsg(socket, &msg, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

static void take_fds(struct msghdr *msg, struct wire_message *ret) {
    size_t have = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (have < WIRE_FDS_MAX)
                ret->fd[have++] = fd;
            else
                close(fd);
        }
    }
}

static int refuse(struct wire_message *message, struct error *err, const char *why) {
    for (size_t i = 0; i < WIRE_FDS_MAX; i++)
        if (message->fd[i] >= 0)
            close(message->fd[i]);
    return error_set(err, EPROTO, "a message %s (%u) of %u bytes, version %u, is refused: %s",
                     wire_name(message->header.type), message->header.type, message->header.length,
                     message->header.version, why);
}

int wire_receive(int socket, struct wire_message *ret, struct error *err) {
    struct iovec part = {ret->raw, sizeof ret->raw};
    union control control;
    struct msghdr msg = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control};
    ssize_t n;
    do
        n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    for (size_t i = 0; i < WIRE_FDS_MAX; i++)
        ret->fd[i] = -1;
    if (n == 0 || (n < 0 && errno == ECONNRESET))
        return 0;
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? -EAGAIN : error_errno(err, errno, "receiving a message");
    take_fds(&msg, ret);
    if ((size_t)n < sizeof ret->header) {
        ret->header = (struct wire_header){0};
        return refuse(ret, err, "shorter than a header");
    }
    if (ret->header.version != WIRE_VERSION)
        return refuse(ret, err, "the other process is of another build; restart the daemon");
    size_t size = wire_size(ret->header.type);
    if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || size == 0 || ret->header.length != (size_t)n || (size_t)n < size)
        return refuse(ret, err, "its length does not fit its type");
    ret->tail = ret->raw + size;
    ret->tail_len = (size_t)n - size;
    return 1;
}
