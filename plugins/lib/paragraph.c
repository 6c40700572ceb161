/* SPDX-License-Identifier: MIT */
#include "paragraph.h"

#include <string.h>

static const char wide_blank[] = "\xE3\x80\x80"; /* U+3000 */

static bool blank_at(struct siftd_str text, size_t i, size_t *ret_len) {
    if (text.at[i] == ' ' || text.at[i] == '\t' || text.at[i] == '\r') {
        *ret_len = 1;
        return true;
    }
    *ret_len = 3;
    return text.len - i >= 3 && memcmp(text.at + i, wide_blank, 3) == 0;
}

bool paragraph_next(struct siftd_str text, size_t *at, struct siftd_span *ret) {
    while (*at < text.len) {
        const char *line_end = memchr(text.at + *at, '\n', text.len - *at);
        size_t start = *at, end = line_end ? (size_t)(line_end - text.at) : text.len, len;
        *at = end + (line_end != NULL);
        while (start < end && blank_at(text, start, &len))
            start += len;
        while (end > start &&
               (blank_at(text, end - 1, &len) || (end - start >= 3 && blank_at(text, end - 3, &len) && len == 3)))
            end -= len;
        if (start < end) {
            *ret = (struct siftd_span){start, end};
            return true;
        }
    }
    return false;
}
