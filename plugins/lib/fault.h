/* SPDX-License-Identifier: MIT */
/* What the plugins of test/ share: they do their harm to a document that holds a word, and to every one when none is
 * set. */
#pragma once
#include <stdbool.h>

#include "str.h"

/* The option `on` of struct TYPE, which has a member `const char *on`. */
#define FAULT_OPTION_ON(owner)                                                                                         \
    {                                                                                                                  \
        .name = "on", .type = SIFTD_STRING, .offset = offsetof(owner, on), .preset = "",                               \
        .help = "The word in a document that sets it off; every document does when empty."                             \
    }

static inline bool fault_is_on(const struct siftd_host *host, const struct siftd_doc *doc, const char *on) {
    return !*on || str_find(host->text(doc), str(on));
}

/* An extractor with the instance `struct OWNER`, which has a member `const struct siftd_host *host`, the table
 * `options` and the function `run`. */
#define FAULT(owner, word, told)                                                                                       \
    static int open_fault(void *self, const struct siftd_host *host) {                                                 \
        ((owner *)self)->host = host;                                                                                  \
        return SIFTD_OK;                                                                                               \
    }                                                                                                                  \
    static const struct siftd_plugin plugin = {                                                                        \
        .name = (word),                                                                                                \
        .stage = SIFTD_EXTRACT,                                                                                        \
        .version = "1.0",                                                                                              \
        .summary = told " on purpose: for drills and tests",                                                           \
        .content = SIFTD_PROSE | SIFTD_ROWS,                                                                           \
        .options = options,                                                                                            \
        .instance_size = sizeof(owner),                                                                                \
        .open = open_fault,                                                                                            \
        .run = run,                                                                                                    \
    };                                                                                                                 \
    SIFTD_PLUGIN(plugin)
