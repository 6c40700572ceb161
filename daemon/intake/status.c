/* SPDX-License-Identifier: MIT */
/* What intake is doing, for the supervisor and for those who ask. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "intake/inside.h"

bool intake_busy(const struct intake *intake, unsigned *ret_held) {
    unsigned held = again_held(intake);
    bool busy = intake->out > held || intake->left || intake->arriving;
    for (size_t i = 0; i < intake->watches; i++)
        busy |= scan_pending(&intake->watch[i]) || intake->watch[i].overflowed;
    for (const struct waiting *w = intake->waiting; w; w = w->next) {
        bool is_held = w->verdict.reason == REASON_HELD;
        held += is_held;
        busy |= !is_held && !waiting_is_idle(w);
    }
    *ret_held = held;
    return busy;
}

static uint64_t longer(uint64_t age, uint64_t now, uint64_t since) {
    return now > since && now - since > age ? now - since : age;
}

/* Documents that have to come to rest first are their writers' affair. */
uint64_t intake_oldest(const struct intake *intake) {
    uint64_t now = uv_now(intake->loop), age = 0;
    uint64_t clock = claim_time(intake_new_claim(0));
    for (const struct intake_doc *doc = intake->docs; doc; doc = doc->next)
        age = doc->due ? age : longer(age, clock, claim_time(doc->claim));
    for (size_t i = 0; i < intake->watches; i++)
        if (scan_pending(&intake->watch[i]) && intake->watch[i].scan_since)
            age = longer(age, now, intake->watch[i].scan_since);
    for (const struct waiting *w = intake->waiting; w; w = w->next)
        age = waiting_is_idle(w) ? age : longer(age, now, w->due);
    return age;
}

static unsigned count_waiting(const struct intake *intake, const struct watch *watch) {
    unsigned count = 0;
    for (const struct waiting *w = intake->waiting; w; w = w->next)
        count += w->watch == watch;
    return count;
}

/* Why a folder is polled. */
static void add_why(const struct watch *watch, cJSON *item) {
    char text[256];
    if (!watch_is_polled(watch)) {
        cJSON_AddNullToObject(item, "why");
        return;
    }
    if (watch->deaf)
        snprintf(text, sizeof text, "%zu folders cannot be watched: %s", watch->deaf,
                 watch_deaf_words(watch->deaf_code));
    else
        snprintf(text, sizeof text, "%s does not tell of all that happens there", watch->silent);
    cJSON_AddStringToObject(item, "why", text);
}

cJSON *intake_status(const struct intake *intake) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < intake->watches; i++) {
        const struct watch *watch = &intake->watch[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "dir", watch->config->dir);
        cJSON_AddStringToObject(item, "mode", watch->network || watch->by_quiet ? "quiet" : "lease");
        cJSON_AddBoolToObject(item, "watched", watch->there);
        cJSON_AddStringToObject(item, "events", watch_is_polled(watch) ? "polled" : "watched");
        add_why(watch, item);
        cJSON_AddNumberToObject(item, "folders", (double)watch->folder_count);
        cJSON_AddNumberToObject(item, "waiting", count_waiting(intake, watch));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

/* --- what waits --------------------------------------------------------------------------------------------------- */

static uint64_t in(const struct intake *intake, uint64_t due) {
    uint64_t now = uv_now(intake->loop);
    return due > now ? due - now : 0;
}

static cJSON *waiting_item(const struct watch *watch, const char *name, const char *reason, int64_t since,
                           uint64_t bytes, uint64_t due) {
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "dir", watch->config->dir);
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddStringToObject(item, "reason", reason);
    cJSON_AddNumberToObject(item, "since", (double)since);
    cJSON_AddNumberToObject(item, "bytes", (double)bytes);
    cJSON_AddNumberToObject(item, "again", (double)in(watch->intake, due));
    return item;
}

static void add_waiting(const struct waiting *w, cJSON *list) {
    char reason[256];
    ready_sentence(w->watch->config, &w->verdict, reason, sizeof reason);
    cJSON_AddItemToArray(list, waiting_item(w->watch, w->path, reason, w->wall, w->size, w->due));
}

static void add_changed(const struct intake *intake, const struct intake_doc *doc, cJSON *list) {
    const char *reason = doc->writer ? "it changed while it was read, and a program has it open for writing"
                                     : "it changed while it was read and has to come to rest";
    cJSON_AddItemToArray(list,
                         waiting_item(&intake->watch[doc->watch], doc->name, reason, doc->wall, doc->size, doc->due));
}

cJSON *intake_waiting(const struct intake *intake) {
    cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "waiting");
    bool more = intake->idle_count >= intake->limits.waiting / 4 || intake->waiting_count >= intake->limits.waiting;
    for (const struct waiting *w = intake->waiting; w; w = w->next)
        add_waiting(w, list);
    for (const struct intake_doc *doc = intake->changed; doc; doc = doc->next_changed)
        add_changed(intake, doc, list);
    cJSON_AddBoolToObject(object, "more", more);
    return object;
}
