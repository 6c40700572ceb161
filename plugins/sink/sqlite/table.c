/* SPDX-License-Identifier: MIT */
/*
 * A table a record type: id, the document, a column for each property of the type's schema, and `fields`, a JSON object
 * of all that has no column. A type without a schema has its record in `fields` whole. A table that is there already
 * gets the columns it lacks.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "memory.h"
#include "sqlite.h"

enum { ARGUMENTS = 100 }; /* of one call of json_remove; SQLite allows 127 */

void sql_add(struct json_out *sql, const char *text) {
    json_out_raw(sql, text, strlen(text));
}

void sql_quoted(struct json_out *sql, const char *text, char quote) {
    json_out_raw(sql, &quote, 1);
    for (; *text; text++) {
        json_out_raw(sql, text, 1);
        if (*text == quote)
            json_out_raw(sql, text, 1);
    }
    json_out_raw(sql, &quote, 1);
}

/* The path of a member, as an SQL text: '$."name"'. */
static void add_path(struct json_out *sql, const char *name) {
    struct json_out path = {0};
    sql_add(&path, "$.\"");
    sql_add(&path, name);
    json_out_raw(&path, "\"", 2); /* with its zero */
    sql_quoted(sql, path.at, '\'');
    json_out_free(&path);
}

/* Ends the text and runs it. */
static int run(struct sqlite_sink *self, struct json_out *sql, const char *what) {
    json_out_raw(sql, "", 1);
    int r = sqlite_run(self, sql->at, what);
    json_out_free(sql);
    return r;
}

/* Names that are SQLite's or siftd's own are not for a type. */
static char *table_name(struct siftd_str type) {
    struct json_out name = {0};
    if (type.len >= 6 && (strncasecmp(type.at, "sqlite", 6) == 0 || strncasecmp(type.at, "siftd_", 6) == 0))
        sql_add(&name, "record_");
    json_out_raw(&name, type.at, type.len);
    json_out_raw(&name, "", 1);
    return name.at;
}

static int create(struct sqlite_sink *self, const char *name, const struct column *column) {
    struct json_out sql = {0};
    sql_add(&sql, "CREATE TABLE IF NOT EXISTS ");
    sql_quoted(&sql, name, '"');
    sql_add(&sql, " (id TEXT PRIMARY KEY, doc_name TEXT, doc_sha256 TEXT");
    for (; column; column = column->next) {
        sql_add(&sql, ", ");
        sql_quoted(&sql, column->name, '"');
        sql_add(&sql, " ");
        sql_add(&sql, column->kind);
    }
    sql_add(&sql, ", fields TEXT)");
    return run(self, &sql, "a table cannot be made");
}

static bool has_column(struct sqlite_sink *self, const char *name, const char *column) {
    sqlite3_stmt *statement = NULL;
    bool has = false;
    if (sqlite3_prepare_v2(self->db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2 COLLATE NOCASE", -1,
                           &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, column, -1, SQLITE_STATIC);
        has = sqlite3_step(statement) == SQLITE_ROW;
    }
    sqlite3_finalize(statement);
    return has;
}

/* The schema has grown since the table was made. */
static int widen(struct sqlite_sink *self, const char *name, const struct column *column) {
    for (; column; column = column->next) {
        struct json_out sql = {0};
        if (has_column(self, name, column->name))
            continue;
        sql_add(&sql, "ALTER TABLE ");
        sql_quoted(&sql, name, '"');
        sql_add(&sql, " ADD COLUMN ");
        sql_quoted(&sql, column->name, '"');
        sql_add(&sql, " ");
        sql_add(&sql, column->kind);
        if (run(self, &sql, "a table cannot be widened") != SIFTD_OK)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* What is left of the record when all that has a column is taken out; NULL when nothing is. */
static void add_fields(struct json_out *sql, const struct column *columns) {
    struct json_out removed = {0};
    size_t arguments = 3;
    sql_add(&removed, "json_remove(?1, '$.type', '$.id', '$.doc'");
    for (const struct column *column = columns; column; column = column->next) {
        if (++arguments % ARGUMENTS == 0) { /* the call so far is the first argument of another */
            struct json_out outer = {0};
            sql_add(&outer, "json_remove(");
            json_out_raw(&outer, removed.at, removed.len);
            sql_add(&outer, ")");
            json_out_free(&removed);
            removed = outer;
        }
        sql_add(&removed, ", ");
        add_path(&removed, column->name);
    }
    sql_add(sql, ", nullif(");
    json_out_raw(sql, removed.at, removed.len);
    sql_add(sql, "), '{}')");
    json_out_free(&removed);
}

static void add_update(struct json_out *sql, const char *column) {
    sql_add(sql, ", ");
    sql_quoted(sql, column, '"');
    sql_add(sql, " = excluded.");
    sql_quoted(sql, column, '"');
}

static int prepare(struct sqlite_sink *self, struct table *table, const char *name, const struct column *columns) {
    struct json_out sql = {0};
    sql_add(&sql, "INSERT INTO ");
    sql_quoted(&sql, name, '"');
    sql_add(&sql, " (id, doc_name, doc_sha256");
    for (const struct column *column = columns; column; column = column->next) {
        sql_add(&sql, ", ");
        sql_quoted(&sql, column->name, '"');
    }
    sql_add(&sql, ", fields) VALUES (?2, ?3, json_extract(?1, '$.doc.sha256')");
    for (const struct column *column = columns; column; column = column->next) {
        sql_add(&sql, ", json_extract(?1, ");
        add_path(&sql, column->name);
        sql_add(&sql, ")");
    }
    add_fields(&sql, columns);
    sql_add(&sql, ") ON CONFLICT (id) DO UPDATE SET doc_name = excluded.doc_name, doc_sha256 = excluded.doc_sha256");
    for (const struct column *column = columns; column; column = column->next)
        add_update(&sql, column->name);
    add_update(&sql, "fields");
    json_out_raw(&sql, "", 1);
    int code = sqlite3_prepare_v3(self->db, sql.at, -1, SQLITE_PREPARE_PERSISTENT, &table->insert, NULL);
    json_out_free(&sql);
    if (code == SQLITE_ERROR)
        return self->host->error(self->host,
                                 "the table \"%s\" of %s is not one that siftd made (%s); rename it, or give the sink "
                                 "another path",
                                 name, self->path, sqlite3_errmsg(self->db));
    return code == SQLITE_OK ? SIFTD_OK : sqlite_failed(self, "a table cannot be written");
}

static struct table *table_free(struct table *table) {
    sqlite3_finalize(table->insert);
    free(table->type);
    free(table);
    return NULL;
}

static struct table *make(struct sqlite_sink *self, struct siftd_str type) {
    struct table *table = calloc(1, sizeof *table);
    if (!table)
        out_of_memory();
    table->type = strndup(type.at, type.len);
    char *name = table_name(type);
    struct column *columns = columns_of(self, table->type);
    if (create(self, name, columns) != SIFTD_OK || widen(self, name, columns) != SIFTD_OK ||
        view_make(self, name, columns) != SIFTD_OK || prepare(self, table, name, columns) != SIFTD_OK)
        table = table_free(table);
    columns_free(columns);
    free(name);
    return table;
}

struct table *table_find(struct sqlite_sink *self, struct siftd_str type) {
    for (struct table **at = &self->tables; *at; at = &(*at)->next) {
        struct table *table = *at;
        if (strlen(table->type) != type.len || memcmp(table->type, type.at, type.len) != 0)
            continue;
        *at = table->next;
        table->next = self->tables;
        return self->tables = table;
    }
    struct table *table = make(self, type);
    if (table) {
        table->next = self->tables;
        self->tables = table;
    }
    return table;
}

void tables_free(struct sqlite_sink *self) {
    while (self->tables) {
        struct table *next = self->tables->next;
        table_free(self->tables);
        self->tables = next;
    }
}
