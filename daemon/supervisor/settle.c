/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a document whose frame is committed: its refused records go to quarantine, and so does the file when
 * it was rejected, or would be deleted although a document inside it was; else it leaves for the done folder. What is
 * written here is read from the frame, so that a crash on the way costs nothing: at the next start the claim still
 * stands in the work folder, and the same is done again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "supervisor/inside.h"

/* Goes to the frame: 1 and *ret_doc, else negative. */
static int open_frame(const struct config *config, const struct journal_place *place, struct journal_reader **ret,
                      struct journal_doc *ret_doc, struct error *err) {
    _cleanup_(freep) char *journal = mem_format("%s/journal", config->state_dir);
    int r = journal_reader_open(journal, *place, ret, err);
    if (r < 0)
        return r;
    r = journal_reader_next(*ret, ret_doc, err);
    if (r > 0 && ret_doc->sequence == place->sequence)
        return r;
    *ret = journal_reader_close(*ret);
    return r < 0 ? r
                 : error_set(err, ENODATA, "the journal no longer holds the document %llu",
                             (unsigned long long)place->sequence);
}

/* What its lines say that matters here. */
struct told {
    struct buf refused;  /* whole records */
    bool members;        /* whether documents inside that were rejected matter */
    char *member;        /* the first of them, and why; NULL: none */
    struct buf document; /* the `document` record's line */
    cJSON *findings;     /* by severity; NULL: nobody asks */
    uint64_t count;      /* of them */
};

enum { FINDINGS_MAX = 1000 }; /* in a receipt */

static void note_finding(const char *line, size_t len, struct told *told) {
    cJSON *finding = told->count++ < FINDINGS_MAX ? cJSON_ParseWithLength(line, len) : NULL, *list;
    const char *severity = cJSON_GetStringValue(cJSON_GetObjectItem(finding, "severity"));
    if (severity) {
        list = cJSON_GetObjectItem(told->findings, severity);
        list = list ? list : cJSON_AddArrayToObject(told->findings, severity);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToObject(item, "message", cJSON_DetachItemFromObject(finding, "message"));
        cJSON_AddItemToObject(item, "quote", cJSON_DetachItemFromObject(finding, "quote"));
        cJSON_AddItemToArray(list, item);
    }
    cJSON_Delete(finding);
}

static void note_member(const char *line, size_t len, struct told *told) {
    cJSON *record = told->members && !told->member ? cJSON_ParseWithLength(line, len) : NULL;
    const cJSON *source = cJSON_GetObjectItem(record, "source");
    const char *of = cJSON_GetStringValue(cJSON_GetObjectItem(record, "of"));
    const char *member = cJSON_GetStringValue(cJSON_GetObjectItem(source, "member"));
    const char *why = cJSON_GetStringValue(cJSON_GetObjectItem(record, "reason"));
    if (of && member && why && strcmp(of, "document") == 0)
        told->member = mem_format("%s inside was rejected: %s", member, why);
    cJSON_Delete(record);
}

static void note_line(const struct journal_completer *completer, const char *line, size_t len, struct told *told) {
    struct journal_parts parts;
    if (journal_line_is_refused(line, len)) {
        journal_completer_add(completer, line, len, &told->refused, &parts);
        buf_char(&told->refused, '\n');
        note_member(line, len, told);
    }
    if (told->findings && journal_line_is(line, len, "finding"))
        note_finding(line, len, told);
    told->document.len = 0; /* it is the last */
    buf_add(&told->document, line, len);
}

static int read_frame(const struct config *config, const struct journal_place *place, struct told *told,
                      struct error *err) {
    struct journal_reader *reader = NULL;
    struct journal_completer completer = {0};
    struct journal_doc doc;
    const char *line;
    size_t len;
    int r = open_frame(config, place, &reader, &doc, err);
    if (r < 0)
        return r;
    journal_completer_begin(&completer, &doc);
    while ((r = journal_reader_line(reader, &line, &len, err)) > 0)
        note_line(&completer, line, len, told);
    journal_completer_free(&completer);
    journal_reader_close(reader);
    return r;
}

static const char *text_of(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
}

static int note_rejection(const struct supervisor *s, const struct intake_doc *doc, const struct journal_doc *frame,
                          const cJSON *document, const char *member, const char *dir, struct error *err) {
    cJSON *known = quarantine_read(dir, doc->held);
    const cJSON *attempts = cJSON_GetObjectItem(known, "attempts");
    const char *why = member ? member : text_of(document, "error");
    const struct quarantine_case refused = {.entry = doc->held,
                                            .name = doc->name,
                                            .watch = s->rooms->config->watch[doc->watch].dir,
                                            .kind = member ? "member" : "rejected",
                                            .reason = why ? why : "no decoder reads it",
                                            .stage = "decode",
                                            .plugin = text_of(document, "format"),
                                            .claim = doc->claim,
                                            .size = frame->source_size,
                                            .sequence = frame->sequence,
                                            .sha256 = frame->sha256,
                                            .attempts =
                                                (cJSON_IsNumber(attempts) ? (unsigned)attempts->valueint : 0) + 1,
                                            .kept = doc->kept};
    int e = quarantine_note(dir, &refused, err);
    cJSON_Delete(known);
    return e;
}

/* What has to be on disk before the file may leave its work folder; and the receipt. *ret_aside: the file goes to
 * quarantine, because it was rejected, or because a document inside was and nothing else would be left of it. */
static int keep_refused(const struct supervisor *s, const struct intake_doc *doc, const struct journal_doc *frame,
                        const char *dir, bool *ret_aside, struct error *err) {
    const struct config *config = s->rooms->config;
    const struct config_watch *watch = &config->watch[doc->watch];
    bool rejected = *ret_aside = frame->status == DOC_REJECTED;
    struct told told = {0};
    if (!rejected && !frame->records_account.rejected && !watch->receipts)
        return 0;
    told.members = watch->when_done == DONE_DELETE && !doc->kept;
    told.findings = watch->receipts ? cJSON_CreateObject() : NULL;
    int r = read_frame(config, &frame->place, &told, err);
    cJSON *document = cJSON_ParseWithLength(told.document.at ? told.document.at : "", told.document.len);
    *ret_aside |= told.member != NULL;
    if (r == 0 && told.refused.len)
        r = quarantine_note_records(dir, doc->claim, told.refused.at, told.refused.len, err);
    if (r == 0 && *ret_aside)
        r = note_rejection(s, doc, frame, document, rejected ? NULL : told.member, dir, err);
    if (r == 0)
        receipt_settled(config, doc, document, told.findings,
                        told.count > FINDINGS_MAX ? told.count - FINDINGS_MAX : 0);
    cJSON_Delete(document);
    cJSON_Delete(told.findings);
    free(told.member);
    buf_free(&told.refused);
    buf_free(&told.document);
    return r;
}

int settle_doc(struct supervisor *s, struct intake *intake, struct intake_doc *doc, const struct journal_doc *frame) {
    _cleanup_(freep) char *dir = quarantine_dir(s->rooms->config);
    bool aside;
    struct error err;
    int e = keep_refused(s, doc, frame, dir, &aside, &err);
    if (e == 0)
        e = aside ? intake_put_aside(intake, doc, dir, &err) : intake_finish(intake, doc, &err);
    if (e == 0 && !aside && doc->run.more)
        e = quarantine_forget(dir, doc->held, &err);
    if (e < 0)
        log_warn("%s", err.text);
    return e;
}

void on_settle(void *user, struct intake *intake, struct intake_doc *doc) {
    struct supervisor *s = user;
    struct journal_place place = {0};
    struct journal_reader *reader = NULL;
    struct journal_doc frame;
    struct error err = {0};
    int r = ledger_sequence(s->lookup, doc->claim, &place.sequence, &err);
    if (r > 0)
        r = open_frame(s->rooms->config, &place, &reader, &frame, &err);
    if (r > 0) {
        frame.place = journal_reader_begin(reader);
        settle_doc(s, intake, doc, &frame);
    } else if (intake_finish(intake, doc, &err) < 0) /* a kept file's second claim; or the frame is gone by age */
        log_warn("%s", err.text);
    journal_reader_close(reader);
}
