/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "charset.h"

void charset_note(const struct siftd_host *host, struct siftd_doc *doc, const struct guess *guess, size_t replaced,
                  int64_t doubt_below) {
    char number[24];
    host->set(doc, "charset", guess->charset);
    snprintf(number, sizeof number, "%d", guess->confidence);
    host->set_json(doc, "charset_confidence", number);
    if (guess->runner_up)
        host->set(doc, "charset_runner_up", guess->runner_up);
    if (guess->confidence < doubt_below)
        host->set_json(doc, "charset_doubtful", "true");
    snprintf(number, sizeof number, "%zu", replaced);
    host->set_json(doc, "replaced", number);
    if (replaced)
        host->repaired(doc, "replaced", replaced);
}
