/* SPDX-License-Identifier: MIT */
/*
 * JSON Schema, drafts 7 and 2020-12: a schema is compiled once and then checks any number of values.
 *
 * The draft is the one that `$schema` names, 2020-12 when it names none. `format` and the content keywords are
 * annotations, as 2020-12 has them by default; `$vocabulary` is not looked at. Patterns are PCRE2's, which take what
 * ECMA 262 patterns commonly hold. References lead anywhere inside the document (pointers, `$id`, `$anchor`,
 * `$dynamicAnchor`) and to what the loader knows.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "value.h"

enum { SCHEMA_TEXT_MAX = 512 };

struct schema;

/* Text of the schema that stands at an absolute URI, without fragment; at == NULL when it is not known. Must stay as it
 * is for as long as the schema lives. */
struct schema_loader {
    struct siftd_str (*load)(void *user, const char *uri);
    void *user;
};

/* Why a value fails: the first rule that it breaks. */
struct schema_fault {
    char place[SCHEMA_TEXT_MAX]; /* JSON pointer; empty for the value itself */
    char rule[SCHEMA_TEXT_MAX];  /* words to follow the place, with the keyword in brackets */
};

/* Compiles the JSON text, which must outlive the schema. `loader` may be NULL. NULL with the reason in `why` when it is
 * not JSON or no schema. */
struct schema *schema_compile(const char *json, size_t len, const struct schema_loader *loader,
                              char why[SCHEMA_TEXT_MAX]);
struct schema *schema_free(struct schema *schema); /* NULL */
/* Whether the value fits. Not to be called for one schema from two threads. */
bool schema_check(struct schema *schema, const struct value *value, struct schema_fault *ret_fault);
