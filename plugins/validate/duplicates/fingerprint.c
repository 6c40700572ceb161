/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints of a text. SimHash (Charikar 2002): every run of three characters votes with the bits of its hash, and
 * each bit of the fingerprint is what most of them voted; texts that share most runs differ in few bits. Only every
 * fourth run has a vote, chosen by its hash, so that equal runs vote in every text alike.
 */
#include "duplicates.h"

#include "codepoint.h"

enum { RUN = 3, BITS = 64, VOTE_MASK = 3, VOTES_LEAST = 40 /* fewer make a fingerprint of chance */ };

static uint32_t folded(uint32_t c) {
    if (c - 'A' < 26)
        return c | 0x20;
    if (c - 'a' < 26 || c - '0' < 10)
        return c;
    if (c - 0xFF10 < 10) /* full-width digits */
        return c - 0xFF10 + '0';
    bool sign = c < 0xC0 || (c >= 0x2000 && c < 0x2C00) || (c >= 0x3000 && c < 0x3005) || (c >= 0x3008 && c < 0x3040) ||
                c >= 0xFE00;
    return sign && c < 0x10000 ? 0 : c;
}

static uint64_t run_hash(const uint32_t run[RUN]) {
    uint64_t h = run[0] * 0x9E3779B97F4A7C15ULL ^ run[1] * 0xC2B2AE3D27D4EB4FULL ^ run[2] * 0x165667B19E3779F9ULL;
    h = (h ^ h >> 32) * 0xD6E8FEB86659FD93ULL;
    return h ^ h >> 32;
}

void fingerprint_read(struct siftd_str text, struct fingerprint *ret) {
    int32_t votes[BITS] = {0};
    uint32_t run[RUN] = {0};
    size_t letters = 0, voters = 0, len;
    uint64_t all = 0;
    for (size_t i = 0; i < text.len; i += len) {
        uint32_t c = folded(cp_at(text.at + i, text.at + text.len, &len));
        if (!c)
            continue;
        all = (all ^ c) * 0x9E3779B97F4A7C15ULL;
        all ^= all >> 29;
        run[0] = run[1];
        run[1] = run[2];
        run[2] = c;
        uint64_t h = ++letters < RUN ? VOTE_MASK : run_hash(run);
        if (h & VOTE_MASK)
            continue;
        voters++;
        h >>= 2;
        h |= h << 62;
        for (int bit = 0; bit < BITS; bit++)
            votes[bit] += (int32_t)(h >> bit & 1);
    }
    *ret = (struct fingerprint){.text = all, .has_near = voters >= VOTES_LEAST};
    for (int bit = 0; bit < BITS; bit++)
        ret->near |= (uint64_t)(2 * (int64_t)votes[bit] > (int64_t)voters) << bit;
}
