/* SPDX-License-Identifier: MIT */
/* Any bytes as a segment: the printers, and a writer that starts on it, end without a crash, and what the writer leaves
 * is good. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/os.h"
#include "journal/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_line(void *user, const char *record, size_t len) {
    (void)user;
    return len && record[0] == '\n' ? 1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where) {
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static int no_sync(int fd) {
    (void)fd;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char dir[] = "/tmp/siftd-fuzz-XXXXXX", path[64];
    struct error err;
    struct journal *journal;
    uint64_t frames;
    os.fsync = os.fdatasync = no_sync;
    if (!mkdtemp(dir))
        abort();
    snprintf(path, sizeof path, "%s/00000001.seg", dir);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
    journal_verify(path, NULL, &frames, &err);
    journal_cat(path, no_line, NULL, &err);
    if (journal_open(dir, 1 << 20, &journal, NULL, &err) == 0) {
        struct journal_doc doc = {.name = "x", .body = "{}\n", .body_size = 3, .records = 1};
        if (journal_append(journal, &doc, 1, &err) < 0)
            abort();
        journal_close(journal);
    }
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
