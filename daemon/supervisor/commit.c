/* SPDX-License-Identifier: MIT */
/*
 * Groups. A finished document waits here until the group before it is noted; then all that wait are the next group:
 *
 *     append (work thread)   claims synced, journal appended and synced
 *     loop                   sinks hear of it
 *     note (work thread)     ledger; documents without records to quarantine
 *     finish (work thread)   files leave the work folder; runs beside the next group's append
 *     loop                   documents are released, intake has room
 *
 * A failed append leaves the group whole: it is tried again, with growing pauses, while intake stands still.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

/* --- what waits --------------------------------------------------------------------------------------------------- */

static size_t bytes_of(const struct flow_doc *f) {
    return f->answer.body ? f->answer.body_size : 0;
}

static void weigh(struct supervisor *s) {
    pressure_set(s, HOLD_JOURNAL, s->commit.trouble[0]);
    pressure_set(s, HOLD_MEMORY, s->commit.bytes > HOLD_BYTES);
}

void commit_add(struct flow_doc *f) {
    struct supervisor *s = f->supervisor;
    struct commit *c = &s->commit;
    f->next = NULL;
    if (c->last)
        c->last->next = f;
    else
        c->first = f;
    c->last = f;
    c->bytes += bytes_of(f);
    weigh(s);
    commit_kick(s);
}

static void add_to_group(struct group *g, struct flow_doc *f) {
    g->doc[g->docs++] = f;
    g->bytes += bytes_of(f);
    g->order = f->order > g->order ? f->order : g->order;
    if (f->death)
        return;
    const struct intake_doc *doc = f->doc;
    struct journal_doc *entry = &g->entry[g->entries];
    *entry = (struct journal_doc){.claim = doc->claim,
                                  .source_size = f->answer.source_size,
                                  .records = f->answer.records,
                                  .status = (enum doc_status)f->answer.status,
                                  .watch = doc->watch,
                                  .bytes = f->answer.bytes,
                                  .records_account = f->answer.records_account,
                                  .earlier = doc->run.earlier,
                                  .again = doc->run.again,
                                  .name = doc->name,
                                  .body = f->answer.body,
                                  .body_fd = f->answer.spool,
                                  .body_size = f->answer.body_size};
    memcpy(entry->sha256, f->answer.sha256, SHA256_SIZE);
    g->file[g->entries++] = (struct ledger_file){0};
    if (!doc->kept)
        return;
    g->kept = true;
    g->file[g->entries - 1] = (struct ledger_file){
        .device = doc->device, .inode = doc->inode, .size = doc->size, .mtime = doc->mtime, .ctime = doc->ctime};
}

static struct group *take_group(struct supervisor *s) {
    struct commit *c = &s->commit;
    struct group *g = mem_alloc(sizeof *g);
    g->supervisor = s;
    g->work.data = g;
    while (c->first && g->docs < GROUP_MAX && (g->docs == 0 || g->bytes + bytes_of(c->first) <= GROUP_BYTES)) {
        struct flow_doc *f = c->first;
        c->first = f->next;
        if (!c->first)
            c->last = NULL;
        add_to_group(g, f);
    }
    return g;
}

/* --- finish ------------------------------------------------------------------------------------------------------- */

/* Only the ledger tells that a file which stays was read. Where it could not be noted, the claim stays and tells the
 * next start. */
static bool not_noted(const struct group *g, const struct flow_doc *f) {
    return g->result < 0 && f->doc->kept && !f->death;
}

/* Once more when it was for want of room, and there is some now. */
static void settle(struct supervisor *s, struct intake_doc *doc, const struct journal_doc *frame) {
    int r = settle_doc(s, s->rooms->intake, doc, frame);
    if (pressure_gave_room(s, r))
        (void)settle_doc(s, s->rooms->intake, doc, frame);
}

static void finish_work(uv_work_t *work) {
    struct group *g = work->data;
    size_t entry = 0;
    for (size_t i = 0; i < g->docs; i++) {
        const struct journal_doc *frame = g->doc[i]->death ? NULL : &g->entry[entry++];
        if (frame && !not_noted(g, g->doc[i]))
            settle(g->supervisor, g->doc[i]->doc, frame);
    }
}

static void finish_done(uv_work_t *work, int status) {
    struct group *g = work->data;
    struct supervisor *s = g->supervisor;
    (void)status;
    for (size_t i = 0; i < g->docs; i++)
        flow_doc_end(g->doc[i]);
    s->commit.finishing--;
    free(g);
    notify_status_soon(s);
    if (s->options.progress)
        s->options.progress(s->options.user, s->committed + s->quarantined, s->claimed);
    supervisor_advance(s);
}

/* --- note --------------------------------------------------------------------------------------------------------- */

/* A file that stays must not be met as a new one after a restart. */
static int note_refusal(struct supervisor *s, const struct flow_doc *f, struct error *err) {
    const struct intake_doc *doc = f->doc;
    const struct ledger_file file = {
        .device = doc->device, .inode = doc->inode, .size = doc->size, .mtime = doc->mtime, .ctime = doc->ctime};
    int r = doc->kept ? ledger_kept(s->ledger, doc->name, &file, err) : 0;
    return r < 0 ? r
                 : ledger_quarantined(s->ledger, doc->claim, doc->name, f->death->reason, f->death->stage,
                                      f->death->plugin, err);
}

static void note_deaths(struct group *g) {
    struct supervisor *s = g->supervisor;
    struct error err;
    for (size_t i = 0; i < g->docs; i++) {
        struct flow_doc *f = g->doc[i];
        if (!f->death)
            continue;
        log_error("%s is put into quarantine: it %s%s%s%s%s", f->doc->name, f->death->reason,
                  f->death->stage ? ", in stage " : "", f->death->stage ? f->death->stage : "",
                  f->death->plugin[0] ? ", plugin " : "", f->death->plugin);
        int r = refuse_doc(s, f, &err);
        if (pressure_gave_room(s, r))
            r = refuse_doc(s, f, &err);
        if (r < 0)
            log_error("%s", err.text);
        else if (note_refusal(s, f, &err) < 0)
            log_warn("%s", err.text);
    }
}

/* Records that every sink has, older than they have to be kept; when the disk has no room, of any age. */
static void retain(struct supervisor *s) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t age = s->pressure.why & HOLD_DISK ? 0 : (uint64_t)s->rooms->config->journal.retain * 1000;
    uint64_t time = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    struct error err;
    /* A clock that was not set yet is no reason to remove anything. */
    if (time > age && journal_retain(s->journal, s->delivered, time - age, &err) < 0)
        log_warn("%s", err.text);
}

static void take_reserve(struct supervisor *s) {
    struct error err;
    if (reserve_take(&s->reserve, &err) < 0)
        log_warn("%s; it is tried again", err.text);
}

/* The ledger catches up from behind its last document: one that it missed has to be there before a later one. */
static int note_commits(struct supervisor *s, struct group *g) {
    _cleanup_(freep) char *journal = mem_format("%s/journal", s->rooms->config->state_dir);
    int r = s->commit.ledger_trouble ? ledger_catch_up(s->ledger, journal, NULL, &g->err) : 0;
    return r < 0 ? r : ledger_committed(s->ledger, g->entry, g->kept ? g->file : NULL, g->entries, &g->err);
}

static void note_work(uv_work_t *work) {
    struct group *g = work->data;
    struct supervisor *s = g->supervisor;
    if (g->entries)
        g->result = note_commits(s, g);
    if (g->entries && pressure_gave_room(s, g->result))
        g->result = note_commits(s, g);
    if (g->docs > g->entries)
        note_deaths(g);
    if (g->retain)
        retain(s);
    if (g->reserve)
        take_reserve(s);
}

static void note_done(uv_work_t *work, int status) {
    struct group *g = work->data;
    struct supervisor *s = g->supervisor;
    (void)status;
    health_moved(s);
    if (g->result < 0 && !s->commit.ledger_trouble)
        log_warn("%s; the ledger catches up from the journal as soon as it can", g->err.text);
    if (g->entries)
        s->commit.ledger_trouble = g->result < 0;
    s->commit.phase = COMMIT_IDLE;
    s->commit.group = NULL;
    s->commit.bytes -= g->bytes;
    s->committed += g->entries;
    s->quarantined += g->docs - g->entries;
    for (size_t i = 0; i < g->entries; i++)
        s->rejected += g->entry[i].status == DOC_REJECTED;
    for (size_t i = 0; i < g->docs; i++)
        if ((g->doc[i]->death && g->doc[i]->doc->kept) || not_noted(g, g->doc[i]))
            intake_refuse(s->rooms->intake, g->doc[i]->doc);
    for (size_t i = 0; i < g->docs; i++)
        if (g->doc[i]->runs_next)
            retry_add(s, g->doc[i]->doc->held, g->doc[i]->runs_next);
    s->commit.finishing++;
    uv_queue_work(&s->loop, &g->work, finish_work, finish_done);
    weigh(s);
    commit_kick(s);
}

static void start_note(struct supervisor *s) {
    struct group *g = s->commit.group;
    s->commit.phase = COMMIT_NOTE;
    g->retain = s->commit.retain_due;
    g->reserve = s->commit.reserve_due;
    s->commit.retain_due = s->commit.reserve_due = false;
    s->delivered = delivery_done(s->rooms->delivery);
    uv_queue_work(&s->loop, &g->work, note_work, note_done);
}

static void on_retry(uv_timer_t *timer);

/* --- append ------------------------------------------------------------------------------------------------------- */

static uint64_t watches_of(const struct group *g) {
    uint64_t watches = 0;
    for (size_t i = 0; i < g->entries; i++)
        watches |= 1ULL << (g->entry[i].watch < 63 ? g->entry[i].watch : 63);
    return watches;
}

static int append(struct supervisor *s, struct group *g) {
    int r = 0;
    if (g->order > s->commit.synced)
        r = intake_sync(s->rooms->intake, watches_of(g), &g->err);
    return r < 0 ? r : journal_append(s->journal, g->entry, g->entries, &g->err);
}

static void append_work(uv_work_t *work) {
    struct group *g = work->data;
    struct supervisor *s = g->supervisor;
    if (g->entries == 0)
        return;
    g->result = append(s, g);
    if (pressure_gave_room(s, g->result))
        g->result = append(s, g);
}

static void append_failed(struct supervisor *s, const struct group *g) {
    struct commit *c = &s->commit;
    if (!c->trouble[0])
        log_error("%s; no file is taken and %zu finished documents wait until this is over", g->err.text, g->docs);
    snprintf(c->trouble, sizeof c->trouble, "%s", g->err.text);
    c->trouble_code = g->result;
    c->pause = c->pause ? c->pause * 2 : RETRY_FIRST;
    c->pause = c->pause < RETRY_LONGEST ? c->pause : RETRY_LONGEST;
    weigh(s);
    notify_status_soon(s);
    if (s->goal == GOAL_NOW)
        supervisor_advance(s);
    else
        uv_timer_start(&c->retry, on_retry, c->pause, 0);
}

static void add_to_backlog(struct supervisor *s, const struct group *g) {
    struct backlog_sum sum = {.documents = g->entries, .oldest = g->entry[0].time};
    for (size_t i = 0; i < g->entries; i++) {
        sum.records += g->entry[i].records;
        sum.bytes += journal_frame_size(&g->entry[i]);
    }
    backlog_add(&s->backlog, &sum);
}

static void append_done(uv_work_t *work, int status) {
    struct group *g = work->data;
    struct supervisor *s = g->supervisor;
    (void)status;
    health_moved(s);
    if (g->result < 0) {
        s->commit.phase = COMMIT_IDLE;
        append_failed(s, g);
        return;
    }
    if (s->commit.trouble[0])
        log_info("the journal can be written again, and the flow goes on");
    s->commit.trouble[0] = 0;
    s->commit.pause = 0;
    if (g->entries) {
        add_to_backlog(s, g);
        delivery_committed(s->rooms->delivery, journal_end(s->journal).sequence);
    }
    start_note(s);
    pressure_soon(s);
}

static void start_append(struct supervisor *s) {
    struct group *g = s->commit.group;
    g->result = 0;
    s->commit.phase = COMMIT_APPEND;
    uv_queue_work(&s->loop, &g->work, append_work, append_done);
}

static void on_retry(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    if (s->commit.phase == COMMIT_IDLE && s->commit.group)
        start_append(s);
}

void commit_try_again(struct supervisor *s) {
    if (uv_is_active((uv_handle_t *)&s->commit.retry))
        uv_timer_start(&s->commit.retry, on_retry, 0, 0);
}

void commit_kick(struct supervisor *s) {
    struct commit *c = &s->commit;
    if (c->phase != COMMIT_IDLE || c->group || c->syncing || (!c->first && !c->retain_due && !c->reserve_due) ||
        s->goal == GOAL_NOW)
        return;
    c->group = take_group(s);
    start_append(s);
}

static void sync_work(uv_work_t *work) {
    struct supervisor *s = work->data;
    s->commit.sync_result = intake_sync(s->rooms->intake, UINT64_MAX, NULL);
}

/* A failure here is not yet trouble: the group's own sync will say so. */
static void sync_done(uv_work_t *work, int status) {
    struct supervisor *s = work->data;
    struct commit *c = &s->commit;
    (void)status;
    health_moved(s);
    c->syncing = false;
    if (c->sync_result == 0)
        c->synced = c->syncing_to;
    commit_kick(s);
    supervisor_advance(s);
}

void commit_claimed(struct supervisor *s) {
    struct commit *c = &s->commit;
    if (c->syncing || c->phase != COMMIT_IDLE || c->group)
        return;
    c->syncing = true;
    c->syncing_to = s->claimed;
    c->sync.data = s;
    uv_queue_work(&s->loop, &c->sync, sync_work, sync_done);
}

static void on_retain(uv_timer_t *timer) {
    struct supervisor *s = timer->data;
    s->commit.retain_due = true;
    commit_kick(s);
}

void commit_init(struct supervisor *s) {
    uv_timer_init(&s->loop, &s->commit.retry);
    uv_timer_init(&s->loop, &s->commit.retain);
    s->commit.retry.data = s->commit.retain.data = s;
    s->commit.retry.timer_cb = on_retry;
    uv_timer_start(&s->commit.retain, on_retain, RETAIN_PERIOD, RETAIN_PERIOD);
}

bool commit_idle(const struct supervisor *s) {
    const struct commit *c = &s->commit;
    return c->phase == COMMIT_IDLE && !c->group && !c->syncing && !c->first && c->finishing == 0;
}

void commit_abandon(struct supervisor *s) {
    struct commit *c = &s->commit;
    while (c->first) {
        struct flow_doc *f = c->first;
        c->first = f->next;
        flow_doc_end(f);
    }
    c->last = NULL;
    for (size_t i = 0; c->group && i < c->group->docs; i++)
        flow_doc_end(c->group->doc[i]);
    free(take_ptr(c->group));
}

void commit_close(struct supervisor *s) {
    uv_close((uv_handle_t *)&s->commit.retry, NULL);
    uv_close((uv_handle_t *)&s->commit.retain, NULL);
}
