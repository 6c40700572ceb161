/* SPDX-License-Identifier: MIT */
/* Documents for people, newest first. Reads a ledger that a daemon may be writing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ledger/internal.h"

static const char *const words[] = {"ok", "findings", "rejected", "quarantined"};

enum { QUARANTINED = 3, STATES = sizeof words / sizeof *words };

/* Each half brings as many as are asked for, by an index where there is one. */
static const char SQL[] =
    "SELECT * FROM (SELECT claim, time, name, size, records, status, lower(hex(sha256)), '' FROM documents"
    " WHERE (?1 < 0 OR status = ?1) AND (?2 IS NULL OR name GLOB ?2) AND time >= ?3 ORDER BY sequence DESC LIMIT ?4)"
    " UNION ALL SELECT * FROM (SELECT claim, time, name, 0, 0, 3, '', reason FROM quarantine"
    " WHERE (?1 < 0 OR ?1 = 3) AND (?2 IS NULL OR name GLOB ?2) AND time >= ?3 ORDER BY time DESC LIMIT ?4)"
    " ORDER BY 2 DESC, 1 DESC LIMIT ?4";

int ledger_state_number(const char *word) {
    for (int i = 0; i < STATES; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

static const char *text(sqlite3_stmt *statement, int column) {
    const char *value = (const char *)sqlite3_column_text(statement, column);
    return value ? value : "";
}

static void read_row(sqlite3_stmt *statement, struct ledger_row *ret) {
    int state = sqlite3_column_int(statement, 5);
    *ret = (struct ledger_row){.claim = (uint64_t)sqlite3_column_int64(statement, 0),
                               .time = (uint64_t)sqlite3_column_int64(statement, 1),
                               .name = text(statement, 2),
                               .bytes = (uint64_t)sqlite3_column_int64(statement, 3),
                               .records = (uint64_t)sqlite3_column_int64(statement, 4),
                               .state = state >= 0 && state < STATES ? words[state] : "unknown",
                               .sha256 = text(statement, 6),
                               .reason = text(statement, 7)};
}

static int list(const struct ledger *ledger, const struct ledger_wanted *filter, ledger_row_fn *call, void *user,
                struct error *err) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(ledger->db, SQL, -1, &statement, NULL) != SQLITE_OK)
        return ledger_error(ledger, "reading", err);
    sqlite3_bind_int(statement, 1, filter->state);
    if (filter->name)
        sqlite3_bind_text(statement, 2, filter->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)filter->since);
    sqlite3_bind_int64(statement, 4, filter->limit ? (sqlite3_int64)filter->limit : -1);
    int step;
    struct ledger_row row;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        read_row(statement, &row);
        call(user, &row);
    }
    int r = step == SQLITE_DONE ? 0 : ledger_error(ledger, "reading", err);
    sqlite3_finalize(statement);
    return r;
}

int ledger_list(const char *path, const struct ledger_wanted *filter, ledger_row_fn *call, void *user,
                struct error *err) {
    struct ledger ledger = {.path = (char *)path};
    if (access(path, F_OK) < 0)
        return error_set(err, errno, "there is no ledger %s yet; a daemon makes it at its start", path);
    int r = 0;
    if (sqlite3_open_v2(path, &ledger.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        r = ledger_error(&ledger, "opening", err);
    sqlite3_busy_timeout(ledger.db, 5000);
    if (r == 0)
        r = list(&ledger, filter, call, user, err);
    sqlite3_close(ledger.db);
    return r;
}
