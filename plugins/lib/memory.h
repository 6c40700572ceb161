/* SPDX-License-Identifier: MIT */
/* What a plugin does whose own memory ran out. */
#pragma once
#include <stdio.h>
#include <stdnoreturn.h>
#include <unistd.h>

#include "siftd/plugin.h"

/* Ends the process as the host's own allocations end it: its document is refused by the limit `memory`, and not for a
 * crash. */
static inline noreturn void out_of_memory(void) {
    fputs("out of memory in a plugin; the process ends\n", stderr);
    _exit(SIFTD_OUT_OF_MEMORY);
}
