/* SPDX-License-Identifier: MIT */
/* Options that say which documents or records are meant, the same for several commands. */
#pragma once
#include <cjson/cJSON.h>
#include <getopt.h>
#include <stdbool.h>

/* The long options, to be put into a command's table. Their codes are above all letters. */
enum { CHOOSE_REASON = 1000, CHOOSE_PLUGIN, CHOOSE_STAGE, CHOOSE_VERSION, CHOOSE_KIND, CHOOSE_SINCE, CHOOSE_UNTIL };

#define CHOOSE_OPTIONS                                                                                                 \
    {"reason", 1, NULL, CHOOSE_REASON}, {"plugin", 1, NULL, CHOOSE_PLUGIN}, {"stage", 1, NULL, CHOOSE_STAGE},          \
        {"plugin-version", 1, NULL, CHOOSE_VERSION}, {"kind", 1, NULL, CHOOSE_KIND}, {"since", 1, NULL, CHOOSE_SINCE}, \
    {                                                                                                                  \
        "until", 1, NULL, CHOOSE_UNTIL                                                                                 \
    }

/* Puts the option into the request: true; false when the code is none of these, or the value is wrong (after a message
 * in that case). */
bool choose_option(int code, const char *value, cJSON *request);
/* Whether the request says which are meant at all. */
bool choose_given(const cJSON *request);
