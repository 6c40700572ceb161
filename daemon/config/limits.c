/* SPDX-License-Identifier: MIT */
/* `limits`: how much of everything one document may have. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "config/read.h"

typedef void format_fn(uint64_t value, char *text, size_t size);

static void format_SIZE(uint64_t value, char *text, size_t size) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    int unit = -1;
    for (; unit < 3 && value && value % 1024 == 0; unit++)
        value /= 1024;
    snprintf(text, size, unit < 0 ? "%" PRIu64 " bytes" : "%" PRIu64 " %s", value, unit < 0 ? "" : units[unit]);
}

static void format_NUMBER(uint64_t value, char *text, size_t size) {
    snprintf(text, size, "%" PRIu64, value);
}

#define read_SIZE read_size
#define read_NUMBER read_number

static const struct limit {
    const char *name, *said;
    size_t offset;
    format_fn *format;
} limits[] = {
#define LIMIT(name, kind, least, preset, said) {#name, said, offsetof(struct config_limits, name), format_##kind},
#include "config/limits.def"
#undef LIMIT
};

void read_limits(struct reader *r, const struct key *key, const struct tree_node *node, void *into) {
    static const struct key keys[] = {
#define LIMIT(name, kind, least, preset, said)                                                                         \
    {#name, read_##kind, offsetof(struct config, limits.name), least, INT64_MAX},
#include "config/limits.def"
#undef LIMIT
        {NULL, NULL, 0, 0, 0},
    };
    read_mapping(r, node, key->name, keys, into);
}

static const struct limit *find(const char *name) {
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(limits[i].name, name) == 0)
            return &limits[i];
    return NULL;
}

const char *config_limit_name(const char *name) {
    const struct limit *limit = find(name);
    return limit ? limit->name : NULL;
}

void config_limit_text(const struct config_limits *values, const char *name, uint64_t seen, char *text, size_t size) {
    const struct limit *limit = find(name);
    char has[64], may[64];
    uint64_t value;
    if (!limit) {
        snprintf(text, size, "goes beyond the limit \"%s\"", name);
        return;
    }
    memcpy(&value, (const char *)values + limit->offset, sizeof value);
    limit->format(seen, has, sizeof has);
    limit->format(value, may, sizeof may);
    const char *place = strstr(limit->said, "%s");
    snprintf(text, size, "%.*s%s%s, more than the %s that limits.%s allows", (int)(place - limit->said), limit->said,
             has, place + 2, may, name);
}
