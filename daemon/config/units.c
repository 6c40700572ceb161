/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

struct unit {
    const char *name;
    uint64_t factor;
};

/* Digits and, right behind them, one of the units. */
static int with_unit(const char *text, const struct unit *units, uint64_t most, uint64_t *ret) {
    if (*text < '0' || *text > '9')
        return -EINVAL;
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno)
        return -EINVAL;
    for (const struct unit *u = units; u->name; u++)
        if (strcmp(end, u->name) == 0) {
            if (value > most / u->factor)
                return -EINVAL;
            *ret = value * u->factor;
            return 0;
        }
    return -EINVAL;
}

int config_duration(const char *text, int64_t *ret) {
    static const struct unit units[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
                                        {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
    uint64_t value;
    if (strcmp(text, "0") == 0)
        value = 0;
    else if (with_unit(text, units, INT64_MAX, &value) < 0)
        return -EINVAL;
    *ret = (int64_t)value;
    return 0;
}

int config_size(const char *text, uint64_t *ret) {
    static const struct unit units[] = {
        {"", 1},  {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40},
        {NULL, 0}};
    return with_unit(text, units, INT64_MAX, ret);
}
