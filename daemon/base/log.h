/* SPDX-License-Identifier: MIT */
/*
 * Messages to standard error, one line each: "siftd[worker 2]: warning: text". Under systemd (JOURNAL_STREAM set) each
 * line begins with the priority in sd-daemon(3) form, "<4>". Control characters in the text are written as \xNN, so
 * that a file name cannot forge a line.
 */
#pragma once

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARNING_, LOG_ERROR_ };

/* Who speaks, e.g. "worker 2"; copied. Lines below `level` are dropped. Call once at the start of a process. */
void log_init(const char *role, enum log_level level);
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_line(LOG_DEBUG_, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO_, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARNING_, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR_, __VA_ARGS__)
