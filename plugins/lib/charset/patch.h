/* SPDX-License-Identifier: MIT */
/* The codes that ICU's tables of GB18030 and Big5 read otherwise than the Encoding Standard. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct patch {
    uint32_t code; /* the bytes, first one highest */
    uint32_t rune, second;
};

struct patches {
    const struct patch *at;
    size_t count;
};

/* Those of one of ICU's tables; none for most. */
struct patches patches_of(const char *table);
/* The patch of a code; NULL when it has none. */
const struct patch *patch_find(struct patches patches, const unsigned char *code, size_t len);
