/* SPDX-License-Identifier: MIT */
/* An older minor version's descriptor: it ends before `check`, and what follows in memory is no part of it. */
#include <siftd/plugin.h>
#include <string.h>

static int run(void *self, struct siftd_doc *doc) {
    (void)self;
    (void)doc;
    return SIFTD_OK;
}

SIFTD_EXPORT const struct siftd_plugin *siftd_plugin_entry(void);

const struct siftd_plugin *siftd_plugin_entry(void) {
    static struct siftd_plugin plugin;
    memset(&plugin, 0x5a, sizeof plugin);
    plugin = (struct siftd_plugin){.size = offsetof(struct siftd_plugin, check),
                                   .major = SIFTD_ABI_MAJOR,
                                   .name = "short",
                                   .stage = SIFTD_EXTRACT,
                                   .version = "0.9",
                                   .summary = "an older descriptor",
                                   .run = run};
    memset((char *)&plugin + offsetof(struct siftd_plugin, check), 0x5a,
           sizeof plugin - offsetof(struct siftd_plugin, check));
    return &plugin;
}
