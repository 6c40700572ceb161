/* SPDX-License-Identifier: MIT */
/*
 * Compound files, in which the Office programs of 1997 to 2003 kept their streams (Microsoft, [MS-CFB]): a file system
 * of sectors with a table of chains, small streams in sectors of their own inside one stream. Nothing is larger than
 * the file it stands in, a chain that runs in a circle is cut.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "siftd/plugin.h"

struct ole {
    struct siftd_str bytes;
    unsigned shift, mini_shift; /* of the sectors' sizes */
    uint32_t cutoff;            /* smaller streams stand in small sectors */
    uint32_t *next, *mini_next; /* the sector behind each */
    size_t sectors, minis;
    struct siftd_str directory, mini; /* own memory */
};

/* Whether the bytes begin as a compound file does. */
bool ole_sniff(struct siftd_str head);
/* False: the tables are damaged. The caller frees with ole_free(), also then. */
bool ole_open(struct siftd_str bytes, struct ole *ret);
void ole_free(struct ole *ole);
/* A stream of the root, by its name (ASCII, in whatever case); the caller frees ret->at. False when there is none. */
bool ole_stream(const struct ole *ole, const char *name, struct siftd_str *ret);
/* Whether the root has a stream or a storage of that name. */
bool ole_has(const struct ole *ole, const char *name);

/* Numbers as they stand in such files, least byte first. */
static inline uint32_t ole_u16(const char *at) {
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8;
}
static inline uint32_t ole_u32(const char *at) {
    return ole_u16(at) | ole_u16(at + 2) << 16;
}
