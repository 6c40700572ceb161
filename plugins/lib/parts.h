/* SPDX-License-Identifier: MIT */
/*
 * The parts of a packed document (Office Open XML, ECMA-376 part 2; OpenDocument, part 3), unpacked into memory. A
 * plugin that uses this links PkgConfig::archive.
 */
#pragma once
#include "unpack.h"

struct part {
    char *name;
    struct siftd_str bytes;
};

struct parts {
    struct part *part;
    size_t count, room;
};

/* What the beginning of a file says of it: whether its first part is called `first` (or begins so, with a final '/'),
 * and `inside` is named. */
bool parts_sniff(struct siftd_str head, const char *const *first, const char *inside);
/* Reads the parts that `wants` asks for, at most `most` bytes in all. False, and why, when there is none or not all.
 * The caller frees with parts_free(), also then. */
bool parts_read(struct siftd_str bytes, bool (*wants)(void *user, const char *name), void *user, uint64_t most,
                const char *most_option, struct parts *ret, char why[UNPACK_WHY]);
/* A part by its name; NULL when it is not there. */
const struct part *parts_find(const struct parts *parts, const char *name);
void parts_free(struct parts *parts);
