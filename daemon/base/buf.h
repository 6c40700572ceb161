/* SPDX-License-Identifier: MIT */
/* A growing byte buffer. `struct buf b = {0};` is empty and ready. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *at;
    size_t len, room;
};

/* Makes sure that `more` bytes can follow; returns where they go. */
char *buf_reserve(struct buf *b, size_t more);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *b); /* frees and empties */

static inline void buf_add(struct buf *b, const void *data, size_t len) {
    char *to = buf_reserve(b, len);
    if (len)
        memcpy(to, data, len);
    b->len += len;
}

static inline void buf_str(struct buf *b, const char *text) {
    buf_add(b, text, strlen(text));
}

static inline void buf_char(struct buf *b, char c) {
    *buf_reserve(b, 1) = c;
    b->len++;
}

/* Decimal digits of a number. */
void buf_u64(struct buf *b, uint64_t value);
