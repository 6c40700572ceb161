/* SPDX-License-Identifier: MIT */
/* A plugin that says it was built for the next major version. */
#include <siftd/plugin.h>

SIFTD_EXPORT const struct siftd_plugin *siftd_plugin_entry(void);

const struct siftd_plugin *siftd_plugin_entry(void) {
    static const struct siftd_plugin plugin = {.size = sizeof plugin, .major = SIFTD_ABI_MAJOR + 1, .name = "major"};
    return &plugin;
}
