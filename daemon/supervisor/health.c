/* SPDX-License-Identifier: MIT */
#include "supervisor/health.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "supervisor/inside.h"

static const struct reason {
    const char *name;
    enum health_level level;
    bool ready, live;
} reasons[] = {
#define HEALTH(name, level, ready, live) {#name, HEALTH_##level, ready, live},
#include "supervisor/health.def"
#undef HEALTH
};

static const char *level_word(enum health_level level) {
    static const char *const words[] = {"green", "yellow", "red"};
    return words[level];
}

/* INTAKE_STALLED as "intake-stalled". */
static const char *reason_word(enum health_reason reason, char *word, size_t size) {
    size_t i = 0;
    for (const char *at = reasons[reason].name; *at && i + 1 < size; at++)
        word[i++] = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
    word[i] = 0;
    return word;
}

void health_add(struct health *health, enum health_reason reason, const char *format, ...) {
    const struct reason *r = &reasons[reason];
    char text[1200], word[32];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "reason", reason_word(reason, word, sizeof word));
    cJSON_AddStringToObject(item, "level", level_word(r->level));
    cJSON_AddStringToObject(item, "text", text);
    cJSON_AddItemToArray(health->reasons, item);
    health->level = r->level > health->level ? r->level : health->level;
    health->ready &= r->ready;
    health->live &= r->live;
}

cJSON *health_json(struct health *health) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "status", level_word(health->level));
    cJSON_AddBoolToObject(object, "ready", health->ready);
    cJSON_AddBoolToObject(object, "live", health->live);
    cJSON_AddItemToObject(object, "reasons", health->reasons);
    health->reasons = NULL;
    return object;
}

void health_free(struct health *health) {
    cJSON_Delete(health->reasons);
    health->reasons = NULL;
}

/* --- the rooms ---------------------------------------------------------------------------------------------------- */

static void look_at_life(const struct supervisor *s, struct health *health) {
    const struct reload *r = &s->reload;
    if (s->goal == GOAL_START)
        health_add(health, HEALTH_STARTING, "the workers are being started");
    if (s->goal > GOAL_RUN)
        health_add(health, HEALTH_STOPPING, "the daemon ends");
    if (r->phase == RELOAD_NONE && r->good < r->number)
        health_add(health, HEALTH_RELOAD, "the configuration was read again and refused: %.*s",
                   (int)strcspn(r->mistakes.len ? r->mistakes.at : "", "\n"), r->mistakes.len ? r->mistakes.at : "");
}

static void look_at_pressure(const struct supervisor *s, struct health *health) {
    unsigned why = s->pressure.why;
    char text[1100];
    pressure_text(s, text, sizeof text);
    if (why & HOLD_JOURNAL && !pressure_no_room(s->commit.trouble_code))
        health_add(health, HEALTH_JOURNAL, "%s", text);
    else if (why & (HOLD_JOURNAL | HOLD_DISK))
        health_add(health, HEALTH_DISK, "%s", text);
    else if (why & HOLD_SINK)
        health_add(health, HEALTH_SINK_BEHIND, "%s", text);
    if (s->commit.ledger_trouble)
        health_add(health, HEALTH_LEDGER, "the ledger cannot be written; it catches up from the journal");
}

static void look_at_sinks(const struct supervisor *s, struct health *health) {
    cJSON *sinks = delivery_status(s->rooms->delivery, 0), *sink;
    cJSON_ArrayForEach(sink, sinks) {
        const char *trouble = cJSON_GetStringValue(cJSON_GetObjectItem(sink, "trouble"));
        if (trouble)
            health_add(health, HEALTH_SINK, "sink %s: %s", cJSON_GetStringValue(cJSON_GetObjectItem(sink, "name")),
                       trouble);
    }
    cJSON_Delete(sinks);
}

static void look_at_watches(const struct supervisor *s, struct health *health) {
    cJSON *watches = intake_status(s->rooms->intake), *watch;
    cJSON_ArrayForEach(watch, watches) {
        if (!cJSON_IsTrue(cJSON_GetObjectItem(watch, "watched")))
            health_add(health, HEALTH_WATCH, "the watched folder %s is not there",
                       cJSON_GetStringValue(cJSON_GetObjectItem(watch, "dir")));
    }
    cJSON_Delete(watches);
}

static void look_at_plugins(const struct supervisor *s, struct health *health) {
    cJSON *benched = pool_benched(s->rooms->pool), *plugin;
    cJSON_ArrayForEach(plugin, benched) {
        health_add(health, HEALTH_PLUGIN, "%s/%s is benched: %d documents died of it, %d wait for it",
                   cJSON_GetStringValue(cJSON_GetObjectItem(plugin, "stage")),
                   cJSON_GetStringValue(cJSON_GetObjectItem(plugin, "plugin")),
                   cJSON_GetObjectItem(plugin, "died")->valueint, cJSON_GetObjectItem(plugin, "waiting")->valueint);
    }
    cJSON_Delete(benched);
}

/* --- progress ----------------------------------------------------------------------------------------------------- */

void health_moved(struct supervisor *s) {
    s->progress.moved = uv_now(&s->loop);
}

static void look_at_age(const struct supervisor *s, struct health *health) {
    uint64_t age = intake_oldest(s->rooms->intake), most = (uint64_t)s->rooms->config->health.oldest;
    if (most && age > most && !s->pressure.why)
        health_add(health, HEALTH_LATE, "the oldest file that could be done has waited for %llu s, %llu are allowed",
                   (unsigned long long)age / 1000, (unsigned long long)most / 1000);
}

/* Is anything to be done that a worker, the disk or the ledger would have to move? */
static bool work_is_out(const struct supervisor *s) {
    const struct commit *c = &s->commit;
    return pool_jobs(s->rooms->pool) > pool_waiting(s->rooms->pool) || c->first || c->group || c->syncing;
}

static void look_at_progress(struct supervisor *s, struct health *health) {
    const struct config *config = s->rooms->config;
    uint64_t stalled = (uint64_t)config->health.stalled, now = uv_now(&s->loop);
    uint64_t written = journal_written(s->journal);
    unsigned running = pool_running(s->rooms->pool);
    if (written != s->progress.written || !work_is_out(s))
        health_moved(s);
    s->progress.written = written;
    if (s->rooms->intake && intake_stalled(s->rooms->intake) > stalled)
        health_add(health, HEALTH_INTAKE_STALLED, "files could be taken and none was looked at for %llu s",
                   (unsigned long long)intake_stalled(s->rooms->intake) / 1000);
    if (s->goal != GOAL_START && running == 0)
        health_add(health, HEALTH_WORKERS, "no worker runs; they are started again, and the log says why they end");
    else if (now - s->progress.moved > stalled + (uint64_t)config->workers.timeout)
        health_add(health, HEALTH_COMMIT_STALLED,
                   "documents are out and nothing has moved for %llu s: no worker answered, nothing was committed",
                   (unsigned long long)(now - s->progress.moved) / 1000);
}

void health_look(struct supervisor *s, struct health *ret) {
    *ret = (struct health){.ready = true, .live = true, .reasons = cJSON_CreateArray()};
    look_at_life(s, ret);
    look_at_pressure(s, ret);
    if (s->rooms->delivery)
        look_at_sinks(s, ret);
    if (s->rooms->intake)
        look_at_watches(s, ret);
    if (s->rooms->intake && s->goal <= GOAL_RUN)
        look_at_age(s, ret);
    if (s->rooms->pool)
        look_at_plugins(s, ret);
    if (s->rooms->pool && s->goal <= GOAL_RUN)
        look_at_progress(s, ret);
}

bool health_alive(struct supervisor *s) {
    struct health health;
    health_look(s, &health);
    bool live = health.live;
    if (live != s->progress.dead) {
        health_free(&health);
        return live;
    }
    s->progress.dead = !live;
    char *text = cJSON_PrintUnformatted(health.reasons);
    if (live)
        log_info("the flow moves again");
    else
        log_error("the daemon is stuck, and the watchdog is fed no more: %s", text ? text : "");
    cJSON_free(text);
    health_free(&health);
    return live;
}
