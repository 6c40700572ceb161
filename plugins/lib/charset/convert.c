/* SPDX-License-Identifier: MIT */
/*
 * Method. ICU converts blocks of bytes to UTF-16 together with the offset each unit came from. A character's bytes
 * reach up to the offset of the next character, so that an escape sequence belongs to the character before it.
 * Characters are gathered into runs in which text and bytes keep one ratio (ASCII 1:1, Chinese 3:2).
 *
 * A character cut by a block's end is given out in the next block with offset -1: it began with the bytes ICU held back
 * (`held`). The target has room for a whole block, so that ICU never keeps converted units back. Where ICU answers
 * with a character for private use or none at all, the patches are asked.
 */
#include "convert.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucnv.h>

#include "johab.h"
#include "patch.h"
#include "utf8.h"

enum { BLOCK = 16 * 1024, TARGET = 2 * BLOCK + 64, RUN = 8 * 1024 };

struct writer {
    struct convert *out;
    struct patches patches;
    const char *bytes;
    int result;
    char text[RUN + 8]; /* the run being gathered */
    size_t len, start;  /* its text, and where its bytes start */
    uint32_t text_unit, byte_unit;
};

static void flush(struct writer *w) {
    if (w->len && w->result >= 0)
        w->result = w->out->put(w->out->user, w->text, w->len, w->start, w->text_unit, w->byte_unit);
    w->len = 0;
}

/* A new run when the character keeps another ratio than the last one. */
static void begin(struct writer *w, uint32_t size, size_t start, uint32_t bytes) {
    if (w->len && size == w->text_unit && bytes == w->byte_unit && w->len < RUN)
        return;
    flush(w);
    w->start = start;
    w->text_unit = size;
    w->byte_unit = bytes;
}

static void put_plain(struct writer *w, uint32_t rune, size_t start, size_t end) {
    char utf8[4];
    uint32_t size = (uint32_t)utf8_put(utf8, rune);
    begin(w, size, start, (uint32_t)(end - start));
    memcpy(w->text + w->len, utf8, sizeof utf8);
    w->len += size;
}

static void put_pair(struct writer *w, const struct patch *patch, size_t start, size_t end) {
    char utf8[8];
    size_t size = utf8_put(utf8, patch->rune);
    size += utf8_put(utf8 + size, patch->second);
    flush(w);
    if (w->result >= 0)
        w->result = w->out->put(w->out->user, utf8, size, start, (uint32_t)size, (uint32_t)(end - start));
}

static bool is_doubtful(uint32_t rune) {
    return rune == 0xFFFD || (rune >= 0xD800 && rune < 0xF900);
}

static void put_doubtful(struct writer *w, uint32_t rune, size_t start, size_t end) {
    const struct patch *patch = patch_find(w->patches, (const unsigned char *)w->bytes + start, end - start);
    if (patch && patch->second) {
        put_pair(w, patch, start, end);
        return;
    }
    if (patch)
        rune = patch->rune;
    else if (U16_IS_SURROGATE(rune))
        rune = 0xFFFD;
    w->out->replaced += rune == 0xFFFD;
    put_plain(w, rune, start, end);
}

/* One character, made from the bytes [start, end). */
static void put(struct writer *w, uint32_t rune, size_t start, size_t end) {
    if (is_doubtful(rune))
        put_doubtful(w, rune, start, end);
    else
        put_plain(w, rune, start, end);
}

/* The units of one block. `base` is where its bytes stand, `cut` where a character of offset -1 began, `end` where the
 * bytes that were used end. */
static void put_block(struct writer *w, const UChar *unit, const int32_t *offset, size_t units, size_t base, size_t cut,
                      size_t end) {
    for (size_t i = 0; i < units;) {
        size_t size = U16_IS_LEAD(unit[i]) && i + 1 < units && U16_IS_TRAIL(unit[i + 1]) ? 2 : 1, next = i + size;
        uint32_t rune = size == 2 ? (uint32_t)U16_GET_SUPPLEMENTARY(unit[i], unit[i + 1]) : unit[i];
        size_t from = offset[i] < 0 ? cut : base + (size_t)offset[i];
        size_t to = next == units ? end : offset[next] < 0 ? from : base + (size_t)offset[next];
        put(w, rune, from, to > from ? to : from);
        i = next;
    }
}

static int convert_icu(struct writer *w, UConverter *converter, size_t start, size_t len) {
    UChar unit[TARGET] = {0};
    int32_t offset[TARGET];
    size_t held = 0;
    for (size_t at = start; at < len && w->result >= 0;) {
        size_t block = len - at < BLOCK ? len - at : BLOCK;
        const char *source = w->bytes + at;
        UChar *target = unit;
        UErrorCode code = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, unit + TARGET, &source, source + block, offset, at + block == len, &code);
        if (U_FAILURE(code)) {
            snprintf(w->out->error, sizeof w->out->error, "cannot decode at byte %zu: %s", at, u_errorName(code));
            return -1;
        }
        int32_t pending = ucnv_toUCountPending(converter, &code);
        size_t keep = pending > 0 ? (size_t)pending : 0, end = at + block;
        put_block(w, unit, offset, (size_t)(target - unit), at, at - held, end - (keep < end ? keep : end));
        held = keep;
        at = end;
    }
    return 0;
}

static int convert_johab(struct writer *w, UConverter *rows, size_t start, size_t len) {
    for (size_t at = start; at < len && w->result >= 0;) {
        uint32_t rune;
        unsigned char code[2];
        size_t size = johab_step((const unsigned char *)w->bytes + at, len - at, &rune, code);
        if (!rune && size == 2) {
            UChar unit[4];
            UErrorCode fault = U_ZERO_ERROR;
            int32_t units = ucnv_toUChars(rows, unit, 4, (const char *)code, 2, &fault);
            rune = U_SUCCESS(fault) && units == 1 ? unit[0] : 0xFFFD;
        }
        put(w, rune, at, at + size);
        at += size;
    }
    return 0;
}

static bool is_johab(const char *table) {
    return strcmp(table, "johab") == 0;
}

/* ICU's converter, or for Johab the one of the rows. */
static UConverter *open_table(const char *table) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *open = ucnv_open(is_johab(table) ? "windows-949" : table, &code);
    return U_SUCCESS(code) ? open : NULL;
}

int convert_knows(const char *table) {
    UConverter *open = open_table(table);
    ucnv_close(open);
    return open != NULL;
}

/* The length of a broken sequence: its lead byte and the continuation bytes that belong to it. */
static size_t broken(const char *at, size_t len) {
    size_t n = 1;
    while (n < len && n < 3 && ((unsigned char)at[n] & 0xC0) == 0x80)
        n++;
    return n;
}

static int convert_utf8(struct convert *out, const char *bytes, size_t len, size_t start) {
    int result = 0;
    for (size_t at = start; at < len && result >= 0;) {
        size_t good = utf8_check(bytes + at, len - at);
        if (good)
            result = out->put(out->user, bytes + at, good, at, 1, 1);
        at += good;
        if (at == len || result < 0)
            break;
        size_t bad = broken(bytes + at, len - at);
        result = out->put(out->user, "\xEF\xBF\xBD", 3, at, 3, (uint32_t)bad);
        out->replaced++;
        at += bad;
    }
    return result;
}

int convert(struct convert *out, const char *table, const char *bytes, size_t len, size_t start) {
    out->replaced = 0;
    out->error[0] = 0;
    if (!table)
        return convert_utf8(out, bytes, len, start);
    UConverter *open = open_table(table);
    if (!open) {
        snprintf(out->error, sizeof out->error, "there is no decoder for the charset %s", table);
        return -1;
    }
    struct writer w = {.out = out, .patches = patches_of(table), .bytes = bytes};
    int result = is_johab(table) ? convert_johab(&w, open, start, len) : convert_icu(&w, open, start, len);
    flush(&w);
    ucnv_close(open);
    return result < 0 ? result : w.result;
}
