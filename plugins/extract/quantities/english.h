/* SPDX-License-Identifier: MIT */
/*
 * The reading of English articles. Their numbers are percentages, sums and the few counts that have a unit; the words
 * around them come from the pack's section `english`.
 */
#pragma once
#include <stdbool.h>

#include "indicator.h"

struct english;

/* The words of the host's packs; they hold nothing where no pack has the section. Never NULL. */
struct english *english_new(const struct siftd_host *host);
struct english *english_free(struct english *english); /* NULL */

/* Whether more of the article's characters are Latin letters than any others of a script. */
bool english_is(const struct article *article);
/* Fills in status, period, subject and name of every quantity of an English article, whose spans have been read. */
void english_read(const struct english *english, struct article *article);
