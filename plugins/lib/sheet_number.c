/* SPDX-License-Identifier: MIT */
/* Numbers as a sheet shows them: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sheet_number.h"

enum sheet_show sheet_show_of_code(const char *code) {
    bool day = false, hour = false;
    for (; *code; code++) {
        if (*code == '"' || *code == '[') {
            const char *end = strchr(code + 1, *code == '"' ? '"' : ']');
            if (!end)
                break;
            code = end;
        } else if (*code == '\\' || *code == '_' || *code == '*') {
            code += code[1] != 0;
        } else if (*code == '%') {
            return SHOW_PERCENT;
        } else {
            day |= *code == 'y' || *code == 'Y' || *code == 'd' || *code == 'D';
            hour |= *code == 'h' || *code == 'H' || *code == 's' || *code == 'S';
        }
    }
    return day && hour ? SHOW_DATE_TIME : day ? SHOW_DATE : hour ? SHOW_TIME : SHOW_PLAIN;
}

enum sheet_show sheet_show(unsigned long id) {
    if (id == 9 || id == 10)
        return SHOW_PERCENT;
    if (id == 22)
        return SHOW_DATE_TIME;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return SHOW_DATE;
    return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ? SHOW_TIME : SHOW_PLAIN;
}

enum { DAYS_1899 = -25569, DAYS_1904 = -24107, DAY = 86400 }; /* day 0, counted from 1970-01-01 */

static void put_time(double days, enum sheet_show show, bool from_1904, char to[64]) {
    double whole = floor(days);
    long seconds = lround((days - whole) * DAY);
    time_t time = (time_t)(whole + (from_1904 ? DAYS_1904 : DAYS_1899)) * DAY + seconds;
    struct tm tm;
    gmtime_r(&time, &tm);
    static const char *const formats[] = {
        [SHOW_DATE] = "%Y-%m-%d", [SHOW_TIME] = "%H:%M:%S", [SHOW_DATE_TIME] = "%Y-%m-%d %H:%M:%S"};
    strftime(to, 64, formats[show], &tm);
}

void sheet_number(const char *digits, enum sheet_show show, bool from_1904, char to[64]) {
    char *end;
    double value = strtod(digits, &end);
    if (end == digits || *end || !isfinite(value))
        snprintf(to, 64, "%.60s", digits);
    else if (show == SHOW_PERCENT)
        snprintf(to, 64, "%.15g%%", value * 100);
    else if (show != SHOW_PLAIN && value >= 0 && value < 2958466) /* 9999-12-31 */
        put_time(value, show, from_1904, to);
    else if (fabs(value) < 1e15)
        snprintf(to, 64, "%.15g", value);
    else
        snprintf(to, 64, "%.60s", digits);
}
