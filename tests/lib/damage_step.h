/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdlib.h>

/* Bytes between two places that are damaged: the short form's, or $SIFTD_DAMAGE_STEP (scripts/soak: 1). */
static inline int damage_step(int short_form) {
    const char *step = getenv("SIFTD_DAMAGE_STEP");
    return step && atoi(step) > 0 ? atoi(step) : short_form;
}
