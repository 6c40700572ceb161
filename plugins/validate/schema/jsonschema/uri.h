/* SPDX-License-Identifier: MIT */
/* As much of URIs (RFC 3986) as references between schemas need. */
#pragma once
#include <siftd/plugin.h>

#include "value.h"

/* The reference against the base, dot segments removed, the fragment still on it; in the pool's memory. */
char *uri_resolve(struct pool *pool, const char *base, struct siftd_str reference);
/* Cuts the fragment off; returns it with percent escapes read (empty when there is none), in the pool's memory. */
struct siftd_str uri_cut_fragment(struct pool *pool, char *uri);
