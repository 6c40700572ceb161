/* SPDX-License-Identifier: MIT */
#include "ledger/internal.h"

int ledger_sequence(struct ledger *ledger, uint64_t claim, uint64_t *ret, struct error *err) {
    int64_t sequence = 0;
    sqlite3_bind_int64(ledger->statement[HAS_CLAIM], 1, (sqlite3_int64)claim);
    int r = ledger_run(ledger, HAS_CLAIM, &sequence, err);
    if (r > 0)
        *ret = (uint64_t)sequence;
    return r;
}

int ledger_has_claim(struct ledger *ledger, uint64_t claim, struct error *err) {
    uint64_t sequence;
    return ledger_sequence(ledger, claim, &sequence, err);
}

int ledger_has_file(struct ledger *ledger, const char *name, const struct ledger_file *file, struct error *err) {
    sqlite3_stmt *statement = ledger->statement[HAS_FILE];
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)file->device);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)file->inode);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)file->size);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)file->mtime);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)file->ctime);
    return ledger_run(ledger, HAS_FILE, NULL, err);
}

static void add_account(cJSON *to, const char *name, sqlite3_stmt *statement, int column) {
    static const char *const key[] = {"read", "delivered", "rejected", "filtered"};
    cJSON *account = cJSON_AddObjectToObject(to, name);
    for (int i = 0; i < 4; i++)
        cJSON_AddNumberToObject(account, key[i], (double)sqlite3_column_int64(statement, column + i));
}

cJSON *ledger_summary(struct ledger *ledger) {
    static const char *const key[] = {"documents", "records", "rejected", "quarantined"};
    sqlite3_stmt *statement = ledger->statement[SUMMARY];
    cJSON *summary = cJSON_CreateObject();
    int64_t last = 0;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < 4; i++)
            cJSON_AddNumberToObject(summary, key[i], (double)sqlite3_column_int64(statement, i));
        cJSON *account = cJSON_AddObjectToObject(summary, "account");
        add_account(account, "bytes", statement, 4);
        add_account(account, "records", statement, 8);
    }
    sqlite3_reset(statement);
    ledger_run(ledger, LAST, &last, NULL);
    cJSON_AddNumberToObject(summary, "last", (double)last);
    return summary;
}
