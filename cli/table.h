/* SPDX-License-Identifier: MIT */
/* JSON for people: members one a line, lists of objects as tables. */
#pragma once
#include <cjson/cJSON.h>

/* Prints an object to standard output. */
void table_print(const cJSON *object);
/* Prints a list of objects. */
void table_print_rows(const cJSON *rows);
