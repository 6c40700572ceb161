/* SPDX-License-Identifier: MIT */
#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "str.h"

/* The library turns names over by the locale's charset; nothing else of the process shall see one. */
static locale_t utf8_locale;

static void allow_filters(struct archive *archive) {
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_lzip(archive);
    archive_read_support_filter_zstd(archive);
}

static void allow_formats(struct archive *archive) {
    archive_read_support_format_zip(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_7zip(archive);
    archive_read_support_format_rar(archive);
    archive_read_support_format_rar5(archive);
    archive_read_support_format_raw(archive);
}

void unpack_begin(void) {
    if (!utf8_locale)
        utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

enum unpack_form unpack_sniff(struct siftd_str head) {
    static const struct {
        const char *mark;
        size_t len, at;
        enum unpack_form form;
    } marks[] = {
        {"PK\3\4", 4, 0, UNPACK_ARCHIVE},
        {"PK\5\6", 4, 0, UNPACK_ARCHIVE},
        {"7z\xBC\xAF\x27\x1C", 6, 0, UNPACK_ARCHIVE},
        {"Rar!\x1A\7", 6, 0, UNPACK_ARCHIVE},
        {"ustar", 5, 257, UNPACK_ARCHIVE},
        {"\x1F\x8B\x08", 3, 0, UNPACK_FILE},
        {"BZh", 3, 0, UNPACK_FILE},
        {"\xFD"
         "7zXZ",
         6, 0, UNPACK_FILE},
        {"LZIP\1", 5, 0, UNPACK_FILE},
        {"\x28\xB5\x2F\xFD", 4, 0, UNPACK_FILE},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (head.len >= marks[i].at + marks[i].len && memcmp(head.at + marks[i].at, marks[i].mark, marks[i].len) == 0)
            return marks[i].form;
    return UNPACK_NONE;
}

static const size_t PIECE = (size_t)64 * 1024;

struct passage {
    const struct unpacker *unpacker;
    struct archive *archive;
    uint64_t total;
    char *bytes;
    size_t len, room;
    char *why;
};

static bool grow(struct passage *p, size_t more) {
    if (p->room - p->len >= more)
        return true;
    size_t room = p->room ? p->room : PIECE;
    while (room - p->len < more)
        room *= 2;
    char *bytes = realloc(p->bytes, room);
    if (!bytes)
        return false;
    p->bytes = bytes;
    p->room = room;
    return true;
}

/* The current file's bytes. 0, -1 when they cannot be had, -2 when that is the end of the whole. */
static int read_file(struct passage *p) {
    for (p->len = 0;;) {
        if (!grow(p, PIECE)) {
            snprintf(p->why, UNPACK_WHY, "there is no memory for it");
            return -2;
        }
        la_ssize_t n = archive_read_data(p->archive, p->bytes + p->len, PIECE);
        if (n == 0)
            return 0;
        if (n < 0) {
            const char *said = archive_error_string(p->archive);
            snprintf(p->why, UNPACK_WHY, "it cannot be unpacked: %s", said ? said : "it is damaged");
            return n == ARCHIVE_FATAL ? -2 : -1;
        }
        p->len += (size_t)n;
        p->total += (size_t)n;
        if (p->total > p->unpacker->most) {
            snprintf(p->why, UNPACK_WHY, "it unpacks to more than the %llu bytes in all that %s allows",
                     (unsigned long long)p->unpacker->most, p->unpacker->most_option);
            return -2;
        }
    }
}

static const char *name_of(struct archive *archive, struct archive_entry *entry) {
    if (archive_format(archive) == ARCHIVE_FORMAT_RAW)
        return "";
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    return name ? name : "";
}

static void lose(const struct passage *p, const char *name, const char *why) {
    if (p->unpacker->lost)
        p->unpacker->lost(p->unpacker->user, name, why);
}

/* False at the end of the whole. */
static bool take_file(struct passage *p, struct archive_entry *entry) {
    const struct unpacker *u = p->unpacker;
    const char *name = name_of(p->archive, entry);
    __LA_MODE_T type = archive_entry_filetype(entry);
    if ((type && type != AE_IFREG) || (u->wants && !u->wants(u->user, name)))
        return true;
    if (archive_entry_is_encrypted(entry)) {
        lose(p, name, "it is encrypted; pack it without a password");
        return true;
    }
    int r = read_file(p);
    if (r == 0)
        u->takes(u->user, name, p->bytes, p->len);
    else
        lose(p, name, p->why);
    return r != -2;
}

static bool go_through(struct passage *p, struct siftd_str bytes) {
    if (archive_read_open_memory(p->archive, bytes.at, bytes.len) != ARCHIVE_OK) {
        const char *said = archive_error_string(p->archive);
        snprintf(p->why, UNPACK_WHY, "it cannot be unpacked: %s", said ? said : "it is damaged");
        return false;
    }
    struct archive_entry *entry;
    for (;;) {
        int r = archive_read_next_header(p->archive, &entry);
        if (r == ARCHIVE_EOF)
            return true;
        if (r == ARCHIVE_FATAL || r == ARCHIVE_RETRY) {
            const char *said = archive_error_string(p->archive);
            snprintf(p->why, UNPACK_WHY, "it cannot be read to its end: %s", said ? said : "it is damaged");
            return false;
        }
        if (!take_file(p, entry))
            return false;
    }
}

bool unpack(struct siftd_str bytes, const struct unpacker *unpacker, char why[UNPACK_WHY]) {
    struct passage p = {.unpacker = unpacker, .archive = archive_read_new(), .why = why};
    locale_t before = utf8_locale ? uselocale(utf8_locale) : (locale_t)0;
    allow_filters(p.archive);
    allow_formats(p.archive);
    bool whole = go_through(&p, bytes);
    archive_read_free(p.archive);
    free(p.bytes);
    if (before)
        uselocale(before);
    return whole;
}
