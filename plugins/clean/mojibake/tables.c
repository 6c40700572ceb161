/* SPDX-License-Identifier: MIT */
#include <unicode/ucnv.h>

#include "misread.h"

static const char *const names[SETS] = {"windows-1252", "windows-1251", "windows-1250", "windows-1253", "windows-1254",
                                        "windows-1257", "ISO-8859-2",   "macintosh",    "IBM437"};

static bool fill_set(uint8_t *to, const char *name) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *open = ucnv_open(name, &code);
    for (int i = 0x80; i < 0x100 && U_SUCCESS(code); i++) {
        char byte = (char)i;
        UChar unit[2];
        UErrorCode fault = U_ZERO_ERROR;
        int32_t len = ucnv_toUChars(open, unit, 2, &byte, 1, &fault);
        if (U_SUCCESS(fault) && len == 1 && unit[0] != 0xFFFD && unit[0] >= 0x80)
            to[unit[0]] = (uint8_t)i;
    }
    ucnv_close(open);
    /* the Greek letter and the sign of a millionth stand for each other */
    to[0xB5] = to[0xB5] ? to[0xB5] : to[0x3BC];
    to[0x3BC] = to[0x3BC] ? to[0x3BC] : to[0xB5];
    /* bytes that mean nothing there are often passed as controls */
    for (unsigned i = 0x80; i < 0xA0; i++)
        if (!to[i])
            to[i] = (uint8_t)i;
    return U_SUCCESS(code);
}

static bool fill_gbk(struct tables *t) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *open = ucnv_open("gb18030", &code);
    for (unsigned lead = 0x81; lead < 0xFF && U_SUCCESS(code); lead++)
        for (unsigned trail = 0x40; trail < 0xFF; trail++) {
            char bytes[2] = {(char)lead, (char)trail};
            UChar unit[4];
            UErrorCode fault = U_ZERO_ERROR;
            if (trail == 0x7F)
                continue;
            int32_t len = ucnv_toUChars(open, unit, 4, bytes, 2, &fault);
            if (U_FAILURE(fault) || len != 1 || unit[0] == 0xFFFD)
                continue;
            uint16_t both = (uint16_t)(lead << 8 | trail);
            t->rune[both - 0x8000] = unit[0];
            t->gbk[unit[0]] = both;
        }
    ucnv_close(open);
    return U_SUCCESS(code);
}

static void fill_roles(struct tables *t) {
    for (size_t i = 0; i < SETS; i++)
        for (unsigned rune = 0x80; rune < 0x10000; rune++) {
            unsigned byte = t->byte[i][rune];
            if (byte >= 0xC2)
                t->role[rune] |= LEADS;
            else if (byte >= 0x80 && byte <= 0xBF)
                t->role[rune] |= FOLLOWS;
            if (i == 0 && byte >= 0xA1)
                t->role[rune] |= HALF;
        }
    t->role[0xFFFD] |= FOLLOWS;
}

bool tables_fill(struct tables *tables) {
    bool good = fill_gbk(tables);
    for (size_t i = 0; i < SETS; i++)
        good &= fill_set(tables->byte[i], names[i]);
    for (unsigned rune = 0xA0; rune < 0x10000; rune++) {
        unsigned byte = tables->byte[0][rune];
        if (byte >= 0x80 && byte < 0xA0)
            tables->quote[byte - 0x80] = (uint16_t)rune;
    }
    fill_roles(tables);
    return good;
}
