/* SPDX-License-Identifier: MIT */
/*
 * JSON texts as trees. Nothing is rounded: a number is the digits that stood in the text, a string may hold U+0000,
 * members keep their order and repeated keys.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siftd/plugin.h>

#include "json_scan.h"

/* Memory that is freed as a whole. `struct pool pool = {0};` is empty and ready. */
struct pool {
    struct pool_block *block;
};

void *pool_alloc(struct pool *pool, size_t size);               /* zeroed; running out ends the process */
char *pool_copy(struct pool *pool, const char *at, size_t len); /* with a final zero */
void pool_reset(struct pool *pool);                             /* empties; keeps one block for the next use */
void pool_free(struct pool *pool);

enum value_kind {
    VALUE_NULL = 1 << 0,
    VALUE_BOOL = 1 << 1,
    VALUE_NUMBER = 1 << 2,
    VALUE_STRING = 1 << 3,
    VALUE_ARRAY = 1 << 4,
    VALUE_OBJECT = 1 << 5,
    VALUE_ANY = (1 << 6) - 1
};

struct value {
    enum value_kind kind;
    bool truth;            /* BOOL */
    struct siftd_str text; /* NUMBER: its digits; STRING: its characters */
    struct siftd_str key;  /* of a member, escapes read */
    size_t index;          /* among its siblings */
    size_t count;          /* ARRAY and OBJECT: of children */
    struct value *first, *next;
    void *note; /* for the owner of the tree */
};

/*
 * The tree of a JSON text; NULL with *ret_fault when it is none. Strings without escapes and all numbers point into the
 * text, which must live as long as the tree.
 */
struct value *value_parse(struct pool *pool, const char *at, size_t len, struct json_fault *ret_fault);
/* The last member of that name, as most readers take it; NULL when there is none or `object` is no object (or NULL). */
struct value *value_get(const struct value *object, struct siftd_str key);
struct value *value_at(const struct value *array, size_t index); /* NULL when there is none */
/* Equality of JSON Schema: numbers by value, objects without regard to order. */
bool value_equal(const struct value *a, const struct value *b);
