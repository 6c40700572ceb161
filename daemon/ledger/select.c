/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "ledger/internal.h"

enum { HASH_LEAST = 8, HASH_MOST = 64 };

/* How long the beginning of a sha256 is that `what` begins with; 0: it is a name. */
static int hash_length(const char *what) {
    size_t len = strspn(what, "0123456789abcdef");
    return len >= HASH_LEAST && len <= HASH_MOST && (what[len] == 0 || what[len] == '-') ? (int)len : 0;
}

static void write_sql(const struct ledger_filter *filter, struct buf *sql) {
    buf_str(sql, filter->latest ? "SELECT max(sequence)" : "SELECT sequence");
    buf_str(sql, ", claim, time, size, earlier, records, name, sha256, status, watch, bytes_delivered, bytes_rejected,"
                 " bytes_filtered, records_read, records_delivered, records_rejected, records_filtered"
                 " FROM documents WHERE time >= ?1 AND time < ?2 AND sequence >= ?3 AND sequence < ?4");
    if (filter->status >= 0)
        buf_printf(sql, " AND status = %d", filter->status);
    if (filter->what && hash_length(filter->what))
        buf_str(sql, " AND (lower(substr(hex(sha256), 1, ?6)) = ?5 OR name = ?7)");
    else if (filter->what)
        buf_str(sql, strpbrk(filter->what, "*?[") ? " AND name GLOB ?7" : " AND name = ?7");
    if (filter->latest)
        buf_str(sql, " GROUP BY name, sha256");
    buf_str(sql, " ORDER BY sequence");
    buf_char(sql, 0);
}

static void bind(sqlite3_stmt *s, const struct ledger_filter *filter) {
    const uint64_t most = INT64_MAX;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)filter->since);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)(filter->until ? filter->until : most));
    sqlite3_bind_int64(s, 3, (sqlite3_int64)filter->from);
    sqlite3_bind_int64(s, 4, (sqlite3_int64)(filter->before ? filter->before : most));
    if (!filter->what)
        return;
    int len = hash_length(filter->what);
    if (len) {
        sqlite3_bind_text(s, 5, filter->what, len, SQLITE_STATIC);
        sqlite3_bind_int(s, 6, len);
    }
    sqlite3_bind_text(s, 7, filter->what, -1, SQLITE_STATIC);
}

static uint64_t number(sqlite3_stmt *s, int column) {
    return (uint64_t)sqlite3_column_int64(s, column);
}

static struct ledger_document row(sqlite3_stmt *s) {
    static const uint8_t none[SHA256_SIZE];
    struct ledger_document d = {.sequence = number(s, 0),
                                .claim = number(s, 1),
                                .time = number(s, 2),
                                .size = number(s, 3),
                                .earlier = number(s, 4),
                                .records = number(s, 5),
                                .name = (const char *)sqlite3_column_text(s, 6),
                                .sha256 = sqlite3_column_blob(s, 7),
                                .status = sqlite3_column_int(s, 8),
                                .watch = sqlite3_column_int(s, 9),
                                .bytes = {number(s, 3), number(s, 10), number(s, 11), number(s, 12)},
                                .records_account = {number(s, 13), number(s, 14), number(s, 15), number(s, 16)}};
    if (sqlite3_column_bytes(s, 7) != SHA256_SIZE)
        d.sha256 = none;
    return d;
}

int ledger_select(struct ledger *ledger, const struct ledger_filter *filter, ledger_document_fn *each, void *user,
                  struct error *err) {
    struct buf sql = {0};
    sqlite3_stmt *s = NULL;
    write_sql(filter, &sql);
    int r = 0, step = sqlite3_prepare_v2(ledger->db, sql.at, -1, &s, NULL);
    buf_free(&sql);
    if (step == SQLITE_OK) {
        bind(s, filter);
        while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
            struct ledger_document document = row(s);
            r = each(user, &document);
        }
    }
    if (r == 0 && step != SQLITE_DONE)
        r = ledger_error(ledger, "reading", err);
    sqlite3_finalize(s);
    return r;
}
