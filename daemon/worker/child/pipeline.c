/* SPDX-License-Identifier: MIT */
/*
 * A document's way through a pipeline: the file is mapped or read, hashed, decoded by the surest decoder, cleaned
 * plugin by plugin, read by the extractors, checked by the validators; its records go to the body. Documents inside it
 * follow the same way. The `document` record stands last.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "worker/child/guard.h"
#include "worker/child/processor.h"

enum { HEAD = 64 * 1024, MAP_FROM = 128 * 1024, REJECTED = 2 };

/* --- the file's bytes --------------------------------------------------------------------------------------------- */

struct content {
    char *own; /* read into memory, or NULL */
    void *map; /* or mapped */
    size_t size;
};

/* Reads to the end. `expected` is the size of a regular file, which saves the read that finds nothing; a file that grew
 * meanwhile is noticed afterwards, as any change is. 0: unknown. */
static int read_all(int fd, size_t expected, struct content *content, struct error *err) {
    struct buf bytes = {0};
    while (expected == 0 || bytes.len < expected) {
        ssize_t n = read(fd, buf_reserve(&bytes, MAP_FROM), MAP_FROM);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int code = errno;
            buf_free(&bytes);
            return error_errno(err, code, "reading failed");
        }
        if (n == 0)
            break;
        bytes.len += (size_t)n;
    }
    content->own = bytes.at;
    content->size = bytes.len;
    return 0;
}

static int content_open(int fd, const struct stat *st, struct content *content, struct error *err) {
    if (!S_ISREG(st->st_mode) || st->st_size < MAP_FROM)
        return read_all(fd, S_ISREG(st->st_mode) ? (size_t)st->st_size : 0, content, err);
    content->size = (size_t)st->st_size;
    content->map = mmap(NULL, content->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (content->map == MAP_FAILED) {
        content->map = NULL;
        return error_errno(err, errno, "%zu bytes cannot be mapped", content->size);
    }
    return 0;
}

static void content_close(struct content *content) {
    free(content->own);
    if (content->map)
        munmap(content->map, content->size);
}

static bool same_times(const struct stat *a, const struct stat *b) {
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Nobody could open it for writing without breaking the lease, and nobody had it open when that was given. Without one,
 * size and time tell of writes; a writer that has the file mapped changes neither for a while, so that the content is
 * looked at once more. */
static bool has_changed(int fd, const struct stat *before, const struct content *content, const uint8_t *sha256,
                        enum process_guard guard) {
    struct stat now;
    struct content again = {0};
    uint8_t digest[SHA256_SIZE];
    struct error why;
    if (!S_ISREG(before->st_mode) || guard == GUARD_NONE)
        return false;
    if (guard == GUARD_LEASE)
        return fcntl(fd, F_GETLEASE) != F_RDLCK;
    if (fstat(fd, &now) < 0 || !same_times(&now, before) || lseek(fd, 0, SEEK_SET) < 0)
        return true;
    bool same = content_open(fd, &now, &again, &why) == 0 && again.size == content->size;
    if (same) {
        hash_sha256(again.map ? again.map : again.own, again.size, digest);
        same = memcmp(digest, sha256, sizeof digest) == 0;
    }
    content_close(&again);
    return !same;
}

/* --- the stages --------------------------------------------------------------------------------------------------- */

struct passage {
    struct processor *processor;
    const struct pipeline *pipeline;
    struct siftd_doc *doc;
    const struct process_calls *calls;
    struct process_result *shown; /* gets text and facts, too; or NULL */
    uint64_t spent[STAGES];       /* nanoseconds */
    struct account bytes;
    char error[1200];                   /* why the document is rejected */
    const char *limit;                  /* the limit that it exceeds, if this is why */
    const struct siftd_plugin *decoder; /* NULL: none */
};

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void enter(struct passage *run, int stage, struct instance *instance) {
    run->doc->stage = stage;
    run->doc->running = instance;
    if (instance) {
        instance->failed = false;
        instance->limit = NULL;
        instance->document = run->doc->name;
    }
    if (run->calls->step)
        run->calls->step(run->calls->user, stage, instance ? instance->plugin->name : "");
}

static const char *reason(const struct instance *instance) {
    return instance->failed ? instance->error : "it gave no reason";
}

static void note(struct siftd_doc *doc, const char *message) {
    int stage = doc->stage;
    doc->stage = SIFTD_VALIDATE;
    document_calls.emit(document_calls.finding(doc, SIFTD_FAIL, "plugin", 0, 0, 0, message));
    doc->stage = stage;
}

/* A plugin that failed is a finding; the others go on. */
static void note_failure(struct passage *run, const struct instance *instance, const char *why) {
    char text[1200];
    snprintf(text, sizeof text, "%s/%s failed: %s", host_stage_name(instance->plugin->stage), instance->plugin->name,
             why);
    note(run->doc, text);
}

static void note_untaken(struct siftd_doc *doc) {
    char why[200], text[300];
    config_limit_text(doc->limits, doc->untaken_limit, doc->untaken_seen, why, sizeof why);
    snprintf(text, sizeof text, "%zu of %zu documents inside were not read: the file %s", doc->members_untaken,
             doc->members_untaken + doc->members, why);
    note(doc, text);
}

static int run_plugin(struct passage *run, struct instance *instance) {
    struct guard guard;
    guard_take(&guard, run->doc);
    int r = instance->plugin->run(instance->self, run->doc);
    guard_check(&guard, run->doc);
    return r;
}

static int decode(struct passage *run) {
    const struct steps *steps = &run->pipeline->stage[SIFTD_DECODE];
    struct siftd_doc *doc = run->doc;
    struct siftd_str head = {doc->bytes, doc->size < HEAD ? doc->size : HEAD};
    struct instance *best = NULL;
    int most = 0;
    for (size_t i = 0; i < steps->count; i++) {
        struct instance *instance = steps->instance[i];
        enter(run, SIFTD_DECODE, instance);
        int sure = instance->plugin->probe(instance->self, head, doc->size, doc->name);
        if (sure > most) {
            most = sure;
            best = instance;
        }
    }
    if (!best) {
        snprintf(run->error, sizeof run->error,
                 "none of the %zu decoders reads this kind of file; convert it, or add a decode "
                 "plugin for it",
                 steps->count);
        return -1;
    }
    enter(run, SIFTD_DECODE, best);
    run->decoder = best->plugin;
    document_set(doc, "format", best->plugin->name);
    if (run_plugin(run, best) == SIFTD_OK)
        return 0;
    snprintf(run->error, sizeof run->error, "decode/%s: %s", best->plugin->name, reason(best));
    run->limit = best->limit;
    return -1;
}

static bool works_on(const struct instance *instance, const struct siftd_doc *doc) {
    uint32_t content = instance->plugin->content ? instance->plugin->content : SIFTD_PROSE;
    return content & (uint32_t)doc->content;
}

static void run_step(struct passage *run, struct instance *instance) {
    enter(run, instance->plugin->stage, instance);
    int r = run_plugin(run, instance);
    if (instance->plugin->stage == SIFTD_CLEAN) {
        struct error err;
        if (r == SIFTD_ERROR)
            edit_clear(&run->doc->edits);
        else if (document_apply_edits(run->doc, &err) < 0)
            note_failure(run, instance, err.text);
    }
    if (r == SIFTD_ERROR)
        note_failure(run, instance, reason(instance));
}

static void run_stage(struct passage *run, int stage) {
    const struct steps *steps = &run->pipeline->stage[stage];
    for (size_t i = 0; i < steps->count && !run->doc->flush_error; i++)
        if (steps->instance[i]->plugin->run && works_on(steps->instance[i], run->doc))
            run_step(run, steps->instance[i]);
}

static void check_record(struct passage *run, struct instance *checker, struct siftd_record *record) {
    struct siftd_doc *doc = run->doc;
    checker->failed = false;
    int said = checker->plugin->check(checker->self, doc, record, record->type, (struct siftd_str){NULL, 0});
    if (!document_keeps_out(said))
        return;
    record->emitted = false;
    if (record->is_finding)
        return;
    doc->account.filtered += said == SIFTD_FILTER;
    if (said == SIFTD_SKIP) {
        struct buf json = {0};
        record_write(record, false, &json);
        document_refuse(doc, record->type, (struct siftd_str){json.at, json.len}, record->span);
        buf_free(&json);
    }
}

/* Each validator sees each record before any sees the whole. Findings that come up meanwhile are not checked again. */
static void check_records(struct passage *run) {
    struct siftd_doc *doc = run->doc;
    size_t count = doc->records;
    for (size_t k = 0; k < run->pipeline->checkers.count; k++) {
        struct instance *checker = run->pipeline->checkers.instance[k];
        struct guard guard;
        enter(run, SIFTD_VALIDATE, checker);
        guard_take(&guard, doc);
        for (size_t i = 0; i < count; i++)
            if (doc->record[i]->emitted)
                check_record(run, checker, doc->record[i]);
        guard_check(&guard, doc);
    }
}

static void select_checkers(struct passage *run) {
    run->doc->checker = run->pipeline->checkers.instance;
    run->doc->checkers = run->pipeline->checkers.count;
}

static void timed(struct passage *run, int stage, void (*work)(struct passage *run, int stage)) {
    uint64_t start = now_ns();
    work(run, stage);
    run->spent[stage] += now_ns() - start;
}

static void validate(struct passage *run, int stage) {
    document_close_records(run->doc);
    check_records(run);
    run_stage(run, stage);
}

static int run_stages(struct passage *run) {
    uint64_t start = now_ns();
    int r = decode(run);
    run->spent[SIFTD_DECODE] = now_ns() - start;
    if (r < 0)
        return r;
    if (run->doc->members_untaken)
        note_untaken(run->doc);
    select_checkers(run);
    timed(run, SIFTD_CLEAN, run_stage);
    timed(run, SIFTD_EXTRACT, run_stage);
    timed(run, SIFTD_VALIDATE, validate);
    document_write_records(run->doc);
    return 0;
}

/* --- the document record ------------------------------------------------------------------------------------------ */

static void write_tallies(struct buf *out, const char *key, const struct tallies *tallies) {
    json_key(out, key);
    buf_char(out, '{');
    for (size_t i = 0; i < tallies->count; i++)
        json_field_u64(out, tallies->item[i].name, tallies->item[i].count);
    buf_char(out, '}');
}

/* How many of the file's bytes stand behind its text. Of a decoder's own count of places, and of documents inside, the
 * whole file does. */
static uint64_t bytes_behind(const struct siftd_doc *doc) {
    if (doc->members || (doc->places && doc->text.len))
        return doc->size;
    return text_coverage(&doc->text, doc->size);
}

/* Records that are left are delivered; so are the bytes that stand behind the text as it was read for facts. The others
 * were left out by decoding or taken out by cleaning; of a rejected document all are refused. */
static void settle_accounts(struct passage *run, int status) {
    struct siftd_doc *doc = run->doc;
    uint64_t behind = bytes_behind(doc);
    if (status == REJECTED)
        run->bytes = (struct account){.read = doc->size, .rejected = doc->size};
    else
        run->bytes = (struct account){.read = doc->size, .delivered = behind, .filtered = doc->size - behind};
    for (size_t i = 0; i < doc->records; i++)
        doc->account.delivered += doc->record[i]->emitted && !doc->record[i]->is_finding;
}

static void write_account(struct buf *out, const char *key, const struct account *account) {
    json_key(out, key);
    buf_char(out, '{');
    json_field_u64(out, "read", account->read);
    json_field_u64(out, "delivered", account->delivered);
    json_field_u64(out, "rejected", account->rejected);
    json_field_u64(out, "filtered", account->filtered);
    buf_char(out, '}');
}

static void write_document(struct passage *run, int status) {
    static const char *const words[] = {"ok", "findings", "rejected"};
    struct siftd_doc *doc = run->doc;
    struct buf *out = &doc->line;
    out->len = 0;
    buf_printf(out, "{\"type\":\"document\",\"id\":\"%sdocument\"", doc->path_id);
    doc->places = 0; /* it is about the whole */
    document_write_source(doc, (struct siftd_span){0, doc->size}, out);
    json_field(out, "status", words[status]);
    for (size_t i = 0; i < doc->facts; i++) {
        json_key(out, doc->fact[i].key);
        buf_str(out, doc->fact[i].json);
    }
    json_field_u64(out, "bytes", doc->size);
    json_field_u64(out, "chars", utf8_count(doc->text.at ? doc->text.at : "", doc->text.len));
    write_tallies(out, "records", &doc->types);
    write_tallies(out, "repairs", &doc->repairs);
    json_key(out, "account");
    buf_char(out, '{');
    write_account(out, "bytes", &run->bytes);
    write_account(out, "records", &doc->account);
    buf_char(out, '}');
    json_key(out, "stages");
    buf_char(out, '{');
    for (int s = SIFTD_DECODE; s < STAGES; s++) {
        json_key(out, host_stage_name(s));
        buf_printf(out, "%.3f", (double)run->spent[s] / 1e6);
    }
    buf_char(out, '}');
    if (status == REJECTED)
        json_field(out, "error", run->error);
    if (run->limit)
        json_field(out, "limit", run->limit);
    buf_char(out, '}');
    document_line(doc, "document", out->at, out->len);
}

static void forget_document(struct instance *instance) {
    instance->document = NULL;
    instance->logged = 0;
}

static void leave(struct passage *run) {
    for (int s = SIFTD_DECODE; s < STAGES; s++)
        for (size_t i = 0; i < run->pipeline->stage[s].count; i++)
            forget_document(run->pipeline->stage[s].instance[i]);
    enter(run, 0, NULL);
}

static void fill_result(struct passage *run, int status, struct process_result *ret) {
    struct siftd_doc *doc = run->doc;
    ret->flushed = doc->flushed;
    ret->source_size = doc->size;
    ret->records = (uint32_t)doc->lines;
    ret->bytes = run->bytes;
    ret->records_account = doc->account;
    ret->refused = doc->refused;
    ret->status = status;
    memcpy(ret->sha256, doc->sha256, SHA256_SIZE);
}

/* Adds the document's text to that of the documents before it, with the places of its facts. */
static void give_text(const struct siftd_doc *doc, struct process_result *ret) {
    size_t base = ret->text.len;
    buf_add(&ret->text, doc->text.at, doc->text.len);
    if (ret->text.len > base && ret->text.at[ret->text.len - 1] != '\n')
        buf_char(&ret->text, '\n');
    for (size_t i = 0; i < doc->records; i++) {
        const struct siftd_record *record = doc->record[i];
        if (!record->emitted)
            continue;
        mem_push(ret->fact, ret->facts, ret->fact_room);
        struct process_fact *fact = &ret->fact[ret->facts++];
        struct buf json = {0};
        record_write(record, false, &json);
        buf_char(&json, 0);
        *fact =
            (struct process_fact){base + record->place.start, base + record->place.end, record->is_finding, json.at};
    }
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void run_members(struct passage *outer);

/* 0 ok, 1 findings, 2 rejected: enum doc_status. */
static int run_document(struct passage *run, int readable) {
    struct siftd_doc *doc = run->doc;
    int r = readable < 0 ? readable : run_stages(run);
    if (run->shown)
        give_text(doc, run->shown);
    if (r == 0)
        run_members(run);
    int status = r < 0 ? REJECTED : doc->has_findings ? 1 : 0;
    if (status == REJECTED && doc->path)
        document_refuse_member(doc, run->decoder, run->error);
    settle_accounts(run, status);
    write_document(run, status);
    return status;
}

static void run_member(struct passage *outer, size_t i) {
    struct siftd_doc *doc = mem_alloc(sizeof *doc);
    document_init(doc);
    document_enter_member(doc, outer->doc, i);
    struct passage run = {.processor = outer->processor,
                          .pipeline = outer->pipeline,
                          .doc = doc,
                          .calls = outer->calls,
                          .shown = outer->shown};
    const char *lost = outer->doc->member[i].lost;
    if (lost)
        snprintf(run.error, sizeof run.error, "%s", lost);
    outer->doc->has_findings |= run_document(&run, lost ? -1 : 0) != 0;
    document_leave_member(doc, outer->doc);
    document_deinit(doc);
    free(doc);
    document_free_member(outer->doc, i);
}

static void run_members(struct passage *outer) {
    struct siftd_doc *doc = outer->doc;
    for (size_t i = 0; i < doc->members && !doc->flush_error; i++)
        run_member(outer, i);
}

int processor_run(struct processor *processor, size_t index, int fd, const char *name,
                  const struct process_calls *calls, int want_text, struct process_result *ret, struct error *err) {
    struct passage run = {
        .processor = processor, .pipeline = &processor->pipeline[index], .doc = &processor->doc, .calls = calls};
    struct siftd_doc *doc = run.doc;
    struct content content = {0};
    struct stat st;
    struct error why = {0};
    document_reset(doc);
    processor->total = (struct totals){0};
    ret->body.len = 0;
    doc->body = &ret->body;
    doc->calls = calls;
    doc->name = name;
    int r = fstat(fd, &st) < 0 ? error_errno(&why, errno, "the file cannot be looked at")
                               : content_open(fd, &st, &content, &why);
    if (content.size > doc->limits->size)
        document_exceeds(doc, "size", content.size);
    const char *bytes = content.map ? content.map : content.own ? content.own : "";
    document_identify(doc, name, bytes, content.size);
    doc->in_memory = content.own != NULL;
    if (r < 0)
        snprintf(run.error, sizeof run.error, "%s", why.text);
    ret->text.len = 0;
    ret->facts = 0;
    run.shown = want_text ? ret : NULL;
    int status = run_document(&run, r);
    fill_result(&run, status, ret);
    ret->changed = r == 0 && has_changed(fd, &st, &content, ret->sha256, calls->guard);
    leave(&run);
    text_clear(&doc->text); /* it may have borrowed the bytes */
    content_close(&content);
    return doc->flush_error ? error_errno(err, -doc->flush_error, "the records cannot be handed on") : 0;
}

void process_result_free(struct process_result *result) {
    buf_free(&result->body);
    buf_free(&result->text);
    for (size_t i = 0; i < result->facts; i++)
        free(result->fact[i].json);
    free(result->fact);
    *result = (struct process_result){0};
}
