/* SPDX-License-Identifier: MIT */
/* A descriptor cut off before the members every plugin has. */
#include <siftd/plugin.h>

SIFTD_EXPORT const struct siftd_plugin *siftd_plugin_entry(void);

const struct siftd_plugin *siftd_plugin_entry(void) {
    static const struct siftd_plugin plugin = {.size = 16, .major = SIFTD_ABI_MAJOR, .name = "small"};
    return &plugin;
}
