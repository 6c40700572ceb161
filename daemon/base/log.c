/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char role_[32];
static enum log_level level_ = LOG_INFO_;
static int journal_;

void log_init(const char *role, enum log_level level) {
    snprintf(role_, sizeof role_, "%s", role ? role : "");
    level_ = level;
    journal_ = getenv("JOURNAL_STREAM") != NULL;
}

void log_line(enum log_level level, const char *format, ...) {
    static const char *const words[] = {"debug: ", "", "warning: ", "error: "};
    static const char *const priorities[] = {"<7>", "<6>", "<4>", "<3>"};
    if (level < level_)
        return;
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);

    char line[sizeof text * 4 + 64];
    size_t n = 0;
    if (journal_)
        n += (size_t)snprintf(line, sizeof line, "%s", priorities[level]);
    if (role_[0])
        n += (size_t)snprintf(line + n, sizeof line - n, "siftd[%s]: %s", role_, words[level]);
    else
        n += (size_t)snprintf(line + n, sizeof line - n, "siftd: %s", words[level]);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == 0x7f)
            n += (size_t)snprintf(line + n, sizeof line - n, "\\x%02x", *p);
        else
            line[n++] = (char)*p;
    }
    line[n++] = '\n';
    ssize_t done = write(STDERR_FILENO, line, n); /* one write: lines of several processes do not mix */
    (void)done;
}
