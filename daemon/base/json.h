/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON (RFC 8259) into a buffer, and looking into JSON text that siftd wrote itself. Numbers stay the digits
 * they are; reading of foreign JSON into values is cJSON's.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A string with quotes; control characters, quotes and backslashes escaped. Bytes that are not UTF-8 become U+FFFD. */
void json_string(struct buf *b, const char *at, size_t len);
/* `"key":` with a comma before it unless the buffer ends in '{'. */
void json_key(struct buf *b, const char *key);
/* key and a string value; NULL gives null. */
void json_field(struct buf *b, const char *key, const char *value);
void json_field_u64(struct buf *b, const char *key, uint64_t value);

/* The value of `key` among the members of a JSON object written by siftd (no foreign whitespace): its text; NULL if
 * absent. */
const char *json_find(const char *object, size_t len, const char *key, size_t *ret_len);
/* A member of an object: the key between its quotes, the value's text. */
struct json_pair {
    const char *key;
    size_t key_len;
    const char *value;
    size_t value_len;
};
/* The members of a JSON object written by siftd, one after the other; *pos is 0 at first. */
bool json_next(const char *object, size_t len, size_t *pos, struct json_pair *ret);
/* A JSON string's content, unescaped, appended to b. `at` points at the opening quote. */
void json_unquote(struct buf *b, const char *at, size_t len);
