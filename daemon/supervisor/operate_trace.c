/* SPDX-License-Identifier: MIT */
/* trace: what happened to a file, or where a record came from. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "supervisor/operate.h"

/* --- a document's runs -------------------------------------------------------------------------------------------- */

static void add_time(cJSON *item, const char *key, uint64_t microseconds) {
    time_t at = (time_t)(microseconds / 1000000);
    struct tm tm;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
    cJSON_AddStringToObject(item, key, text);
}

static void add_account(cJSON *item, const char *key, const struct account *account) {
    cJSON *object = cJSON_AddObjectToObject(item, key);
    cJSON_AddNumberToObject(object, "read", (double)account->read);
    cJSON_AddNumberToObject(object, "delivered", (double)account->delivered);
    cJSON_AddNumberToObject(object, "rejected", (double)account->rejected);
    cJSON_AddNumberToObject(object, "filtered", (double)account->filtered);
}

/* Which sinks have it safely out. */
static void add_sinks(const struct operation *op, cJSON *item, uint64_t sequence) {
    cJSON *list = cJSON_AddArrayToObject(item, "sinks");
    const cJSON *sink;
    cJSON_ArrayForEach(sink, op->sinks) {
        cJSON *row = cJSON_CreateObject();
        const cJSON *name = cJSON_GetObjectItem(sink, "name"), *done = cJSON_GetObjectItem(sink, "sequence");
        cJSON_AddStringToObject(row, "name", cJSON_GetStringValue(name));
        cJSON_AddBoolToObject(row, "past", cJSON_IsNumber(done) && done->valuedouble > (double)sequence);
        cJSON_AddItemToArray(list, row);
    }
}

static void add_place(const struct operation *op, cJSON *item, const struct ledger_document *d, const char *hash) {
    const struct config *config = op->config;
    char *path = NULL;
    if (d->watch >= 0 && (size_t)d->watch < config->watches)
        path = file_place(config, &config->watch[d->watch], d->name, hash);
    cJSON_AddItemToObject(item, "file", path ? cJSON_CreateString(path) : cJSON_CreateNull());
    free(path);
}

struct tracing {
    struct operation *op;
    cJSON *documents;
};

static int add_document(void *user, const struct ledger_document *d) {
    static const char *const words[] = {"ok", "findings", "rejected"};
    struct tracing *t = user;
    char hash[SHA256_HEX];
    cJSON *item = cJSON_CreateObject();
    hash_hex(d->sha256, SHA256_SIZE, hash);
    cJSON_AddStringToObject(item, "name", d->name);
    cJSON_AddStringToObject(item, "status", d->status >= 0 && d->status < 3 ? words[d->status] : "?");
    add_time(item, "claimed", d->claim >> 12); /* a claim's number counts 4096ths of a microsecond */
    add_time(item, "committed", d->time);
    cJSON_AddStringToObject(item, "sha256", hash);
    cJSON_AddNumberToObject(item, "sequence", (double)d->sequence);
    cJSON_AddNumberToObject(item, "earlier", (double)d->earlier);
    cJSON_AddNumberToObject(item, "lines", (double)d->records);
    add_account(item, "bytes", &d->bytes);
    add_account(item, "records", &d->records_account);
    add_place(t->op, item, d, hash);
    add_sinks(t->op, item, d->sequence);
    cJSON_AddItemToArray(t->documents, item);
    return 0;
}

/* --- a record ----------------------------------------------------------------------------------------------------- */

/* The line whose id is `id` in the frame at hand, whole. */
static cJSON *find_line(struct journal_reader *reader, const struct journal_doc *doc, const char *id) {
    struct journal_completer completer = {0};
    struct buf record = {0};
    const char *line;
    size_t len;
    cJSON *found = NULL;
    journal_completer_begin(&completer, doc);
    while (!found && journal_reader_line(reader, &line, &len, NULL) > 0) {
        struct journal_parts parts;
        record.len = 0;
        journal_completer_add(&completer, line, len, &record, &parts);
        if (parts.id_len == strlen(id) && memcmp(record.at + parts.id, id, parts.id_len) == 0)
            found = cJSON_ParseWithLength(record.at, record.len);
    }
    journal_completer_free(&completer);
    buf_free(&record);
    return found;
}

/* The record in the latest of the documents that still has it. */
static cJSON *find_record(const struct operation *op, const cJSON *documents, const char *id) {
    _cleanup_(freep) char *journal = mem_format("%s/journal", op->config->state_dir);
    cJSON *found = NULL;
    for (int i = cJSON_GetArraySize(documents); i > 0 && !found; i--) {
        const cJSON *sequence = cJSON_GetObjectItem(cJSON_GetArrayItem(documents, i - 1), "sequence");
        const struct journal_place place = {.sequence = (uint64_t)sequence->valuedouble};
        struct journal_reader *reader = NULL;
        struct journal_doc doc;
        if (journal_reader_open(journal, place, &reader, NULL) == 0 && journal_reader_next(reader, &doc, NULL) > 0 &&
            doc.sequence == place.sequence)
            found = find_line(reader, &doc, id);
        journal_reader_close(reader);
    }
    return found;
}

/* --- what is not in the ledger ------------------------------------------------------------------------------------ */

static int add_to(void *user, const char *entry, cJSON *reason) {
    (void)entry;
    cJSON_AddItemToArray(user, reason);
    return 0;
}

/* Where a file of that name stands that is not done: in its drop folder, or in work. */
static void add_open(const struct operation *op, const char *name, cJSON *list) {
    struct stat st;
    for (size_t i = 0; i < op->config->watches; i++) {
        _cleanup_(freep) char *path = mem_format("%s/%s", op->config->watch[i].dir, name);
        if (op->config->watch[i].when_done != DONE_KEEP && lstat(path, &st) == 0)
            cJSON_AddItemToArray(list, cJSON_CreateString(path));
    }
    _cleanup_(freep) char *work = mem_format("%s/work", op->config->state_dir);
    DIR *stream = opendir(work);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        const char *ending = strstr(entry->d_name, name);
        if (!ending || strcmp(ending, name) != 0)
            continue;
        _cleanup_(freep) char *path = mem_format("%s/%s", work, entry->d_name);
        cJSON_AddItemToArray(list, cJSON_CreateString(path));
    }
    if (stream)
        closedir(stream);
}

/* A path inside a watched folder is the name below it. */
static const char *name_of(const struct operation *op, const char *what) {
    for (size_t i = 0; what && i < op->config->watches; i++) {
        size_t len = strlen(op->config->watch[i].dir);
        if (strncmp(what, op->config->watch[i].dir, len) == 0 && what[len] == '/')
            return what + len + 1;
    }
    return what;
}

int operate_trace(struct operation *op, struct error *err) {
    const char *what = name_of(op, operation_text(op, "what"));
    const struct ledger_filter filter = {.what = what, .status = -1};
    const struct quarantine_filter refused = {.what = what};
    struct ledger *ledger = NULL;
    struct tracing tracing = {op, cJSON_AddArrayToObject(op->answer, "documents")};
    if (!what)
        return error_set(err, EINVAL, "trace wants to know what: a name, or an id");
    int r = operation_ledger(op, &ledger, err);
    if (r == 0)
        r = ledger_select(ledger, &filter, add_document, &tracing, err);
    ledger_close(ledger);
    if (r == 0)
        r = quarantine_each(op->quarantine, &refused, add_to, cJSON_AddArrayToObject(op->answer, "quarantine"), err);
    if (r == 0)
        r = quarantine_each_record(op->quarantine, &refused, add_to, cJSON_AddArrayToObject(op->answer, "refused"),
                                   err);
    add_open(op, what, cJSON_AddArrayToObject(op->answer, "open"));
    cJSON *record = strchr(what, '-') ? find_record(op, tracing.documents, what) : NULL;
    cJSON_AddItemToObject(op->answer, "record", record ? record : cJSON_CreateNull());
    cJSON_AddBoolToObject(op->answer, "daemon", op->sinks != NULL);
    return r;
}
