/* SPDX-License-Identifier: MIT */
/* The host of a sink plugin whose sources are part of its test: what it says is kept, what it allocates is freed. And a
 * folder for what it writes, with `path` to the file SINK_FILE (defined before this) in a folder not made yet. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "siftd/plugin.h"

static char said[1024], logged[1024];

static int host_error(const struct siftd_host *host, const char *format, ...) {
    va_list args;
    (void)host;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
    return SIFTD_ERROR;
}

static void host_log(const struct siftd_host *host, int level, const char *format, ...) {
    va_list args;
    (void)host;
    (void)level;
    va_start(args, format);
    vsnprintf(logged, sizeof logged, format, args);
    va_end(args);
}

static void *arena[256];
static size_t arena_used;

static void *host_alloc(const struct siftd_host *host, size_t size) {
    (void)host;
    assert_true(arena_used < sizeof arena / sizeof *arena);
    return arena[arena_used++] = calloc(1, size);
}

static void arena_free(void) {
    while (arena_used)
        free(arena[--arena_used]);
}

struct folder {
    char root[64], path[96];
};

static inline int set_up(void **state) {
    struct folder *folder = calloc(1, sizeof *folder);
    if (!folder)
        return -1;
    strcpy(folder->root, "/tmp/siftd-sink-XXXXXX");
    if (!mkdtemp(folder->root))
        return -1;
    snprintf(folder->path, sizeof folder->path, "%s/new/" SINK_FILE, folder->root);
    *state = folder;
    return 0;
}

static inline int empty(const struct folder *folder) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'/*", folder->root);
    return system(command);
}

static inline int tear_down(void **state) {
    struct folder *folder = *state;
    int r = empty(folder);
    r |= rmdir(folder->root);
    free(folder);
    return r;
}
