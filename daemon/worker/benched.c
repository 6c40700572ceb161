/* SPDX-License-Identifier: MIT */
/*
 * Plugins that kill many documents. Each different document that dies of a plugin counts against it, and DOCUMENTS_PAY
 * of its pipeline that come through count one off again, so that a few bad files in a stream of good ones do no harm.
 * At `workers.bench_after` it is benched: the documents of the pipelines that name it wait. After `workers.bench_for`
 * one of them is let through as a probe: if it comes through, the others follow; if it dies of the plugin, the plugin
 * is benched for twice as long. An operator lets them all go on (pool_release()); a reload begins with nothing benched.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/inside.h"

enum { DOCUMENTS_PAY = 10, LONGEST = 86400000 }; /* ms */

static void on_timer(uv_timer_t *timer);

void benched_init(struct pool *pool) {
    uv_timer_init(pool->loop, &pool->benched.timer);
    pool->benched.timer.data = pool;
}

void benched_free(struct pool *pool) {
    free(pool->benched.suspect);
}

/* --- who uses what ------------------------------------------------------------------------------------------------ */

/* With `decode: auto` any decoder may be asked. */
static bool uses(const struct config_pipeline *pipeline, const struct suspect *suspect) {
    for (size_t i = 0; i < pipeline->count; i++)
        if (strcmp(worker_stage_word((uint32_t)pipeline->use[i].stage), suspect->stage) == 0 &&
            (strcmp(pipeline->use[i].name, suspect->plugin) == 0 || strcmp(pipeline->use[i].name, "auto") == 0))
            return true;
    return false;
}

static bool concerns(const struct pool *pool, const struct suspect *suspect, const struct pool_job *job) {
    return job->pipeline < pool->config->pipelines && uses(&pool->config->pipeline[job->pipeline], suspect);
}

static struct suspect *find(struct pool *pool, const char *stage, const char *plugin) {
    struct benched *list = &pool->benched;
    for (size_t i = 0; i < list->suspects; i++)
        if (strcmp(list->suspect[i].stage, stage) == 0 && strcmp(list->suspect[i].plugin, plugin) == 0)
            return &list->suspect[i];
    mem_push(list->suspect, list->suspects, list->room);
    struct suspect *suspect = &list->suspect[list->suspects++];
    *suspect = (struct suspect){.stage = stage};
    memcpy(suspect->plugin, plugin, strnlen(plugin, sizeof suspect->plugin - 1));
    return suspect;
}

/* --- benching ----------------------------------------------------------------------------------------------------- */

static void arm(struct pool *pool) {
    uint64_t now = uv_now(pool->loop), next = UINT64_MAX;
    for (size_t i = 0; i < pool->benched.suspects; i++) {
        const struct suspect *suspect = &pool->benched.suspect[i];
        if (suspect->until > now && suspect->until < next)
            next = suspect->until;
    }
    if (next != UINT64_MAX)
        uv_timer_start(&pool->benched.timer, on_timer, next - now, 0);
}

static void put_on_bench(struct pool *pool, struct suspect *suspect) {
    suspect->pause = suspect->pause ? suspect->pause * 2 : (uint64_t)pool->config->workers.bench_for;
    if (suspect->pause > LONGEST)
        suspect->pause = LONGEST;
    suspect->until = uv_now(pool->loop) + suspect->pause;
    suspect->probe = NULL;
    log_error(
        "%s/%s is benched: %llu documents died of it; the documents of its pipelines wait, one is tried in %llu s, "
        "and a reload lets all go on",
        suspect->stage, suspect->plugin, (unsigned long long)suspect->deaths,
        (unsigned long long)suspect->pause / 1000);
    arm(pool);
}

static void release(struct suspect *suspect, const char *why) {
    log_info("%s/%s is no longer benched: %s; the documents that waited follow", suspect->stage, suspect->plugin, why);
    suspect->until = suspect->pause = suspect->debt = 0;
    suspect->probe = NULL;
}

static bool is_new_victim(struct suspect *suspect, const struct pool_job *job) {
    uint64_t victim = hash_xxh3(job->name, strlen(job->name)) ^ job->size;
    for (size_t i = 0; i < VICTIMS; i++)
        if (suspect->victim[i] == victim)
            return false;
    suspect->victim[suspect->deaths % VICTIMS] = victim;
    return true;
}

void benched_died(struct pool *pool, const struct pool_job *job, const struct pool_death *death) {
    if (!death->stage || !death->plugin[0] || pool->config->workers.bench_after == 0 || pool->calls.never_bench)
        return;
    struct suspect *suspect = find(pool, death->stage, death->plugin);
    bool probe = suspect->probe && suspect->probe == job;
    if (!is_new_victim(suspect, job) && !probe)
        return;
    suspect->deaths++;
    suspect->debt += DOCUMENTS_PAY;
    if (probe || (!suspect->until && suspect->debt >= pool->config->workers.bench_after * DOCUMENTS_PAY))
        put_on_bench(pool, suspect);
}

void benched_passed(struct pool *pool, const struct pool_job *job) {
    for (size_t i = 0; i < pool->benched.suspects; i++) {
        struct suspect *suspect = &pool->benched.suspect[i];
        if (suspect->probe == job)
            release(suspect, "a document came through");
        else if (!suspect->until && suspect->debt && concerns(pool, suspect, job))
            suspect->debt--;
    }
}

/* A probe that ended otherwise, of another plugin's doing: another document has to tell. */
void benched_forget(struct pool *pool, const struct pool_job *job) {
    for (size_t i = 0; i < pool->benched.suspects; i++)
        if (pool->benched.suspect[i].probe == job)
            pool->benched.suspect[i].probe = NULL;
}

bool benched_holds(struct pool *pool, struct pool_job *job) {
    uint64_t now = uv_now(pool->loop);
    bool held = false;
    for (size_t i = 0; i < pool->benched.suspects && !held; i++) {
        struct suspect *suspect = &pool->benched.suspect[i];
        bool due = now >= suspect->until && (!suspect->probe || suspect->probe == job);
        held = suspect->until && concerns(pool, suspect, job) && !due;
    }
    for (size_t i = 0; i < pool->benched.suspects && !held; i++)
        if (pool->benched.suspect[i].until && concerns(pool, &pool->benched.suspect[i], job))
            pool->benched.suspect[i].probe = job;
    return held;
}

static void on_timer(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    arm(pool);
    pool_dispatch(pool);
}

unsigned pool_release(struct pool *pool, const char *stage, const char *plugin) {
    unsigned released = 0;
    for (size_t i = 0; i < pool->benched.suspects; i++) {
        struct suspect *suspect = &pool->benched.suspect[i];
        if (!suspect->until || strcmp(suspect->plugin, plugin) != 0 || (stage && strcmp(suspect->stage, stage) != 0))
            continue;
        release(suspect, "an operator let it go on");
        released++;
    }
    if (released)
        pool_dispatch(pool);
    return released;
}

/* --- how it stands ------------------------------------------------------------------------------------------------ */

static bool anything_benched(const struct pool *pool) {
    for (size_t i = 0; i < pool->benched.suspects; i++)
        if (pool->benched.suspect[i].until)
            return true;
    return false;
}

static bool waits(const struct pool *pool, const struct pool_job *job) {
    for (size_t i = 0; i < pool->benched.suspects; i++)
        if (pool->benched.suspect[i].until && concerns(pool, &pool->benched.suspect[i], job))
            return true;
    return false;
}

unsigned pool_held(const struct pool *pool, size_t pipeline) {
    unsigned held = 0;
    if (!anything_benched(pool))
        return 0;
    for (const struct pool_job *job = pool->first; job; job = job->next)
        held += job->pipeline == pipeline && waits(pool, job);
    return held;
}

unsigned pool_waiting(const struct pool *pool) {
    unsigned waiting = 0;
    for (const struct pool_job *job = pool->first; job; job = job->next)
        waiting += waits(pool, job);
    return waiting;
}

cJSON *pool_benched(const struct pool *pool) {
    cJSON *list = cJSON_CreateArray();
    uint64_t now = uv_now(pool->loop);
    for (size_t i = 0; i < pool->benched.suspects; i++) {
        const struct suspect *suspect = &pool->benched.suspect[i];
        if (!suspect->until)
            continue;
        unsigned waiting = 0;
        for (const struct pool_job *job = pool->first; job; job = job->next)
            waiting += concerns(pool, suspect, job);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "stage", suspect->stage);
        cJSON_AddStringToObject(item, "plugin", suspect->plugin);
        cJSON_AddNumberToObject(item, "died", (double)suspect->deaths);
        cJSON_AddNumberToObject(item, "waiting", waiting);
        cJSON_AddNumberToObject(item, "probe_in", suspect->until > now ? (double)(suspect->until - now) / 1000 : 0);
        cJSON_AddItemToArray(list, item);
    }
    return list;
}
