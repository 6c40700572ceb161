/* SPDX-License-Identifier: MIT */
/* Looking into damaged JSON lines of the journal: no read past the end; what json_string writes, json_unquote gives
 * back. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *exact = malloc(size ? size : 1); /* its end is where the sanitizer looks */
    struct buf quoted = {0}, plain = {0};
    size_t len;
    if (!exact)
        return 0;
    if (size)
        memcpy(exact, data, size);
    const char *value = json_find(exact, size, "a", &len);
    if (value && len && value[0] == '"')
        json_unquote(&plain, value, len);
    plain.len = 0;
    json_string(&quoted, exact, size);
    json_unquote(&plain, quoted.at, quoted.len);
    if (utf8_valid(exact, size) == size) {
        assert(plain.len == size);
        assert(size == 0 || memcmp(plain.at, exact, size) == 0);
    }
    buf_free(&quoted);
    buf_free(&plain);
    free(exact);
    return 0;
}
