/* SPDX-License-Identifier: MIT */
/* Marks lines with '|' as a decoder of documents with tables would: a table, its rows, their cells. For tests. */
#include <stdio.h>
#include <string.h>

#include "str.h"

struct grid {
    const struct siftd_host *host;
};

static int open_grid(void *self, const struct siftd_host *host) {
    ((struct grid *)self)->host = host;
    return SIFTD_OK;
}

static void mark_row(const struct siftd_host *host, struct siftd_doc *doc, size_t start, size_t end) {
    const char *text = host->text(doc).at;
    host->mark(doc, "row", start, end, "");
    for (size_t column = 0, at = start; at <= end; column++) {
        char value[24];
        const char *bar = at < end ? memchr(text + at, '|', end - at) : NULL;
        size_t stop = bar ? (size_t)(bar - text) : end;
        snprintf(value, sizeof value, "%zu", column);
        host->mark(doc, "cell", at, stop, value);
        at = stop + 1;
    }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct grid *)self)->host;
    struct siftd_str text = host->text(doc);
    size_t table = text.len;
    for (size_t at = 0; at < text.len;) {
        const char *stop = memchr(text.at + at, '\n', text.len - at);
        size_t end = stop ? (size_t)(stop - text.at) : text.len;
        bool row = memchr(text.at + at, '|', end - at);
        if (row && table == text.len)
            table = at;
        if (row)
            mark_row(host, doc, at, end);
        if (table < text.len && (!row || end + 1 >= text.len)) {
            host->mark(doc, "table", table, row ? end : at, "");
            table = text.len;
        }
        at = end + 1;
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "grid",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "marks lines with '|' as tables: for tests",
    .instance_size = sizeof(struct grid),
    .open = open_grid,
    .run = run,
};
SIFTD_PLUGIN(plugin)
