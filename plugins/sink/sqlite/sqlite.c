/* SPDX-License-Identifier: MIT */
/*
 * Records as rows of a database, each exactly once whatever is killed when.
 *
 * A transaction begins with the first row after a commit, and ends with the commit, which writes the journal's position
 * into the table siftd_position. Rows and position are there together or not at all; a crash in between leaves what the
 * last commit left, and the rows come again. Tables are made and widened inside the same transaction.
 *
 * A row is known by its record's id: the same record a second time (the same content dropped again, a replay, or a
 * position that was lost) replaces the row it was. So a lost position costs work and no doubles.
 */
#include "sqlite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

static const char SCHEMA[] = "CREATE TABLE IF NOT EXISTS siftd_position (one INTEGER PRIMARY KEY CHECK (one = 1),"
                             " position TEXT NOT NULL, mark TEXT NOT NULL);"
                             "CREATE TABLE IF NOT EXISTS siftd_unread (id TEXT PRIMARY KEY, type TEXT NOT NULL,"
                             " doc_name TEXT, record TEXT NOT NULL)";

static const char NOTE[] = "INSERT INTO siftd_position VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET"
                           " position = excluded.position, mark = excluded.mark";

static const char RAW[] = "INSERT INTO siftd_unread VALUES (?2, ?4, ?3, ?1) ON CONFLICT (id) DO UPDATE SET"
                          " record = excluded.record, doc_name = excluded.doc_name";

int sqlite_failed(struct sqlite_sink *self, const char *what) {
    int code = sqlite3_errcode(self->db) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        self->damaged = true;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return self->host->error(self->host,
                                 "another program holds the database %s locked for longer than `busy`; its "
                                 "transactions have to be shorter",
                                 self->path);
    return self->host->error(self->host, "%s in the database %s: %s", what, self->path, sqlite3_errmsg(self->db));
}

int sqlite_run(struct sqlite_sink *self, const char *sql, const char *what) {
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK ? SIFTD_OK : sqlite_failed(self, what);
}

static int step(struct sqlite_sink *self, sqlite3_stmt *statement, const char *what) {
    int code = sqlite3_step(statement), r = SIFTD_OK;
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        r = sqlite_failed(self, what);
    sqlite3_reset(statement);
    return r;
}

static int prepare(struct sqlite_sink *self, const char *sql, sqlite3_stmt **ret) {
    if (sqlite3_prepare_v3(self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) != SQLITE_OK)
        return sqlite_failed(self, "siftd's own tables cannot be used");
    return SIFTD_OK;
}

static int prepare_all(struct sqlite_sink *self) {
    if (sqlite_run(self, SCHEMA, "siftd's own tables cannot be made") != SIFTD_OK ||
        prepare(self, "BEGIN IMMEDIATE", &self->begin) != SIFTD_OK ||
        prepare(self, "COMMIT", &self->commit) != SIFTD_OK || prepare(self, NOTE, &self->note) != SIFTD_OK)
        return SIFTD_ERROR;
    return prepare(self, RAW, &self->raw);
}

static int open_sink(void *user, const struct siftd_host *host) {
    struct sqlite_sink *self = user;
    self->host = host;
    self->lock_fd = -1;
    if (file_open(self) != SIFTD_OK)
        return SIFTD_ERROR;
    return prepare_all(self);
}

static void close_sink(void *user) {
    struct sqlite_sink *self = user;
    sqlite3_stmt **const own[] = {&self->begin, &self->commit, &self->note, &self->raw};
    tables_free(self);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        sqlite3_finalize(*own[i]);
        *own[i] = NULL;
    }
    file_close(self);
}

/* A position is believed only with its mark: one digit that the disk changed would leave records out. */
static void mark_of(const char *position, char mark[17]) {
    snprintf(mark, 17, "%016" PRIx64, (uint64_t)XXH3_64bits(position, strlen(position)));
}

static void take_position(struct sqlite_sink *self, const char *text, const char *mark, char *position) {
    char want[17];
    mark_of(text, want);
    if (strlen(text) < SIFTD_POSITION_MAX && strcmp(mark, want) == 0)
        memcpy(position, text, strlen(text) + 1);
    else
        self->host->log(self->host, SIFTD_WARNING,
                        "the position '%.100s' in the database %s is damaged: the sink begins with the oldest document "
                        "of the journal; rows that are there already are written over",
                        text, self->path);
}

static int resume(void *user, char position[SIFTD_POSITION_MAX]) {
    struct sqlite_sink *self = user;
    sqlite3_stmt *statement = NULL;
    position[0] = 0;
    if (sqlite3_prepare_v2(self->db, "SELECT position, mark FROM siftd_position", -1, &statement, NULL) != SQLITE_OK)
        return sqlite_failed(self, "the position cannot be read");
    int code = sqlite3_step(statement);
    const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    const char *mark = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 1) : NULL;
    if (code == SQLITE_ROW)
        take_position(self, text ? text : "", mark ? mark : "", position);
    int r = code == SQLITE_ROW || code == SQLITE_DONE ? SIFTD_OK : sqlite_failed(self, "the position cannot be read");
    sqlite3_finalize(statement);
    return r;
}

static int begin(struct sqlite_sink *self) {
    if (self->inside)
        return SIFTD_OK;
    if (step(self, self->begin, "a transaction cannot be begun") != SIFTD_OK)
        return SIFTD_ERROR;
    self->inside = true;
    return SIFTD_OK;
}

static void bind_str(sqlite3_stmt *statement, int at, const char *text, size_t len) {
    sqlite3_bind_text64(statement, at, text, len, SQLITE_STATIC, SQLITE_UTF8);
}

static int insert(sqlite3_stmt *statement, const struct siftd_line *line) {
    bind_str(statement, 1, line->json, line->len);
    bind_str(statement, 2, line->id.at, line->id.len);
    bind_str(statement, 3, line->name, line->name ? strlen(line->name) : 0);
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
}

/* A line that is no JSON (a plugin can make one) is kept as it stands: it must not hold up all behind it. */
static int put_unread(struct sqlite_sink *self, const struct siftd_line *line) {
    self->host->log(self->host, SIFTD_WARNING,
                    "a record of %s cannot be taken apart (%s): it is kept as it stands in siftd_unread",
                    line->name ? line->name : "a document", sqlite3_errmsg(self->db));
    bind_str(self->raw, 4, line->type.at ? line->type.at : "", line->type.len);
    return insert(self->raw, line) == SQLITE_DONE ? SIFTD_OK : sqlite_failed(self, "a record cannot be written");
}

static int put(void *user, const struct siftd_line *line) {
    struct sqlite_sink *self = user;
    struct siftd_line known = *line;
    if (begin(self) != SIFTD_OK)
        return SIFTD_ERROR;
    if (!known.id.at || known.id.len == 0) /* a line that the host could not take apart */
        known.id = (struct siftd_str){line->json, line->len};
    struct table *table = line->type.len ? table_find(self, line->type) : NULL;
    if (line->type.len && !table)
        return SIFTD_ERROR;
    int code = table ? insert(table->insert, &known) : SQLITE_ERROR;
    if (code == SQLITE_DONE)
        return SIFTD_OK;
    if (code == SQLITE_ERROR)
        return put_unread(self, &known);
    return sqlite_failed(self, "a record cannot be written");
}

static int commit(void *user, const char *position) {
    struct sqlite_sink *self = user;
    char mark[17];
    if (strlen(position) >= SIFTD_POSITION_MAX)
        return self->host->error(self->host, "the position has more than %d characters", SIFTD_POSITION_MAX - 1);
    if (begin(self) != SIFTD_OK)
        return SIFTD_ERROR;
    mark_of(position, mark);
    bind_str(self->note, 1, position, strlen(position));
    bind_str(self->note, 2, mark, 16);
    if (step(self, self->note, "the position cannot be written") != SIFTD_OK ||
        step(self, self->commit, "a transaction cannot be committed") != SIFTD_OK)
        return SIFTD_ERROR;
    self->inside = false;
    return SIFTD_OK;
}

static const struct siftd_option options[] = {
    {"path", SIFTD_PATH, offsetof(struct sqlite_sink, path), "!", 0, 0, NULL, "the database file"},
    {"sync", SIFTD_BOOL, offsetof(struct sqlite_sink, sync), "true", 0, 0, NULL,
     "commits survive a power cut; false: only a crash of siftd"},
    {"busy", SIFTD_DURATION, offsetof(struct sqlite_sink, busy), "5s", 0, 600000, NULL,
     "how long a write waits while another program holds the database locked"},
    {"mode", SIFTD_STRING, offsetof(struct sqlite_sink, mode), "0640", 0, 0, NULL, "permissions of a new file, octal"},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "sqlite",
    .stage = SIFTD_SINK,
    .version = "1.0",
    .summary = "records as rows of an SQLite database, exactly once, a table a type",
    .options = options,
    .instance_size = sizeof(struct sqlite_sink),
    .open = open_sink,
    .close = close_sink,
    .resume = resume,
    .put = put,
    .commit = commit,
    .keyed = 1,
};
SIFTD_PLUGIN(plugin)
