/* SPDX-License-Identifier: MIT */
#include "choose.h"

#include <string.h>
#include <time.h>

#include "base/log.h"
#include "config/config.h"

/* "2026-11-26", "2026-11-26T10:00:00Z" (UTC), or a duration: that long ago. 0: none of these. */
static int64_t moment(const char *text) {
    struct tm tm = {0};
    int64_t ago;
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (!end || *end) {
        tm = (struct tm){0};
        end = strptime(text, "%Y-%m-%d", &tm);
    }
    if (end && !*end)
        return timegm(&tm);
    return config_duration(text, &ago) == 0 ? (int64_t)time(NULL) - ago / 1000 : 0;
}

static bool put_moment(const char *key, const char *value, cJSON *request) {
    int64_t at = moment(value);
    if (at)
        cJSON_AddNumberToObject(request, key, (double)at);
    else
        log_error("--%s %s is no time: write 2026-11-26, 2026-11-26T10:00:00Z, or 2h for two hours ago", key, value);
    return at != 0;
}

bool choose_option(int code, const char *value, cJSON *request) {
    static const char *const key[] = {"reason", "plugin", "stage", "version", "kind"};
    if (code == CHOOSE_SINCE || code == CHOOSE_UNTIL)
        return put_moment(code == CHOOSE_SINCE ? "since" : "until", value, request);
    if (code < CHOOSE_REASON || code > CHOOSE_KIND)
        return false;
    cJSON_AddStringToObject(request, key[code - CHOOSE_REASON], value);
    return true;
}

bool choose_given(const cJSON *request) {
    static const char *const key[] = {"what", "reason", "plugin", "stage", "version", "kind", "since", "until", "all"};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++)
        if (cJSON_GetObjectItem(request, key[i]))
            return true;
    return false;
}
