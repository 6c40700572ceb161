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

int flow_again(void *user, struct pool_job *job) {
    struct rooms *rooms = user;
    struct flow_doc *f = doc_of(job);
    struct error err;
    int e = intake_reopen(rooms->intake, f->doc, &err);
    if (e < 0) {
        log_warn("%s", err.text);
        flow_doc_end(f);
        return e;
    }
    job->fd = f->doc->fd;
    job->size = f->doc->size;
    return 0;
}

/* The file changed while it was read, by a writer that the lease could not see: what was read is worth nothing. */
static void run_again(struct flow_doc *f) {
    struct supervisor *s = f->supervisor;
    free(take_ptr(f->answer.body));
    if (f->answer.spool >= 0)
        pool_spool_close(s->rooms->pool, take_fd(f->answer.spool));
    if (f->job.attempts < CHANGED_MAX) {
        log_info("%s changed while it was read; it is read again", f->doc->name);
        pool_submit(s->rooms->pool, &f->job);
        return;
    }
    f->death = mem_alloc(sizeof *f->death);
    *f->death = (struct pool_death){.reason = "changed each time while it was read"};
    commit_add(f);
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
