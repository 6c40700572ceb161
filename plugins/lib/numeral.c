/* SPDX-License-Identifier: MIT */
#include "numeral.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codepoint.h"

enum { MANY_YU = 0x4F59, MANY_DUO = 0x591A, MANY_JI = 0x51E0, COMMA_WIDE = 0xFF0C, POINT_WIDE = 0xFF0E };

int numeral_digit(unsigned c) {
    switch (c) {
    case 0x96F6: /* 零 */
    case 0x3007: /* 〇 */
        return 0;
    case 0x4E00: /* 一 */
        return 1;
    case 0x4E8C: /* 二 */
    case 0x4E24: /* 两 */
        return 2;
    case 0x4E09: /* 三 */
        return 3;
    case 0x56DB: /* 四 */
        return 4;
    case 0x4E94: /* 五 */
        return 5;
    case 0x516D: /* 六 */
        return 6;
    case 0x4E03: /* 七 */
        return 7;
    case 0x516B: /* 八 */
        return 8;
    case 0x4E5D: /* 九 */
        return 9;
    default:
        return -1;
    }
}

int numeral_power(unsigned c) {
    switch (c) {
    case 0x5341: /* 十 */
        return 1;
    case 0x767E: /* 百 */
        return 2;
    case 0x5343: /* 千 */
        return 3;
    case 0x4E07: /* 万 */
        return 4;
    case 0x4EBF: /* 亿 */
        return 8;
    default:
        return 0;
    }
}

static uint64_t power_of_ten(int power) {
    uint64_t value = 1;
    while (power-- > 0)
        value *= 10;
    return value;
}

bool numeral_shift(const char *digits, int power, char ret[NUMERAL_DIGITS]) {
    char all[2 * NUMERAL_DIGITS];
    const char *point = strchr(digits, '.');
    int whole = point ? (int)(point - digits) : (int)strlen(digits);
    int count = snprintf(all, sizeof all, "%.*s%s", whole, digits, point ? point + 1 : "");
    int place = whole + power; /* of the point, in `all` */
    if (count >= NUMERAL_DIGITS || place >= NUMERAL_DIGITS - 1 || place <= -(NUMERAL_DIGITS / 2))
        return false;
    char wide[3 * NUMERAL_DIGITS]; /* the digits, with zeros on either side so that the point stands among them */
    int before = place > 0 ? place : 1, lead = before - place;
    int end = lead + (place > count ? place : count);
    memset(wide, '0', sizeof wide);
    memcpy(wide + lead, all, (size_t)count);
    const char *from = wide;
    while (end > before && wide[end - 1] == '0')
        end--;
    while (before > 1 && *from == '0') {
        from++;
        before--;
        end--;
    }
    int length = end > before ? end + 1 : before;
    if (length >= NUMERAL_DIGITS)
        return false;
    snprintf(ret, NUMERAL_DIGITS, end > before ? "%.*s.%.*s" : "%.*s", before, from, end - before, from + before);
    return true;
}

/* A place in the text that is being read. */
struct reader {
    const char *at, *end;
};

static unsigned peek(const struct reader *r, size_t *ret_len) {
    *ret_len = 0;
    return r->at < r->end ? cp_at(r->at, r->end, ret_len) : 0;
}

static bool digits_follow(const char *at, const char *end, int want) {
    size_t len = 0;
    for (int i = 0; i < want; i++, at += len)
        if (at >= end || !cp_is_digit(cp_at(at, end, &len)))
            return false;
    return at >= end || !cp_is_digit(cp_at(at, end, &len));
}

/* Arabic digits with thousands separators and a decimal point. */
static bool read_arabic(struct reader *r, char *out) {
    size_t n = 0, len;
    bool point = false, grouped = false;
    for (unsigned c = peek(r, &len); c; c = peek(r, &len)) {
        if (cp_is_digit(c))
            out[n++] = (char)('0' + (c < 0x80 ? c - '0' : c - 0xFF10));
        else if ((c == '.' || c == POINT_WIDE) && !point && r->at + len < r->end &&
                 cp_is_digit(cp_at(r->at + len, r->end, &(size_t){0}))) {
            out[n++] = '.';
            point = true;
        } else if ((c == ',' || c == COMMA_WIDE) && !point && (grouped || n <= 3) &&
                   digits_follow(r->at + len, r->end, 3))
            grouped = true;
        else
            break;
        if (n >= NUMERAL_DIGITS - 1)
            return false;
        r->at += len;
    }
    out[n] = 0;
    return n > 0;
}

static bool is_many(unsigned c) {
    return c == MANY_YU || c == MANY_DUO || c == MANY_JI;
}

/* Multipliers behind a mantissa: 万, 千万, 多万, 万亿. Returns their powers' sum. */
static int read_powers(struct reader *r, struct numeral *ret) {
    size_t len, many;
    int sum = 0;
    for (;;) {
        unsigned c = peek(r, &len);
        many = 0;
        if (is_many(c)) {
            struct reader ahead = {r->at + len, r->end};
            many = len;
            c = peek(&ahead, &len);
        }
        int power = numeral_power(c);
        if (!power || sum + power > 16)
            break;
        ret->more |= many > 0;
        sum += power;
        r->at += many + len;
    }
    return sum;
}

/* 3万5千: whole mantissas, each with a smaller multiplier than the one before. */
static bool read_compound(struct reader *r, struct numeral *ret, int power) {
    uint64_t sum = 0;
    char part[NUMERAL_DIGITS], shifted[NUMERAL_DIGITS];
    if (sscanf(ret->digits, "%" SCNu64, &sum) != 1 || strchr(ret->digits, '.') || strlen(ret->digits) > 18)
        return false;
    while (power > 0 && r->at < r->end) {
        struct reader ahead = *r;
        if (!read_arabic(&ahead, part) || strchr(part, '.') || strlen(part) > 4)
            break;
        int next = read_powers(&ahead, ret);
        if (!next || next >= power || !numeral_shift(part, next, shifted))
            break;
        uint64_t add = 0;
        sscanf(shifted, "%" SCNu64, &add);
        sum += add;
        power = next;
        *r = ahead;
    }
    snprintf(ret->digits, sizeof ret->digits, "%" PRIu64, sum);
    return true;
}

static bool read_digits(struct reader *r, struct numeral *ret) {
    char mantissa[NUMERAL_DIGITS];
    if (!read_arabic(r, mantissa))
        return false;
    ret->arabic = true;
    ret->power = read_powers(r, ret);
    if (!numeral_shift(mantissa, ret->power, ret->digits))
        return false;
    if (ret->power)
        read_compound(r, ret, ret->power);
    return true;
}

/* What reading a numeral in characters keeps: 一千二百万 is section (1200) moved into the total by 万. */
struct sum {
    uint64_t total, section;
    int digit;      /* the last digit character not yet multiplied, -1 for none */
    int last_power; /* of the last multiplier; 0 after 零 */
    int run;        /* digit characters in a row */
    uint64_t positional;
    int first, second; /* of the run */
};

static bool take_digit(struct sum *s, int digit) {
    if (digit == 0 && s->run == 0 && s->last_power) {
        s->last_power = 0; /* 一百零五: the digit to come stands for itself */
        s->digit = -1;
        return true;
    }
    if (++s->run == 1)
        s->first = digit;
    else if (s->run == 2)
        s->second = digit;
    if (s->run > 16)
        return false;
    s->positional = s->positional * 10 + (uint64_t)digit;
    s->digit = digit;
    return true;
}

static void take_power(struct sum *s, int power) {
    if (power >= 4) {
        uint64_t section = s->section + (s->digit > 0 ? (uint64_t)s->digit : 0);
        if (section == 0 && s->total == 0)
            section = 1;
        s->total = section ? s->total + section * power_of_ten(power) : s->total * power_of_ten(power);
        s->section = 0;
    } else {
        s->section += (s->digit > 0 ? (uint64_t)s->digit : 1) * power_of_ten(power);
    }
    s->digit = -1;
    s->run = 0;
    s->positional = 0;
    s->last_power = power;
}

/* Ends a numeral in characters: 三千五 is 3500, 两三 a range, 二〇二三 a row of digits. */
static bool finish(struct sum *s, struct numeral *ret, int characters) {
    uint64_t value = s->total + s->section;
    if (s->run > 1) {
        if (s->run != characters)
            return false;
        if (s->run == 2 && s->first > 0 && s->second == s->first + 1) {
            snprintf(ret->upper, sizeof ret->upper, "%d", s->second);
            value = (uint64_t)s->first;
        } else if (s->run >= 3 || s->second == 0) {
            ret->positional = true;
            value = s->positional;
        } else
            return false;
    } else if (s->digit >= 0)
        value += s->last_power >= 2 ? (uint64_t)s->digit * power_of_ten(s->last_power - 1) : (uint64_t)s->digit;
    snprintf(ret->digits, sizeof ret->digits, "%" PRIu64, value);
    ret->power = s->digit < 0 ? s->last_power : 0;
    return true;
}

static bool read_characters(struct reader *r, struct numeral *ret) {
    struct sum s = {.digit = -1};
    int characters = 0, powers = 0;
    size_t len;
    for (unsigned c = peek(r, &len); c; c = peek(r, &len)) {
        int digit = numeral_digit(c), power = numeral_power(c);
        if (digit >= 0 ? !take_digit(&s, digit) : !power && !(is_many(c) && characters))
            break;
        if (is_many(c)) {
            struct reader ahead = {r->at + len, r->end};
            size_t next;
            if (!numeral_power(peek(&ahead, &next)))
                break;
            ret->more = true;
        } else if (power) {
            if (s.total > UINT64_C(100000000000) || s.run > 1)
                return false;
            take_power(&s, power);
            powers++;
        }
        r->at += len;
        characters++;
    }
    ret->bare = characters == 1 && powers == 1;
    return characters > 0 && finish(&s, ret, characters);
}

/* Most characters that are asked begin no numeral: they are told at once. */
static bool begins(unsigned c) {
    return cp_is_digit(c) || (c >= 0x3007 && (numeral_digit(c) >= 0 || numeral_power(c)));
}

bool numeral_read(struct siftd_str text, struct numeral *ret) {
    struct reader r = {text.at, text.at + text.len};
    size_t len;
    unsigned c = peek(&r, &len);
    if (!begins(c))
        return false;
    struct numeral n = {0};
    if (cp_is_digit(c) ? !read_digits(&r, &n) : !read_characters(&r, &n))
        return false;
    c = peek(&r, &len);
    if (c == MANY_YU || c == MANY_DUO) {
        n.more = true;
        n.bare = false;
        r.at += len;
    }
    n.len = (size_t)(r.at - text.at);
    *ret = n;
    return true;
}
