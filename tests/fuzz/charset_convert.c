/* SPDX-License-Identifier: MIT */
/* Bytes of any origin: judged, and read in the charset that was judged or in one chosen by the first byte. */
#include <stdint.h>
#include <stdlib.h>

#include "charset.h"
#include "convert.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    size_t end, total; /* of the bytes so far, of all */
};

/* Pieces come in order, are valid UTF-8, and stay within the bytes. */
static int put(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit, uint32_t byte_unit) {
    struct seen *seen = user;
    if (utf8_check(utf8, len) != len || len == 0 || len % text_unit ||
        start + len / text_unit * byte_unit > seen->total || start < seen->end)
        abort();
    seen->end = start;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const labels[] = {"gb18030", "big5", "sjis",        "euc-jp", "euc-kr",
                                         "johab",   "hz",   "iso-2022-cn", "utf-16", "utf-8"};
    const char *at = (const char *)data, *name;
    char label[CHARSET_LABEL];
    struct guess guess;
    struct seen seen = {0, size};
    struct convert work = {.put = put, .user = &seen};
    if (!size)
        return 0;
    charset_declared(at, size, label);
    charset_judge(at, size, label, &guess);
    if (!guess.charset || guess.bom > size || guess.confidence < 0 || guess.confidence > 100)
        abort();
    name = *data < sizeof labels / sizeof *labels ? charset_name(labels[*data]) : guess.charset;
    if (convert(&work, charset_table(name), at, size, name == guess.charset ? guess.bom : 0) < 0)
        abort();
    return 0;
}
