/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void *must(void *p, size_t size) {
    if (p || size == 0)
        return p;
    log_error("out of memory: %zu bytes were refused; the process ends and is started again", size);
    _exit(MEM_EXIT);
}

void *mem_alloc(size_t size) {
    return must(calloc(1, size ? size : 1), size);
}

void *mem_grow(void *old, size_t size) {
    return must(realloc(old, size ? size : 1), size);
}

char *mem_strdup(const char *text) {
    return text ? must(strdup(text), strlen(text) + 1) : NULL;
}

char *mem_strndup(const char *at, size_t len) {
    char *copy = mem_alloc(len + 1);
    if (len)
        memcpy(copy, at, len);
    return copy;
}

char *mem_format(const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    return must(n < 0 ? NULL : text, 1);
}
