/* SPDX-License-Identifier: MIT */
/*
 * The files inside a packed file that lies in memory: ZIP, TAR, 7z, RAR, and single files packed by gzip, bzip2, xz,
 * lzip or zstd, read by libarchive. A plugin that uses this links PkgConfig::archive.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "siftd/plugin.h"

enum { UNPACK_WHY = 320 }; /* room for a reason */

enum unpack_form { UNPACK_NONE, UNPACK_ARCHIVE, UNPACK_FILE /* one packed file, without a name or with one */ };

/* What to do with the files. Names are as they stand in the archive, '/' between folders, of unknown charset; the one
 * file of UNPACK_FILE has none (""). */
struct unpacker {
    void *user;
    bool (*wants)(void *user, const char *name);                                /* NULL: all of them */
    void (*takes)(void *user, const char *name, const char *bytes, size_t len); /* bytes: for the call */
    void (*lost)(void *user, const char *name, const char *why);                /* NULL: nobody asks */
    uint64_t most;                                                              /* bytes unpacked in all */
    const char *most_option;                                                    /* what raises `most`, for messages */
};

/* Before the process gives up its rights: what the library loads at its first use. */
void unpack_begin(void);
/* What the first bytes of a file are. */
enum unpack_form unpack_sniff(struct siftd_str head);
/* Goes through all files of `bytes`, in their order. False when it could not go to the end: `why` then says why, in
 * words that end a sentence; files before that were given out. */
bool unpack(struct siftd_str bytes, const struct unpacker *unpacker, char why[UNPACK_WHY]);
