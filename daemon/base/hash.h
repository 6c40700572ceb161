/* SPDX-License-Identifier: MIT */
/* Digests: SHA-256 (FIPS 180-4, by libcrypto) for identity of content, XXH3 for damage on disk. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_HEX = 65 };

void hash_sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE]);
void hash_hex(const uint8_t *digest, size_t size, char *out); /* 2 * size digits and a zero */
uint64_t hash_xxh3(const void *data, size_t len);

/* The same digest over pieces. `end` gives it and frees the stream. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *stream, const void *data, size_t len);
uint64_t hash_stream_end(struct hash_stream *stream);
