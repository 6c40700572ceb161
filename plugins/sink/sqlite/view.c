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
static const char CANNOT[] = "the view of a ledger cannot be made";

static int run(struct sqlite_sink *self, struct json_out *sql) {
    json_out_raw(sql, "", 1);
    int r = sqlite_run(self, sql->at, CANNOT);
    json_out_free(sql);
    return r;
}

enum there { NOTHING, ANOTHERS, OLDER, SAME };

/* What stands under the name: nothing, what siftd did not make, siftd's view as it was once, or just as `sql` makes it.
 */
static enum there what_is_there(struct sqlite_sink *self, const char *name, const char *sql) {
    static const char ask[] = "SELECT sql = ?2, instr(sql, ?3) FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
    sqlite3_stmt *statement = NULL;
    enum there there = NOTHING;
    if (sqlite3_prepare_v2(self->db, ask, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, sql, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, MARK, -1, SQLITE_STATIC);
        if (sqlite3_step(statement) == SQLITE_ROW)
            there = sqlite3_column_int(statement, 0) ? SAME : sqlite3_column_int(statement, 1) > 0 ? OLDER : ANOTHERS;
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

static struct json_out view_sql(const char *view, const char *table, const struct column *columns) {
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
    json_out_raw(&sql, "", 1);
    return sql;
}

static int make_view(struct sqlite_sink *self, const char *view, const char *table, const struct column *columns) {
    struct json_out sql = view_sql(view, table, columns), drop = {0};
    enum there there = what_is_there(self, view, sql.at);
    int r = SIFTD_OK;
    if (there == OLDER) {
        sql_add(&drop, "DROP VIEW ");
        sql_quoted(&drop, view, '"');
        r = run(self, &drop);
    }
    if (r == SIFTD_OK && there != ANOTHERS)
        r = make_index(self, table, columns);
    if (r == SIFTD_OK && (there == NOTHING || there == OLDER))
        r = sqlite_run(self, sql.at, CANNOT);
    json_out_free(&sql);
    return r;
}

int view_make(struct sqlite_sink *self, const char *table, const struct column *columns) {
    const struct column *key = columns;
    while (key && !key->key)
        key = key->next;
    if (!key)
        return SIFTD_OK;
    struct json_out view = {0};
    sql_add(&view, table);
    json_out_raw(&view, "_current", sizeof "_current");
    int r = make_view(self, view.at, table, columns);
    json_out_free(&view);
    return r;
}
