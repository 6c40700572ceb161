/* SPDX-License-Identifier: MIT */
#include "json_out.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"
#include "memory.h"

char *json_out_reserve(struct json_out *out, size_t more) {
    if (!out->at || more > out->room - out->len) {
        if (more > SIZE_MAX / 2 - out->len)
            out_of_memory();
        out->room = (out->len + more + 8) * 2;
        out->at = realloc(out->at, out->room);
        if (!out->at)
            out_of_memory();
    }
    return out->at + out->len;
}

void json_out_raw(struct json_out *out, const char *at, size_t len) {
    char *to = json_out_reserve(out, len);
    if (len)
        memcpy(to, at, len);
    out->len += len;
}

static void escape_byte(struct json_out *out, unsigned char c) {
    static const char hex[] = "0123456789abcdef", letters[] = "b\bf\fn\nr\rt\t\"\"\\\\";
    char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    size_t len = sizeof escape;
    for (size_t i = 0; i < sizeof letters - 1; i += 2)
        if ((unsigned char)letters[i + 1] == c) {
            escape[1] = letters[i];
            len = 2;
        }
    json_out_raw(out, escape, len);
}

void json_out_escaped(struct json_out *out, const char *at, size_t len) {
    while (len) {
        size_t run = json_plain_run(at, len);
        json_out_raw(out, at, run);
        if (run < len)
            escape_byte(out, (unsigned char)at[run++]);
        at += run;
        len -= run;
    }
}

void json_out_string(struct json_out *out, const char *at, size_t len) {
    json_out_raw(out, "\"", 1);
    json_out_escaped(out, at, len);
    json_out_raw(out, "\"", 1);
}

void json_out_free(struct json_out *out) {
    free(out->at);
    *out = (struct json_out){0};
}
