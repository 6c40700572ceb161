/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "ledger/internal.h"
#include "ledger/schema.h"

enum { CHECKED = 64 << 20 };

static const char *const SQL[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [ADD_DOCUMENT] = ("INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
                      " ?, ?, ?, ?, ?, ?, ?, ?)"),
    [ADD_FILE] = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
    [ADD_QUARANTINE] = "INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?, ?, ?)",
    [ADD_TOTALS] = ("UPDATE totals SET documents = documents + ?, records = records + ?, rejected = rejected + ?,"
                    " quarantined = quarantined + ?, bytes_delivered = bytes_delivered + ?,"
                    " bytes_rejected = bytes_rejected + ?, bytes_filtered = bytes_filtered + ?,"
                    " records_read = records_read + ?, records_delivered = records_delivered + ?,"
                    " records_rejected = records_rejected + ?, records_filtered = records_filtered + ?,"
                    " bytes_read = bytes_read + ?"),
    [HAS_CLAIM] = "SELECT sequence FROM documents WHERE claim = ? LIMIT 1",
    [HAS_FILE] =
        "SELECT 1 FROM files WHERE name = ? AND device = ? AND inode = ? AND size = ? AND mtime = ? AND ctime = ?",
    [LAST] = "SELECT max(sequence) FROM documents",
    [SUMMARY] = ("SELECT documents, records, rejected, quarantined, bytes_read, bytes_delivered, bytes_rejected,"
                 " bytes_filtered, records_read, records_delivered, records_rejected, records_filtered FROM totals"),
    [GET_JOURNAL] = "SELECT number FROM journal",
    [SET_JOURNAL] = "UPDATE journal SET number = ?",
};

int ledger_error(const struct ledger *ledger, const char *what, struct error *err) {
    int code = sqlite3_errcode(ledger->db);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR) /* ERROR: other tables than ours */
        return error_set(err, EBADMSG,
                         "the ledger %s is damaged (%s); stop siftd and move it away, it is made anew from the journal",
                         ledger->path, sqlite3_errmsg(ledger->db));
    return error_set(err, code == SQLITE_FULL ? ENOSPC : EIO, "%s the ledger %s: %s", what, ledger->path,
                     sqlite3_errmsg(ledger->db));
}

static int execute(struct ledger *ledger, const char *sql, struct error *err) {
    return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : ledger_error(ledger, "opening", err);
}

static int read_number(struct ledger *ledger, const char *sql, int *ret, struct error *err) {
    sqlite3_stmt *statement;
    *ret = 0;
    if (sqlite3_prepare_v2(ledger->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return ledger_error(ledger, "opening", err);
    int r = sqlite3_step(statement) == SQLITE_ROW ? 0 : ledger_error(ledger, "opening", err);
    if (r == 0)
        *ret = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return r;
}

/* Judges the file's header. SQLite takes a file whose header names a later format for one that it may only read; this
 * one was open for writing a moment ago, and no later SQLite has been here. Ledgers of before the mark have none. */
static int read_header(struct ledger *ledger, int *ret_version, int *ret_mark, struct error *err) {
    int r = read_number(ledger, "PRAGMA user_version", ret_version, err);
    if (r == 0)
        r = read_number(ledger, "PRAGMA application_id", ret_mark, err);
    if (r == 0 && (sqlite3_db_readonly(ledger->db, "main") == 1 || *ret_version < 0 ||
                   (*ret_mark && *ret_mark != LEDGER_MARK + (int64_t)*ret_version)))
        r = error_set(err, EBADMSG, "the ledger %s is damaged (its header)", ledger->path);
    return r;
}

/* Makes the tables of a new file, takes those of an older siftd further; refuses those of a later one. */
static int prepare_schema(struct ledger *ledger, int version, int mark, struct error *err) {
    if (version == LEDGER_VERSION && mark)
        return 0;
    if (version > LEDGER_VERSION)
        return error_set(err, ENOTSUP,
                         "the ledger %s has version %d and this siftd knows version %d; use the siftd that made it",
                         ledger->path, version, LEDGER_VERSION);
    _cleanup_(freep) char *sql = mem_format(
        "BEGIN;%s%sPRAGMA user_version = %d;PRAGMA application_id = %d;COMMIT", version == 0 ? LEDGER_SCHEMA : "",
        version < LEDGER_VERSION ? LEDGER_STEP_2 : "", LEDGER_VERSION, LEDGER_MARK + LEDGER_VERSION);
    int r = execute(ledger, sql, err);
    if (r < 0)
        sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

static int prepare_statements(struct ledger *ledger, struct error *err) {
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(ledger->db, SQL[i], -1, SQLITE_PREPARE_PERSISTENT, &ledger->statement[i], NULL) !=
            SQLITE_OK)
            return ledger_error(ledger, "opening", err);
    return 0;
}

/* What SQLite only meets when it comes to the page. A ledger so large that this would hold up the start is believed. */
static int check(struct ledger *ledger, struct error *err) {
    sqlite3_stmt *statement = NULL;
    struct stat st;
    if (stat(ledger->path, &st) < 0 || st.st_size > CHECKED)
        return 0;
    int r = sqlite3_prepare_v2(ledger->db, "PRAGMA integrity_check(1)", -1, &statement, NULL) == SQLITE_OK &&
                    sqlite3_step(statement) == SQLITE_ROW
                ? 0
                : ledger_error(ledger, "checking", err);
    const char *said = r == 0 ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (said && strcmp(said, "ok") != 0)
        r = error_set(err, EBADMSG, "the ledger %s is damaged (%s)", ledger->path, said);
    sqlite3_finalize(statement);
    return r;
}

static int open_file(struct ledger *ledger, struct error *err) {
    _cleanup_(closep) int made = os.open(ledger->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640); /* with its permissions */
    if (made < 0)
        return error_errno(err, errno, "the ledger %s cannot be opened", ledger->path);
    if (sqlite3_open_v2(ledger->path, &ledger->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        return ledger_error(ledger, "opening", err);
    sqlite3_busy_timeout(ledger->db, 5000);
    int version, mark, r = read_header(ledger, &version, &mark, err);
    if (r == 0)
        r = execute(ledger, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY", err);
    if (r == 0)
        r = prepare_schema(ledger, version, mark, err);
    if (r == 0)
        r = prepare_statements(ledger, err);
    return r == 0 ? check(ledger, err) : r;
}

static void close_file(struct ledger *ledger) {
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(ledger->statement[i]);
        ledger->statement[i] = NULL;
    }
    sqlite3_close(ledger->db);
    ledger->db = NULL;
}

int ledger_begin_anew(struct ledger *ledger, const char *why, struct error *err) {
    _cleanup_(freep) char *old = mem_format("%s.%s-%lld", ledger->path, why, (long long)time(NULL));
    close_file(ledger);
    int r = ledger_put_aside(ledger->path, old, err);
    if (r == 0)
        r = open_file(ledger, err);
    if (r == 0)
        ledger_salvage(ledger, old);
    return r;
}

int ledger_open(const char *path, struct ledger **ret, int *ret_rebuilt, struct error *err) {
    struct ledger *ledger = mem_alloc(sizeof *ledger);
    ledger_system_calls();
    ledger->path = mem_strdup(path);
    int rebuilt = 0, r = open_file(ledger, err);
    if (r == -EBADMSG) {
        rebuilt = 1;
        r = ledger_begin_anew(ledger, "damaged", err);
    }
    if (r < 0) {
        ledger_close(ledger);
        return r;
    }
    *ret = ledger;
    if (ret_rebuilt)
        *ret_rebuilt = rebuilt;
    return 0;
}

struct ledger *ledger_close(struct ledger *ledger) {
    if (!ledger)
        return NULL;
    close_file(ledger);
    free(ledger->path);
    free(ledger);
    return NULL;
}

int ledger_run(struct ledger *ledger, enum statement which, int64_t *ret, struct error *err) {
    sqlite3_stmt *statement = ledger->statement[which];
    int step = sqlite3_step(statement), r = step == SQLITE_ROW;
    if (step == SQLITE_ROW && ret)
        *ret = sqlite3_column_int64(statement, 0);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        r = ledger_error(ledger, "using", err);
    sqlite3_reset(statement);
    return r;
}

int ledger_begin(struct ledger *ledger, struct error *err) {
    return ledger_run(ledger, BEGIN, NULL, err);
}

int ledger_end(struct ledger *ledger, int r, struct error *err) {
    if (r >= 0)
        r = ledger_run(ledger, COMMIT, NULL, err);
    if (r < 0 && !sqlite3_get_autocommit(ledger->db))
        ledger_run(ledger, ROLLBACK, NULL, NULL);
    return r;
}
