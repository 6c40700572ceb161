/* SPDX-License-Identifier: MIT */
/* Numbers as a sheet shows them: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "xlsx.h"

enum { DAYS_1899 = -25569, DAYS_1904 = -24107, DAY = 86400 }; /* day 0, counted from 1970-01-01 */

static void put_time(const struct book *book, double days, enum show show, char to[64]) {
    double whole = floor(days);
    long seconds = lround((days - whole) * DAY);
    time_t time = (time_t)(whole + (book->from_1904 ? DAYS_1904 : DAYS_1899)) * DAY + seconds;
    struct tm tm;
    gmtime_r(&time, &tm);
    static const char *const formats[] = {
        [SHOW_DATE] = "%Y-%m-%d", [SHOW_TIME] = "%H:%M:%S", [SHOW_DATE_TIME] = "%Y-%m-%d %H:%M:%S"};
    strftime(to, 64, formats[show], &tm);
}

void book_number(const struct book *book, const char *digits, size_t style, char to[64]) {
    enum show show = style < book->shows ? book->show[style] : SHOW_PLAIN;
    char *end;
    double value = strtod(digits, &end);
    if (end == digits || *end || !isfinite(value))
        snprintf(to, 64, "%.60s", digits);
    else if (show == SHOW_PERCENT)
        snprintf(to, 64, "%.15g%%", value * 100);
    else if (show != SHOW_PLAIN && value >= 0 && value < 2958466) /* 9999-12-31 */
        put_time(book, value, show, to);
    else if (fabs(value) < 1e15)
        snprintf(to, 64, "%.15g", value);
    else
        snprintf(to, 64, "%.60s", digits);
}
