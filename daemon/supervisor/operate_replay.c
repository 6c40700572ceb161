/* SPDX-License-Identifier: MIT */
/*
 * replay/documents: documents run once more from where their files are. replay/journal: a stretch of the journal to one
 * sink or all of them once more (delivery/child/again.h). Both say first what they would do; `yes` does it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "supervisor/operate.h"

/* --- which -------------------------------------------------------------------------------------------------------- */

int operation_ledger(const struct operation *op, struct ledger **ret, struct error *err) {
    _cleanup_(freep) char *path = mem_format("%s/ledger.db", op->config->state_dir);
    return ledger_open(path, ret, NULL, err);
}

static int status_of(const char *word) {
    static const char *const words[] = {"ok", "findings", "rejected"};
    for (int i = 0; word && i < 3; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

static struct ledger_filter filter_of(const struct operation *op) {
    return (struct ledger_filter){.what = operation_text(op, "what"),
                                  .since = (uint64_t)operation_number(op, "since") * 1000000,
                                  .until = (uint64_t)operation_number(op, "until") * 1000000,
                                  .from = (uint64_t)operation_number(op, "from"),
                                  .before = (uint64_t)operation_number(op, "before"),
                                  .status = status_of(operation_text(op, "status"))};
}

/* What was refused chooses documents by their records: plugin, its version, reason, stage. */
static bool by_refusal(const struct operation *op) {
    return operation_text(op, "plugin") || operation_text(op, "version") || operation_text(op, "reason") ||
           operation_text(op, "stage");
}

static int note_hash(void *user, const char *file, cJSON *record) {
    const char *hash = cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(record, "doc"), "sha256"));
    (void)file;
    if (hash && !cJSON_HasObjectItem(user, hash))
        cJSON_AddTrueToObject(user, hash);
    cJSON_Delete(record);
    return 0;
}

struct choice {
    struct operation *op;
    const cJSON *refused; /* hashes; NULL: any */
    uint64_t oldest;      /* sequence that the journal still has */
    cJSON *list;
};

static void add_times(cJSON *item, const struct ledger_document *d) {
    char hash[SHA256_HEX];
    hash_hex(d->sha256, SHA256_SIZE, hash);
    cJSON_AddNumberToObject(item, "sequence", (double)d->sequence);
    cJSON_AddStringToObject(item, "name", d->name);
    cJSON_AddStringToObject(item, "sha256", hash);
    cJSON_AddNumberToObject(item, "size", (double)d->size);
    cJSON_AddNumberToObject(item, "watch", d->watch);
}

static int choose(void *user, const struct ledger_document *d) {
    const struct choice *choice = user;
    char hash[SHA256_HEX];
    hash_hex(d->sha256, SHA256_SIZE, hash);
    if (choice->refused && !cJSON_HasObjectItem(choice->refused, hash))
        return 0;
    cJSON *item = cJSON_CreateObject();
    add_times(item, d);
    cJSON_AddBoolToObject(item, "in_journal", d->sequence >= choice->oldest);
    cJSON_AddItemToArray(choice->list, item);
    return 0;
}

static uint64_t oldest_of(const struct operation *op) {
    _cleanup_(freep) char *journal = mem_format("%s/journal", op->config->state_dir);
    struct journal_reader *reader = NULL;
    struct journal_doc doc = {.sequence = UINT64_MAX};
    struct error err;
    if (journal_reader_open(journal, (struct journal_place){0}, &reader, &err) < 0 ||
        journal_reader_next(reader, &doc, &err) <= 0)
        doc.sequence = UINT64_MAX;
    journal_reader_close(reader);
    return doc.sequence;
}

static int choose_all(struct operation *op, bool latest, cJSON *list, struct error *err) {
    struct ledger *ledger = NULL;
    struct ledger_filter filter = filter_of(op);
    const struct quarantine_filter records = {.reason = operation_text(op, "reason"),
                                              .plugin = operation_text(op, "plugin"),
                                              .stage = operation_text(op, "stage"),
                                              .version = operation_text(op, "version")};
    cJSON *refused = by_refusal(op) ? cJSON_CreateObject() : NULL;
    struct choice choice = {op, refused, oldest_of(op), list};
    filter.latest = latest;
    int r = refused ? quarantine_each_record(op->quarantine, &records, note_hash, refused, err) : 0;
    if (r == 0)
        r = operation_ledger(op, &ledger, err);
    if (r == 0)
        r = ledger_select(ledger, &filter, choose, &choice, err);
    ledger_close(ledger);
    cJSON_Delete(refused);
    return r;
}

/* --- documents ---------------------------------------------------------------------------------------------------- */

static const char *text_of(const cJSON *item, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(item, key));
    return text ? text : "";
}

static uint64_t number_of(const cJSON *item, const char *key) {
    const cJSON *number = cJSON_GetObjectItem(item, key);
    return cJSON_IsNumber(number) ? (uint64_t)number->valuedouble : 0;
}

/* Runs it again from `path`. */
static int run_again(struct operation *op, const cJSON *item, const struct config_watch *watch, const char *path,
                     struct error *err) {
    const struct intake_run run = {
        .more = true, .again = operation_flag(op, "again"), .earlier = number_of(item, "sequence")};
    const char *name = text_of(item, "name");
    bool kept = watch->when_done == DONE_KEEP;
    op->last_claim = intake_new_claim(op->last_claim);
    char *held = intake_new_name(watch->dir, name, kept, op->last_claim, &run);
    int e;
    if (kept) {
        e = intake_put_note(op->config->state_dir, path, held, name, err);
    } else {
        _cleanup_(freep) char *folder = mem_strdup(path);
        char *slash = strrchr(folder, '/');
        *slash = 0;
        e = intake_put_back(op->config->state_dir, folder, slash + 1, held, name, err);
    }
    if (e < 0) {
        free(held);
        return e;
    }
    mem_push(op->held, op->helds, op->room);
    op->held[op->helds++] = held;
    return 0;
}

static int replay_one(struct operation *op, cJSON *item, bool yes, struct error *err) {
    size_t index = (size_t)number_of(item, "watch");
    const char *name = text_of(item, "name");
    if (index >= op->config->watches)
        return error_set(err, ENOENT, "%s came from a folder that is no longer watched; drop its file anew", name);
    const struct config_watch *watch = &op->config->watch[index];
    _cleanup_(freep) char *path = file_place(op->config, watch, name, text_of(item, "sha256"));
    if (!path)
        return error_set(err, ENOENT, "the file of %s is not where it was put when it was done; drop it anew", name);
    cJSON_AddStringToObject(item, "file", path);
    if (!operation_flag(op, "again") && !cJSON_IsTrue(cJSON_GetObjectItem(item, "in_journal")))
        return error_set(err, ENODATA,
                         "the journal no longer has what %s gave, so that sinks that append could not tell what they "
                         "have had; --again gives them all of it once more",
                         name);
    return yes ? run_again(op, item, watch, path, err) : 0;
}

int operate_replay_documents(struct operation *op, struct error *err) {
    cJSON *list = cJSON_CreateArray(), *item;
    cJSON *done = cJSON_AddArrayToObject(op->answer, "documents"),
          *failed = cJSON_AddArrayToObject(op->answer, "failed");
    bool yes = operation_flag(op, "yes");
    int e = choose_all(op, true, list, err);
    while (e == 0 && (item = cJSON_DetachItemFromArray(list, 0))) {
        struct error why = {0};
        bool good = replay_one(op, item, yes, &why) == 0;
        if (!good)
            cJSON_AddStringToObject(item, "error", why.text);
        cJSON_AddItemToArray(good ? done : failed, item);
    }
    cJSON_Delete(list);
    cJSON_AddBoolToObject(op->answer, "dry", !yes);
    return e;
}

/* --- a stretch of the journal ------------------------------------------------------------------------------------- */

/* One line for each run of sequences. */
static size_t write_stretches(const cJSON *list, struct buf *out) {
    uint64_t from = 0, next = 0;
    size_t count = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        uint64_t sequence = number_of(item, "sequence");
        if (!cJSON_IsTrue(cJSON_GetObjectItem(item, "in_journal")))
            continue;
        if (sequence != next) {
            if (next)
                buf_printf(out, "%" PRIu64 " %" PRIu64 "\n", from, next);
            from = sequence;
        }
        next = sequence + 1;
        count++;
    }
    if (next)
        buf_printf(out, "%" PRIu64 " %" PRIu64 "\n", from, next);
    return count;
}

static int ask_sink(struct operation *op, const char *name, const struct buf *text, struct error *err) {
    _cleanup_(freep) char *folder = mem_format("%s/replay", op->config->state_dir);
    _cleanup_(freep) char *path = mem_format("%s/%s", folder, name);
    int e = os_mkdirs(folder, 0750);
    if (e == 0)
        e = os_replace_file(path, text->at, text->len);
    return e < 0 ? error_errno(err, -e, "%s cannot be written", path) : 0;
}

/* The sinks that are meant: one by its name, or all. */
static int ask_sinks(struct operation *op, const struct buf *text, bool yes, cJSON *sinks, struct error *err) {
    const char *wanted = operation_text(op, "sink");
    int e = 0;
    for (size_t i = 0; e == 0 && i < op->config->sinks; i++) {
        const char *name = op->config->sink[i].name;
        if (wanted && strcmp(wanted, name) != 0)
            continue;
        if (yes)
            e = ask_sink(op, name, text, err);
        cJSON_AddItemToArray(sinks, cJSON_CreateString(name));
    }
    if (e == 0 && cJSON_GetArraySize(sinks) == 0)
        return error_set(err, ENOENT, "the configuration has no sink \"%s\"", wanted ? wanted : "");
    return e;
}

int operate_replay_journal(struct operation *op, struct error *err) {
    cJSON *list = cJSON_CreateArray();
    struct buf text = {0};
    bool yes = operation_flag(op, "yes");
    int e = choose_all(op, false, list, err);
    if (e == 0) {
        buf_printf(&text, "%" PRIu64 " %d\n", intake_new_claim(op->last_claim), operation_flag(op, "again"));
        size_t head = text.len, count = write_stretches(list, &text);
        cJSON_AddNumberToObject(op->answer, "count", (double)count);
        cJSON_AddNumberToObject(op->answer, "gone", (double)(cJSON_GetArraySize(list) - (int)count));
        e = ask_sinks(op, &text, yes && text.len > head, cJSON_AddArrayToObject(op->answer, "sinks"), err);
        op->wakes_sinks = yes;
    }
    cJSON_AddBoolToObject(op->answer, "dry", !yes);
    cJSON_Delete(list);
    buf_free(&text);
    return e;
}
