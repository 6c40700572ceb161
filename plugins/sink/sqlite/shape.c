/* SPDX-License-Identifier: MIT */
/*
 * Columns from a JSON Schema: one for each of its properties, with the type that the property's schema names. The
 * schema's JSON is read by the database's own functions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "memory.h"
#include "sqlite.h"

enum { REFERENCES_MAX = 8 }; /* a reference that leads to another, and so on */

/* A schema, or a part of one, as JSON; `file` is the pack file that its references start from. */
struct part {
    struct siftd_str json;
    const char *file;
};

static char *copy_of(const void *text, size_t len) {
    char *copy = malloc(len + 1);
    if (!copy)
        out_of_memory();
    if (len)
        memcpy(copy, text, len);
    copy[len] = 0;
    return copy;
}

/* What an expression over ?1 (JSON) and ?2 (a path in it) gives, as text to be freed; NULL when it gives none. */
static char *evaluate(struct sqlite_sink *self, const char *sql, struct siftd_str json, const char *path) {
    sqlite3_stmt *statement = NULL;
    char *text = NULL;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text64(statement, 1, json.at, json.len, SQLITE_STATIC, SQLITE_UTF8);
        sqlite3_bind_text(statement, 2, path, -1, SQLITE_STATIC);
        if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
            text = copy_of(sqlite3_column_text(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    }
    sqlite3_finalize(statement);
    return text;
}

/* "#/$defs/text" behind its '#' as a path of the database's functions: $."$defs"."text". */
static char *path_of(const char *pointer) {
    struct json_out path = {0};
    json_out_raw(&path, "$", 1);
    while (*pointer == '/') {
        size_t len = strcspn(++pointer, "/");
        json_out_raw(&path, ".\"", 2);
        json_out_raw(&path, pointer, len);
        json_out_raw(&path, "\"", 1);
        pointer += len;
    }
    char *text = copy_of(path.at, path.len);
    json_out_free(&path);
    return text;
}

static const char *kind_of(struct sqlite_sink *self, struct part part, int depth);

static const char *kind_of_reference(struct sqlite_sink *self, const struct part *part, const char *reference,
                                     int depth) {
    const char *mark = strchr(reference, '#');
    size_t len = mark ? (size_t)(mark - reference) : strlen(reference);
    char file[256];
    if (len)
        snprintf(file, sizeof file, "schemas/%.*s", (int)len, reference);
    else
        snprintf(file, sizeof file, "%s", part->file);
    struct siftd_str whole = self->host->pack_file(self->host, file);
    if (!whole.at)
        return "";
    char *path = path_of(mark ? mark + 1 : "");
    char *json = evaluate(self, "SELECT ?1 -> ?2", whole, path);
    const char *kind = json ? kind_of(self, (struct part){{json, strlen(json)}, file}, depth - 1) : "";
    free(json);
    free(path);
    return kind;
}

/* The declared type for a JSON Schema type. A number that is whole is kept as a whole one. */
static const char *kind_of_word(const char *word) {
    static const struct {
        const char *word, *kind;
    } known[] = {{"string", "TEXT"},     {"integer", "INTEGER"}, {"number", "NUMERIC"},
                 {"boolean", "INTEGER"}, {"array", "TEXT"},      {"object", "TEXT"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].word, word) == 0)
            return known[i].kind;
    return "";
}

static const char *kind_of(struct sqlite_sink *self, struct part part, int depth) {
    /* the first type that is not null, told by type, enum or const */
    static const char own[] =
        "SELECT coalesce((SELECT value FROM json_each(?1, '$.type') WHERE value <> 'null' LIMIT 1),"
        " (SELECT iif(type = 'text', 'string', iif(type = 'real', 'number', type)) FROM json_each(?1, '$.enum') WHERE"
        " type <> 'null' LIMIT 1), iif(json_type(?1, '$.const') = 'text', 'string', NULL))";
    /* the first of the choices that is not null */
    static const char choice[] =
        "SELECT value FROM json_each(?1, '$.anyOf') WHERE json_extract(value, '$.type') IS NOT 'null' LIMIT 1";
    const char *kind = "";
    if (depth == 0)
        return kind;
    char *word = evaluate(self, own, part.json, NULL), *reference = NULL, *one = NULL;
    if (word)
        kind = kind_of_word(word);
    else if ((reference = evaluate(self, "SELECT ?1 ->> '$.$ref'", part.json, NULL)))
        kind = kind_of_reference(self, &part, reference, depth);
    else if ((one = evaluate(self, choice, part.json, NULL)))
        kind = kind_of(self, (struct part){{one, strlen(one)}, part.file}, depth - 1);
    free(word);
    free(reference);
    free(one);
    return kind;
}

/* A column has a name that SQLite's paths can say, and that no other column has (it does not tell case apart). */
static bool takes(const struct column *column, const char *name) {
    static const char *const taken[] = {"type", "id", "doc", "doc_name", "doc_sha256", "fields"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (sqlite3_stricmp(taken[i], name) == 0)
            return false;
    for (; column; column = column->next)
        if (sqlite3_stricmp(column->name, name) == 0)
            return false;
    return *name && !strpbrk(name, "\"\\");
}

struct column *columns_of(struct sqlite_sink *self, const char *type) {
    static const char sql[] = "SELECT key, value, iif(type = 'object', value ->> '$.title', NULL),"
                              " key IN (SELECT value FROM json_each(?1, '$.x-key')) FROM json_each(?1, '$.properties')";
    struct column *first = NULL, **last = &first;
    char file[256];
    if (strchr(type, '/') || snprintf(file, sizeof file, "schemas/%s.json", type) >= (int)sizeof file)
        return NULL;
    struct siftd_str schema = self->host->pack_file(self->host, file);
    sqlite3_stmt *statement = NULL;
    if (!schema.at || sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_text64(statement, 1, schema.at, schema.len, SQLITE_STATIC, SQLITE_UTF8);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        const char *value = (const char *)sqlite3_column_text(statement, 1);
        if (!name || !value || !takes(first, name))
            continue;
        struct column *column = calloc(1, sizeof *column);
        if (!column)
            out_of_memory();
        column->name = copy_of(name, strlen(name));
        const char *title = (const char *)sqlite3_column_text(statement, 2);
        column->title = title ? copy_of(title, strlen(title)) : NULL;
        column->key = sqlite3_column_int(statement, 3);
        column->kind = *value == '{' ? kind_of(self, (struct part){{value, strlen(value)}, file}, REFERENCES_MAX) : "";
        *last = column;
        last = &column->next;
    }
    sqlite3_finalize(statement);
    return first;
}

void columns_free(struct column *column) {
    while (column) {
        struct column *next = column->next;
        free(column->name);
        free(column->title);
        free(column);
        column = next;
    }
}
