/* SPDX-License-Identifier: MIT */
/* Any bytes as a message: accepted only when type, version and length fit; the tail lies inside. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct wire_message message;
    static int ends[2] = {-1, -1};
    struct error err = {0};
    if (ends[0] < 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) < 0)
        return 0;
    if (size == 0 || size > WIRE_MAX || send(ends[0], data, size, 0) != (ssize_t)size)
        return 0;
    if (wire_receive(ends[1], &message, &err) == 1) {
        assert(message.tail >= message.raw + sizeof message.header);
        assert(message.tail + message.tail_len == message.raw + size);
    }
    return 0;
}
