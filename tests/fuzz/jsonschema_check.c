/* SPDX-License-Identifier: MIT */
/* The first line as a schema, the rest as a value: compiled or refused with a reason; a value equals itself. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t len, struct schema *schema) {
    struct pool pool = {0};
    struct json_fault broken;
    struct schema_fault fault;
    struct value *value = value_parse(&pool, text, len, &broken);
    if (value) {
        assert(value_equal(value, value));
        assert(schema_check(schema, value, &fault) || fault.rule[0]);
    }
    pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data, *newline = memchr(text, '\n', size);
    char why[SCHEMA_TEXT_MAX] = "";
    if (!newline || utf8_check(text, size) != size)
        return 0;
    size_t len = (size_t)(newline - text);
    struct schema *schema = schema_compile(text, len, NULL, why);
    assert(schema || why[0]);
    if (schema)
        check(newline + 1, size - len - 1, schema);
    schema_free(schema);
    return 0;
}
