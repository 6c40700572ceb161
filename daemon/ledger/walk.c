/* SPDX-License-Identifier: MIT */
#include "ledger/internal.h"

int ledger_walk(struct ledger *ledger, uint64_t from, ledger_walk_fn *one, void *user, struct error *err) {
    static const char sql[] = "SELECT sequence, time, records FROM documents WHERE sequence >= ? ORDER BY sequence";
    sqlite3_stmt *statement = NULL;
    int step = sqlite3_prepare_v2(ledger->db, sql, -1, &statement, NULL);
    if (step == SQLITE_OK) {
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)from);
        while ((step = sqlite3_step(statement)) == SQLITE_ROW)
            one(user, (uint64_t)sqlite3_column_int64(statement, 0), (uint64_t)sqlite3_column_int64(statement, 1),
                (uint64_t)sqlite3_column_int64(statement, 2));
    }
    int r = step == SQLITE_DONE ? 0 : ledger_error(ledger, "reading", err);
    sqlite3_finalize(statement);
    return r;
}
