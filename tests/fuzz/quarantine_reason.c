/* SPDX-License-Identifier: MIT */
/* Any bytes as the file that says why a document was refused, and as the records of one that were refused. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "quarantine/quarantine.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/siftd-fuzz-XXXXXX", reason[64], records[64];

static void clear(void) {
    char folder[64];
    snprintf(folder, sizeof folder, "%s/records", dir);
    unlink(reason);
    unlink(records);
    rmdir(folder);
    rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    if (!mkdtemp(dir))
        abort();
    snprintf(reason, sizeof reason, "%s/records", dir);
    mkdir(reason, 0700);
    snprintf(reason, sizeof reason, "%s/1.reason.json", dir);
    snprintf(records, sizeof records, "%s/records/1.jsonl", dir);
    atexit(clear);
    return 0;
}

static int each(void *user, const char *entry, cJSON *json) {
    (void)user, (void)entry;
    cJSON_Delete(json);
    return 0;
}

static void put(const char *path, const uint8_t *data, size_t size) {
    FILE *file = fopen(path, "w");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct quarantine_filter all = {0}, some = {.what = "a",
                                                             .reason = "b",
                                                             .plugin = "c",
                                                             .stage = "d",
                                                             .version = "e",
                                                             .kind = "f",
                                                             .since = 1,
                                                             .until = 2};
    struct error err = {0};
    put(reason, data, size);
    put(records, data, size);
    quarantine_each(dir, &all, each, NULL, &err);
    quarantine_each(dir, &some, each, NULL, &err);
    quarantine_each_record(dir, &all, each, NULL, &err);
    quarantine_each_record(dir, &some, each, NULL, &err);
    cJSON_Delete(quarantine_read(dir, "1"));
    return 0;
}
