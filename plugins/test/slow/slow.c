/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <time.h>

#include "fault.h"

struct fault {
    const char *on; /* options */
    int64_t time;
    int busy;
    const struct siftd_host *host;
};

static const struct siftd_option options[] = {
    FAULT_OPTION_ON(struct fault),
    {.name = "time",
     .type = SIFTD_DURATION,
     .offset = offsetof(struct fault, time),
     .preset = "1h",
     .help = "How long it takes."},
    {.name = "busy",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct fault, busy),
     .preset = "false",
     .help = "Whether it computes all the time or sleeps."},
    {.name = NULL},
};

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    const struct timespec moment = {.tv_nsec = 1000000};
    if (fault_is_on(fault->host, doc, fault->on))
        for (int64_t end = now_ms() + fault->time; now_ms() < end;)
            if (!fault->busy)
                nanosleep(&moment, NULL);
    return SIFTD_OK;
}

FAULT(struct fault, "slow", "takes its time")
