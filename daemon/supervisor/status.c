/* SPDX-License-Identifier: MIT */
/* What is going on, as one JSON object. */
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "supervisor/inside.h"

static cJSON *journal_status(const struct supervisor *s) {
    struct journal_place end = journal_end(s->journal);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "sequence", (double)end.sequence);
    cJSON_AddNumberToObject(object, "segment", (double)end.segment);
    cJSON_AddNumberToObject(object, "offset", (double)end.offset);
    return object;
}

static cJSON *disk_status(const struct supervisor *s) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "free", (double)s->pressure.free);
    cJSON_AddNumberToObject(object, "wanted", (double)s->pressure.least);
    cJSON_AddNumberToObject(object, "reserve", reserve_there(&s->reserve) ? (double)s->reserve.size : 0);
    return object;
}

/* What each sink has not delivered yet. */
static cJSON *sinks_status(const struct supervisor *s) {
    cJSON *list = delivery_status(s->rooms->delivery, journal_end(s->journal).sequence), *item;
    size_t i = 0;
    cJSON_ArrayForEach(item, list) {
        struct backlog_sum behind = pressure_behind(s, i++);
        uint64_t seconds = pressure_age(&behind) / 1000;
        cJSON_AddNumberToObject(item, "behind_records", (double)behind.records);
        cJSON_AddNumberToObject(item, "behind_bytes", (double)behind.bytes);
        cJSON_AddNumberToObject(item, "behind_seconds", (double)seconds);
    }
    return list;
}

static void add_text(cJSON *object, const char *name, const char *text) {
    cJSON_AddItemToObject(object, name, text[0] ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static cJSON *reload_status(const struct supervisor *s) {
    const struct reload *r = &s->reload;
    bool ended = r->phase == RELOAD_NONE;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "number", (double)r->number);
    cJSON_AddNumberToObject(object, "in_use", (double)r->good);
    _cleanup_(freep) char *mistakes =
        mem_strndup(ended && r->mistakes.len ? r->mistakes.at : "", ended && r->mistakes.len ? r->mistakes.len - 1 : 0);
    add_text(object, "mistakes", mistakes);
    return object;
}

static cJSON *retry_status(const struct supervisor *s) {
    int64_t next = 0;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "waiting", (double)retry_waiting(s, &next));
    int64_t left = next - (int64_t)time(NULL);
    cJSON_AddNumberToObject(object, "next_in", next && left > 0 ? (double)left : 0);
    return object;
}

static const char *state_word(const struct supervisor *s) {
    if (s->goal == GOAL_START)
        return "starting";
    if (s->goal != GOAL_RUN)
        return "stopping";
    return s->reload.phase == RELOAD_NONE ? "running" : "reloading";
}

cJSON *supervisor_status(struct supervisor *s) {
    const struct rooms *rooms = s->rooms;
    struct health health;
    char text[1200];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "pid", (double)getpid());
    cJSON_AddStringToObject(object, "version", SIFTD_VERSION);
    cJSON_AddStringToObject(object, "state", state_word(s));
    health_look(s, &health);
    cJSON_AddItemToObject(object, "health", health_json(&health));
    cJSON_AddNumberToObject(object, "uptime", (double)(time(NULL) - s->started));
    cJSON_AddStringToObject(object, "config", rooms->config->file);
    cJSON_AddItemToObject(object, "watch", rooms->intake ? intake_status(rooms->intake) : cJSON_CreateArray());
    cJSON_AddNumberToObject(object, "out", rooms->intake ? intake_out(rooms->intake) : 0);
    cJSON_AddNumberToObject(object, "oldest", rooms->intake ? (double)intake_oldest(rooms->intake) / 1000 : 0);
    cJSON_AddNumberToObject(object, "claimed", (double)s->claimed);
    cJSON_AddNumberToObject(object, "committed", (double)s->committed);
    cJSON_AddNumberToObject(object, "quarantined", (double)s->quarantined);
    cJSON_AddNumberToObject(object, "rejected", (double)s->rejected);
    cJSON_AddItemToObject(object, "retries", retry_status(s));
    cJSON_AddItemToObject(object, "workers", rooms->pool ? pool_status(rooms->pool) : cJSON_CreateArray());
    cJSON_AddItemToObject(object, "benched", rooms->pool ? pool_benched(rooms->pool) : cJSON_CreateArray());
    cJSON_AddItemToObject(object, "journal", journal_status(s));
    cJSON_AddItemToObject(object, "ledger", ledger_summary(s->lookup));
    cJSON_AddItemToObject(object, "reload", reload_status(s));
    cJSON_AddItemToObject(object, "disk", disk_status(s));
    cJSON_AddItemToObject(object, "sinks", rooms->delivery ? sinks_status(s) : cJSON_CreateArray());
    add_text(object, "paused", pressure_text(s, text, sizeof text));
    add_text(object, "trouble", s->commit.trouble);
    return object;
}
