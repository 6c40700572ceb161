/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "journal/journal.h"

static const char TYPE[] = "{\"type\":\"", ID[] = "\",\"id\":\"";

enum { TYPE_LEN = sizeof TYPE - 1, ID_LEN = sizeof ID - 1, HASH_LEN = 20 };

void journal_completer_begin(struct journal_completer *completer, const struct journal_doc *doc) {
    char digits[SHA256_HEX];
    hash_hex(doc->sha256, SHA256_SIZE, digits);
    memcpy(completer->hash, digits, HASH_LEN);
    completer->hash[HASH_LEN] = '-';
    completer->hash[HASH_LEN + 1] = 0;
    completer->doc.len = 0;
    buf_str(&completer->doc, ",\"doc\":{\"name\":");
    json_string(&completer->doc, doc->name, strlen(doc->name));
    buf_str(&completer->doc, ",\"sha256\":\"");
    buf_str(&completer->doc, digits);
    buf_str(&completer->doc, "\"}");
}

void journal_completer_free(struct journal_completer *completer) {
    buf_free(&completer->doc);
}

const char *journal_line_type(const char *line, size_t len, size_t *ret_len) {
    const char *type = line + TYPE_LEN, *end = NULL;
    if (len > TYPE_LEN && memcmp(line, TYPE, TYPE_LEN) == 0)
        end = memchr(type, '"', len - TYPE_LEN);
    *ret_len = end ? (size_t)(end - type) : 0;
    return end ? type : line;
}

bool journal_line_is(const char *line, size_t len, const char *type) {
    size_t type_len;
    const char *own = journal_line_type(line, len, &type_len);
    return type_len == strlen(type) && memcmp(own, type, type_len) == 0;
}

bool journal_line_is_refused(const char *line, size_t len) {
    return journal_line_is(line, len, "refused");
}

/* Where the place stands in a line of the format: its offset and length; false for other lines. */
static bool find_place(const char *line, size_t len, size_t type_len, size_t *ret_at, size_t *ret_len) {
    size_t at = TYPE_LEN + type_len + ID_LEN;
    if (type_len == 0 || len < at || memcmp(line + at - ID_LEN, ID, ID_LEN) != 0)
        return false;
    const char *end = memchr(line + at, '"', len - at);
    if (!end)
        return false;
    *ret_at = at;
    *ret_len = (size_t)(end - line) - at;
    return true;
}

static char *put(char *to, const char *from, size_t len) {
    memcpy(to, from, len);
    return to + len;
}

void journal_completer_add(const struct journal_completer *completer, const char *line, size_t len, struct buf *out,
                           struct journal_parts *ret_parts) {
    struct journal_parts parts = {0};
    size_t type_len, place, place_len;
    journal_line_type(line, len, &type_len);
    if (!find_place(line, len, type_len, &place, &place_len)) {
        buf_add(out, line, len);
        *ret_parts = parts;
        return;
    }
    size_t head = HASH_LEN + 1, rest = place + place_len + 1;
    char *begin = buf_reserve(out, len + head + completer->doc.len), *to = begin;
    to = put(to, line, place);
    to = put(to, completer->hash, head);
    to = put(to, line + place, place_len + 1);
    to = put(to, completer->doc.at, completer->doc.len);
    to = put(to, line + rest, len - rest);
    *ret_parts = (struct journal_parts){
        .type = out->len + TYPE_LEN, .type_len = type_len, .id = out->len + place, .id_len = head + place_len};
    out->len += (size_t)(to - begin);
}

void journal_complete(const struct journal_doc *doc, const char *line, size_t len, struct buf *out) {
    struct journal_completer completer = {0};
    struct journal_parts parts;
    journal_completer_begin(&completer, doc);
    journal_completer_add(&completer, line, len, out, &parts);
    journal_completer_free(&completer);
}
