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
