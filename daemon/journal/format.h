/* SPDX-License-Identifier: MIT */
/* The bytes of docs/journal-format.md: headers encoded and decoded. Private to the journal. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "journal/journal.h"

enum {
    FORMAT_VERSION = 1,
    SEGMENT_HEADER = 64,
    FRAME_LEAST = 112,             /* a frame's header without the name, in the first form of the format */
    FRAME_FIXED = 184,             /* as it is written now */
    FRAME_START = 8,               /* bytes that tell the header's size */
    FRAME_HEADER_MAX = 128 * 1024, /* more is damage */
    MARK_SIZE = 64,
    FRAME_AGAIN = 1, /* a flag: all of its records are wanted once more */
};

struct segment_header {
    uint64_t number, first, created, journal;
    uint32_t size;
};

struct frame {
    struct journal_doc doc; /* without name and body */
    uint64_t body_check;
    uint32_t header_size;
    size_t name_at; /* in the header */
    uint16_t name_size;
    bool gap; /* stands for doc.records documents that were damaged; its body is no records */
};

static const char FRAME_MAGIC[4] = "SDOC"; /* without a zero behind it */

void segment_header_encode(const struct segment_header *header, char out[SEGMENT_HEADER]);
/* Decodes the first SEGMENT_HEADER bytes; NULL, or what is wrong with them. */
const char *segment_header_decode(const char in[SEGMENT_HEADER], struct segment_header *ret);

/* Appends a frame's header. Its size does not depend on the check. */
void frame_encode(const struct journal_doc *doc, uint64_t body_check, struct buf *out);
/* Appends the header of a gap of `size` bytes (FRAME_FIXED at least) in the place of `count` documents. */
void frame_encode_gap(uint64_t sequence, uint32_t count, uint64_t size, struct buf *out);
/* Size of the header that begins with these FRAME_START bytes, 0 when they begin none. */
size_t frame_header_size(const char *at);
/* The sequence number of these FRAME_FIXED bytes, unchecked. */
uint64_t frame_sequence(const char *at);
/* Decodes a header of that size; NULL, or what is wrong with it. */
const char *frame_decode(const char *at, size_t size, struct frame *ret);

void mark_encode(const struct journal_place *place, uint64_t time, char out[MARK_SIZE]);
bool mark_decode(const char in[MARK_SIZE], struct journal_place *ret);
