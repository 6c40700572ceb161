/* SPDX-License-Identifier: MIT */
#include "uri.h"

#include <stdio.h>
#include <string.h>

#include "str.h"

/* The length of "scheme:", 0 when there is none. */
static size_t scheme_length(const char *uri) {
    size_t len = strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return len && uri[len] == ':' ? len + 1 : 0;
}

/* The length of "scheme://authority". */
static size_t authority_length(const char *uri) {
    size_t len = scheme_length(uri);
    if (strncmp(uri + len, "//", 2) == 0)
        len += 2 + strcspn(uri + len + 2, "/?#");
    return len;
}

/* Takes "/./" and "/x/../" out of the path in place. */
static void remove_dots(char *path) {
    size_t len = strcspn(path, "?#"), to = 0, from = 0;
    while (from < len) {
        size_t segment = 1 + strcspn(path + from + 1, "/?#");
        bool one = segment == 2 && path[from + 1] == '.';
        bool two = segment == 3 && path[from + 1] == '.' && path[from + 2] == '.';
        if (two)
            while (to > 0 && path[--to] != '/')
                continue;
        if (one || two) {
            if (from + segment == len)
                path[to++] = '/';
        } else {
            memmove(path + to, path + from, segment);
            to += segment;
        }
        from += segment;
    }
    memmove(path + to, path + len, strlen(path + len) + 1);
}

/* How much of the base stays in front of the reference. */
static size_t kept_of_base(const char *base, const char *reference) {
    size_t whole = strcspn(base, "#"), authority = authority_length(base);
    if (scheme_length(reference))
        return 0;
    if (reference[0] == '#' || reference[0] == 0)
        return whole;
    if (strncmp(reference, "//", 2) == 0)
        return scheme_length(base);
    if (reference[0] == '/')
        return authority;
    size_t path = strcspn(base, "?#");
    while (path > authority && base[path - 1] != '/')
        path--;
    return path;
}

char *uri_resolve(struct pool *pool, const char *base, struct siftd_str reference) {
    const char *text = pool_copy(pool, reference.at, reference.len);
    size_t kept = kept_of_base(base, text);
    size_t size = kept + reference.len + 1;
    char *uri = pool_alloc(pool, size);
    snprintf(uri, size, "%.*s%s", (int)kept, base, text);
    char *path = uri + authority_length(uri);
    if (*path == '/' && text[0] != '#')
        remove_dots(path);
    return uri;
}

static int hex_digit(char c) {
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

struct siftd_str uri_cut_fragment(struct pool *pool, char *uri) {
    char *hash = strchr(uri, '#');
    if (!hash)
        return str("");
    char *text = pool_copy(pool, hash + 1, strlen(hash + 1)), *to = text;
    *hash = 0;
    for (const char *p = text; *p; p++) {
        int high = *p == '%' ? hex_digit(p[1]) : -1, low = high >= 0 ? hex_digit(p[2]) : -1;
        *to++ = low >= 0 ? (char)(high << 4 | low) : *p;
        p += low >= 0 ? 2 : 0;
    }
    return str_from(text, to);
}
