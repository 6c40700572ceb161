/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "charset/convert.h"
#include "office97.h"
#include "utf8.h"

enum { HEADER = 4 };

bool xls_record(struct siftd_str stream, size_t at, struct xls_record *ret) {
    if (at > stream.len || stream.len - at < HEADER)
        return false;
    size_t len = ole_u16(stream.at + at + 2), end = at + HEADER + len;
    *ret = (struct xls_record){.stream = stream, .id = ole_u16(stream.at + at), .at = at + HEADER};
    ret->next = ret->end = end < stream.len ? end : stream.len;
    return true;
}

/* On to the CONTINUE behind, when nothing is left of what is at hand. */
static bool has_more(struct xls_record *record) {
    struct xls_record next;
    while (record->at == record->end) {
        if (record->failed || !xls_record(record->stream, record->end, &next) || next.id != XLS_CONTINUE) {
            record->failed = true;
            return false;
        }
        record->at = next.at;
        record->end = record->next = next.end;
    }
    return true;
}

uint32_t xls_u8(struct xls_record *record) {
    return has_more(record) ? (unsigned char)record->stream.at[record->at++] : 0;
}

uint32_t xls_u16(struct xls_record *record) {
    uint32_t low = xls_u8(record);
    return low | xls_u8(record) << 8;
}

uint32_t xls_u32(struct xls_record *record) {
    uint32_t low = xls_u16(record);
    return low | xls_u16(record) << 16;
}

double xls_double(struct xls_record *record) {
    uint64_t bits = xls_u32(record);
    bits |= (uint64_t)xls_u32(record) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void xls_skip(struct xls_record *record, size_t len) {
    while (len && has_more(record)) {
        size_t here = record->end - record->at, step = len < here ? len : here;
        record->at += step;
        len -= step;
    }
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static void put_rune(struct json_out *out, uint32_t rune) {
    char utf8[4];
    if (rune >= ' ' || rune == '\n' || rune == '\t')
        json_out_raw(out, utf8, utf8_put(utf8, rune));
}

/* UTF-16, or bytes of its first 256 characters; each CONTINUE says anew which. */
static void wide_text(struct xls_record *record, bool wide, size_t count, struct json_out *ret) {
    uint32_t lead = 0;
    while (count && !record->failed) {
        if (record->at == record->end)
            wide = xls_u8(record) & 1;
        uint32_t unit = wide ? xls_u16(record) : xls_u8(record);
        count--;
        if (record->failed)
            break;
        bool low = unit >= 0xDC00 && unit < 0xE000;
        if (lead && !low)
            put_rune(ret, 0xFFFD);
        if (unit >= 0xD800 && unit < 0xDC00) {
            lead = unit;
            continue;
        }
        put_rune(ret, !low ? unit : lead ? 0x10000 + ((lead - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD);
        lead = 0;
    }
    if (lead)
        put_rune(ret, 0xFFFD);
}

/* Before the text stands how much follows it: the fonts of its parts, and readings of its characters. */
static void rich_text(struct xls_record *record, size_t count, struct json_out *ret) {
    unsigned flags = xls_u8(record);
    size_t fonts = flags & 0x08 ? xls_u16(record) : 0, readings = flags & 0x04 ? xls_u32(record) : 0;
    wide_text(record, flags & 1, count, ret);
    xls_skip(record, fonts * 4 + readings);
}

static int keep(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit, uint32_t byte_unit) {
    (void)start, (void)text_unit, (void)byte_unit;
    json_out_raw(user, utf8, len);
    return 0;
}

void xls_text(struct xls_letters *letters, struct xls_record *record, unsigned length_bytes, struct json_out *ret) {
    size_t count = length_bytes == 1 ? xls_u8(record) : xls_u16(record);
    if (letters->wide) {
        rich_text(record, count, ret);
        return;
    }
    struct json_out bytes = {0};
    struct convert work = {.put = keep, .user = ret};
    while (count-- && has_more(record))
        json_out_raw(&bytes, record->stream.at + record->at++, 1);
    if (bytes.len)
        convert(&work, letters->table, bytes.at, bytes.len, 0);
    letters->replaced += work.replaced;
    json_out_free(&bytes);
}
