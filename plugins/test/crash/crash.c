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
     .choices = "memory|stack|abort|exit|kill",
     .help = "A wrong access to memory, calls without end, abort(), _exit(0), or SIGKILL as the kernel's out-of-memory "
             "killer sends it."},
    {.name = NULL},
};

/* What the compiler knows nothing of. */
static int fall(int depth);
static int (*volatile deeper)(int depth) = fall;
static int *volatile nowhere;

static int fall(int depth) {
    volatile char room[4096] = {0};
    return deeper(depth + 1) + room[depth % 4096];
}

static void crash(const char *how) {
    switch (how[0]) {
    case 'm':
        *nowhere = 1;
        break;
    case 's':
        fall(0);
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

FAULT(struct fault, "crash", "ends its process")
