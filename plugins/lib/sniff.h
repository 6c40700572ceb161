/* SPDX-License-Identifier: MIT */
/* Whether a text is rows of data or running text, judged from its beginning and, in doubt, from the file's name. */
#pragma once
#include <stddef.h>

enum shape { SHAPE_PROSE, SHAPE_JSONL, SHAPE_CSV };

/* `head` is the beginning of the text (valid UTF-8); `whole` is true when there is no more. `name` is the file's name.
 */
enum shape sniff(const char *head, size_t len, int whole, const char *name);
