/* SPDX-License-Identifier: MIT */
/* Private to host/. */
#pragma once
#include <stdbool.h>

#include "host/host.h"

struct pack {
    char *name, *dir; /* dir: where its files stand */
};

struct section {
    char *name;
    struct tree_node *tree;
};

struct host {
    const struct config *config;
    const struct siftd_limits *limits; /* where plugins cannot change it */
    struct library **library;
    size_t libraries, library_room;
    struct pack *pack; /* in the order of merging: what is required comes first */
    size_t packs, pack_room;
    struct section *section;
    size_t sections, section_room;
    struct tree_node **husk; /* trees emptied by merging: their nodes still use their file names */
    size_t husks, husk_room;
};

void packs_free(struct host *host);
const struct tree_node *packs_section(const struct host *host, const char *name);
/* The schema of a ledger of the packs, for the path "schemas/NAME.json"; false when no ledger has this name. */
bool ledger_schema(const struct host *host, const char *path, struct buf *ret);
/* Stores the options of `given` (a mapping, or NULL) into `self` as the table says. Mistakes are lines; 0 or -EINVAL.
 */
int options_store(struct instance *instance, const struct config_use *use, struct buf *mistakes);
/* The configuration's limits as plugins see them. */
const struct siftd_limits *limits_new(const struct config_limits *configured);
/* A copy in memory that can only be read: what a plugin gets from the host and must not write to. */
const void *sealed_copy(const void *from, size_t size);
void sealed_free(const void *sealed, size_t size);
/* The part of the table that needs no document. */
void table_init(struct siftd_host *table, const struct siftd_host *calls);
