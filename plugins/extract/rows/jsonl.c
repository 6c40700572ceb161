/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines: a line is checked and its members are handed on as their own bytes. Only a line whose keys collide with a
 * record's common fields, or that is no object, is written anew.
 */
#include "rows.h"

#include <string.h>

#include "json_scan.h"

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static struct siftd_str trimmed(struct siftd_str text) {
    while (text.len && is_space(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* Writes the members of the object with "row." before the keys that a record needs for itself. */
static void rename_keys(struct json_out *out, const char *object, size_t len) {
    struct json_member member;
    out->len = 0;
    for (size_t pos = 0; json_next_member(object, len, &pos, &member);) {
        const char *key = object + member.key.start;
        size_t key_len = member.key.end - member.key.start;
        json_out_raw(out, out->len ? ",\"" : "\"", out->len ? 2 : 1);
        if (is_common_field(key, key_len))
            json_out_raw(out, "row.", 4);
        json_out_raw(out, key, key_len);
        json_out_raw(out, "\":", 2);
        json_out_raw(out, object + member.value.start, member.value.end - member.value.start);
    }
}

static int emit_shape(struct rows *rows, const char *line, const struct json_shape *shape, struct siftd_span row) {
    const char *value = line + shape->value.start;
    size_t len = shape->value.end - shape->value.start;
    if (shape->object && !shape->flagged) {
        struct siftd_str members = trimmed((struct siftd_str){value + 1, len - 2});
        return emit_row(rows, members.at, members.len, row);
    }
    if (shape->object) {
        rename_keys(&rows->out, value, len);
    } else {
        rows->out.len = 0;
        json_out_raw(&rows->out, "\"value\":", 8);
        json_out_raw(&rows->out, value, len);
    }
    return emit_row(rows, rows->out.at, rows->out.len, row);
}

static int read_line(struct rows *rows, struct siftd_str text, struct siftd_span row, size_t number) {
    const char *line = text.at + row.start;
    size_t len = row.end - row.start;
    struct json_shape shape;
    struct json_fault fault;
    if (json_check(line, len, is_common_field, &shape, &fault))
        return emit_shape(rows, line, &shape, row);
    if (trimmed((struct siftd_str){line, len}).len == 0)
        return SIFTD_OK;
    return refuse_row(rows, row, number, "column %zu: %s", fault.at + 1, fault.what);
}

int read_json_lines(struct rows *rows, struct siftd_str text) {
    int result = SIFTD_OK;
    size_t pos = 0;
    for (size_t number = 1; result == SIFTD_OK && pos < text.len; number++) {
        const char *newline = memchr(text.at + pos, '\n', text.len - pos);
        size_t end = newline ? (size_t)(newline - text.at) : text.len;
        struct siftd_span row = {.start = pos, .end = end > pos && text.at[end - 1] == '\r' ? end - 1 : end};
        result = read_line(rows, text, row, number);
        pos = end + 1;
    }
    return result;
}
