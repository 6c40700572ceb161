/* SPDX-License-Identifier: MIT */
/* The folder torn/ of a journal, where damaged pieces are put before anything is written over them. Private to the
 * journal. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* A free name for what stood at `offset` of segment `number`, made. Returns the descriptor or -errno. */
int aside_file(const char *dir, uint64_t number, uint64_t offset, char *path, size_t size);
/* Copies `len` bytes from `at` of the segment `fd` there, synced with its name. 0 or -errno; `path` is empty then. */
int aside_copy(const char *dir, uint64_t number, int fd, uint64_t at, uint64_t len, char *path, size_t size);
