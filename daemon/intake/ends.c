/* SPDX-License-Identifier: MIT */
#include "intake/ends.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct bytes {
    const uint8_t *at;
    size_t len;
};

static bool begins(struct bytes b, const char *with, size_t len) {
    return b.len >= len && memcmp(b.at, with, len) == 0;
}

static uint32_t little(const uint8_t *at, size_t bytes) {
    uint32_t value = 0;
    while (bytes--)
        value = value << 8 | at[bytes];
    return value;
}

static struct bytes without_space(struct bytes b) {
    while (b.len && b.at[b.len - 1] <= ' ')
        b.len--;
    return b;
}

/* The end record stands 22 bytes and a comment of told length before the end (APPNOTE 4.3.16). A comment that is longer
 * than what is read here counts as unknown. */
static enum end zip_end(struct bytes last) {
    for (size_t from = 22; from <= last.len; from++) {
        const uint8_t *at = last.at + last.len - from;
        if (memcmp(at, "PK\5\6", 4) == 0 && little(at + 20, 2) == from - 22)
            return END_WHOLE;
    }
    return END_MISSING;
}

static enum end pdf_end(struct bytes last) {
    struct bytes text = without_space(last);
    return text.len >= 5 && memcmp(text.at + text.len - 5, "%%EOF", 5) == 0 ? END_WHOLE : END_MISSING;
}

/* Streams may be followed by zeros in fours (the .xz file format, 2.2). */
static enum end xz_end(struct bytes last, uint64_t size) {
    while (last.len >= 4 && memcmp(last.at + last.len - 4, "\0\0\0\0", 4) == 0)
        last.len -= 4;
    return size % 4 == 0 && last.len >= 2 && memcmp(last.at + last.len - 2, "YZ", 2) == 0 ? END_WHOLE : END_MISSING;
}

/* The trailer is a check and the length of the content (RFC 1952, 2.3.1). Deflate makes nothing shorter than a 1,032th
 * and hardly anything longer; a length beyond that is none. One within may be so by chance. Several members in one file
 * tell the last one's length only, so that a short one says nothing. */
static enum end gzip_end(struct bytes last, uint64_t size) {
    if (size < 20)
        return END_MISSING;
    uint64_t content = little(last.at + last.len - 4, 4);
    return content > size * 1032 ? END_MISSING : END_HINT;
}

static bool ends_tag(struct bytes text, const char *tag) {
    size_t len = strlen(tag);
    return text.len >= len && strncasecmp((const char *)text.at + text.len - len, tag, len) == 0;
}

/* Comments and scripts of counters may follow, and many pages lack the tag: its absence says nothing. */
static enum end html_end(struct bytes last) {
    return ends_tag(without_space(last), "</html>") ? END_HINT : END_UNKNOWN;
}

struct ending ends_judge(const uint8_t *first, size_t first_len, const uint8_t *last, size_t last_len, uint64_t size) {
    struct bytes head = {first, first_len}, tail = {last, last_len};
    if (begins(head, "PK\3\4", 4))
        return (struct ending){zip_end(tail), "the end record of the zip archive"};
    if (begins(head, "%PDF-", 5))
        return (struct ending){pdf_end(tail), "the %%EOF of the PDF"};
    if (begins(head,
               "\xFD"
               "7zXZ\0",
               6))
        return (struct ending){xz_end(tail, size), "the footer of the xz stream"};
    if (begins(head, "\x1F\x8B\x08", 3))
        return (struct ending){gzip_end(tail, size), "the trailer of the gzip member"};
    enum end html = html_end(tail);
    return (struct ending){html, html == END_HINT ? "the closing </html>" : NULL};
}

struct ending ends_read(int fd, uint64_t size) {
    uint8_t first[ENDS_FIRST], last[ENDS_LAST];
    size_t want = size < sizeof last ? (size_t)size : sizeof last;
    ssize_t a = pread(fd, first, sizeof first, 0), b = pread(fd, last, want, (off_t)(size - want));
    if (a < 0 || b < (ssize_t)want)
        return (struct ending){END_UNKNOWN, NULL};
    return ends_judge(first, (size_t)a, last, (size_t)b, size);
}
