/* SPDX-License-Identifier: MIT */
/* A ledger that is begun anew: the old one is kept, and what only it knows is read out of it as far as it can be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "ledger/internal.h"

int ledger_put_aside(const char *path, const char *to, struct error *err) {
    static const char *const suffix[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++) {
        _cleanup_(freep) char *from = mem_format("%s%s", path, suffix[i]);
        _cleanup_(freep) char *into = mem_format("%s%s", to, suffix[i]);
        if (os.renameat(AT_FDCWD, from, AT_FDCWD, into) < 0 && errno != ENOENT)
            return error_errno(err, errno, "the ledger %s cannot be moved away", from);
    }
    return 0;
}

/* The rows of a table, one by one, until one cannot be read. A table of another shape is left out. */
static void copy_rows(struct ledger *ledger, sqlite3 *old, const char *table) {
    _cleanup_(freep) char *from = mem_format("SELECT * FROM %s", table);
    sqlite3_stmt *read = NULL, *write = NULL;
    struct buf into = {0};
    if (sqlite3_prepare_v2(old, from, -1, &read, NULL) == SQLITE_OK) {
        buf_printf(&into, "INSERT OR IGNORE INTO %s VALUES (", table);
        for (int i = 0; i < sqlite3_column_count(read); i++)
            buf_printf(&into, i ? ", ?" : "?");
        buf_printf(&into, ")");
    }
    if (into.len && sqlite3_prepare_v2(ledger->db, into.at, (int)into.len, &write, NULL) == SQLITE_OK)
        while (sqlite3_step(read) == SQLITE_ROW) {
            for (int i = 0; i < sqlite3_column_count(read); i++)
                sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i));
            sqlite3_step(write);
            sqlite3_reset(write);
        }
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    buf_free(&into);
}

void ledger_salvage(struct ledger *ledger, const char *old) {
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(old, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_exec(ledger->db, "BEGIN", NULL, NULL, NULL);
        copy_rows(ledger, db, "files");
        copy_rows(ledger, db, "quarantine");
        sqlite3_exec(ledger->db, "UPDATE totals SET quarantined = (SELECT count(*) FROM quarantine); COMMIT", NULL,
                     NULL, NULL);
    }
    sqlite3_close(db);
}
