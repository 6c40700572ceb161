/* SPDX-License-Identifier: MIT */
/* Any bytes as a line that a program answers: it is something, or it is told what is wrong with it. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *exact = malloc(size + !size); /* its end is where the sanitizer looks */
    struct answer answer;
    memcpy(exact, data, size);
    answer_read(exact, size, &answer);
    assert(answer.kind != ANSWER_WRONG || answer.text[0]);
    if (answer.kind == ANSWER_RECORD) {
        assert(answer.type[0] && answer.span.start <= answer.span.end);
        assert(answer.fields.at >= exact && answer.fields.at + answer.fields.len <= exact + size);
    }
    free(exact);
    return 0;
}
