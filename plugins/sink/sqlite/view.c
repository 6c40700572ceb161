/* SPDX-License-Identifier: MIT */
/*
 * The view of a ledger: TYPE_current, the newest row for each key, its columns under the names that people give them.
 * The type's schema says both: `x-key`, and the `title` of a property. A view or table of that name that siftd did not
 * make is left as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "sqlite.h"

static const char MARK[] = "/* siftd's own, made anew with the schema */";

static int run(struct sqlite_sink *self, struct json_out *sql) {
    json_out_raw(sql, "", 1);
    int r = sqlite_run(self, sql->at, "the view of a ledger cannot be made");
    json_out_free(sql);
    return r;
}

/* Whether something stands under the name, and whether it is a view of siftd's. */
static bool is_there(struct sqlite_sink *self, const char *name, bool *ret_own) {
    static const char sql[] = "SELECT instr(sql, ?2) FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
    sqlite3_stmt *statement = NULL;
    bool there = false;
    *ret_own = false;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, MARK, -1, SQLITE_STATIC);
        there = sqlite3_step(statement) == SQLITE_ROW;
        *ret_own = there && sqlite3_column_int(statement, 0) > 0;
    }
    sqlite3_finalize(statement);
    return there;
}

/* `"company" IS newer."company" AND …` for each column of the key, or `"company", …` without `newer`. */
static void add_key(struct json_out *sql, const struct column *column, bool compare) {
    bool first = true;
    for (; column; column = column->next) {
        if (!column->key)
            continue;
        sql_add(sql, first ? "" : compare ? " AND " : ", ");
        if (compare)
            sql_add(sql, "newer.");
        sql_quoted(sql, column->name, '"');
        if (compare) {
            sql_add(sql, " IS one.");
            sql_quoted(sql, column->name, '"');
        }
        first = false;
    }
}

static int make_index(struct sqlite_sink *self, const char *table, const struct column *columns) {
    struct json_out sql = {0}, name = {0};
    sql_add(&name, table);
    json_out_raw(&name, "_key", sizeof "_key");
    sql_add(&sql, "CREATE INDEX IF NOT EXISTS ");
    sql_quoted(&sql, name.at, '"');
    sql_add(&sql, " ON ");
    sql_quoted(&sql, table, '"');
    sql_add(&sql, " (");
    add_key(&sql, columns, false);
    sql_add(&sql, ")");
    json_out_free(&name);
    return run(self, &sql);
}

static int make_view(struct sqlite_sink *self, const char *view, const char *table, const struct column *columns) {
    struct json_out sql = {0};
    sql_add(&sql, "CREATE VIEW ");
    sql_quoted(&sql, view, '"');
    sql_add(&sql, " AS ");
    sql_add(&sql, MARK);
    sql_add(&sql, " SELECT id, doc_name");
    for (const struct column *column = columns; column; column = column->next) {
        if (!column->title)
            continue;
        sql_add(&sql, ", ");
        sql_quoted(&sql, column->name, '"');
        sql_add(&sql, " AS ");
        sql_quoted(&sql, column->title, '"');
    }
    sql_add(&sql, " FROM ");
    sql_quoted(&sql, table, '"');
    sql_add(&sql, " AS one WHERE one.rowid = (SELECT max(newer.rowid) FROM ");
    sql_quoted(&sql, table, '"');
    sql_add(&sql, " AS newer WHERE ");
    add_key(&sql, columns, true);
    sql_add(&sql, ")");
    return run(self, &sql);
}

int view_make(struct sqlite_sink *self, const char *table, const struct column *columns) {
    const struct column *key = columns;
    bool own;
    while (key && !key->key)
        key = key->next;
    if (!key)
        return SIFTD_OK;
    struct json_out view = {0}, drop = {0};
    sql_add(&view, table);
    json_out_raw(&view, "_current", sizeof "_current");
    int r = SIFTD_OK;
    if (!is_there(self, view.at, &own) || own) {
        sql_add(&drop, "DROP VIEW IF EXISTS ");
        sql_quoted(&drop, view.at, '"');
        r = run(self, &drop);
        if (r == SIFTD_OK)
            r = make_index(self, table, columns);
        if (r == SIFTD_OK)
            r = make_view(self, view.at, table, columns);
    }
    json_out_free(&view);
    return r;
}
