/* SPDX-License-Identifier: MIT */
/*
 * The one law of failure. A function that can fail takes a `struct error *` last and returns 0 or a negative errno;
 * positive results are named conditions its header describes. The message says what failed, on which file or place,
 * why, and what can be done, as one sentence without a final dot or newline. It is written where the failure begins and
 * passed up untouched; only the entry of a room logs it. `err` may be NULL.
 */
#pragma once
#include <stdarg.h>

struct error {
    int code; /* positive errno value, 0 when unset */
    char text[1024];
};

/* Sets the message; returns -code. */
int error_set(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
int error_setv(struct error *err, int code, const char *format, va_list args) __attribute__((format(printf, 3, 0)));
/* The same with ": " and the text of errno `code` appended. */
int error_errno(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "words: " before a message that is already set; returns -err->code. */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
