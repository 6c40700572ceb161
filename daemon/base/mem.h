/* SPDX-License-Identifier: MIT */
/* Allocation that ends the process with a message when memory is out: the daemon's state is on disk, a child is
 * replaced. */
#pragma once
#include <stddef.h>

enum { MEM_EXIT = 86 }; /* the exit code then: a parent can tell it from a crash */

void *mem_alloc(size_t size);           /* zeroed */
void *mem_grow(void *old, size_t size); /* as realloc */
char *mem_strdup(const char *text);     /* NULL gives NULL */
char *mem_strndup(const char *at, size_t len);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes room for one more item in an array that doubles. */
#define mem_push(array, count, room)                                                                                   \
    do {                                                                                                               \
        if ((count) == (room)) {                                                                                       \
            (room) = (room) ? (room)*2 : 16;                                                                           \
            (array) = mem_grow((array), (room) * sizeof *(array));                                                     \
        }                                                                                                              \
    } while (0)
