/* SPDX-License-Identifier: MIT */
/* A cleaner, for tests of the pipeline: doubles every 'x', drops every 'y'; "clash" makes edits that overlap. */
#include <siftd/plugin.h>
#include <string.h>

struct upper {
    const struct siftd_host *host;
};

static int begin(void *self, const struct siftd_host *host) {
    ((struct upper *)self)->host = host;
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct upper *)self)->host;
    struct siftd_str text = host->text(doc);
    if (text.len >= 5 && memcmp(text.at, "clash", 5) == 0) {
        host->edit(doc, 0, 3, "", 0, "clash");
        host->edit(doc, 2, 4, "", 0, "clash");
        return SIFTD_OK;
    }
    host->mark(doc, "whole", 0, text.len, "v");
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == 'x')
            host->edit(doc, i, i + 1, "xx", 2, "double");
        if (text.at[i] == 'y')
            host->edit(doc, i, i + 1, "", 0, "drop");
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {.name = "upper",
                                           .stage = SIFTD_CLEAN,
                                           .version = "1.0",
                                           .summary = "edits letters",
                                           .instance_size = sizeof(struct upper),
                                           .open = begin,
                                           .run = run};
SIFTD_PLUGIN(plugin)
