/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema of a ledger, made from its columns in the packs' section "ledgers", so that extraction, checking and
 * the tables of databases have one source. A pack's own file of the same name comes first.
 */
#include <string.h>

#include "base/json.h"
#include "host/internal.h"

static const char *scalar(const struct tree_node *node, const char *key) {
    const struct tree_node *value = tree_get(node, key);
    return value && value->type == TREE_SCALAR ? value->text : NULL;
}

static bool is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* The first of the names that a table's header may give the column: what people call it. */
static void write_title(struct buf *out, const struct tree_node *column) {
    const struct tree_node *names = tree_get(column, "names");
    const struct tree_node *first = names && names->type == TREE_SEQUENCE && names->count ? names->child[0] : names;
    if (first && first->type == TREE_SCALAR)
        json_field(out, "title", first->text);
}

/* The columns that tell rows apart; databases make a view by them. */
static void write_key(struct buf *out, const struct tree_node *key) {
    const char *comma = "";
    if (!key || key->type != TREE_SEQUENCE)
        return;
    json_key(out, "x-key");
    buf_char(out, '[');
    for (size_t i = 0; i < key->count; i++) {
        if (key->child[i]->type != TREE_SCALAR)
            continue;
        buf_str(out, comma);
        json_string(out, key->child[i]->text, strlen(key->child[i]->text));
        comma = ",";
    }
    buf_char(out, ']');
}

/* A column's values are of one type, or null where the cell was empty. */
static void write_column(struct buf *out, const char *name, const struct tree_node *column) {
    const char *as = scalar(column, "as"), *unit = scalar(column, "unit");
    json_key(out, name);
    buf_str(out, "{\"type\":[");
    buf_str(out, is(as, "number") ? "\"number\"" : "\"string\"");
    buf_str(out, is(scalar(column, "required"), "true") ? "]" : ",\"null\"]");
    if (is(as, "date"))
        json_field(out, "pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?(/[0-9-]+)?$");
    write_title(out, column);
    if (unit)
        json_field(out, "description", unit);
    buf_char(out, '}');
}

static void write_required(struct buf *out, const struct tree_node *columns) {
    json_key(out, "required");
    buf_str(out, "[\"type\"");
    for (size_t i = 0; i < columns->count; i++)
        if (is(scalar(columns->child[i], "required"), "true")) {
            buf_char(out, ',');
            json_string(out, columns->key[i], strlen(columns->key[i]));
        }
    buf_char(out, ']');
}

static void write_schema(struct buf *out, const char *type, const struct tree_node *ledger,
                         const struct tree_node *columns) {
    const char *title = scalar(ledger, "title");
    buf_str(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"");
    json_field(out, "title", title ? title : type);
    json_field(out, "type", "object");
    json_key(out, "properties");
    buf_str(out, "{\"type\":{");
    buf_str(out, "\"const\":");
    json_string(out, type, strlen(type));
    buf_str(out, "},\"quote\":{\"type\":\"string\"}");
    for (size_t i = 0; i < columns->count; i++)
        write_column(out, columns->key[i], columns->child[i]);
    buf_char(out, '}');
    write_required(out, columns);
    write_key(out, tree_get(ledger, "key"));
    buf_char(out, '}');
}

bool ledger_schema(const struct host *host, const char *path, struct buf *ret) {
    static const char folder[] = "schemas/", end[] = ".json";
    const struct tree_node *ledgers = packs_section(host, "ledgers");
    size_t len = strlen(path), head = sizeof folder - 1, tail = sizeof end - 1;
    if (!ledgers || ledgers->type != TREE_MAPPING || len <= head + tail || strncmp(path, folder, head) != 0 ||
        strcmp(path + len - tail, end) != 0)
        return false;
    for (size_t i = 0; i < ledgers->count; i++) {
        const struct tree_node *columns = tree_get(ledgers->child[i], "columns");
        if (strlen(ledgers->key[i]) != len - head - tail ||
            strncmp(ledgers->key[i], path + head, len - head - tail) != 0 || !columns || columns->type != TREE_MAPPING)
            continue;
        write_schema(ret, ledgers->key[i], ledgers->child[i], columns);
        return true;
    }
    return false;
}
