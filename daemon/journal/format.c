/* SPDX-License-Identifier: MIT */
#include "journal/format.h"

#include <endian.h>
#include <string.h>

#include "base/hash.h"

/* Without a zero behind them. */
static const char SEGMENT_MAGIC[8] = "siftdseg", MARK_MAGIC[8] = "siftdcmt";

enum { FLAGS_AT = 53, FLAG_GAP = 2 };

static void put16(char *at, uint16_t v) {
    v = htole16(v);
    memcpy(at, &v, sizeof v);
}

static void put32(char *at, uint32_t v) {
    v = htole32(v);
    memcpy(at, &v, sizeof v);
}

static void put64(char *at, uint64_t v) {
    v = htole64(v);
    memcpy(at, &v, sizeof v);
}

static uint16_t get16(const char *at) {
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return le16toh(v);
}

static uint32_t get32(const char *at) {
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return le32toh(v);
}

static uint64_t get64(const char *at) {
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return le64toh(v);
}

static size_t padded(size_t name_size) {
    return (name_size + 7) & ~(size_t)7;
}

void segment_header_encode(const struct segment_header *header, char out[SEGMENT_HEADER]) {
    memset(out, 0, SEGMENT_HEADER);
    memcpy(out, SEGMENT_MAGIC, sizeof SEGMENT_MAGIC);
    put32(out + 8, FORMAT_VERSION);
    put32(out + 12, SEGMENT_HEADER);
    put64(out + 16, header->number);
    put64(out + 24, header->first);
    put64(out + 32, header->created);
    put64(out + 40, header->journal);
    put64(out + 56, hash_xxh3(out, 56));
}

const char *segment_header_decode(const char in[SEGMENT_HEADER], struct segment_header *ret) {
    if (memcmp(in, SEGMENT_MAGIC, sizeof SEGMENT_MAGIC) != 0)
        return "it does not begin as a segment does";
    if (get32(in + 8) != FORMAT_VERSION)
        return "it is of another version of the format; use the siftd that wrote it";
    if (get32(in + 12) != SEGMENT_HEADER || get64(in + 56) != hash_xxh3(in, 56))
        return "the check of its header does not fit";
    *ret = (struct segment_header){.number = get64(in + 16),
                                   .first = get64(in + 24),
                                   .created = get64(in + 32),
                                   .journal = get64(in + 40),
                                   .size = get32(in + 12)};
    return NULL;
}

static void put_account(char *at, const struct account *account) {
    put64(at, account->read);
    put64(at + 8, account->delivered);
    put64(at + 16, account->rejected);
    put64(at + 24, account->filtered);
}

static struct account get_account(const char *at) {
    return (struct account){
        .read = get64(at), .delivered = get64(at + 8), .rejected = get64(at + 16), .filtered = get64(at + 24)};
}

void frame_encode(const struct journal_doc *doc, uint64_t body_check, struct buf *out) {
    size_t name_size = strlen(doc->name), size = FRAME_FIXED + padded(name_size);
    char *at = buf_reserve(out, size);
    memset(at, 0, size);
    memcpy(at, FRAME_MAGIC, sizeof FRAME_MAGIC);
    put32(at + 4, (uint32_t)size);
    put64(at + 8, doc->body_size);
    put64(at + 16, doc->sequence);
    put64(at + 24, doc->claim);
    put64(at + 32, doc->time);
    put64(at + 40, doc->source_size);
    put32(at + 48, doc->records);
    at[52] = (char)doc->status;
    at[53] = (char)(doc->again ? FRAME_AGAIN : 0);
    put16(at + 54, (uint16_t)name_size);
    put16(at + 56, doc->watch);
    memcpy(at + 64, doc->sha256, SHA256_SIZE);
    put64(at + 96, body_check);
    put64(at + 104, doc->earlier);
    put_account(at + 112, &doc->bytes);
    put_account(at + 144, &doc->records_account);
    memcpy(at + FRAME_FIXED, doc->name, name_size);
    put64(at + FRAME_FIXED - 8, hash_xxh3(at, size));
    out->len += size;
}

uint64_t journal_frame_size(const struct journal_doc *doc) {
    return FRAME_FIXED + padded(strlen(doc->name)) + doc->body_size;
}

void frame_encode_gap(uint64_t sequence, uint32_t count, uint64_t size, struct buf *out) {
    const struct journal_doc doc = {
        .name = "", .sequence = sequence, .records = count, .body_size = size - FRAME_FIXED};
    size_t begin = out->len;
    frame_encode(&doc, 0, out);
    char *at = out->at + begin;
    at[FLAGS_AT] = FLAG_GAP;
    put64(at + FRAME_FIXED - 8, 0);
    put64(at + FRAME_FIXED - 8, hash_xxh3(at, FRAME_FIXED));
}

size_t frame_header_size(const char *at) {
    size_t size = get32(at + 4);
    if (memcmp(at, FRAME_MAGIC, sizeof FRAME_MAGIC) != 0 || size < FRAME_LEAST || size > FRAME_HEADER_MAX || size % 8)
        return 0;
    return size;
}

uint64_t frame_sequence(const char *at) {
    return get64(at + 16);
}

/* The check is computed with its own field as zero. */
static bool header_fits(const char *at, size_t size, size_t check_at) {
    static const char zeros[8];
    struct hash_stream *stream = hash_stream_new();
    hash_stream_add(stream, at, check_at);
    hash_stream_add(stream, zeros, sizeof zeros);
    hash_stream_add(stream, at + check_at + 8, size - check_at - 8);
    return hash_stream_end(stream) == get64(at + check_at);
}

const char *frame_decode(const char *at, size_t size, struct frame *ret) {
    uint16_t name_size = get16(at + 54);
    if (padded(name_size) + FRAME_LEAST > size)
        return "its header is shorter than its name";
    size_t name_at = size - padded(name_size);
    if (!header_fits(at, size, name_at - 8))
        return "the check of its header does not fit";
    *ret = (struct frame){.body_check = get64(at + 96),
                          .header_size = (uint32_t)size,
                          .name_at = name_at,
                          .name_size = name_size,
                          .gap = at[FLAGS_AT] & FLAG_GAP,
                          .doc = {.body_size = get64(at + 8),
                                  .sequence = get64(at + 16),
                                  .claim = get64(at + 24),
                                  .time = get64(at + 32),
                                  .source_size = get64(at + 40),
                                  .records = get32(at + 48),
                                  .status = (enum doc_status)at[52],
                                  .watch = get16(at + 56),
                                  .body_fd = -1}};
    memcpy(ret->doc.sha256, at + 64, SHA256_SIZE);
    if (name_at < FRAME_FIXED)
        return NULL;
    ret->doc.again = at[53] & FRAME_AGAIN;
    ret->doc.earlier = get64(at + 104);
    ret->doc.bytes = get_account(at + 112);
    ret->doc.records_account = get_account(at + 144);
    return NULL;
}

void mark_encode(const struct journal_place *place, uint64_t time, char out[MARK_SIZE]) {
    memset(out, 0, MARK_SIZE);
    memcpy(out, MARK_MAGIC, sizeof MARK_MAGIC);
    put32(out + 8, FORMAT_VERSION);
    put64(out + 16, place->sequence);
    put64(out + 24, place->segment);
    put64(out + 32, place->offset);
    put64(out + 40, time);
    put64(out + 48, place->journal);
    put64(out + 56, hash_xxh3(out, 56));
}

bool mark_decode(const char in[MARK_SIZE], struct journal_place *ret) {
    if (memcmp(in, MARK_MAGIC, sizeof MARK_MAGIC) != 0 || get32(in + 8) != FORMAT_VERSION ||
        get64(in + 56) != hash_xxh3(in, 56))
        return false;
    *ret = (struct journal_place){
        .sequence = get64(in + 16), .segment = get64(in + 24), .offset = get64(in + 32), .journal = get64(in + 48)};
    return true;
}
