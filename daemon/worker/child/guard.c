/* SPDX-License-Identifier: MIT */
#include "worker/child/guard.h"

static uint64_t hash_text(const struct siftd_doc *doc) {
    return doc->text.own && doc->text.at == doc->text.own ? hash_xxh3(doc->text.at, doc->text.len) : 0;
}

static uint64_t hash_bytes(const struct siftd_doc *doc) {
    return doc->in_memory ? hash_xxh3(doc->bytes, doc->size) : 0;
}

void guard_take(struct guard *guard, const struct siftd_doc *doc) {
    *guard = (struct guard){hash_text(doc), hash_bytes(doc)};
}

void guard_check(const struct guard *guard, const struct siftd_doc *doc) {
    if (hash_bytes(doc) != guard->bytes)
        document_end(doc, NULL, "had its bytes changed by a plugin that may only read them");
    if (doc->stage != SIFTD_DECODE && hash_text(doc) != guard->text)
        document_end(doc, NULL, "had its text changed by a plugin that may only read it");
}
