/* SPDX-License-Identifier: MIT */
/* Documents in quarantine that run again by themselves: the times stand in their reasons, so that a restart keeps them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

static void on_timer(uv_timer_t *timer);

static void plan(struct supervisor *s) {
    int64_t next = 0, now = (int64_t)time(NULL);
    if (retry_waiting(s, &next) == 0) {
        uv_timer_stop(&s->retry.timer);
        return;
    }
    int64_t wait = next > now ? next - now : 0; /* the clock may be set meanwhile */
    uv_timer_start(&s->retry.timer, on_timer, (uint64_t)(wait < RETRY_LOOK ? wait : RETRY_LOOK) * 1000, 0);
}

/* Takes those whose time has come, as the request of an operation. */
static cJSON *take_due(struct supervisor *s) {
    struct retry *r = &s->retry;
    int64_t now = (int64_t)time(NULL);
    cJSON *entries = cJSON_CreateArray();
    size_t left = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (r->due[i].at > now) {
            r->due[left++] = r->due[i];
            continue;
        }
        cJSON_AddItemToArray(entries, cJSON_CreateString(r->due[i].entry));
        free(r->due[i].entry);
    }
    r->count = left;
    return entries;
}

static void on_done(void *user, const cJSON *answer, const struct error *err) {
    (void)user;
    (void)answer;
    if (err)
        log_warn("%s", err->text);
}

static void on_timer(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    cJSON *request = cJSON_CreateObject(), *entries = take_due(s);
    cJSON_AddItemToObject(request, "entries", entries);
    if (entries->child && s->goal == GOAL_RUN)
        operate_start(s, "quarantine/retry", request, on_done, s);
    cJSON_Delete(request);
    plan(s);
}

void retry_add(struct supervisor *s, const char *entry, int64_t at) {
    struct retry *r = &s->retry;
    mem_push(r->due, r->count, r->room);
    r->due[r->count++] = (struct retry_due){.at = at, .entry = mem_strdup(entry)};
    if (s->goal == GOAL_RUN)
        plan(s);
}

size_t retry_waiting(const struct supervisor *s, int64_t *ret_next) {
    const struct retry *r = &s->retry;
    for (size_t i = 0; i < r->count; i++)
        if (i == 0 || r->due[i].at < *ret_next)
            *ret_next = r->due[i].at;
    return r->count;
}

static bool in_work(const struct supervisor *s, const char *entry) {
    const struct config *config = s->rooms->config;
    struct stat st;
    _cleanup_(freep) char *own = mem_format("%s/work/%s", config->state_dir, entry);
    bool there = lstat(own, &st) == 0;
    for (size_t i = 0; i < config->watches && !there; i++) {
        _cleanup_(freep) char *hidden = mem_format("%s/.siftd/work/%s", config->watch[i].dir, entry);
        there = lstat(hidden, &st) == 0;
    }
    return there;
}

/* A reason without its document is left over from a crash between a run that went well and its removal. */
static void forget(const struct supervisor *s, const char *entry) {
    _cleanup_(freep) char *dir = quarantine_dir(s->rooms->config);
    struct error err;
    if (quarantine_forget(dir, entry, &err) < 0)
        log_warn("%s", err.text);
}

static int look(void *user, const char *entry, cJSON *reason) {
    struct supervisor *s = user;
    const char *state = cJSON_GetStringValue(cJSON_GetObjectItem(reason, "state"));
    const char *next = cJSON_GetStringValue(cJSON_GetObjectItem(reason, "next"));
    struct tm tm = {0};
    bool held = state && strcmp(state, "held") == 0;
    if (!held && !in_work(s, entry))
        forget(s, entry);
    if (held && next && strptime(next, "%Y-%m-%dT%H:%M:%SZ", &tm))
        retry_add(s, entry, (int64_t)timegm(&tm));
    cJSON_Delete(reason);
    return 0;
}

void retry_start(struct supervisor *s) {
    const struct quarantine_filter all = {0};
    _cleanup_(freep) char *dir = quarantine_dir(s->rooms->config);
    struct error err;
    if (quarantine_each(dir, &all, look, s, &err) < 0)
        log_warn("%s", err.text);
    plan(s);
}

void retry_init(struct supervisor *s) {
    uv_timer_init(&s->loop, &s->retry.timer);
    s->retry.timer.data = s;
}

void retry_close(struct supervisor *s) {
    struct retry *r = &s->retry;
    for (size_t i = 0; i < r->count; i++)
        free(r->due[i].entry);
    free(r->due);
    r->due = NULL;
    r->count = r->room = 0;
    uv_close((uv_handle_t *)&r->timer, NULL);
}
