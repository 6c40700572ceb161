/* SPDX-License-Identifier: MIT */
/*
 * Plugins get the document's text and bytes to read. What lies in the process's own memory they could write to all the
 * same: its hash, taken before a plugin runs, tells afterwards. A mapped file needs none, it cannot be written to.
 */
#pragma once
#include "worker/child/document.h"

struct guard {
    uint64_t text, bytes;
};

void guard_take(struct guard *guard, const struct siftd_doc *doc);
/* Ends the process when the running plugin changed what it may only read. While a decoder makes the text, only the
 * bytes are looked at. */
void guard_check(const struct guard *guard, const struct siftd_doc *doc);
