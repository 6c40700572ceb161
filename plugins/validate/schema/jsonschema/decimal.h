/* SPDX-License-Identifier: MIT */
/* Arithmetic on JSON numbers as they are written: exact at any size, nothing goes through a double. */
#pragma once
#include <siftd/plugin.h>
#include <stdbool.h>

/* All take a valid JSON number. */
int decimal_compare(struct siftd_str a, struct siftd_str b); /* below, equal to or above 0, as a is to b */
bool decimal_is_integer(struct siftd_str number);            /* 1.0 and 1e3 are */
/* Whether `number` is a whole multiple of `step`, which is above 0. */
bool decimal_is_multiple(struct siftd_str number, struct siftd_str step);
