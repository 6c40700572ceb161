/* SPDX-License-Identifier: MIT */
/* Pieces of text: comparing and cutting struct siftd_str. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "siftd/plugin.h"

static inline struct siftd_str str(const char *text) {
    return (struct siftd_str){text, strlen(text)};
}

static inline struct siftd_str str_from(const char *begin, const char *end) {
    return (struct siftd_str){begin, (size_t)(end - begin)};
}

static inline bool str_equal(struct siftd_str a, struct siftd_str b) {
    return a.len == b.len && (a.len == 0 || (a.at && b.at && memcmp(a.at, b.at, a.len) == 0));
}

static inline bool str_starts(struct siftd_str s, struct siftd_str with) {
    return with.len == 0 || (s.at && s.len >= with.len && memcmp(s.at, with.at, with.len) == 0);
}

static inline bool str_ends(struct siftd_str s, struct siftd_str with) {
    return with.len == 0 || (s.at && s.len >= with.len && memcmp(s.at + s.len - with.len, with.at, with.len) == 0);
}

/* Where `what` first stands in `s`; NULL when nowhere. */
static inline const char *str_find(struct siftd_str s, struct siftd_str what) {
    return what.len && s.at && s.len >= what.len ? memmem(s.at, s.len, what.at, what.len) : NULL;
}
