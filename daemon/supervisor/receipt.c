/* SPDX-License-Identifier: MIT */
/* Receipts: the person who dropped a file has no business in the state folder, and wants to know what became of it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "supervisor/inside.h"

enum { NAME_MOST = 245 }; /* ".json.new" has to fit behind it */

static void add_time(cJSON *receipt, const char *key, int64_t seconds) {
    time_t at = (time_t)seconds;
    struct tm tm;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
    cJSON_AddStringToObject(receipt, key, text);
}

static cJSON *begin(const struct intake_doc *doc, const char *status) {
    cJSON *receipt = cJSON_CreateObject();
    cJSON_AddStringToObject(receipt, "name", doc->name);
    cJSON_AddStringToObject(receipt, "status", status);
    add_time(receipt, "time", (int64_t)time(NULL));
    return receipt;
}

static int write_to(const char *folder, const char *name, const char *text) {
    const char *slash = strrchr(name, '/');
    int above = slash ? (int)(slash - name) : 0;
    _cleanup_(freep) char *parent = mem_format("%s%s%.*s", folder, above ? "/" : "", above, name);
    _cleanup_(freep) char *path = mem_format("%s/%.*s.json", parent, NAME_MOST, slash ? slash + 1 : name);
    int e = os_mkdirs(parent, 0750);
    return e < 0 ? e : os_replace_file(path, text, strlen(text));
}

static void finish(const char *folder, const struct intake_doc *doc, cJSON *receipt) {
    char *text = cJSON_Print(receipt);
    int e = text ? write_to(folder, doc->name, text) : 0;
    if (e < 0)
        log_warn("the receipt of %s cannot be written to %s: %s", doc->name, folder, strerror(-e));
    cJSON_free(text);
    cJSON_Delete(receipt);
}

static void copy(cJSON *to, const cJSON *from, const char *key) {
    const cJSON *member = cJSON_GetObjectItem(from, key);
    if (member)
        cJSON_AddItemToObject(to, key, cJSON_Duplicate(member, true));
}

void receipt_settled(const struct config *config, const struct intake_doc *doc, const cJSON *document,
                     const cJSON *findings, uint64_t left_out) {
    static const char *const keys[] = {"format", "charset", "bytes", "records", "repairs", "account", "error"};
    const char *folder = config->watch[doc->watch].receipts;
    const char *status = cJSON_GetStringValue(cJSON_GetObjectItem(document, "status"));
    if (!folder)
        return;
    cJSON *receipt = begin(doc, status ? status : "?");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        copy(receipt, document, keys[i]);
    cJSON_AddItemToObject(receipt, "findings", cJSON_Duplicate(findings, true));
    if (left_out)
        cJSON_AddNumberToObject(receipt, "findings_not_listed", (double)left_out);
    if (status && strcmp(status, "rejected") == 0)
        cJSON_AddStringToObject(receipt, "quarantine", "the file is kept until somebody lets it run again or drops it");
    finish(folder, doc, receipt);
}

void receipt_refused(const struct config *config, const struct intake_doc *doc, const struct quarantine_case *refused) {
    const char *folder = config->watch[doc->watch].receipts;
    if (!folder)
        return;
    cJSON *receipt = begin(doc, "quarantined"), *why = cJSON_AddObjectToObject(receipt, "quarantine");
    cJSON_AddStringToObject(why, "reason", refused->reason);
    if (refused->stage)
        cJSON_AddStringToObject(why, "stage", refused->stage);
    if (refused->plugin && refused->plugin[0])
        cJSON_AddStringToObject(why, "plugin", refused->plugin);
    cJSON_AddNumberToObject(why, "attempts", refused->attempts);
    if (refused->next)
        add_time(why, "runs_again", refused->next);
    finish(folder, doc, receipt);
}
