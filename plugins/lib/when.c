/* SPDX-License-Identifier: MIT */
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "numeral.h"
#include "str.h"

enum {
    NIAN = 0x5E74,
    YUE = 0x6708,
    RI = 0x65E5,
    HAO = 0x53F7,
    FEN = 0x4EFD,
    DI = 0x5E95,
    MO = 0x672B,
    DU = 0x5EA6,
    ZHI = 0x81F3,
    DAO = 0x5230,
    LAI = 0x6765,
    DUO = 0x591A,
    OF = 0x7684,   /* 的 */
    QIAN = 0x524D, /* 前 */
    GE = 0x4E2A,   /* 个 */
    YEAR_FIRST = 1900,
    YEAR_LAST = 2099
};

/* The numeral at the place that was asked last: what may be a year, a month or a count of years is one numeral. */
struct memo {
    const char *at;
    bool asked, is;
    struct numeral numeral;
};

struct reader {
    const struct lexicon *lexicon;
    struct memo *memo;
    const char *at, *end;
};

/* NULL: none begins here. Good until the next call. */
static const struct numeral *numeral_at(const struct reader *r) {
    struct memo *memo = r->memo;
    if (!memo->asked || memo->at != r->at)
        memo->is = numeral_read(str_from(r->at, r->end), &memo->numeral);
    memo->asked = true;
    memo->at = r->at;
    return memo->is ? &memo->numeral : NULL;
}

static unsigned peek(const struct reader *r) {
    return r->at < r->end ? cp_at(r->at, r->end, &(size_t){0}) : 0;
}

static bool take(struct reader *r, unsigned want) {
    size_t len;
    if (r->at >= r->end || cp_at(r->at, r->end, &len) != want)
        return false;
    r->at += len;
    return true;
}

/* A small whole number without multipliers beyond ten, followed by `mark`. */
static bool take_number(struct reader *r, unsigned mark, int most, int *ret) {
    const struct numeral *n = numeral_at(r);
    if (!n || n->more || n->upper[0] || strchr(n->digits, '.') || strlen(n->digits) > 4)
        return false;
    int value = atoi(n->digits);
    struct reader ahead = *r;
    ahead.at += n->len;
    if (value < 1 || value > most || (mark && !take(&ahead, mark)))
        return false;
    *ret = value;
    *r = ahead;
    return true;
}

static bool is_year(int value) {
    return value >= YEAR_FIRST && value <= YEAR_LAST;
}

static bool take_joint(struct reader *r) {
    static const unsigned joints[] = {ZHI, DAO, '-', '~', 0x2014, 0x2013, 0xFF5E, 0x301C, 0xFF0D};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (take(r, joints[i])) {
            take(r, joints[i]); /* a dash may be doubled */
            return true;
        }
    return false;
}

/* 底 and 末 mean the last day; what else may stand behind a date (份, 初, 以来) is taken with it. */
static void take_tail(struct reader *r, struct when *when) {
    size_t len;
    take(r, FEN);
    while (lexicon_moment(r->lexicon, str_from(r->at, r->end), &len) & MOMENT_AFTER_YEAR) {
        const char *last = cp_before(r->at, r->at + len);
        unsigned c = cp_at(last, r->end, &(size_t){0});
        when->last_day |= c == DI || c == MO;
        when->of_year |= c == DU;
        r->at += len;
    }
}

/* Month and day behind a year, or alone. False when there is no month. */
static bool take_month(struct reader *r, struct date *date) {
    struct reader ahead = *r;
    int month, day;
    if (!take_number(&ahead, YUE, 12, &month)) {
        ahead = *r; /* the first of 1-6月 has no 月 of its own */
        if (!take_number(&ahead, 0, 12, &month))
            return false;
        struct reader joint = ahead;
        int last;
        if (!take_joint(&joint) || !take_number(&joint, YUE, 12, &last) || last < month)
            return false;
    } else if (take_number(&ahead, RI, 31, &day) || take_number(&ahead, HAO, 31, &day))
        date->day = day;
    date->month = month;
    *r = ahead;
    return true;
}

/* One or two ASCII digits. */
static bool take_digits(struct reader *r, int most, int *ret) {
    int value = 0, count = 0;
    for (; count < 2 && r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, count++)
        value = value * 10 + (*r->at - '0');
    *ret = value;
    return count > 0 && value >= 1 && value <= most;
}

/* 前10个月: the months of the year up to the tenth. */
static bool take_first_months(struct reader *r, struct when *when) {
    struct reader ahead = *r;
    int last;
    if (!take(&ahead, QIAN) || !take_number(&ahead, GE, 11, &last) || !take(&ahead, YUE))
        return false;
    when->from.month = 1;
    when->to = (struct date){when->from.year, last, 0};
    when->interval = true;
    *r = ahead;
    return true;
}

/* 上半年, 三季度 behind a year or alone. */
static bool take_part(struct reader *r, struct when *when) {
    size_t len;
    int first, last;
    if (take_first_months(r, when))
        return true;
    if (!lexicon_year_part(r->lexicon, str_from(r->at, r->end), &len, &first, &last))
        return false;
    when->from.month = first;
    when->to = (struct date){when->from.year, last, 0};
    when->interval = true;
    r->at += len;
    return true;
}

/* 2021-01-20, 2021/1/20, 2021.1.20 behind the year's digits. */
static bool take_numbers(struct reader *r, struct date *date) {
    struct reader ahead = *r;
    int month, day;
    unsigned mark = peek(&ahead);
    if ((mark != '-' && mark != '/' && mark != '.') || !take(&ahead, mark) || !take_digits(&ahead, 12, &month) ||
        !take(&ahead, mark) || !take_digits(&ahead, 31, &day))
        return false;
    *r = ahead;
    date->month = month;
    date->day = day;
    return true;
}

static bool take_clock(struct reader *r) {
    struct reader ahead = *r;
    int digits = 0, marks = 0;
    take(&ahead, ' ');
    for (; ahead.at < ahead.end && (cp_is_digit((unsigned char)*ahead.at) || *ahead.at == ':'); ahead.at++)
        *ahead.at == ':' ? marks++ : digits++;
    if (!marks || digits < 3)
        return false;
    *r = ahead;
    return true;
}

/* A date that names its year. */
static bool take_year(struct reader *r, bool after_text, struct when *when) {
    struct reader ahead = *r;
    const struct numeral *n = numeral_at(r);
    size_t len;
    int year = 0;
    if (!n || n->power || n->more || !is_year(year = atoi(n->digits)))
        return false;
    bool arabic = n->arabic;
    size_t digits = strchr(n->digits, '.') ? 4 : n->len; /* 2021.1.20 reads as a decimal at first */
    ahead.at += digits;
    when->from.year = year;
    if (take(&ahead, NIAN)) {
        if (!take_part(&ahead, when) && !take_month(&ahead, &when->from))
            when->of_year = take(&ahead, DU);
        take_tail(&ahead, when);
    } else if (take_numbers(&ahead, &when->from))
        take_clock(&ahead);
    else {
        struct reader joint = ahead;
        int last; /* 2021-2023年: the first has no 年 of its own */
        bool leads = take_joint(&joint) && take_number(&joint, NIAN, YEAR_LAST, &last) && last > year;
        if (!leads && (after_text || !arabic || !cp_is_han(peek(&ahead)) || digits != 4 ||
                       lexicon_unit(r->lexicon, str_from(ahead.at, ahead.end), &len)))
            return false;
    }
    *r = ahead;
    return true;
}

/* 今年, 去年10月底, 年底. */
static bool take_relative(struct reader *r, struct when *when) {
    size_t len;
    if (!lexicon_year(r->lexicon, str_from(r->at, r->end), &len, &when->from.year, &when->framed))
        return false;
    unsigned last = cp_at(cp_before(r->at, r->at + len), r->end, &(size_t){0});
    r->at += len;
    when->relative = true;
    when->last_day = last == DI || last == MO;
    if (!take_part(r, when))
        take_month(r, &when->from);
    take_tail(r, when);
    return true;
}

/* 近4年来, 30年来, 过去三年: how many years back, unless the years are the thing itself (近一年的创建). */
static bool take_back(struct reader *r, struct when *when) {
    struct reader ahead = *r;
    size_t len;
    int years;
    bool recent = (lexicon_moment(r->lexicon, str_from(r->at, r->end), &len) & MOMENT_YEARS_BACK) != 0;
    if (recent)
        ahead.at += len;
    if (!take_number(&ahead, NIAN, 99, &years))
        return false;
    struct reader more = ahead; /* 三年多来 */
    if (take(&more, DUO) && peek(&more) == LAI)
        ahead = more;
    bool since =
        take(&ahead, LAI) || lexicon_moment(ahead.lexicon, str_from(ahead.at, ahead.end), &len) & MOMENT_AFTER_YEAR;
    if (!since && (!recent || peek(&ahead) == OF ||
                   lexicon_word(r->lexicon, str_from(ahead.at, ahead.end), &len) & ROLE_BIT(LASTING)))
        return false;
    take_tail(&ahead, when);
    when->kind = WHEN_BACK;
    when->back = years;
    *r = ahead;
    return true;
}

static bool take_word(struct reader *r, struct when *when) {
    size_t len;
    unsigned moment = lexicon_moment(r->lexicon, str_from(r->at, r->end), &len);
    if (!(moment & (MOMENT_NOW | MOMENT_VAGUE)))
        return false;
    when->kind = moment & MOMENT_NOW ? WHEN_NOW : WHEN_VAGUE;
    r->at += len;
    if (when->kind == WHEN_VAGUE)
        take_number(r, NIAN, 99, &(int){0}); /* 未来三年 */
    return true;
}

static bool take_date(struct reader *r, bool after_text, struct when *when) {
    if (take_year(r, after_text, when) || take_relative(r, when))
        return true;
    if (!take_part(r, when) && !take_month(r, &when->from))
        return false;
    take_tail(r, when);
    return true;
}

/* The second date of an interval takes from the first what it leaves out: 8月21日-23日, 1-6月份, 2022年至2025年. */
static bool take_end(struct reader *r, struct when *when) {
    struct reader ahead = *r;
    struct when second = {0};
    int day;
    if (when->interval || !take_joint(&ahead))
        return false;
    if (when->from.day && (take_number(&ahead, RI, 31, &day) || take_number(&ahead, HAO, 31, &day)))
        second.from = (struct date){when->from.year, when->from.month, day};
    else if (!take_date(&ahead, true, &second) || second.relative)
        return false;
    if (!second.from.year)
        second.from.year = when->from.year;
    when->to = second.from;
    when->interval = true;
    when->last_day = false;
    *r = ahead;
    return true;
}

size_t when_read(const struct lexicon *lexicon, struct siftd_str text, bool after_text, struct when *ret) {
    struct memo memo = {0};
    struct reader r = {lexicon, &memo, text.at, text.at + text.len};
    struct when when = {.kind = WHEN_DATE};
    if (!take_word(&r, &when) && !take_back(&r, &when)) {
        if (!take_date(&r, after_text, &when))
            return 0;
        take_end(&r, &when);
    }
    *ret = when;
    return (size_t)(r.at - text.at);
}

static int days_of(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

void when_resolve(struct when *when, int year, int last_year) {
    if (when->kind == WHEN_BACK) {
        when->kind = year ? WHEN_DATE : WHEN_NONE;
        when->interval = when->back > 1;
        when->from.year = year - when->back + 1;
        when->to.year = year;
        return;
    }
    if (when->kind != WHEN_DATE)
        return;
    int base = when->relative ? year : when->from.year ? 0 : last_year ? last_year : year;
    if (when->relative ? !year : !when->from.year && !base) {
        when->kind = WHEN_NONE;
        return;
    }
    if (when->relative || !when->from.year) {
        bool same = when->to.year == when->from.year;
        when->from.year += base;
        if (when->interval && same)
            when->to.year += base;
        when->relative = false;
    }
    if (when->last_day) {
        if (!when->from.month)
            when->from.month = 12;
        when->from.day = days_of(when->from.year, when->from.month);
    }
}

static int date_text(struct date date, char *at, size_t room) {
    if (date.day && date.month)
        return snprintf(at, room, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (date.month)
        return snprintf(at, room, "%04d-%02d", date.year, date.month);
    return snprintf(at, room, "%04d", date.year);
}

bool when_text(const struct when *when, char ret[WHEN_TEXT]) {
    if (when->kind != WHEN_DATE || when->relative || !is_year(when->from.year))
        return false;
    int len = date_text(when->from, ret, WHEN_TEXT);
    if (when->interval) {
        ret[len++] = '/';
        date_text(when->to, ret + len, (size_t)(WHEN_TEXT - len));
    }
    return true;
}

static int fineness(const struct when *when) {
    return when->kind != WHEN_DATE ? 0 : when->from.day ? 3 : when->from.month ? 2 : 1;
}

bool when_is_finer(const struct when *a, const struct when *b) {
    return fineness(a) > fineness(b);
}
