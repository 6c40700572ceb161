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

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    return fault_is_on(fault->host, doc, fault->on) ? fault->host->error(fault->host, "fails on purpose") : SIFTD_OK;
}

FAULT(struct fault, "fail", "fails")
