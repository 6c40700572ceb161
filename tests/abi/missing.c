/* SPDX-License-Identifier: MIT */
/* An extractor without run(). */
#include <siftd/plugin.h>

static const struct siftd_plugin plugin = {
    .name = "missing", .stage = SIFTD_EXTRACT, .version = "1.0", .summary = "no run"};
SIFTD_PLUGIN(plugin)
