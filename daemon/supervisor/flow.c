/* SPDX-License-Identifier: MIT */
/* A document from room to room: intake → worker → commit. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

static struct flow_doc *doc_of(struct pool_job *job) {
    return (struct flow_doc *)((char *)job - offsetof(struct flow_doc, job));
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
    pool_submit(s->rooms->pool, &f->job);
    commit_claimed(s);
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

void flow_answered(void *user, struct pool_job *job, struct pool_answer *answer) {
    struct flow_doc *f = doc_of(job);
    (void)user;
    f->answer = *answer;
    health_moved(f->supervisor);
    if (answer->changed)
        run_again(f);
    else
        commit_add(f);
}

void flow_dropped(void *user, struct pool_job *job) {
    (void)user;
    flow_doc_end(doc_of(job));
}

void flow_died(void *user, struct pool_job *job, const struct pool_death *death) {
    struct flow_doc *f = doc_of(job);
    (void)user;
    health_moved(f->supervisor);
    f->death = mem_alloc(sizeof *f->death);
    *f->death = *death;
    commit_add(f);
}
