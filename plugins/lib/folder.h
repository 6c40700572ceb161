/* SPDX-License-Identifier: MIT */
/* The folder that a sink's file stands in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Makes the folder (its first `len` bytes are the path, one more must be writable) with those above it. When it cannot,
 * errno says why and `path` ends where it failed. */
bool folder_make(char *path, size_t len);
/* An octal file mode such as "0640" as its bits; false when it is none. */
bool folder_read_mode(const char *text, unsigned *ret);
