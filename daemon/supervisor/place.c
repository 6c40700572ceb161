/* SPDX-License-Identifier: MIT */
/* Where a finished file is now: its name may have got a number when it was taken. Told by the content. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "supervisor/operate.h"

enum { PIECE = 1 << 16, GAP_MAX = 64 };

static bool has_hash(const char *path, const char *wanted) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    struct buf text = {0};
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    ssize_t n = 1;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    while (n > 0) {
        n = read(fd, buf_reserve(&text, PIECE), PIECE);
        text.len += n > 0 ? (size_t)n : 0;
    }
    hash_sha256(text.at ? text.at : "", text.len, hash);
    buf_free(&text);
    hash_hex(hash, SHA256_SIZE, hex);
    return n == 0 && strcmp(hex, wanted) == 0;
}

/* PATH, PATH.1, PATH.2 … with gaps. */
static char *numbered(const char *path, const char *hash) {
    unsigned missing = 0;
    for (unsigned i = 0; missing < GAP_MAX; i++) {
        _cleanup_(freep) char *candidate = i ? mem_format("%s.%u", path, i) : mem_strdup(path);
        if (access(candidate, F_OK) < 0)
            missing++;
        else if (has_hash(candidate, hash))
            return take_ptr(candidate);
    }
    return NULL;
}

char *file_place(const struct config *config, const struct config_watch *watch, const char *name, const char *hash) {
    _cleanup_(freep) char *own = mem_format("%s/%s", watch->dir, name);
    _cleanup_(freep) char *moved = watch->done_dir ? mem_format("%s/%s", watch->done_dir, name)
                                                   : mem_format("%s/done/%s", config->state_dir, name);
    if (watch->when_done == DONE_KEEP)
        return has_hash(own, hash) ? take_ptr(own) : NULL;
    return numbered(moved, hash);
}
