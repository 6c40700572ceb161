/* SPDX-License-Identifier: MIT */
/* The cleaned text with every fact marked, for reading in a terminal. */
#pragma once
#include <stdbool.h>

#include "worker/child/process.h"

/* Appends the text, facts numbered `[1 6家]` (coloured on a terminal), each paragraph followed by a line a fact. */
void explain_print(const struct process_result *result, bool colour, struct buf *out);
