/* SPDX-License-Identifier: MIT */
/* Turns bytes of any charset ICU knows into the document's text, with the exact place of every character. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <siftd/plugin.h>

enum { CONVERT_HEAD = 64 * 1024 };

/* The beginning of the text, for those who look at its shape. */
struct convert_head {
    char at[CONVERT_HEAD];
    size_t len;
};

/* Whether ICU has the charset. */
bool convert_knows(const char *converter);
/* Decodes [start, end of the bytes). *ret_replaced is the number of places that could not be read and became U+FFFD.
 * Returns SIFTD_OK, or SIFTD_ERROR with the reason said to the host. */
int convert(const struct siftd_host *host, struct siftd_doc *doc, const char *converter, size_t start,
            struct convert_head *head, size_t *ret_replaced);
/* The same for UTF-8 with some broken bytes: the good stretches are passed as they stand. */
int convert_utf8(const struct siftd_host *host, struct siftd_doc *doc, size_t start, size_t *ret_replaced);
