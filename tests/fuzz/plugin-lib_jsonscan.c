/* SPDX-License-Identifier: MIT */
/* Any bytes as a JSON text: what passes can be walked member by member, written anew from its parts, and passes again.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "json_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_id(const char *key, size_t len) {
    return json_key_is(key, len, "id");
}

static void rewrite(const char *object, size_t len) {
    struct json_out out = {0};
    struct json_member member;
    struct json_shape shape;
    struct json_fault fault;
    json_out_raw(&out, "{", 1);
    for (size_t pos = 0; json_next_member(object, len, &pos, &member);) {
        struct siftd_span key = member.key, value = member.value;
        json_out_raw(&out, out.len > 1 ? ",\"" : "\"", out.len > 1 ? 2 : 1);
        json_out_raw(&out, object + key.start, key.end - key.start);
        json_out_raw(&out, "\":", 2);
        assert(json_check(object + value.start, value.end - value.start, NULL, &shape, &fault));
        json_out_raw(&out, object + value.start, value.end - value.start);
    }
    json_out_raw(&out, "}", 1);
    assert(json_check(out.at, out.len, NULL, &shape, &fault));
    json_out_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *exact = malloc(size + !size); /* its end is where the sanitizer looks */
    struct json_shape shape;
    struct json_fault fault;
    struct json_out quoted = {0};
    memcpy(exact, data, size);
    if (json_check(exact, size, is_id, &shape, &fault)) {
        assert(shape.value.start < shape.value.end && shape.value.end <= size);
        if (shape.object)
            rewrite(exact + shape.value.start, shape.value.end - shape.value.start);
    } else {
        assert(fault.at <= size && fault.what);
    }
    json_out_string(&quoted, exact, size);
    assert(json_check(quoted.at, quoted.len, NULL, &shape, &fault));
    json_out_free(&quoted);
    free(exact);
    return 0;
}
