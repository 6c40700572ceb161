/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/os.h"
#include "quarantine/inside.h"

static const char SUFFIX[] = ".reason.json";

/* An entry may be as long as a name can be: its last bytes go where the suffix, and for a moment ".new", would not fit
 * behind it. */
static char *reason_path(const char *dir, const char *entry) {
    return mem_format("%s/%.239s%s", dir, entry, SUFFIX);
}

int file_whole(const char *path, struct buf *text) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    for (;;) {
        ssize_t n = read(fd, buf_reserve(text, 65536), 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        text->len += (size_t)n;
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int folder_names(const char *dir, const char *suffix, char ***ret, size_t *ret_count, struct error *err) {
    DIR *stream = opendir(dir);
    char **names = NULL;
    size_t count = 0, room = 0;
    if (!stream && errno != ENOENT)
        return error_errno(err, errno, "%s cannot be listed", dir);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        size_t len = strlen(entry->d_name), end = strlen(suffix);
        if (len <= end || strcmp(entry->d_name + len - end, suffix) != 0)
            continue;
        mem_push(names, count, room);
        names[count++] = mem_strndup(entry->d_name, len - end);
    }
    if (stream)
        closedir(stream);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    *ret = names;
    *ret_count = count;
    return 0;
}

void folder_names_free(char **names, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static void put_time(struct buf *b, const char *key, int64_t seconds) {
    time_t at = (time_t)seconds;
    struct tm tm;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
    json_field(b, key, seconds ? text : NULL);
}

static void put_hash(struct buf *b, const uint8_t *sha256) {
    static const uint8_t none[SHA256_SIZE];
    char hex[SHA256_HEX];
    bool known = sha256 && memcmp(sha256, none, SHA256_SIZE) != 0;
    if (known)
        hash_hex(sha256, SHA256_SIZE, hex);
    json_field(b, "sha256", known ? hex : NULL);
}

static void write_reason(const struct quarantine_case *c, struct buf *b) {
    char claim[24];
    snprintf(claim, sizeof claim, "%016llx", (unsigned long long)c->claim);
    buf_char(b, '{');
    json_field(b, "entry", c->entry);
    json_field(b, "name", c->name);
    json_field_u64(b, "size", c->size);
    put_hash(b, c->sha256);
    json_field(b, "kind", c->kind);
    json_field(b, "reason", c->reason);
    json_field(b, "stage", c->stage);
    json_field(b, "plugin", c->plugin && c->plugin[0] ? c->plugin : NULL);
    json_field_u64(b, "signal", (uint64_t)c->signal);
    json_field(b, "limit", c->limit);
    put_time(b, "time", time(NULL));
    json_field_u64(b, "attempts", c->attempts);
    put_time(b, "next", c->next);
    json_field(b, "claim", claim);
    json_field_u64(b, "sequence", c->sequence);
    json_field(b, "watch", c->watch);
    json_key(b, "kept");
    buf_str(b, c->kept ? "true}\n" : "false}\n");
}

static int replace(const char *dir, const char *entry, const char *text, size_t len, struct error *err) {
    _cleanup_(freep) char *path = reason_path(dir, entry);
    int e = os_replace_file(path, text, len);
    return e < 0 ? error_errno(err, -e, "%s cannot be written", path) : 0;
}

int quarantine_note(const char *dir, const struct quarantine_case *refused, struct error *err) {
    struct buf text = {0};
    write_reason(refused, &text);
    int e = replace(dir, refused->entry, text.at, text.len, err);
    buf_free(&text);
    return e;
}

static bool is_held(const char *dir, const char *entry) {
    _cleanup_(freep) char *path = mem_format("%s/%s", dir, entry);
    struct stat st;
    return lstat(path, &st) == 0;
}

static cJSON *parse_reason(const char *path) {
    struct buf text = {0};
    cJSON *reason = file_whole(path, &text) == 0 ? cJSON_ParseWithLength(text.at ? text.at : "", text.len) : NULL;
    buf_free(&text);
    if (cJSON_IsObject(reason))
        return reason;
    cJSON_Delete(reason);
    return NULL;
}

cJSON *quarantine_read(const char *dir, const char *entry) {
    _cleanup_(freep) char *path = reason_path(dir, entry);
    cJSON *reason = parse_reason(path);
    const char *whole = cJSON_GetStringValue(cJSON_GetObjectItem(reason, "entry"));
    if (reason)
        cJSON_AddStringToObject(reason, "state", is_held(dir, whole ? whole : entry) ? "held" : "out");
    return reason;
}

int quarantine_each(const char *dir, const struct quarantine_filter *filter, quarantine_fn *each, void *user,
                    struct error *err) {
    char **names = NULL;
    size_t count = 0;
    int r = folder_names(dir, SUFFIX, &names, &count, err);
    for (size_t i = 0; r == 0 && i < count; i++) {
        cJSON *reason = quarantine_read(dir, names[i]);
        const char *whole = cJSON_GetStringValue(cJSON_GetObjectItem(reason, "entry"));
        const char *entry = whole ? whole : names[i]; /* the file's name may be cut */
        if (reason && !strchr(entry, '/') && quarantine_fits(filter, entry, reason))
            r = each(user, entry, reason);
        else
            cJSON_Delete(reason);
    }
    folder_names_free(names, count);
    return r;
}

int quarantine_rename(const char *dir, const char *entry, const char *to, struct error *err) {
    _cleanup_(freep) char *path = reason_path(dir, entry);
    cJSON *reason = parse_reason(path);
    if (!reason)
        return error_set(err, ENOENT, "%s has no reason that can be read", entry);
    cJSON_DeleteItemFromObject(reason, "entry");
    cJSON_AddStringToObject(reason, "entry", to);
    char *text = cJSON_PrintUnformatted(reason);
    int e = replace(dir, to, text, strlen(text), err);
    cJSON_free(text);
    cJSON_Delete(reason);
    return e;
}

static int remove_file(const char *path, struct error *err) {
    if (os.unlinkat(AT_FDCWD, path, 0) < 0 && errno != ENOENT)
        return error_errno(err, errno, "%s cannot be removed", path);
    return 0;
}

int quarantine_forget(const char *dir, const char *entry, struct error *err) {
    _cleanup_(freep) char *path = reason_path(dir, entry);
    return remove_file(path, err);
}

int quarantine_drop(const char *dir, const char *entry, struct error *err) {
    _cleanup_(freep) char *path = mem_format("%s/%s", dir, entry);
    int e = remove_file(path, err);
    return e < 0 ? e : quarantine_forget(dir, entry, err);
}
