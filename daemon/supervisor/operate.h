/* SPDX-License-Identifier: MIT */
/* Inside: one thing that an operator asks for, on its way through a work thread (or, with no daemon, in a command). */
#pragma once
#include "supervisor/inside.h"

struct operation {
    const struct config *config;
    char *quarantine; /* folder */
    const cJSON *request;
    cJSON *answer;
    uint64_t last_claim;
    char **held; /* what was put back into the work folder */
    size_t helds, room;
    const char *release; /* a benched plugin, NAME or STAGE/NAME, that the loop is to let go on; the request's */
    bool wakes_sinks;    /* something was asked of them */
    cJSON *sinks;        /* how far they are; NULL: no daemon knows */
};

/* An operation does what `request` asks and fills `answer`; 0, or negative with a message. */
typedef int operation_fn(struct operation *op, struct error *err);

/* The members of a request. */
const char *operation_text(const struct operation *op, const char *key);
bool operation_flag(const struct operation *op, const char *key);
double operation_number(const struct operation *op, const char *key);
/* Puts what stands as `entry` in folder `dir` into the work folder under a new claim; *ret_held is its new name, owned
 * by the operation. `reason`: it has one in quarantine, which goes with it. */
int operation_put_back(struct operation *op, const char *dir, const char *entry, const char *name,
                       const struct intake_run *run, bool reason, struct error *err);
/* Whether the folder that the entry was claimed from is still watched. */
bool operation_watched(const struct operation *op, uint32_t folder);

/* The ledger, opened for this operation. */
int operation_ledger(const struct operation *op, struct ledger **ret, struct error *err);

/* place.c: the finished file of that name and content; NULL: it is not there any more. The caller frees. */
char *file_place(const struct config *config, const struct config_watch *watch, const char *name, const char *hash);

/* operate_quarantine.c, operate_replay.c, operate_trace.c */
operation_fn operate_list, operate_retry, operate_drop, operate_replay_documents, operate_replay_journal, operate_trace;
