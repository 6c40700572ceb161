/* SPDX-License-Identifier: MIT */
/* quarantine/list, /retry and /drop. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "supervisor/operate.h"

static struct quarantine_filter filter_of(const struct operation *op) {
    return (struct quarantine_filter){.what = operation_text(op, "what"),
                                      .reason = operation_text(op, "reason"),
                                      .plugin = operation_text(op, "plugin"),
                                      .stage = operation_text(op, "stage"),
                                      .version = operation_text(op, "version"),
                                      .kind = operation_text(op, "kind"),
                                      .since = (int64_t)operation_number(op, "since"),
                                      .until = (int64_t)operation_number(op, "until")};
}

static int add_to(void *user, const char *entry, cJSON *reason) {
    (void)entry;
    cJSON_AddItemToArray(user, reason);
    return 0;
}

/* The reasons of the documents that are asked for: by a filter, or one by one as `entries`. */
static int chosen(struct operation *op, cJSON *list, struct error *err) {
    const struct quarantine_filter filter = filter_of(op);
    const cJSON *entries = cJSON_GetObjectItem(op->request, "entries"), *entry;
    if (!entries)
        return quarantine_each(op->quarantine, &filter, add_to, list, err);
    cJSON_ArrayForEach(entry, entries) {
        cJSON *reason = quarantine_read(op->quarantine, cJSON_GetStringValue(entry));
        if (reason)
            cJSON_AddItemToArray(list, reason);
    }
    return 0;
}

int operate_list(struct operation *op, struct error *err) {
    const struct quarantine_filter filter = filter_of(op);
    bool records = operation_flag(op, "records"), both = operation_flag(op, "both");
    int e = records ? 0 : chosen(op, cJSON_AddArrayToObject(op->answer, "documents"), err);
    if (e == 0 && (records || both))
        e = quarantine_each_record(op->quarantine, &filter, add_to, cJSON_AddArrayToObject(op->answer, "records"), err);
    return e;
}

static const char *text_of(const cJSON *reason, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(reason, key));
    return text ? text : "";
}

static int retry_one(struct operation *op, const cJSON *reason, struct error *err) {
    const char *entry = text_of(reason, "entry"), *name = text_of(reason, "name");
    const cJSON *sequence = cJSON_GetObjectItem(reason, "sequence");
    struct intake_run before, run = {.more = true};
    bool kept;
    uint32_t folder;
    if (strcmp(text_of(reason, "state"), "held") != 0)
        return error_set(err, EALREADY, "%s runs already", name);
    if (intake_entry(entry, &kept, &before, &folder) < 0)
        return error_set(err, EINVAL, "%s is not named as a claim is", entry);
    if (!operation_watched(op, folder))
        return error_set(err, ENOENT,
                         "%s came from %s, which is no longer watched; drop its file anew, or watch it again", name,
                         text_of(reason, "watch"));
    run.earlier = cJSON_IsNumber(sequence) ? (uint64_t)sequence->valuedouble : 0;
    return operation_put_back(op, op->quarantine, entry, name, &run, true, err);
}

static int drop_one(struct operation *op, const cJSON *reason, struct error *err) {
    if (strcmp(text_of(reason, "state"), "held") != 0)
        return error_set(err, EBUSY, "%s runs at the moment", text_of(reason, "name"));
    return quarantine_drop(op->quarantine, text_of(reason, "entry"), err);
}

typedef int one_fn(struct operation *op, const cJSON *reason, struct error *err);

/* Each by itself: one that fails does not keep the others. */
static int do_each(struct operation *op, one_fn *one, struct error *err) {
    cJSON *list = cJSON_CreateArray(), *reason;
    cJSON *done = cJSON_AddArrayToObject(op->answer, "documents"),
          *failed = cJSON_AddArrayToObject(op->answer, "failed");
    bool dry = operation_flag(op, "dry");
    int e = chosen(op, list, err);
    while (e == 0 && (reason = cJSON_DetachItemFromArray(list, 0))) {
        struct error why = {0};
        bool good = dry || one(op, reason, &why) == 0;
        if (!good)
            cJSON_AddStringToObject(reason, "error", why.text);
        cJSON_AddItemToArray(good ? done : failed, reason);
    }
    cJSON_Delete(list);
    cJSON_AddBoolToObject(op->answer, "dry", dry);
    return e;
}

int operate_retry(struct operation *op, struct error *err) {
    return do_each(op, retry_one, err);
}

int operate_drop(struct operation *op, struct error *err) {
    const struct quarantine_filter filter = filter_of(op);
    size_t count = 0;
    if (!operation_flag(op, "records"))
        return do_each(op, drop_one, err);
    if (operation_flag(op, "dry"))
        return operate_list(op, err);
    int e = quarantine_drop_records(op->quarantine, &filter, &count, err);
    cJSON_AddNumberToObject(op->answer, "dropped", (double)count);
    return e;
}
