/* SPDX-License-Identifier: MIT */
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
     .preset = "records",
     .choices = "records|rows|fields|log",
     .help = "What comes without end: records, bulk rows, fields of one record, or lines in the log."},
    {.name = NULL},
};

/* Whatever the calls return, it goes on. */
static void flood(const struct fault *fault, struct siftd_doc *doc) {
    const struct siftd_host *host = fault->host;
    struct siftd_record *one = host->record(doc, "flood", 0, 0);
    for (;;)
        switch (fault->how[0] == 'r' ? fault->how[1] : fault->how[0]) {
        case 'e':
            host->emit(host->record(doc, "flood", 0, 0));
            break;
        case 'o':
            host->emit_row(doc, "flood", "\"drop\":1", 8, 0, 0);
            break;
        case 'f':
            host->put_int(one, "drop", 1);
            break;
        default:
            host->log(host, SIFTD_INFO, "one more line");
        }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct fault *fault = self;
    if (fault_is_on(fault->host, doc, fault->on))
        flood(fault, doc);
    return SIFTD_OK;
}

FAULT(struct fault, "flood", "gives records without end")
