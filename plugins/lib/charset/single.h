/* SPDX-License-Identifier: MIT */
/* Which set of single bytes a text is in, by how sanely its letters stand together in each. */
#pragma once
#include <stddef.h>

/* The choice, by IANA name. `first` and `second` are opinions, in the order they are trusted (NULL: none); another set
 * must read clearly better than them. *ret_confidence 0 to 100; *ret_runner_up may become NULL. */
const char *single_choose(const char *at, size_t len, const char *first, const char *second, int *ret_confidence,
                          const char **ret_runner_up);
