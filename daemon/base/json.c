/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

void json_string(struct buf *b, const char *at, size_t len) {
    buf_char(b, '"');
    size_t plain = 0, i = 0;
    while (i < len) {
        unsigned char c = (unsigned char)at[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        if (c >= 0x80) {
            uint32_t cp;
            size_t n = utf8_next(at + i, len - i, &cp);
            if (n > 1) {
                i += n;
                continue;
            }
        }
        buf_add(b, at + plain, i - plain);
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c == '\n' || c == '\t' || c == '\r') {
            buf_str(b, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
        } else if (c < 0x20) {
            buf_printf(b, "\\u%04x", c);
        } else {
            buf_str(b, "\xef\xbf\xbd");
        }
        plain = ++i;
    }
    buf_add(b, at + plain, len - plain);
    buf_char(b, '"');
}

void json_key(struct buf *b, const char *key) {
    if (b->len && b->at[b->len - 1] != '{')
        buf_char(b, ',');
    json_string(b, key, strlen(key));
    buf_char(b, ':');
}

void json_field(struct buf *b, const char *key, const char *value) {
    json_key(b, key);
    if (value)
        json_string(b, value, strlen(value));
    else
        buf_str(b, "null");
}

void json_field_u64(struct buf *b, const char *key, uint64_t value) {
    json_key(b, key);
    buf_u64(b, value);
}

/* The end of the string that opens at i. */
static size_t skip_string(const char *at, size_t len, size_t i) {
    for (i++; i < len && at[i] != '"'; i++)
        if (at[i] == '\\')
            i++;
    return i < len ? i + 1 : len;
}

/* The end of the value that begins at i: where a ',' or a closing bracket of the outer object stands. */
static size_t skip_value(const char *at, size_t len, size_t i) {
    int depth = 0;
    while (i < len) {
        char c = at[i];
        if (c == '"') {
            i = skip_string(at, len, i);
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        if (c == '}' || c == ']')
            if (depth-- == 0)
                break;
        if (c == ',' && depth == 0)
            break;
        i++;
    }
    return i;
}

bool json_next(const char *object, size_t len, size_t *pos, struct json_pair *ret) {
    size_t i = *pos;
    if (i == 0 && len && object[0] == '{')
        i++;
    if (i >= len || object[i] != '"')
        return false;
    size_t end = skip_string(object, len, i), value = end + 1;
    if (value > len)
        return false;
    size_t stop = value < len ? skip_value(object, len, value) : len;
    *ret = (struct json_pair){object + i + 1, end - i - 2, object + value, stop - value};
    *pos = stop + 1;
    return true;
}

const char *json_find(const char *object, size_t len, const char *key, size_t *ret_len) {
    size_t want = strlen(key);
    struct json_pair pair;
    for (size_t pos = 0; json_next(object, len, &pos, &pair);)
        if (pair.key_len == want && memcmp(pair.key, key, want) == 0) {
            *ret_len = pair.value_len;
            return pair.value;
        }
    return NULL;
}

static unsigned hex4(const char *at) {
    unsigned v = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        v = v << 4 | (unsigned)(c >= '0' && c <= '9'   ? c - '0'
                                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                       : 0);
    }
    return v;
}

static void add_code_point(struct buf *b, uint32_t cp) {
    if (cp < 0x80) {
        buf_char(b, (char)cp);
        return;
    }
    if (cp < 0x800) {
        buf_char(b, (char)(0xc0 | cp >> 6));
    } else {
        if (cp < 0x10000) {
            buf_char(b, (char)(0xe0 | cp >> 12));
        } else {
            buf_char(b, (char)(0xf0 | cp >> 18));
            buf_char(b, (char)(0x80 | (cp >> 12 & 0x3f)));
        }
        buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
    }
    buf_char(b, (char)(0x80 | (cp & 0x3f)));
}

void json_unquote(struct buf *b, const char *at, size_t len) {
    buf_reserve(b, len); /* no escape is shorter than what it stands for */
    for (size_t i = 1; i < len && at[i] != '"'; i++) {
        if (at[i] != '\\' || i + 1 >= len) {
            b->at[b->len++] = at[i];
            continue;
        }
        char c = at[++i];
        if (c == 'u' && i + 4 < len) {
            uint32_t cp = hex4(at + i + 1);
            i += 4;
            if (cp >= 0xd800 && cp < 0xdc00 && i + 6 < len && at[i + 1] == '\\' && at[i + 2] == 'u') {
                uint32_t low = hex4(at + i + 3);
                if (low >= 0xdc00 && low < 0xe000) {
                    cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
                    i += 6;
                }
            }
            add_code_point(b, cp >= 0xd800 && cp < 0xe000 ? 0xfffd : cp);
        } else {
            buf_char(b, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c);
        }
    }
}
