/* SPDX-License-Identifier: MIT */
/* What commands share that work with a configuration. Mistakes are printed to standard error, one a line. */
#pragma once
#include <stdbool.h>

#include "config/config.h"

/* A configuration and its text, which children get. */
struct configured {
    struct config *config;
    struct buf text;
};

/* Where siftd looks when no -c is given. */
const char *configured_default(void);
/* Loads `path` (NULL: the default place). 0, or a negative errno after printing the mistakes. */
int configured_load(const char *path, bool strict, struct configured *ret);
/* Lets a child load every plugin that the configuration names and check its options. 0, or -EINVAL after printing the
 * mistakes. */
int configured_inspect(const struct configured *configured);
void configured_free(struct configured *configured);
