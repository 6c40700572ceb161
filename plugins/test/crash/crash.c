/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "fault.h"

struct fault {
    const char *on; /* options */
    const char *how;
    const struct siftd_host *host;
};

static const struct siftd_option options[] = {
    FAULT_OPTION_ON(struct fault),
    {.name = "how",
     .type = SIFTD_STRING,
     .offset = offsetof(struct fault, how),
     .preset = "memory",
     .choices = "memory|abort|exit|kill",
     .help = "A wrong access to memory, abort(), _exit(0), or SIGKILL as the kernel's out-of-memory killer sends it."},
    {.name = NULL},
};

static int open_fault(void *self, const struct siftd_host *host) {
    ((struct fault *)self)->host = host;
    return SIFTD_OK;
}

static void crash(const char *how) {
    switch (how[0]) {
    case 'm':
        raise(SIGSEGV);
        break;
    case 'e':
        _exit(0);
    case 'k':
        kill(getpid(), SIGKILL);
        break;
    default:
        break;
    }
    abort();
}

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    if (fault_is_on(fault->host, doc, fault->on))
        crash(fault->how);
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "crash",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "ends its process on purpose: for drills and tests",
    .content = SIFTD_PROSE | SIFTD_ROWS,
    .options = options,
    .instance_size = sizeof(struct fault),
    .open = open_fault,
    .run = run,
};
SIFTD_PLUGIN(plugin)
