/* SPDX-License-Identifier: MIT */
#include "patch.h"

#include <string.h>

static const struct patch gb18030[] = {
#define TABLE_GB18030(code, first, second) {code, first, second},
#define TABLE_BIG5(code, first, second)
#define PATCH(table, code, first, second) TABLE_##table(code, first, second)
#include "patches.def"
#undef TABLE_GB18030
#undef TABLE_BIG5
};

static const struct patch big5[] = {
#define TABLE_GB18030(code, first, second)
#define TABLE_BIG5(code, first, second) {code, first, second},
#include "patches.def"
};

struct patches patches_of(const char *table) {
    if (strcmp(table, "gb18030") == 0)
        return (struct patches){gb18030, sizeof gb18030 / sizeof *gb18030};
    if (strcmp(table, "ibm-1375_P100-2008") == 0)
        return (struct patches){big5, sizeof big5 / sizeof *big5};
    return (struct patches){NULL, 0};
}

const struct patch *patch_find(struct patches patches, const unsigned char *code, size_t len) {
    uint32_t wanted = 0;
    if (len > 4)
        return NULL;
    for (size_t i = 0; i < len; i++)
        wanted = wanted << 8 | code[i];
    size_t low = 0, high = patches.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (patches.at[middle].code == wanted)
            return &patches.at[middle];
        if (patches.at[middle].code < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
