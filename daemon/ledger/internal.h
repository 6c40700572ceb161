/* SPDX-License-Identifier: MIT */
/* The ledger's state and its statements. Private to the ledger. */
#pragma once
#include <sqlite3.h>

#include "ledger/ledger.h"

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    ADD_DOCUMENT,
    ADD_FILE,
    ADD_QUARANTINE,
    ADD_TOTALS,
    HAS_CLAIM,
    HAS_FILE,
    LAST,
    SUMMARY,
    GET_JOURNAL,
    SET_JOURNAL,
    STATEMENTS
};

struct ledger {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *statement[STATEMENTS];
};

/* Sets a message from the database's; returns -EBADMSG when it is damaged, else -EIO or -ENOSPC. */
int ledger_error(const struct ledger *ledger, const char *what, struct error *err);
/* Puts the file aside as PATH.WHY-TIME, begins a new one, and takes over from the old what only it knows. */
int ledger_begin_anew(struct ledger *ledger, const char *why, struct error *err);
/* aside.c: moves a database away with what SQLite keeps beside it. An absent one is no error. */
int ledger_put_aside(const char *path, const char *to, struct error *err);
/* What the journal cannot tell: files that stay, and the quarantine. As many rows as can still be read. */
void ledger_salvage(struct ledger *ledger, const char *old);
/* Runs a statement whose parameters are bound, and resets it: 1 when it gave a row (its first number in *ret), 0 when
 * none. */
int ledger_run(struct ledger *ledger, enum statement which, int64_t *ret, struct error *err);
/* Lets SQLite make its calls through base/os.h; before the first database is opened. */
void ledger_system_calls(void);
/* Around several statements: all or nothing. ledger_end commits when r is 0, else takes all back; returns r or the
 * commit's failure. */
int ledger_begin(struct ledger *ledger, struct error *err);
int ledger_end(struct ledger *ledger, int r, struct error *err);
