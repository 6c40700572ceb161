/* SPDX-License-Identifier: MIT */
/* A document from room to room: intake → worker → commit. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

static struct flow_doc *doc_of(struct pool_job *job) {
    return (struct flow_doc *)((char *)job - offsetof(struct flow_doc, job));
}

/* What is too large anyway is not given to a worker. */
static struct pool_death *too_large(const struct config_limits *limits, uint64_t size) {
    if (size <= limits->size)
        return NULL;
    struct pool_death *death = mem_alloc(sizeof *death);
    death->limit = "size";
    config_limit_text(limits, death->limit, size, death->reason, sizeof death->reason);
    return death;
}

void flow_claimed(void *user, struct intake_doc *doc) {
    struct supervisor *s = user;
    struct flow_doc *f = mem_alloc(sizeof *f);
    *f = (struct flow_doc){.supervisor = s, .doc = doc, .answer.spool = -1};
    f->job = (struct pool_job){.number = doc->claim,
                               .name = doc->name,
                               .fd = doc->fd,
                               .leased = doc->leased,
                               .size = doc->size,
                               .pipeline = (uint32_t)s->rooms->config->watch[doc->watch].pipeline};
    f->order = ++s->claimed;
    if (pool_jobs(s->rooms->pool) == 0)
        health_moved(s);
    f->death = too_large(&s->rooms->config->limits, doc->size);
    if (f->death) {
        f->kind = "rejected";
        intake_passed(s->rooms->intake, doc);
        commit_add(f);
    } else {
        pool_submit(s->rooms->pool, &f->job);
    }
    commit_claimed(s);
    pressure_bench(s);
    pressure_soon(s);
}

static struct ledger_file file_of(const struct intake_doc *doc) {
    return (struct ledger_file){
        .device = doc->device, .inode = doc->inode, .size = doc->size, .mtime = doc->mtime, .ctime = doc->ctime};
}

int flow_committed(void *user, const struct intake_doc *doc) {
    struct supervisor *s = user;
    int committed = ledger_has_claim(s->lookup, doc->claim, NULL);
    /* The journal does not know a kept file's identity, so the ledger could not catch up with it. */
    struct ledger_file file = file_of(doc);
    if (committed > 0 && doc->kept && ledger_kept(s->ledger, doc->name, &file, NULL) < 0)
        return -EIO;
    return committed;
}

int flow_seen(void *user, const struct intake_doc *doc) {
    struct supervisor *s = user;
    struct ledger_file file = file_of(doc);
    return ledger_has_file(s->lookup, doc->name, &file, NULL);
}

void flow_sent(void *user, struct pool_job *job) {
    struct rooms *rooms = user;
    intake_passed(rooms->intake, doc_of(job)->doc);
    job->fd = -1;
}

void flow_doc_end(struct flow_doc *f) {
    struct supervisor *s = f->supervisor;
    intake_release(s->rooms->intake, f->doc);
    free(f->answer.body);
    if (f->answer.spool >= 0)
        pool_spool_close(s->rooms->pool, f->answer.spool);
    free(f->death);
    free(f);
}

static void take_descriptor(struct flow_doc *f) {
    f->job.fd = f->doc->fd;
    f->job.leased = f->doc->leased;
    f->job.size = f->doc->size;
}

static bool wait_for_rest(struct flow_doc *f) {
    f->job.fd = -1;
    f->doc->user = f;
    return intake_again(f->supervisor->rooms->intake, f->doc);
}

int flow_again(void *user, struct pool_job *job) {
    struct rooms *rooms = user;
    struct flow_doc *f = doc_of(job);
    struct error err;
    int e = intake_reopen(rooms->intake, f->doc, &err);
    if (e == 0) {
        take_descriptor(f);
        return 0;
    }
    if (e != -EAGAIN)
        log_warn("%s", err.text);
    if (e != -EAGAIN || !wait_for_rest(f))
        flow_doc_end(f);
    return e;
}

/* To quarantine, without a frame. */
static void refuse(struct flow_doc *f, const char *kind, const char *stage, const char *reason) {
    f->kind = kind;
    f->death = mem_alloc(sizeof *f->death);
    *f->death = (struct pool_death){.stage = stage};
    snprintf(f->death->reason, sizeof f->death->reason, "%s", reason);
    commit_add(f);
}

void flow_rested(void *user, struct intake_doc *doc) {
    struct supervisor *s = user;
    struct flow_doc *f = doc->user;
    take_descriptor(f);
    pool_submit(s->rooms->pool, &f->job);
}

void flow_unrested(void *user, struct intake_doc *doc) {
    (void)user;
    flow_doc_end(doc->user);
}

/* What was read of a file that changed meanwhile is worth nothing. */
static void run_again(struct flow_doc *f) {
    struct supervisor *s = f->supervisor;
    free(take_ptr(f->answer.body));
    if (f->answer.spool >= 0)
        pool_spool_close(s->rooms->pool, take_fd(f->answer.spool));
    f->job.attempts = 0;
    if (!wait_for_rest(f))
        flow_doc_end(f);
}

/* Everything that was read has to be somewhere: else a plugin, or what it did to its worker, has broken the books. */
static bool is_balanced(const struct pool_answer *a) {
    return account_balances(&a->bytes) && account_balances(&a->records_account) && a->bytes.read == a->source_size &&
           a->refused == a->records_account.rejected && a->records > a->records_account.delivered + a->refused;
}

/* The `document` record is the body's last line. */
static char *error_of(const struct pool_answer *answer) {
    size_t len = 0;
    const char *at = answer->body, *end = at + answer->body_size - 1, *line = memrchr(at, '\n', (size_t)(end - at));
    line = line ? line + 1 : at;
    const char *error = json_find(line, (size_t)(end - line), "error", &len);
    struct buf text = {0};
    if (error)
        json_unquote(&text, error, len);
    buf_char(&text, 0);
    return text.at;
}

/* Rejected once more for the reason that is known: there is nothing that the journal does not hold already. */
static bool refuse_again(struct flow_doc *f) {
    if (f->answer.status != DOC_REJECTED || !f->doc->run.more || !f->answer.body || f->answer.body_size == 0)
        return false;
    cJSON *known = refuse_known(f->supervisor, f);
    const char *before = cJSON_GetStringValue(cJSON_GetObjectItem(known, "reason"));
    _cleanup_(freep) char *now = error_of(&f->answer);
    bool same = before && strncmp(before, now, sizeof f->death->reason - 1) == 0;
    cJSON_Delete(known);
    if (same)
        refuse(f, "rejected", "decode", now);
    return same;
}

void flow_answered(void *user, struct pool_job *job, struct pool_answer *answer) {
    struct flow_doc *f = doc_of(job);
    (void)user;
    f->answer = *answer;
    health_moved(f->supervisor);
    pressure_bench(f->supervisor);
    if (answer->changed)
        run_again(f);
    else if (!is_balanced(answer))
        refuse(f, "account", NULL,
               "came out of its worker with an account that does not balance; one of its plugins is broken");
    else if (!refuse_again(f))
        commit_add(f);
}

void flow_dropped(void *user, struct pool_job *job) {
    const struct rooms *rooms = user;
    flow_doc_end(doc_of(job));
    supervisor_advance(rooms->supervisor);
}

void flow_died(void *user, struct pool_job *job, const struct pool_death *death) {
    struct flow_doc *f = doc_of(job);
    (void)user;
    health_moved(f->supervisor);
    pressure_bench(f->supervisor);
    if (intake_has_changed(f->supervisor->rooms->intake, f->doc)) { /* perhaps of that: cut off under its reader */
        run_again(f);
        return;
    }
    f->kind = "died";
    f->death = mem_alloc(sizeof *f->death);
    *f->death = *death;
    commit_add(f);
}
