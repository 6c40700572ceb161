/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include "base/mem.h"

void hash_sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE]) {
    static EVP_MD *md; /* fetched once: a lookup by name costs more than the digest of a small file */
    if (!md)
        md = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!md || !EVP_Digest(data, len, out, NULL, md, NULL))
        mem_grow(NULL, SIZE_MAX); /* libcrypto fails here only for want of memory */
}

void hash_hex(const uint8_t *digest, size_t size, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * size] = 0;
}

uint64_t hash_xxh3(const void *data, size_t len) {
    return XXH3_64bits(data, len);
}

struct hash_stream *hash_stream_new(void) {
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        mem_grow(NULL, SIZE_MAX);
    XXH3_64bits_reset(state);
    return (struct hash_stream *)state;
}

void hash_stream_add(struct hash_stream *stream, const void *data, size_t len) {
    XXH3_64bits_update((XXH3_state_t *)stream, data, len);
}

uint64_t hash_stream_end(struct hash_stream *stream) {
    uint64_t digest = XXH3_64bits_digest((XXH3_state_t *)stream);
    XXH3_freeState((XXH3_state_t *)stream);
    return digest;
}
