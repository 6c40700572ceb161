/* SPDX-License-Identifier: MIT */
/* Archives and packed files from anywhere: every byte handed out is read, the bound is kept. */
#include <assert.h>
#include <string.h>

#include "unpack.h"

enum { MOST = 1 << 20 };

static volatile unsigned sink;
static size_t total;

static void takes(void *user, const char *name, const char *bytes, size_t len) {
    (void)user;
    sink += (unsigned)strlen(name);
    for (size_t i = 0; i < len; i += 512)
        sink += (unsigned char)bytes[i];
    total += len;
}

static void lost(void *user, const char *name, const char *why) {
    (void)user;
    sink += (unsigned)(strlen(name) + strlen(why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct unpacker unpacker = {.takes = takes, .lost = lost, .most = MOST, .most_option = "most"};
    char why[UNPACK_WHY] = "";
    total = 0;
    unpack_begin();
    if (!unpack((struct siftd_str){(const char *)data, size}, &unpacker, why))
        assert(why[0]);
    assert(total <= MOST);
    return 0;
}
