/* SPDX-License-Identifier: MIT */
/* What is going on, as one JSON object. */
#include <unistd.h>

#include "supervisor/inside.h"

static cJSON *journal_status(const struct supervisor *s) {
    struct journal_place end = journal_end(s->journal);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "sequence", (double)end.sequence);
    cJSON_AddNumberToObject(object, "segment", (double)end.segment);
    cJSON_AddNumberToObject(object, "offset", (double)end.offset);
    return object;
}

static const char *state_word(const struct supervisor *s) {
    if (s->goal == GOAL_START)
        return "starting";
    if (s->goal != GOAL_RUN)
        return "stopping";
    return s->reload.phase == RELOAD_NONE ? "running" : "reloading";
}

cJSON *supervisor_status(const struct supervisor *s) {
    const struct rooms *rooms = s->rooms;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "pid", (double)getpid());
    cJSON_AddStringToObject(object, "version", SIFTD_VERSION);
    cJSON_AddStringToObject(object, "state", state_word(s));
    cJSON_AddNumberToObject(object, "uptime", (double)(time(NULL) - s->started));
    cJSON_AddStringToObject(object, "config", rooms->config->file);
    cJSON_AddItemToObject(object, "watch", rooms->intake ? intake_status(rooms->intake) : cJSON_CreateArray());
    cJSON_AddNumberToObject(object, "out", rooms->intake ? intake_out(rooms->intake) : 0);
    cJSON_AddNumberToObject(object, "claimed", (double)s->claimed);
    cJSON_AddNumberToObject(object, "committed", (double)s->committed);
    cJSON_AddNumberToObject(object, "quarantined", (double)s->quarantined);
    cJSON_AddItemToObject(object, "workers", rooms->pool ? pool_status(rooms->pool) : cJSON_CreateArray());
    cJSON_AddItemToObject(object, "journal", journal_status(s));
    cJSON_AddItemToObject(object, "ledger", ledger_summary(s->lookup));
    cJSON_AddItemToObject(object, "sinks",
                          rooms->delivery ? delivery_status(rooms->delivery, journal_end(s->journal).sequence)
                                          : cJSON_CreateArray());
    if (s->commit.trouble[0])
        cJSON_AddStringToObject(object, "trouble", s->commit.trouble);
    else
        cJSON_AddNullToObject(object, "trouble");
    return object;
}
