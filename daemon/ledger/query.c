/* SPDX-License-Identifier: MIT */
#include "ledger/internal.h"

int ledger_has_claim(struct ledger *ledger, uint64_t claim, struct error *err) {
    sqlite3_bind_int64(ledger->statement[HAS_CLAIM], 1, (sqlite3_int64)claim);
    return ledger_run(ledger, HAS_CLAIM, NULL, err);
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

cJSON *ledger_summary(struct ledger *ledger) {
    static const char *const key[] = {"documents", "records", "rejected", "quarantined"};
    sqlite3_stmt *statement = ledger->statement[SUMMARY];
    cJSON *summary = cJSON_CreateObject();
    int64_t last = 0;
    if (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < 4; i++)
            cJSON_AddNumberToObject(summary, key[i], (double)sqlite3_column_int64(statement, i));
    sqlite3_reset(statement);
    ledger_run(ledger, LAST, &last, NULL);
    cJSON_AddNumberToObject(summary, "last", (double)last);
    return summary;
}
