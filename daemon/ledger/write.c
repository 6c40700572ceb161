/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "ledger/internal.h"

struct sums {
    int64_t documents, records, rejected, quarantined;
    struct account bytes, records_account;
};

static void bind_u64(sqlite3_stmt *statement, int at, uint64_t value) {
    sqlite3_bind_int64(statement, at, (sqlite3_int64)value);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text) {
    sqlite3_bind_text(statement, at, text ? text : "", -1, SQLITE_STATIC);
}

/* The columns of LEDGER_ACCOUNTS, from parameter `at` on. */
static void bind_accounts(sqlite3_stmt *statement, int at, const struct account *bytes, const struct account *records) {
    const uint64_t value[] = {bytes->delivered,   bytes->rejected,   bytes->filtered,  records->read,
                              records->delivered, records->rejected, records->filtered};
    for (size_t i = 0; i < sizeof value / sizeof *value; i++)
        bind_u64(statement, at + (int)i, value[i]);
}

static int add_totals(struct ledger *ledger, const struct sums *sums, struct error *err) {
    sqlite3_stmt *statement = ledger->statement[ADD_TOTALS];
    sqlite3_bind_int64(statement, 1, sums->documents);
    sqlite3_bind_int64(statement, 2, sums->records);
    sqlite3_bind_int64(statement, 3, sums->rejected);
    sqlite3_bind_int64(statement, 4, sums->quarantined);
    bind_accounts(statement, 5, &sums->bytes, &sums->records_account);
    bind_u64(statement, 12, sums->bytes.read);
    return ledger_run(ledger, ADD_TOTALS, NULL, err);
}

static int add_document(struct ledger *ledger, const struct journal_doc *doc, struct sums *sums, struct error *err) {
    sqlite3_stmt *statement = ledger->statement[ADD_DOCUMENT];
    bind_u64(statement, 1, doc->sequence);
    bind_u64(statement, 2, doc->claim);
    bind_u64(statement, 3, doc->time);
    bind_text(statement, 4, doc->name);
    sqlite3_bind_blob(statement, 5, doc->sha256, SHA256_SIZE, SQLITE_STATIC);
    bind_u64(statement, 6, doc->source_size);
    sqlite3_bind_int(statement, 7, (int)doc->status);
    sqlite3_bind_int64(statement, 8, doc->records);
    sqlite3_bind_int(statement, 9, doc->watch);
    bind_u64(statement, 10, doc->earlier);
    bind_accounts(statement, 11, &doc->bytes, &doc->records_account);
    int r = ledger_run(ledger, ADD_DOCUMENT, NULL, err);
    if (r == 0 && sqlite3_changes(ledger->db)) {
        sums->documents++;
        sums->records += doc->records;
        sums->rejected += doc->status == DOC_REJECTED;
        account_add(&sums->bytes, &doc->bytes);
        account_add(&sums->records_account, &doc->records_account);
    }
    return r;
}

static int add_file(struct ledger *ledger, const struct journal_doc *doc, const struct ledger_file *file,
                    struct error *err) {
    sqlite3_stmt *statement = ledger->statement[ADD_FILE];
    bind_text(statement, 1, doc->name);
    bind_u64(statement, 2, file->device);
    bind_u64(statement, 3, file->inode);
    bind_u64(statement, 4, file->size);
    bind_u64(statement, 5, file->mtime);
    bind_u64(statement, 6, file->ctime);
    bind_u64(statement, 7, doc->sequence);
    return ledger_run(ledger, ADD_FILE, NULL, err);
}

int ledger_committed(struct ledger *ledger, const struct journal_doc *docs, const struct ledger_file *files,
                     size_t count, struct error *err) {
    struct sums sums = {0};
    int r = ledger_begin(ledger, err);
    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i < count; i++) {
        r = add_document(ledger, &docs[i], &sums, err);
        if (r == 0 && files && files[i].inode)
            r = add_file(ledger, &docs[i], &files[i], err);
    }
    if (r == 0)
        r = add_totals(ledger, &sums, err);
    return ledger_end(ledger, r, err);
}

int ledger_kept(struct ledger *ledger, const char *name, const struct ledger_file *file, struct error *err) {
    const struct journal_doc doc = {.name = name};
    return add_file(ledger, &doc, file, err);
}

int ledger_quarantined(struct ledger *ledger, uint64_t claim, const char *name, const char *reason, const char *stage,
                       const char *plugin, struct error *err) {
    sqlite3_stmt *statement = ledger->statement[ADD_QUARANTINE];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int r = ledger_begin(ledger, err);
    if (r < 0)
        return r;
    bind_u64(statement, 1, claim);
    bind_u64(statement, 2, (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
    bind_text(statement, 3, name);
    bind_text(statement, 4, reason);
    bind_text(statement, 5, stage);
    bind_text(statement, 6, plugin);
    r = ledger_run(ledger, ADD_QUARANTINE, NULL, err);
    struct sums sums = {.quarantined = r == 0 ? sqlite3_changes(ledger->db) : 0};
    if (r == 0)
        r = add_totals(ledger, &sums, err);
    return ledger_end(ledger, r, err);
}
