/* SPDX-License-Identifier: MIT */
#include "fault.h"

struct fault {
    const char *on; /* option */
    const struct siftd_host *host;
};

static const struct siftd_option options[] = {
    {.name = "on",
     .type = SIFTD_STRING,
     .offset = offsetof(struct fault, on),
     .preset = "swell",
     .help = "The word at the beginning of a document that sets it off; it leaves others alone."},
    {.name = NULL},
};

static int open_fault(void *self, const struct siftd_host *host) {
    ((struct fault *)self)->host = host;
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)size, (void)name;
    return str_find(head, str(((struct fault *)self)->on)) ? 100 : 0;
}

/* As a container that unpacks without end, and a decoder that does not count. */
static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    while (fault->host->text_add(doc, "and so on ", 10, 0, 1) != SIFTD_SKIP)
        continue;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "swell",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "makes text without end on purpose: for drills and tests",
    .options = options,
    .instance_size = sizeof(struct fault),
    .open = open_fault,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
