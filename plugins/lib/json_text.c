/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <stdint.h>
#include <string.h>

#include "utf8.h"

enum { HEX_DIGITS = 4, UNIT = 6 /* \uXXXX */ };

static uint32_t read_unit(const char *at) {
    uint32_t unit = 0;
    for (int i = 0; i < HEX_DIGITS; i++) {
        char c = at[i];
        unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit;
}

static void put_codepoint(struct json_out *out, uint32_t c) {
    char utf8[4];
    json_out_raw(out, utf8, utf8_put(utf8, c));
}

/* \uXXXX, with its other half where it needs one. Returns the bytes read, 0 for no text. */
static size_t put_unit(struct json_out *out, const char *at, size_t len) {
    uint32_t unit = read_unit(at + 2);
    size_t read = UNIT;
    if (unit >= 0xD800 && unit < 0xDC00) {
        uint32_t low =
            len >= 2 * (size_t)UNIT && at[UNIT] == '\\' && at[UNIT + 1] == 'u' ? read_unit(at + UNIT + 2) : 0;
        if (low < 0xDC00 || low > 0xDFFF)
            return 0;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        read += UNIT;
    } else if (unit == 0 || (unit >= 0xDC00 && unit < 0xE000)) {
        return 0;
    }
    put_codepoint(out, unit);
    return read;
}

bool json_text(struct json_out *out, const char *at, size_t len) {
    static const char letters[] = "b\bf\fn\nr\rt\t";
    while (len) {
        const char *escape = memchr(at, '\\', len);
        size_t plain = escape ? (size_t)(escape - at) : len, read = 2;
        json_out_raw(out, at, plain);
        at += plain;
        len -= plain;
        if (!len)
            break;
        if (at[1] == 'u') {
            read = put_unit(out, at, len);
        } else {
            const char *letter = strchr("bfnrt", at[1]);
            json_out_raw(out, letter ? strchr(letters, at[1]) + 1 : at + 1, 1);
        }
        if (!read)
            return false;
        at += read;
        len -= read;
    }
    return true;
}
