/* SPDX-License-Identifier: MIT */
/*
 * Method. ICU converts blocks of bytes to UTF-16 together with the offset each unit came from. A character's bytes
 * reach up to the offset of the next character, so that an escape sequence belongs to the character before it.
 * Characters are gathered into runs in which text and bytes keep one ratio (ASCII 1:1, Chinese 3:2); a run is one call
 * to the host.
 *
 * A character cut by a block's end is given out in the next block with offset -1: it began with the bytes ICU held back
 * (`pending`). The target has room for a whole block, so that ICU never keeps converted units back.
 */
#include "convert.h"

#include <string.h>
#include <unicode/ucnv.h>

#include "utf8.h"

enum { BLOCK = 16 * 1024, TARGET = 2 * BLOCK + 64, RUN = 8 * 1024 };

struct writer {
    const struct siftd_host *host;
    struct siftd_doc *doc;
    struct convert_head *head;
    size_t replaced;
    int result;
    char text[RUN + 8]; /* the run being gathered */
    size_t len, start;  /* its text, and where its bytes start */
    uint32_t text_unit, byte_unit;
};

static void keep_head(struct convert_head *head, const char *text, size_t len) {
    size_t room = CONVERT_HEAD - head->len;
    if (len > room)
        len = 0; /* whole runs only: never half a character */
    memcpy(head->at + head->len, text, len);
    head->len += len;
}

static void flush(struct writer *w) {
    if (!w->len || w->result < 0)
        return;
    keep_head(w->head, w->text, w->len);
    w->result = w->host->text_units(w->doc, w->text, w->len, w->start, w->text_unit, w->byte_unit);
    w->len = 0;
}

/* One character, made from the bytes [start, end). */
static void put(struct writer *w, uint32_t rune, size_t start, size_t end) {
    char utf8[4];
    uint32_t size = (uint32_t)utf8_put(utf8, rune), bytes = (uint32_t)(end - start);
    w->replaced += rune == 0xFFFD;
    if (w->len && (size != w->text_unit || bytes != w->byte_unit || w->len >= RUN))
        flush(w);
    if (!w->len) {
        w->start = start;
        w->text_unit = size;
        w->byte_unit = bytes;
    }
    memcpy(w->text + w->len, utf8, size);
    w->len += size;
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
        if (U16_IS_SURROGATE(rune))
            rune = 0xFFFD;
        put(w, rune, from, to > from ? to : from);
        i = next;
    }
}

static int convert_all(struct writer *w, UConverter *converter, struct siftd_str bytes, size_t start) {
    UChar unit[TARGET] = {0};
    int32_t offset[TARGET];
    size_t held = 0;
    for (size_t at = start; at < bytes.len && w->result >= 0;) {
        size_t block = bytes.len - at < BLOCK ? bytes.len - at : BLOCK;
        const char *source = bytes.at + at;
        UChar *target = unit;
        UErrorCode code = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, unit + TARGET, &source, source + block, offset, at + block == bytes.len,
                       &code);
        if (U_FAILURE(code))
            return w->host->error(w->host, "cannot decode at byte %zu: %s", at, u_errorName(code));
        int32_t pending = ucnv_toUCountPending(converter, &code);
        size_t keep = pending > 0 ? (size_t)pending : 0, end = at + block;
        put_block(w, unit, offset, (size_t)(target - unit), at, at - held, end - (keep < end ? keep : end));
        held = keep;
        at = end;
    }
    flush(w);
    return w->result;
}

bool convert_knows(const char *converter) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *open = ucnv_open(converter, &code);
    ucnv_close(open);
    return U_SUCCESS(code);
}

int convert(const struct siftd_host *host, struct siftd_doc *doc, const char *converter, size_t start,
            struct convert_head *head, size_t *ret_replaced) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *open = ucnv_open(converter, &code);
    if (U_FAILURE(code))
        return host->error(host, "there is no decoder for the charset %s", converter);
    struct writer w = {.host = host, .doc = doc, .head = head};
    int result = convert_all(&w, open, host->bytes(doc), start);
    ucnv_close(open);
    *ret_replaced = w.replaced;
    return result;
}

/* The length of a broken sequence: its lead byte and the continuation bytes that belong to it. */
static size_t broken(const char *at, size_t len) {
    size_t n = 1;
    while (n < len && n < 3 && ((unsigned char)at[n] & 0xC0) == 0x80)
        n++;
    return n;
}

int convert_utf8(const struct siftd_host *host, struct siftd_doc *doc, size_t start, size_t *ret_replaced) {
    struct siftd_str bytes = host->bytes(doc);
    size_t replaced = 0;
    int result = SIFTD_OK;
    for (size_t at = start; at < bytes.len && result >= 0;) {
        size_t good = utf8_check(bytes.at + at, bytes.len - at);
        if (good)
            result = host->text_bytes(doc, at, at + good);
        at += good;
        if (at == bytes.len || result < 0)
            break;
        size_t bad = broken(bytes.at + at, bytes.len - at);
        result = host->text_add(doc, "\xEF\xBF\xBD", 3, at, at + bad);
        replaced++;
        at += bad;
    }
    *ret_replaced = replaced;
    return result;
}
