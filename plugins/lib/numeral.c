/* SPDX-License-Identifier: MIT */
#include "numeral.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "numeral_han.h"

enum {
    COMMA_WIDE = 0xFF0C,
    POINT_WIDE = 0xFF0E,
    MINUS = 0x8D1F,
    MINUS_OLD = 0x8CA0,
    ZERO = 0x96F6,
    NIAN = 0x5E74,
    GE = 0x4E2A, /* 个 of 20个亿 */
    BIG = 4
};

bool numeral_shift(const char *digits, int power, char ret[NUMERAL_DIGITS]) {
    size_t plain = strspn(digits, "0123456789");
    if (!power && *digits != '0' && plain && !digits[plain] && plain < NUMERAL_DIGITS - 1) { /* as most are */
        memmove(ret, digits, plain + 1);
        return true;
    }
    char all[2 * NUMERAL_DIGITS];
    bool negative = *digits == '-';
    digits += negative;
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
    if (length + negative >= NUMERAL_DIGITS)
        return false;
    snprintf(ret, NUMERAL_DIGITS, end > before ? "%s%.*s.%.*s" : "%s%.*s", negative ? "-" : "", before, from,
             end - before, from + before);
    return true;
}

static bool digits_follow(const char *at, const char *end, int want) {
    size_t len = 0;
    for (int i = 0; i < want; i++, at += len)
        if (at >= end || !cp_is_digit(cp_at(at, end, &len)))
            return false;
    return at >= end || !cp_is_digit(cp_at(at, end, &len));
}

/* Arabic digits with thousands separators and a decimal point. */
static bool read_arabic(struct cursor *c, char *out) {
    size_t n = 0, len;
    bool point = false, grouped = false;
    for (unsigned next = cursor_peek(c, &len); next; next = cursor_peek(c, &len)) {
        if (cp_is_digit(next))
            out[n++] = (char)('0' + (next < 0x80 ? next - '0' : next - 0xFF10));
        else if ((next == '.' || next == POINT_WIDE) && !point && c->at + len < c->end &&
                 cp_is_digit(cp_at(c->at + len, c->end, &(size_t){0}))) {
            out[n++] = '.';
            point = true;
        } else if ((next == ',' || next == COMMA_WIDE) && !point && (grouped || n <= 3) &&
                   digits_follow(c->at + len, c->end, 3))
            grouped = true;
        else
            break;
        if (n >= NUMERAL_DIGITS - 1)
            return false;
        c->at += len;
    }
    out[n] = 0;
    return n > 0;
}

/* The next part of a number in parts: 5千 of 3万5千, 零20 of 1千零20, 4000 of 3万4000. */
static bool read_part(struct cursor *c, struct numeral *ret, int power, uint64_t *ret_add, int *ret_power) {
    struct cursor ahead = *c;
    char part[NUMERAL_DIGITS];
    size_t len;
    bool zero = cursor_peek(&ahead, &len) == ZERO;
    if (zero)
        ahead.at += len;
    if (!read_arabic(&ahead, part) || strchr(part, '.') || strlen(part) > 4)
        return false;
    *ret_power = numeral_powers(&ahead, ret);
    if (!*ret_power && !zero && ((int)strlen(part) != power || cursor_peek(&ahead, &len) == NIAN))
        return false;
    if ((*ret_power && *ret_power >= power) || !numeral_shift(part, *ret_power, part) || (int)strlen(part) > power ||
        sscanf(part, "%" SCNu64, ret_add) != 1)
        return false;
    *c = ahead;
    return true;
}

/* 3万5千: whole mantissas, each with a smaller multiplier than the one before. 2千零30万: what has been read so far is
 * multiplied. */
static void read_compound(struct cursor *c, struct numeral *ret, int power) {
    uint64_t sum = 0, add;
    int next;
    if (sscanf(ret->digits, "%" SCNu64, &sum) != 1 || strchr(ret->digits, '.') || strlen(ret->digits) > 16)
        return;
    if (power < BIG) {
        struct cursor ahead = *c;
        size_t len;
        if (cursor_peek(&ahead, &len) == ZERO) {
            char part[NUMERAL_DIGITS];
            ahead.at += len;
            if (read_arabic(&ahead, part) && !strchr(part, '.') && (int)strlen(part) <= power &&
                sscanf(part, "%" SCNu64, &add) == 1) {
                snprintf(ret->digits, sizeof ret->digits, "%" PRIu64, sum + add);
                *c = ahead;
                ret->power = numeral_powers(c, ret);
                numeral_shift(ret->digits, ret->power, ret->digits);
                return;
            }
        }
    }
    while (power > 0 && read_part(c, ret, power, &add, &next)) {
        sum += add;
        power = next;
    }
    snprintf(ret->digits, sizeof ret->digits, "%" PRIu64, sum);
}

/* 12k of 12k元. */
static int read_thousands(struct cursor *c) {
    size_t len;
    if (c->at >= c->end || (*c->at != 'k' && *c->at != 'K') || !cp_is_han(cursor_peek_behind(c, 1, &len)))
        return 0;
    c->at++;
    return 3;
}

static bool read_digits(struct cursor *c, struct numeral *ret) {
    char mantissa[NUMERAL_DIGITS];
    if (!read_arabic(c, mantissa))
        return false;
    ret->arabic = true;
    ret->power = numeral_powers(c, ret);
    if (!ret->power)
        ret->power = read_thousands(c);
    if (!numeral_shift(mantissa, ret->power, ret->digits))
        return false;
    if (ret->power)
        read_compound(c, ret, ret->power);
    return true;
}

/* Most characters that are asked begin no numeral: they are told at once. */
static bool begins(unsigned c) {
    return cp_is_digit(c) || (c >= 0x3007 && (numeral_digit(c) >= 0 || numeral_power(c) || c == 0x5EFF || c == 0x5345));
}

bool numeral_begins(unsigned c) {
    return begins(c) || c == MINUS || c == MINUS_OLD;
}

/* 余, 多 and 几 behind the whole, and 来 behind a round number. */
static void read_more(struct cursor *c, struct numeral *n) {
    size_t len;
    unsigned next = cursor_peek(c, &len);
    bool round = n->power > 0 || (n->arabic && n->digits[strlen(n->digits) - 1] == '0');
    if (next == MANY_YU || next == MANY_DUO || (round && is_many(next)))
        n->more = true;
    else if (round && next == ABOUT_LAI)
        n->about = true;
    else
        return;
    n->bare = false;
    c->at += len;
}

/* 20个亿. */
static void read_counted(struct cursor *c, struct numeral *n) {
    size_t len, next;
    if (cursor_peek(c, &len) != GE || numeral_power(cursor_peek_behind(c, len, &next)) < BIG || n->upper[0])
        return;
    struct cursor ahead = {c->at + len, c->end};
    int power = numeral_powers(&ahead, n);
    if (numeral_shift(n->digits, power, n->digits)) {
        n->power = power;
        *c = ahead;
    }
}

bool numeral_read(struct siftd_str text, struct numeral *ret) {
    struct cursor c = {text.at, text.at + text.len};
    size_t len;
    unsigned first = cursor_peek(&c, &len);
    bool negative = first == MINUS || first == MINUS_OLD;
    if (negative) {
        c.at += len;
        first = cursor_peek(&c, &len);
    }
    if (!begins(first))
        return false;
    struct numeral n = {0};
    if (cp_is_digit(first) ? !read_digits(&c, &n) : !numeral_han(&c, &n))
        return false;
    if (negative) {
        char digits[NUMERAL_DIGITS];
        if (n.upper[0] || strlen(n.digits) + 2 > sizeof digits)
            return false;
        memcpy(digits, n.digits, sizeof digits);
        snprintf(n.digits, sizeof n.digits, "-%.*s", NUMERAL_DIGITS - 2, digits);
    }
    if (!n.positional) {
        read_more(&c, &n);
        read_counted(&c, &n);
    }
    n.len = (size_t)(c.at - text.at);
    *ret = n;
    return true;
}
