/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "quarantine/inside.h"

static const char *text_of(const cJSON *reason, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(reason, key));
    return text ? text : "";
}

static bool is(const char *wanted, const cJSON *reason, const char *key) {
    return !wanted || strcmp(text_of(reason, key), wanted) == 0;
}

/* Record ids begin with the first half of a sha256, so that an id names its document, too. */
static bool is_hash(const char *what, const char *sha256) {
    size_t len = strspn(what, "0123456789abcdef");
    return len >= 8 && (what[len] == 0 || what[len] == '-') && strncmp(what, sha256, len) == 0;
}

static const cJSON *document_of(const cJSON *reason) {
    const cJSON *doc = cJSON_GetObjectItem(reason, "doc");
    return doc ? doc : reason;
}

static bool names(const char *what, const char *entry, const cJSON *reason) {
    const cJSON *doc = document_of(reason);
    return !what || strcmp(what, entry) == 0 || strcmp(what, text_of(doc, "name")) == 0 ||
           strcmp(what, text_of(reason, "id")) == 0 || is_hash(what, text_of(doc, "sha256"));
}

static bool in_time(const struct quarantine_filter *filter, const cJSON *reason) {
    struct tm tm = {0};
    if (!filter->since && !filter->until)
        return true;
    if (!strptime(text_of(reason, "time"), "%Y-%m-%dT%H:%M:%SZ", &tm))
        return false;
    int64_t at = timegm(&tm);
    return at >= filter->since && (!filter->until || at < filter->until);
}

bool quarantine_fits(const struct quarantine_filter *filter, const char *entry, const cJSON *reason) {
    return names(filter->what, entry, reason) &&
           (!filter->reason || strstr(text_of(reason, "reason"), filter->reason)) &&
           is(filter->plugin, reason, "plugin") && is(filter->stage, reason, "stage") &&
           is(filter->version, reason, "version") && is(filter->kind, reason, "kind") && in_time(filter, reason);
}
