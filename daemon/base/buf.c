/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

char *buf_reserve(struct buf *b, size_t more) {
    if (b->room - b->len < more || !b->at) {
        size_t room = b->room ? b->room : 256;
        while (room - b->len < more)
            room *= 2;
        b->at = mem_grow(b->at, room);
        b->room = room;
    }
    return b->at + b->len;
}

void buf_printf(struct buf *b, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_u64(struct buf *b, uint64_t value) {
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_add(b, digits + n, sizeof digits - n);
}

void buf_free(struct buf *b) {
    free(b->at);
    *b = (struct buf){0};
}
