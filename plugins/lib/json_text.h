/* SPDX-License-Identifier: MIT */
/* The text that a JSON string stands for. */
#pragma once
#include <stdbool.h>

#include "json_out.h"

/* Appends what a valid JSON string, given without its quotes, says once its escapes are read. False when it is no text:
 * half a surrogate pair, or a zero. */
bool json_text(struct json_out *out, const char *at, size_t len);
