/* SPDX-License-Identifier: MIT */
/*
 * What operators ask for. The work is done in a work thread, on files; when it is over the loop hands to intake what
 * was put back. While no daemon runs, a command does the same itself and holds the journal's lock, which keeps a daemon
 * from starting in the middle.
 */
#include "supervisor/operate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"

/* Only a running daemon has anything benched, and only its loop may touch that: release_benched(). */
static int operate_release(struct operation *op, struct error *err) {
    op->release = operation_text(op, "plugin");
    if (!op->release || !op->release[0])
        return error_set(err, EINVAL, "\"plugin\" is to say which: STAGE/NAME or NAME, as siftd status shows it");
    cJSON_AddNumberToObject(op->answer, "released", 0);
    return 0;
}

static const struct {
    const char *what;
    operation_fn *run;
} operations[] = {
    {"quarantine/list", operate_list},          {"quarantine/retry", operate_retry},
    {"quarantine/drop", operate_drop},          {"replay/documents", operate_replay_documents},
    {"replay/journal", operate_replay_journal}, {"trace", operate_trace},
    {"plugins/release", operate_release},
};

static operation_fn *find(const char *what) {
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].what, what) == 0)
            return operations[i].run;
    return NULL;
}

bool operate_knows(const char *what) {
    return find(what) != NULL;
}

/* --- for the operations ------------------------------------------------------------------------------------------- */

const char *operation_text(const struct operation *op, const char *key) {
    return cJSON_GetStringValue(cJSON_GetObjectItem(op->request, key));
}

bool operation_flag(const struct operation *op, const char *key) {
    return cJSON_IsTrue(cJSON_GetObjectItem(op->request, key));
}

double operation_number(const struct operation *op, const char *key) {
    const cJSON *number = cJSON_GetObjectItem(op->request, key);
    return cJSON_IsNumber(number) && number->valuedouble > 0 ? number->valuedouble : 0;
}

bool operation_watched(const struct operation *op, uint32_t folder) {
    for (size_t i = 0; i < op->config->watches; i++)
        if (intake_folder(op->config->watch[i].dir) == folder)
            return true;
    return false;
}

int operation_put_back(struct operation *op, const char *dir, const char *entry, const char *name,
                       const struct intake_run *run, bool reason, struct error *err) {
    op->last_claim = intake_new_claim(op->last_claim);
    char *held = intake_back_name(entry, name, op->last_claim, run);
    if (!held)
        return error_set(err, EINVAL, "%s is not named as a claim is", entry);
    int e = reason ? quarantine_rename(op->quarantine, entry, held, err) : 0;
    if (e == 0)
        e = intake_put_back(op->config->state_dir, dir, entry, held, name, err);
    if (e < 0) {
        if (reason)
            quarantine_forget(op->quarantine, held, NULL);
        free(held);
        return e;
    }
    mem_push(op->held, op->helds, op->room);
    op->held[op->helds++] = held;
    return reason ? quarantine_forget(op->quarantine, entry, err) : 0;
}

static void operation_init(struct operation *op, const struct config *config, const cJSON *request, uint64_t last) {
    *op = (struct operation){.config = config,
                             .quarantine = quarantine_dir(config),
                             .request = request,
                             .answer = cJSON_CreateObject(),
                             .last_claim = last};
}

static void operation_free(struct operation *op) {
    for (size_t i = 0; i < op->helds; i++)
        free(op->held[i]);
    free(op->held);
    free(op->quarantine);
    cJSON_Delete(op->answer);
    cJSON_Delete(op->sinks);
}

/* --- while no daemon runs ----------------------------------------------------------------------------------------- */

int supervisor_operate(const struct config *config, const char *what, const cJSON *request, cJSON **ret_answer,
                       struct error *err) {
    _cleanup_(freep) char *journal = mem_format("%s/journal", config->state_dir);
    operation_fn *run = find(what);
    struct operation op;
    int lock = -1;
    if (!run)
        return error_set(err, EINVAL, "there is no operation %s", what);
    int e = journal_lock(journal, &lock, err);
    if (e < 0)
        return e;
    operation_init(&op, config, request, 0);
    e = run(&op, err);
    close_fd(lock);
    *ret_answer = e == 0 ? take_ptr(op.answer) : NULL;
    operation_free(&op);
    return e;
}

/* --- in the daemon ------------------------------------------------------------------------------------------------ */

struct errand {
    struct operation op;
    struct supervisor *supervisor;
    operation_fn *run;
    cJSON *request;
    operation_done_fn *done;
    void *user;
    uv_work_t work;
    int result;
    struct error err;
};

static void errand_work(uv_work_t *work) {
    struct errand *errand = work->data;
    errand->result = errand->run(&errand->op, &errand->err);
}

static void take_up(struct supervisor *s, const struct operation *op) {
    struct error err;
    for (size_t i = 0; s->rooms->intake && i < op->helds; i++)
        if (intake_take_up(s->rooms->intake, op->held[i], &err) < 0)
            log_warn("%s; it runs at the next start", err.text);
}

static void release_benched(struct supervisor *s, const struct operation *op) {
    const char *slash = strchr(op->release, '/');
    _cleanup_(freep) char *stage = slash ? mem_strndup(op->release, (size_t)(slash - op->release)) : NULL;
    unsigned released = s->rooms->pool ? pool_release(s->rooms->pool, stage, slash ? slash + 1 : op->release) : 0;
    cJSON_SetNumberValue(cJSON_GetObjectItem(op->answer, "released"), released);
    pressure_bench(s);
}

static void errand_done(uv_work_t *work, int status) {
    struct errand *errand = work->data;
    struct supervisor *s = errand->supervisor;
    (void)status;
    s->operations--;
    take_up(s, &errand->op);
    if (errand->op.release && errand->result == 0)
        release_benched(s, &errand->op);
    if (errand->op.wakes_sinks && s->rooms->delivery)
        delivery_committed(s->rooms->delivery, journal_end(s->journal).sequence);
    if (errand->done)
        errand->done(errand->user, errand->op.answer, errand->result < 0 ? &errand->err : NULL);
    operation_free(&errand->op);
    cJSON_Delete(errand->request);
    free(errand);
    supervisor_advance(s);
}

void operate_start(struct supervisor *s, const char *what, const cJSON *request, operation_done_fn *done, void *user) {
    struct errand *errand = mem_alloc(sizeof *errand);
    *errand = (struct errand){.supervisor = s,
                              .run = find(what),
                              .request = cJSON_Duplicate(request, true),
                              .done = done,
                              .user = user,
                              .work = {.data = errand}};
    /* Far enough from the claims that intake gives meanwhile. */
    operation_init(&errand->op, s->rooms->config, errand->request, intake_new_claim(0) + 2048);
    if (s->rooms->delivery)
        errand->op.sinks = delivery_status(s->rooms->delivery, journal_end(s->journal).sequence);
    s->operations++;
    uv_queue_work(&s->loop, &errand->work, errand_work, errand_done);
}
