/* SPDX-License-Identifier: MIT */
/*
 * What a sink's process keeps when it gives up its rights: reading the journal and the packs, its own cursor, and the
 * places that its options of type SIFTD_PATH name, each with the folder it stands in. A sink that names none, such as
 * stdout, keeps no path of its own. The network only when the plugin declares that it needs it.
 */
#pragma once
#include "host/host.h"

/* Loads the plugin and confines the process, before the plugin's open(). *ret_lacking as of confine(). Negative with a
 * message: the plugin cannot be loaded, its options are wrong, or a right could not be given up. */
int rights_give_up(struct host *host, const struct config *config, const struct config_sink *sink,
                   uint32_t *ret_lacking, struct error *err);
