/* SPDX-License-Identifier: MIT */
/* Inside the quarantine: reason.c (documents), records.c (refused records), filter.c (which of them). */
#pragma once
#include "base/buf.h"
#include "quarantine/quarantine.h"

/* The names in a folder that end in `suffix`, sorted, without it; the caller frees each and all. An absent folder has
 * none. */
int folder_names(const char *dir, const char *suffix, char ***ret, size_t *ret_count, struct error *err);
void folder_names_free(char **names, size_t count);
/* A whole file; 0 or a negative errno. */
int file_whole(const char *path, struct buf *text);
