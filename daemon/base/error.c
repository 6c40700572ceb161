/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

int error_setv(struct error *err, int code, const char *format, va_list args) {
    if (err) {
        err->code = code;
        vsnprintf(err->text, sizeof err->text, format, args);
    }
    return -code;
}

int error_set(struct error *err, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error_setv(err, code, format, args);
    va_end(args);
    return -code;
}

int error_errno(struct error *err, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error_setv(err, code, format, args);
    va_end(args);
    if (err) {
        size_t used = strlen(err->text);
        snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(code));
    }
    return -code;
}

int error_prefix(struct error *err, const char *format, ...) {
    if (!err)
        return 0;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", old);
    return -err->code;
}
