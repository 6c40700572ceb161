/* SPDX-License-Identifier: MIT */
/* Having something done by the running daemon or, while none runs, here on its state folder. */
#pragma once
#include <cjson/cJSON.h>

#include "config/config.h"

/* An operation (docs/operations.md): 0 and the answer, which the caller frees; negative after the message was logged.
 */
int operate(const struct config *config, const char *what, const cJSON *request, cJSON **ret_answer);
