/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "str.h"

enum { LOCAL_HEADER = 30 }; /* APPNOTE 4.3.7: the name's length stands at 26, the name behind the header */

bool parts_sniff(struct siftd_str head, const char *const *first, const char *inside) {
    if (head.len < LOCAL_HEADER || memcmp(head.at, "PK\3\4", 4) != 0)
        return false;
    size_t len = (unsigned char)head.at[26] | (size_t)(unsigned char)head.at[27] << 8;
    struct siftd_str name = {head.at + LOCAL_HEADER, len};
    if (head.len < LOCAL_HEADER + len || !memmem(head.at, head.len, inside, strlen(inside)))
        return false;
    for (; *first; first++) {
        struct siftd_str wanted = str(*first);
        if (str_equal(name, wanted) || (str_ends(wanted, str("/")) && str_starts(name, wanted)))
            return true;
    }
    return false;
}

struct reading {
    struct parts *parts;
    bool (*wants)(void *user, const char *name);
    void *user;
    char *why;
    bool lost;
};

static bool wants(void *user, const char *name) {
    const struct reading *reading = user;
    return reading->wants(reading->user, name);
}

static void takes(void *user, const char *name, const char *bytes, size_t len) {
    struct reading *reading = user;
    struct parts *parts = reading->parts;
    if (parts->count == parts->room) {
        size_t room = parts->room ? parts->room * 2 : 8;
        struct part *part = realloc(parts->part, room * sizeof *part);
        if (!part)
            out_of_memory(); /* a child without memory ends */
        parts->part = part;
        parts->room = room;
    }
    char *copy = malloc(len + 1);
    if (!copy)
        out_of_memory();
    memcpy(copy, bytes, len);
    parts->part[parts->count++] = (struct part){strdup(name), {copy, len}};
}

static void lost(void *user, const char *name, const char *why) {
    struct reading *reading = user;
    snprintf(reading->why, UNPACK_WHY, "of its part %.60s: %.200s", name, why);
    reading->lost = true;
}

bool parts_read(struct siftd_str bytes, bool (*wanted)(void *user, const char *name), void *user, uint64_t most,
                const char *most_option, struct parts *ret, char why[UNPACK_WHY]) {
    struct reading reading = {.parts = ret, .wants = wanted, .user = user, .why = why};
    struct unpacker unpacker = {
        .user = &reading, .wants = wants, .takes = takes, .lost = lost, .most = most, .most_option = most_option};
    char end[UNPACK_WHY];
    *ret = (struct parts){0};
    if (!unpack(bytes, &unpacker, end) && !reading.lost) {
        snprintf(why, UNPACK_WHY, "%s", end);
        reading.lost = true;
    }
    return !reading.lost;
}

const struct part *parts_find(const struct parts *parts, const char *name) {
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->part[i].name, name) == 0)
            return &parts->part[i];
    return NULL;
}

void parts_free(struct parts *parts) {
    for (size_t i = 0; i < parts->count; i++) {
        free(parts->part[i].name);
        free((char *)(uintptr_t)parts->part[i].bytes.at);
    }
    free(parts->part);
    *parts = (struct parts){0};
}
