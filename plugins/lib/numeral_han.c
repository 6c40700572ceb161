/* SPDX-License-Identifier: MIT */
/*
 * A numeral in characters is collected as a row of items, digits and powers of ten, and reckoned from left to right: a
 * digit times the power behind it joins a section; 万 and above close the section and multiply with it every smaller
 * group before (三百五十万亿). Two digits in a row that differ by one (十五六, 三四十, 三五百) are the ends of a range:
 * the row is reckoned once with each.
 */
#include "numeral_han.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ITEMS = 40,
    GROUPS = 8,
    POINT = 0x70B9,
    POINT_OLD = 0x9EDE,
    TRILLION = 0x5146, /* 兆 */
    LIANG = 0x4E24,
    TWENTY = 0x5EFF,
    THIRTY = 0x5345,
    BIG = 4 /* powers from 万 on */
};

struct item {
    int digit; /* -1: a power */
    int power;
};

struct row {
    struct item item[ITEMS];
    int count;
    bool strong; /* holds a character that is hardly ever anything but a number */
};

int numeral_digit(unsigned c) {
    switch (c) {
    case 0x96F6: /* 零 */
    case 0x3007: /* 〇 */
    case 0x25CB: /* ○ */
        return 0;
    case 0x4E00: /* 一 */
    case 0x58F9: /* 壹 */
    case 0x58F1: /* 壱 */
        return 1;
    case 0x4E8C: /* 二 */
    case 0x4E24: /* 两 */
    case 0x5169: /* 兩 */
    case 0x8D30: /* 贰 */
    case 0x8CB3: /* 貳 */
    case 0x4FE9: /* 俩 */
    case 0x5006: /* 倆 */
        return 2;
    case 0x4E09: /* 三 */
    case 0x53C1: /* 叁 */
    case 0x53C4: /* 叄 */
    case 0x53C2: /* 参 */
    case 0x53C3: /* 參 */
        return 3;
    case 0x56DB: /* 四 */
    case 0x8086: /* 肆 */
        return 4;
    case 0x4E94: /* 五 */
    case 0x4F0D: /* 伍 */
        return 5;
    case 0x516D: /* 六 */
    case 0x9646: /* 陆 */
    case 0x9678: /* 陸 */
        return 6;
    case 0x4E03: /* 七 */
    case 0x67D2: /* 柒 */
        return 7;
    case 0x516B: /* 八 */
    case 0x634C: /* 捌 */
        return 8;
    case 0x4E5D: /* 九 */
    case 0x7396: /* 玖 */
        return 9;
    default:
        return -1;
    }
}

int numeral_power(unsigned c) {
    switch (c) {
    case 0x5341: /* 十 */
    case 0x62FE: /* 拾 */
        return 1;
    case 0x767E: /* 百 */
    case 0x4F70: /* 佰 */
        return 2;
    case 0x5343: /* 千 */
    case 0x4EDF: /* 仟 */
        return 3;
    case 0x4E07: /* 万 */
    case 0x842C: /* 萬 */
        return 4;
    case 0x4EBF: /* 亿 */
    case 0x5104: /* 億 */
        return 8;
    default:
        return 0;
    }
}

/* Characters that are also part of ordinary words (参加, 大陆, 队伍, 放肆, 收拾): alone they are no number. */
static bool is_weak(unsigned c) {
    switch (c) {
    case 0x53C2:
    case 0x53C3:
    case 0x9646:
    case 0x9678:
    case 0x4F0D:
    case 0x8086:
    case 0x62FE:
    case 0x4FE9:
    case 0x5006:
        return true;
    default:
        return false;
    }
}

/* Blanks may stand before 万 and 亿 only: 2023 百强 is no number of hundreds. */
int numeral_powers(struct cursor *c, struct numeral *ret) {
    size_t len, many;
    int sum = 0;
    for (;;) {
        size_t blanks = cursor_blanks(c);
        unsigned next = cursor_peek_behind(c, blanks, &len);
        bool about = next == ABOUT_LAI;
        many = blanks;
        if (is_many(next) || about) {
            many += len;
            struct cursor ahead = {c->at + many, c->end};
            size_t more = cursor_blanks(&ahead);
            blanks += more;
            many += more;
            next = cursor_peek_behind(c, many, &len);
        }
        int power = numeral_power(next);
        if (!power || sum + power > 16 || (blanks && power < BIG))
            break;
        ret->more |= many > blanks && !about;
        ret->about |= about;
        sum += power;
        c->at += many + len;
    }
    return sum;
}

static bool push(struct row *row, int digit, int power) {
    if (row->count == ITEMS)
        return false;
    row->item[row->count++] = (struct item){digit, power};
    return true;
}

/* 兆 counts only where the numeral goes on behind it: elsewhere it begins 兆瓦, 兆赫 or is a unit of data. */
static int power_at(const struct cursor *c, unsigned next, size_t len) {
    size_t ahead;
    if (next != TRILLION)
        return numeral_power(next);
    return numeral_digit(cursor_peek_behind(c, len, &ahead)) >= 0 ? 12 : 0;
}

/* Moves over blanks inside a numeral: before a power of ten, and between one and a digit (一百 五 十). */
static void skip_blanks(struct cursor *c, const struct row *row) {
    size_t blanks = row->count ? cursor_blanks(c) : 0, len, ahead;
    if (!blanks)
        return;
    unsigned next = cursor_peek_behind(c, blanks, &len);
    bool behind_power = row->item[row->count - 1].digit <= 0;
    bool many = is_many(next) && numeral_power(cursor_peek_behind(c, blanks + len, &ahead)) > 0;
    if (numeral_power(next) || many || (behind_power && numeral_digit(next) >= 0))
        c->at += blanks;
}

static bool collect(struct cursor *c, struct numeral *ret, struct row *row) {
    size_t len, ahead;
    for (;;) {
        skip_blanks(c, row);
        unsigned next = cursor_peek(c, &len);
        int digit = numeral_digit(next), power = power_at(c, next, len);
        if (digit >= 0) {
            if (!push(row, digit, 0))
                return false;
        } else if (power) {
            bool again = row->count && row->item[row->count - 1].digit < 0 && power < BIG;
            if (again && row->item[row->count - 1].power < BIG) /* 七十百分位 */
                return true;
            if (!push(row, -1, power))
                return false;
        } else if (next == TWENTY || next == THIRTY) {
            if ((row->count && row->item[row->count - 1].digit > 0) || !push(row, next == TWENTY ? 2 : 3, 0) ||
                !push(row, -1, 1))
                return false;
        } else if (row->count && (is_many(next) || next == ABOUT_LAI) &&
                   numeral_power(cursor_peek_behind(c, len, &ahead))) {
            ret->more |= next != ABOUT_LAI;
            ret->about |= next == ABOUT_LAI;
        } else
            return row->count > 0;
        row->strong |= !is_weak(next);
        c->at += len;
    }
}

/* Where a pair of digits in a row stands that means a range; -1 for none, -2 when the digits are in a row for no
 * reason. */
static int find_pair(const struct row *row) {
    int pair = -1;
    for (int i = 0; i + 1 < row->count; i++) {
        int a = row->item[i].digit, b = row->item[i + 1].digit;
        bool in_row = a > 0 && b >= 0, longer = in_row && i + 2 < row->count && row->item[i + 2].digit >= 0;
        if (!in_row)
            continue;
        bool spread = a == 3 && b == 5 && i + 2 < row->count;
        if (pair >= 0 || longer || (b != a + 1 && !spread))
            return -2;
        pair = i;
    }
    return pair;
}

static bool is_positional(const struct row *row) {
    if (row->count < 2)
        return false;
    for (int i = 0; i < row->count; i++)
        if (row->item[i].digit < 0)
            return false;
    return row->count >= 3 || row->item[1].digit == 0;
}

struct sum {
    struct {
        uint64_t value;
        int power;
    } group[GROUPS];
    int groups;
    uint64_t section;
    int digit;      /* the last one not yet multiplied, -1 for none */
    int last_power; /* 0 behind 零 */
    bool closed;    /* a group has just been closed */
};

static uint64_t power_of_ten(int power) {
    uint64_t value = 1;
    while (power-- > 0)
        value *= 10;
    return value;
}

/* 万, 亿: multiplies the section and the smaller groups before it, or the group that was closed right before (万万). */
static bool close_group(struct sum *s, int power) {
    uint64_t value = s->section + (s->digit > 0 ? (uint64_t)s->digit : 0);
    if (s->closed && s->groups)
        value = s->group[--s->groups].value;
    while (s->groups && s->group[s->groups - 1].power < power)
        value += s->group[--s->groups].value;
    if (!value)
        value = 1;
    if (s->groups == GROUPS || __builtin_mul_overflow(value, power_of_ten(power), &value))
        return false;
    s->group[s->groups].value = value;
    s->group[s->groups++].power = power;
    s->section = 0;
    s->closed = true;
    return true;
}

static bool reckon(const struct row *row, int skip, uint64_t *ret, int *ret_power) {
    struct sum s = {.digit = -1};
    for (int i = 0; i < row->count; i++) {
        struct item item = row->item[i];
        if (i == skip)
            continue;
        if (item.digit == 0 && i > 0) {
            s.last_power = 0; /* 一百零五: the digit to come stands for itself */
            s.digit = -1;
            continue;
        }
        if (item.digit >= 0) {
            s.digit = item.digit;
            s.closed = false;
            continue;
        }
        if (item.power >= BIG) {
            if (!close_group(&s, item.power))
                return false;
        } else {
            s.section += (s.digit > 0 ? (uint64_t)s.digit : 1) * power_of_ten(item.power);
            s.closed = false;
        }
        s.digit = -1;
        s.last_power = item.power;
    }
    uint64_t value = s.section;
    for (int i = 0; i < s.groups; i++)
        if (__builtin_add_overflow(value, s.group[i].value, &value))
            return false;
    if (s.digit >= 0)
        value += s.last_power >= 2 ? (uint64_t)s.digit * power_of_ten(s.last_power - 1) : (uint64_t)s.digit;
    *ret_power = s.digit < 0 ? s.last_power : 0;
    *ret = value;
    return true;
}

/* 点五, 点三三 behind a whole number, unless it tells the time (三点二十分). Appends to `digits`. */
static void read_point(struct cursor *c, char digits[NUMERAL_DIGITS]) {
    struct cursor ahead = *c;
    size_t len, n = strlen(digits), next_len;
    unsigned next = cursor_peek(&ahead, &len);
    if (next != POINT && next != POINT_OLD)
        return;
    ahead.at += len;
    size_t from = n;
    digits[n++] = '.';
    for (; n + 1 < NUMERAL_DIGITS; n++, ahead.at += len) {
        next = cursor_peek(&ahead, &len);
        if (numeral_digit(next) < 0 || next == LIANG || is_weak(next))
            break;
        digits[n] = (char)('0' + numeral_digit(next));
    }
    digits[n] = 0;
    int power = numeral_power(cursor_peek(&ahead, &next_len));
    if (n == from + 1 || (power && power < BIG))
        digits[from] = 0;
    else
        *c = ahead;
}

static bool put_positional(const struct row *row, struct numeral *ret) {
    if (row->count > 16)
        return false;
    for (int i = 0; i < row->count; i++)
        ret->digits[i] = (char)('0' + row->item[i].digit);
    ret->positional = true;
    return numeral_shift(ret->digits, 0, ret->digits);
}

bool numeral_han(struct cursor *c, struct numeral *ret) {
    struct row row = {.count = 0};
    uint64_t value, upper;
    if (!collect(c, ret, &row) || (!row.strong && row.count < 2))
        return false;
    if (is_positional(&row))
        return row.strong && put_positional(&row, ret);
    int pair = find_pair(&row);
    if (pair < -1 || !reckon(&row, pair < 0 ? -1 : pair + 1, &value, &ret->power))
        return false;
    if (pair >= 0) {
        if (!reckon(&row, pair, &upper, &ret->power))
            return false;
        snprintf(ret->upper, sizeof ret->upper, "%" PRIu64, upper);
    }
    snprintf(ret->digits, sizeof ret->digits, "%" PRIu64, value);
    ret->bare = row.count == 1 && row.item[0].digit < 0 && row.item[0].power > 1;
    if (pair >= 0)
        return true;
    read_point(c, ret->digits);
    int power = strchr(ret->digits, '.') ? numeral_powers(c, ret) : 0;
    if (strchr(ret->digits, '.') && !numeral_shift(ret->digits, power, ret->digits))
        return false;
    ret->power = power ? power : ret->power;
    return true;
}
