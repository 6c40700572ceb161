/* SPDX-License-Identifier: MIT */
/* Any bytes as the name of an entry in a work folder, and as the ends of a file. */
#include <stdlib.h>
#include <string.h>

#include "intake/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read as a claim is written so that it is read as the same; but a name that was cut is only a beginning. */
static void claims(const uint8_t *data, size_t size) {
    char entry[NAME_LONGEST + 1] = "";
    struct claim claim, again;
    struct buf path = {0}, back = {0}, out = {0};
    memcpy(entry, data, size < NAME_LONGEST ? size : NAME_LONGEST);
    if (claim_decode(entry, &claim, &path) == 0 && strlen(entry) < NAME_LONGEST) {
        claim_encode(&claim, path.at, &out);
        buf_char(&out, 0);
        if (claim_decode(out.at, &again, &back) < 0 || strcmp(path.at, back.at) != 0 || claim.number != again.number ||
            claim.folder != again.folder || claim.kept != again.kept)
            abort();
    }
    buf_free(&path);
    buf_free(&back);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t first = size < ENDS_FIRST ? size : ENDS_FIRST, last = size < ENDS_LAST ? size : ENDS_LAST;
    struct ending ending = ends_judge(data, first, data + size - last, last, size);
    if ((ending.end == END_MISSING || ending.end == END_WHOLE) && !ending.what)
        abort();
    claims(data, size);
    return 0;
}
