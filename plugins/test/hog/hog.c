/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

struct fault {
    const char *on; /* options */
    uint64_t memory;
    int own;
    const struct siftd_host *host;
};

enum { PIECE = 1 << 20 };

static const struct siftd_option options[] = {
    FAULT_OPTION_ON(struct fault),
    {.name = "memory",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct fault, memory),
     .preset = "1024GiB",
     .help = "How much memory it takes and uses for the document."},
    {.name = "own",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct fault, own),
     .preset = "false",
     .help = "Whether it takes it by malloc(), and does not look whether it got it, or from the host."},
    {.name = NULL},
};

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    if (fault_is_on(fault->host, doc, fault->on))
        for (uint64_t taken = 0; taken < fault->memory; taken += PIECE)
            memset(fault->own ? malloc(PIECE) : fault->host->doc_alloc(doc, PIECE), 1, PIECE);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what it takes it never gives back, on purpose */
    return SIFTD_OK;
}

FAULT(struct fault, "hog", "takes memory without end")
