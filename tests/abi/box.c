/* SPDX-License-Identifier: MIT */
/* A decoder of boxes, for tests of documents inside documents and of places. "[abc][[x]]": each bracket's inside is a
 * document, and lost when that begins with '?'; "/ab/cd": two pages. */
#include <siftd/plugin.h>
#include <stdio.h>
#include <string.h>

struct box {
    const struct siftd_host *host;
};

static int begin(void *self, const struct siftd_host *host) {
    ((struct box *)self)->host = host;
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return head.len && (head.at[0] == '[' || head.at[0] == '/') ? 90 : 0;
}

static int unpack(const struct siftd_host *host, struct siftd_doc *doc, struct siftd_str bytes) {
    size_t depth = 0, start = 0, number = 0;
    char name[24];
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.at[i] == '[' && depth++ == 0)
            start = i + 1;
        if (bytes.at[i] == ']' && --depth == 0) {
            snprintf(name, sizeof name, "%zu", ++number);
            if (i > start && bytes.at[start] == '?')
                host->member_lost(doc, name, "it is locked");
            else
                host->member(doc, name, bytes.at + start, i - start);
        }
    }
    return host->set_content(doc, 0);
}

static int turn_pages(const struct siftd_host *host, struct siftd_doc *doc, struct siftd_str bytes) {
    char place[24];
    unsigned page = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.at[i] == '/') {
            snprintf(place, sizeof place, "\"page\":%u", ++page);
            host->place(doc, i, place);
        } else {
            host->text_add(doc, bytes.at + i, 1, i, i + 1);
        }
    }
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct box *)self)->host;
    struct siftd_str bytes = host->bytes(doc);
    return bytes.at[0] == '[' ? unpack(host, doc, bytes) : turn_pages(host, doc, bytes);
}

static const struct siftd_plugin plugin = {.name = "box",
                                           .stage = SIFTD_DECODE,
                                           .version = "1.0",
                                           .summary = "documents inside documents",
                                           .instance_size = sizeof(struct box),
                                           .open = begin,
                                           .probe = probe,
                                           .run = run};
SIFTD_PLUGIN(plugin)
