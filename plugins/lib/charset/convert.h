/* SPDX-License-Identifier: MIT */
/* Turns bytes of any charset that is known into UTF-8, with the exact place of every character. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* A piece of text, front to back: every `text_unit` bytes of it came from `byte_unit` bytes, beginning at `start`;
 * `len` is a multiple of text_unit. Negative: the conversion ends with this result. */
typedef int convert_put_fn(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit,
                           uint32_t byte_unit);

struct convert {
    convert_put_fn *put;
    void *user;
    size_t replaced; /* places that could not be read and became U+FFFD */
    char error[120]; /* why the conversion itself failed; empty when put() did */
};

/* Whether there is a decoder for a table of charset_table(). */
int convert_knows(const char *table);
/* Decodes the bytes from `start` on, `table` NULL: as UTF-8 in which some places are broken. 0, or negative with
 * convert->error. */
int convert(struct convert *out, const char *table, const char *bytes, size_t len, size_t start);
