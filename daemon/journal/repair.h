/* SPDX-License-Identifier: MIT */
/* Damage in front of the commit mark. Private to the journal. */
#pragma once
#include "journal/scan.h"
#include "journal/writer.h"

/* The scan has met damage (`why`, as it was told) in segment `number`, open for writing as `fd`, and a whole frame
 * follows: what stands between is put aside, and a gap takes its place, behind which the scan then is. 1; 0 when no
 * whole frame follows; negative when it cannot be put aside or written. */
int repair_gap(struct journal *journal, uint64_t number, int fd, struct scan *scan, const struct error *why,
               struct journal_recovery *found, struct error *err);
/* Writes the damaged header of a segment anew, from its name and its frames. 1; 0 when no whole frame stands in it, or
 * the journal's number (journal->id, else the mark's) is not known. `before`: where the segment before it ends, 0 when
 * that is not known. */
int repair_header(struct journal *journal, uint64_t number, uint64_t before, const struct journal_place *mark,
                  struct journal_recovery *found, struct error *err);
/* Reads a segment that others follow from end to end and repairs what it meets. 0 or negative. */
int repair_segment(struct journal *journal, uint64_t number, const struct journal_place *mark,
                   struct journal_recovery *found, struct error *err);
