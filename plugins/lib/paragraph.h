/* SPDX-License-Identifier: MIT */
/* The paragraphs of a cleaned text: its lines that hold more than blanks. */
#pragma once
#include <stdbool.h>

#include "siftd/plugin.h"

/* The next paragraph at or after *at, without blanks at its ends; moves *at behind it. False when there is none. */
bool paragraph_next(struct siftd_str text, size_t *at, struct siftd_span *ret);
