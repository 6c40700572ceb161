/* SPDX-License-Identifier: MIT */
/* A decoder, for tests of the pipeline: text as it stands; the word "binary" at the front is refused, "packed" says
 * that it has one member too many. */
#include <siftd/plugin.h>
#include <string.h>

struct steps {
    const struct siftd_host *host;
};

static int begin(void *self, const struct siftd_host *host) {
    ((struct steps *)self)->host = host;
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return head.len && head.at[0] == '\x7f' ? 0 : 50;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct steps *)self)->host;
    struct siftd_str bytes = host->bytes(doc);
    if (bytes.len >= 6 && memcmp(bytes.at, "binary", 6) == 0)
        return host->error(host, "this is binary");
    if (bytes.len >= 6 && memcmp(bytes.at, "packed", 6) == 0) {
        const struct siftd_limits *limits = host->extension(host, "limits/1");
        return limits->exceeded(host, "members", limits->members + 1);
    }
    host->set(doc, "charset", "UTF-8");
    return host->text_bytes(doc, 0, bytes.len);
}

static const struct siftd_plugin plugin = {.name = "steps",
                                           .stage = SIFTD_DECODE,
                                           .version = "1.0",
                                           .summary = "text as it stands",
                                           .instance_size = sizeof(struct steps),
                                           .open = begin,
                                           .probe = probe,
                                           .run = run};
SIFTD_PLUGIN(plugin)
