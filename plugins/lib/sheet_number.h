/* SPDX-License-Identifier: MIT */
/* How a spreadsheet shows the number of a cell, by the format of the cell: of Excel's programs, old and new. Links m.
 */
#pragma once
#include <stdbool.h>

enum sheet_show { SHOW_PLAIN, SHOW_PERCENT, SHOW_DATE, SHOW_TIME, SHOW_DATE_TIME };

/* The formats that every program has, by number; 27 to 36 and 50 to 58 are the dates of East Asian languages. */
enum sheet_show sheet_show(unsigned long id);
/* What a format of the workbook's own shows, by its letters outside quotes, brackets and escapes. */
enum sheet_show sheet_show_of_code(const char *code);
/* A number as it looks: digits as Excel shows at most (15), per cent, or ISO 8601 dates. Days count from 1899-12-30, or
 * from 1904-01-01. What is no number is given back as it is. */
void sheet_number(const char *digits, enum sheet_show show, bool from_1904, char to[64]);
