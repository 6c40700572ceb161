/* SPDX-License-Identifier: MIT */
/*
 * Giving up rights, before a worker sees the first byte of a document. What is left: computing, memory up to its limit,
 * its socket and the descriptors that come through it. Gone: every path (Landlock), the network, other processes, new
 * programs, executable memory (seccomp), new privileges. Where the kernel lacks a part the rest still holds, and the
 * caller is told.
 */
#pragma once
#include <stdint.h>

#include "base/error.h"

/* Confines the calling process for good. `memory`: bytes of heap, 0 for no limit. *ret_lacking gets the parts (enum
 * wire_confine) that this kernel or this build does not have. Negative only when a part that the kernel has could not
 * be put in force: the process must end then. */
int confine(uint64_t memory, uint32_t *ret_lacking, struct error *err);
