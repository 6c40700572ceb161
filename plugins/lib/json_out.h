/* SPDX-License-Identifier: MIT */
/*
 * A growing buffer for the JSON text of a record. `struct json_out out = {0};` is empty and ready. Running out of
 * memory ends the process, as everywhere in a plugin.
 */
#pragma once
#include <stddef.h>

struct json_out {
    char *at;
    size_t len, room;
};

/* Makes sure that `more` bytes can follow; returns where they go. */
char *json_out_reserve(struct json_out *out, size_t more);
/* Bytes as they are. */
void json_out_raw(struct json_out *out, const char *at, size_t len);
/* What stands inside the quotes of a JSON string: valid UTF-8 text, escaped where it must be. */
void json_out_escaped(struct json_out *out, const char *at, size_t len);
void json_out_string(struct json_out *out, const char *at, size_t len); /* with its quotes */
void json_out_free(struct json_out *out);                               /* frees and empties */
