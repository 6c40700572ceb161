/* SPDX-License-Identifier: MIT */
/* Any bytes as a ledger: it opens, as itself or anew, and can be asked and written. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where) {
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char dir[] = "/tmp/siftd-fuzz-XXXXXX", path[64];
    struct ledger *ledger = NULL;
    struct error err;
    if (!mkdtemp(dir))
        abort();
    snprintf(path, sizeof path, "%s/ledger.db", dir);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
    if (ledger_open(path, &ledger, NULL, &err) == 0) {
        struct journal_doc doc = {.name = "x", .sequence = 1, .claim = 7};
        ledger_committed(ledger, &doc, NULL, 1, &err);
        ledger_has_claim(ledger, 7, &err);
        cJSON_Delete(ledger_summary(ledger));
        ledger_close(ledger);
    }
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
