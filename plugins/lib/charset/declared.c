/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "charset.h"

enum { HEAD = 4096, LINES = 512 };

static bool is_label(char c) {
    return isalnum((unsigned char)c) || strchr("-_:.", c);
}

/* The word behind `=` or `:`, with or without quotes. */
static bool read_label(const char *at, const char *end, const char *mark, char ret[CHARSET_LABEL]) {
    size_t n = 0;
    while (at < end && (isspace((unsigned char)*at)))
        at++;
    if (at == end || !strchr(mark, *at))
        return false;
    at++;
    while (at < end && (isspace((unsigned char)*at) || *at == '"' || *at == '\''))
        at++;
    while (at < end && *at && is_label(*at) && n + 1 < CHARSET_LABEL)
        ret[n++] = *at++;
    ret[n] = 0;
    return n > 1;
}

static const char *find(const char *at, const char *end, const char *word) {
    size_t len = strlen(word);
    for (; at + len <= end; at++)
        if (strncasecmp(at, word, len) == 0)
            return at;
    return NULL;
}

/* `word` inside a tag that begins with `tag`. */
static bool in_tag(const char *at, const char *end, const char *tag, const char *word, char ret[CHARSET_LABEL]) {
    for (const char *open = at; (open = find(open, end, tag)); open++) {
        const char *close = memchr(open, '>', (size_t)(end - open)), *limit = close ? close : end;
        const char *found = find(open, limit, word);
        if (found && read_label(found + strlen(word), limit, "=", ret))
            return true;
    }
    return false;
}

void charset_declared(const char *at, size_t len, char ret_label[CHARSET_LABEL]) {
    const char *end = at + (len < HEAD ? len : HEAD), *lines = at + (len < LINES ? len : LINES);
    ret_label[0] = 0;
    if (in_tag(at, lines, "<?xml", "encoding", ret_label) || in_tag(at, end, "<meta", "charset", ret_label))
        return;
    const char *coding = find(at, lines, "coding");
    if (coding && find(at, lines, "-*-") && read_label(coding + strlen("coding"), lines, "=:", ret_label))
        return;
    ret_label[0] = 0;
}
