/* SPDX-License-Identifier: MIT */
/* What the files of this plugin share. sqlite.c opens with the protocol. */
#pragma once
#include <siftd/plugin.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "json_out.h"

/* The table of one record type, with what writes a row of it. */
struct table {
    char *type;           /* as records name it, zero-terminated */
    sqlite3_stmt *insert; /* ?1 the record's JSON, ?2 its id, ?3 the document's name */
    struct table *next;
};

struct sqlite_sink {
    /* options */
    const char *path, *mode;
    int64_t busy;
    int sync;

    const struct siftd_host *host;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *note, *raw;
    struct table *tables; /* the one used last stands first */
    int lock_fd;
    bool inside;  /* a transaction is open */
    bool damaged; /* SQLite found that the file is none of its own any more */
};

/* Says why a call failed, in the database's words, and notes when the file is damaged. Returns SIFTD_ERROR. */
int sqlite_failed(struct sqlite_sink *self, const char *what);
int sqlite_run(struct sqlite_sink *self, const char *sql, const char *what);

/* file.c: the file and its lock. `file_open` makes both when they are not there, a damaged database is put aside. */
int file_open(struct sqlite_sink *self);
void file_close(struct sqlite_sink *self);

/* table.c: the table of a record type, made or widened as the pack's schema wants it, inside the open transaction. NULL
 * after host->error(). */
struct table *table_find(struct sqlite_sink *self, struct siftd_str type);
void tables_free(struct sqlite_sink *self);

/* SQL being written: as it is; between quotes of the given kind, doubled inside. */
void sql_add(struct json_out *sql, const char *text);
void sql_quoted(struct json_out *sql, const char *text, char quote);

/* shape.c: columns from a schema. */
struct column {
    char *name;       /* as in records */
    char *title;      /* what people call it, by the schema; NULL */
    bool key;         /* one of those that tell the rows of a ledger apart */
    const char *kind; /* the declared type: TEXT, INTEGER, NUMERIC, or empty for any */
    struct column *next;
};

/* The columns that a record type's schema gives, in the schema's order: NULL when it has none. Freed with
 * columns_free(). */
struct column *columns_of(struct sqlite_sink *self, const char *type);
void columns_free(struct column *column);

/* view.c: the view of a ledger's table, made or made anew; nothing where the type is none. */
int view_make(struct sqlite_sink *self, const char *table, const struct column *columns);
