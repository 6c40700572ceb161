/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "quarantine/inside.h"

static char *records_path(const char *dir, const char *file) {
    return mem_format("%s/records/%s.jsonl", dir, file);
}

int quarantine_note_records(const char *dir, uint64_t claim, const char *lines, size_t len, struct error *err) {
    char file[24];
    snprintf(file, sizeof file, "%016llx", (unsigned long long)claim);
    _cleanup_(freep) char *folder = mem_format("%s/records", dir), *path = records_path(dir, file);
    int e = os_mkdirs(folder, 0750);
    if (e == 0)
        e = os_replace_file(path, lines, len);
    return e < 0 ? error_errno(err, -e, "the refused records cannot be written to %s", path) : 0;
}

/* The claim's number counts 4096ths of a microsecond. */
static void add_time(cJSON *record, const char *file) {
    time_t at = (time_t)((strtoull(file, NULL, 16) >> 12) / 1000000);
    struct tm tm;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
    cJSON_AddStringToObject(record, "time", text);
}

/* The record in the line at `*at`, with its time; goes behind the line. NULL: none that can be read. */
static cJSON *next_record(const char *file, const char **at, const char *stop) {
    const char *end = memchr(*at, '\n', (size_t)(stop - *at));
    end = end ? end : stop;
    cJSON *record = cJSON_ParseWithLength(*at, (size_t)(end - *at));
    *at = end < stop ? end + 1 : stop;
    if (record)
        add_time(record, file);
    return record;
}

static int each_line(const char *file, const struct buf *text, const struct quarantine_filter *filter,
                     quarantine_fn *each, void *user) {
    int r = 0;
    for (const char *at = text->at, *stop = at + text->len; r == 0 && at < stop;) {
        cJSON *record = next_record(file, &at, stop);
        if (record && quarantine_fits(filter, file, record))
            r = each(user, file, record);
        else
            cJSON_Delete(record);
    }
    return r;
}

/* For each file of refused records, read whole. */
typedef int file_fn(void *user, const char *file, const char *path, const struct buf *text, struct error *err);

static int each_file(const char *dir, file_fn *call, void *user, struct error *err) {
    _cleanup_(freep) char *folder = mem_format("%s/records", dir);
    char **files = NULL;
    size_t count = 0;
    int r = folder_names(folder, ".jsonl", &files, &count, err);
    for (size_t i = 0; r == 0 && i < count; i++) {
        _cleanup_(freep) char *path = records_path(dir, files[i]);
        struct buf text = {0};
        int e = file_whole(path, &text);
        if (e < 0 && e != -ENOENT)
            r = error_errno(err, -e, "%s cannot be read", path);
        else if (text.len)
            r = call(user, files[i], path, &text, err);
        buf_free(&text);
    }
    folder_names_free(files, count);
    return r;
}

struct look {
    const struct quarantine_filter *filter;
    quarantine_fn *each;
    void *user;
};

static int look_at(void *user, const char *file, const char *path, const struct buf *text, struct error *err) {
    const struct look *look = user;
    (void)path;
    (void)err;
    return each_line(file, text, look->filter, look->each, look->user);
}

int quarantine_each_record(const char *dir, const struct quarantine_filter *filter, quarantine_fn *each, void *user,
                           struct error *err) {
    struct look look = {filter, each, user};
    return each_file(dir, look_at, &look, err);
}

struct drop {
    const struct quarantine_filter *filter;
    size_t count;
};

/* Keeps the lines that do not fit; also those that cannot be read. */
static int drop_from(void *user, const char *file, const char *path, const struct buf *text, struct error *err) {
    struct drop *drop = user;
    struct buf kept = {0};
    size_t dropped = 0;
    for (const char *at = text->at, *stop = at + text->len; at < stop;) {
        const char *line = at;
        cJSON *record = next_record(file, &at, stop);
        if (record && quarantine_fits(drop->filter, file, record))
            dropped++;
        else
            buf_add(&kept, line, (size_t)(at - line));
        cJSON_Delete(record);
    }
    int e = dropped == 0 ? 0 : kept.len ? os_replace_file(path, kept.at, kept.len) : -ECANCELED;
    if (e == -ECANCELED)
        e = os.unlinkat(AT_FDCWD, path, 0) < 0 && errno != ENOENT ? -errno : 0;
    buf_free(&kept);
    drop->count += e == 0 ? dropped : 0;
    return e < 0 ? error_errno(err, -e, "%s cannot be changed", path) : 0;
}

int quarantine_drop_records(const char *dir, const struct quarantine_filter *filter, size_t *ret_count,
                            struct error *err) {
    struct drop drop = {.filter = filter};
    int r = each_file(dir, drop_from, &drop, err);
    *ret_count = drop.count;
    return r;
}
