/* SPDX-License-Identifier: MIT */
#include "codes.h"

#include <stdlib.h>

#include <unicode/ucnv.h>

#include "memory.h"

enum {
    LEADS = LEAD_LAST - LEAD_FIRST + 1,
    TRAILS = TRAIL_LAST - TRAIL_FIRST + 1,
    SURROGATES = 0xD800,
    PRIVATE_LAST = 0xF8FF
};

struct codes {
    uint16_t rune[LEADS][TRAILS];
    uint16_t pair[0x10000];
};

static uint16_t decode(UConverter *gb18030, unsigned lead, unsigned trail) {
    const char bytes[2] = {(char)lead, (char)trail};
    UChar units[4];
    UErrorCode code = U_ZERO_ERROR;
    int32_t len = ucnv_toUChars(gb18030, units, 4, bytes, 2, &code);
    bool plain = U_SUCCESS(code) && len == 1 && !(units[0] >= SURROGATES && units[0] <= PRIVATE_LAST);
    return plain && units[0] != 0xFFFD ? units[0] : 0;
}

struct codes *codes_new(void) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *gb18030 = ucnv_open("gb18030", &code);
    if (U_FAILURE(code))
        return NULL;
    struct codes *codes = calloc(1, sizeof *codes);
    if (!codes)
        out_of_memory();
    for (unsigned lead = LEAD_FIRST; lead <= LEAD_LAST; lead++)
        for (unsigned trail = TRAIL_FIRST; trail <= TRAIL_LAST; trail++) {
            uint16_t rune = trail == 0x7F ? 0 : decode(gb18030, lead, trail);
            codes->rune[lead - LEAD_FIRST][trail - TRAIL_FIRST] = rune;
            if (rune)
                codes->pair[rune] = (uint16_t)(lead << 8 | trail);
        }
    ucnv_close(gb18030);
    return codes;
}

struct codes *codes_free(struct codes *codes) {
    free(codes);
    return NULL;
}

uint32_t codes_rune(const struct codes *codes, unsigned lead, unsigned trail) {
    if (lead < LEAD_FIRST || lead > LEAD_LAST || trail < TRAIL_FIRST || trail > TRAIL_LAST)
        return 0;
    return codes->rune[lead - LEAD_FIRST][trail - TRAIL_FIRST];
}

unsigned codes_pair(const struct codes *codes, uint32_t rune) {
    return rune < 0x10000 ? codes->pair[rune] : 0;
}
