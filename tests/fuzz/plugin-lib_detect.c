/* SPDX-License-Identifier: MIT */
/* Bytes of any origin: what decode asks of them before and after it reads them. */
#include <stdint.h>
#include <stdlib.h>

#include "detect.h"
#include "east.h"
#include "sniff.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *at = (const char *)data;
    struct guess guess;
    size_t valid = utf8_check(at, size);
    if (valid > size)
        abort();
    detect_binary(at, size);
    bool found = detect_certain(at, size, &guess) || detect_wide(at, size, &guess);
    if (found && (!guess.charset || guess.bom > size || guess.confidence < 0 || guess.confidence > 100))
        abort();
    if (east_judge(at, size).points > 100)
        abort();
    sniff(at, valid, size % 3 == 0, size % 2 ? "a.csv" : "a.txt");
    return 0;
}
