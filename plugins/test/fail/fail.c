/* SPDX-License-Identifier: MIT */
#include "fault.h"

struct fault {
    const char *on; /* option */
    const struct siftd_host *host;
};

static const struct siftd_option options[] = {
    FAULT_OPTION_ON(struct fault),
    {.name = NULL},
};

static int open_fault(void *self, const struct siftd_host *host) {
    ((struct fault *)self)->host = host;
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    return fault_is_on(fault->host, doc, fault->on) ? fault->host->error(fault->host, "fails on purpose") : SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "fail",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "fails on purpose: for drills and tests",
    .content = SIFTD_PROSE | SIFTD_ROWS,
    .options = options,
    .instance_size = sizeof(struct fault),
    .open = open_fault,
    .run = run,
};
SIFTD_PLUGIN(plugin)
