/* SPDX-License-Identifier: MIT */
/* Any bytes as a configuration: parsed or refused with at least one mistake, and all freed. */
#include <stdint.h>
#include <stdlib.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf mistakes = {0};
    struct config *config = NULL;
    int e = config_parse((const char *)data, size, "fuzz.yaml", size % 2, &config, &mistakes);
    if ((e < 0) != (mistakes.len > 0) || (e < 0) != (config == NULL))
        abort();
    config_free(config);
    buf_free(&mistakes);
    return 0;
}
