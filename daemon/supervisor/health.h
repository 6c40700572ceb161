/* SPDX-License-Identifier: MIT */
/*
 * Ready and alive mean progress. The daemon is stuck when, for longer than health.stalled, files could be taken and
 * none is looked at, or documents are out and nothing of the flow moves: no answer of a worker, no byte of the journal,
 * no mark, no ledger (a document may take workers.timeout longer). What it knows to wait for is not stuck: a full disk,
 * a sink that is too far behind, workers that cannot start. Those are reasons of their own, listed in health.def; a
 * room that has another adds a line there and tells it in health_look(). Private to the supervisor, on its loop.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>

struct supervisor;

enum health_level { HEALTH_GREEN, HEALTH_YELLOW, HEALTH_RED };

enum health_reason {
#define HEALTH(name, level, ready, live) HEALTH_##name,
#include "supervisor/health.def"
#undef HEALTH
    HEALTH_REASONS
};

struct health {
    enum health_level level;
    bool ready, live;
    cJSON *reasons; /* [{"reason":"disk","level":"yellow","text":"a sentence"}] */
};

/* Looks now. The reasons are the caller's: health_json() or health_free(). */
void health_look(struct supervisor *s, struct health *ret);
/* Adds a reason with its sentence. */
void health_add(struct health *health, enum health_reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* {"status":"green"|"yellow"|"red","ready":…,"live":…,"reasons":[…]}, and gives the reasons up to it. */
cJSON *health_json(struct health *health);
void health_free(struct health *health);

/* Something of the flow moved. */
void health_moved(struct supervisor *s);
/* Looks whether it is alive, and says so in the log when that changes. */
bool health_alive(struct supervisor *s);
