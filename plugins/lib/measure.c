/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "str.h"

enum { YI = 0x4E00, DA = 0x5927, BAN = 0x534A, LOOKAHEAD = 10, PARTS_MAX = 10000, BIG_POWER = 4 };

struct reader {
    const struct lexicon *lexicon;
    struct siftd_str rest; /* what is still to be read */
    struct quantity *out;
};

static void advance(struct reader *r, size_t len) {
    r->rest.at += len;
    r->rest.len -= len;
}

static uint32_t peek(struct siftd_str rest) {
    return rest.len ? cp_at(rest.at, rest.at + rest.len, &(size_t){0}) : 0;
}

static uint64_t word(const struct reader *r, size_t *ret_len) {
    return lexicon_word(r->lexicon, r->rest, ret_len);
}

static void skip_blank(struct reader *r) {
    if (r->rest.len && *r->rest.at == ' ')
        advance(r, 1);
}

static bool noun_follows(const struct reader *r) {
    size_t len;
    uint32_t c = peek(r->rest);
    uint64_t roles = lexicon_word(r->lexicon, r->rest, &len);
    return cp_is_han(c) && !(roles & (ROLE_BIT(BOUND) | ROLE_BIT(VERB) | ROLE_BIT(LINK)));
}

/* The unit at the reader, perhaps behind a blank. */
static const struct unit *take_unit(struct reader *r) {
    struct reader ahead = *r;
    size_t len;
    skip_blank(&ahead);
    const struct unit *unit = lexicon_unit(r->lexicon, ahead.rest, &len);
    if (!unit || unit->part)
        return NULL;
    struct siftd_str rest = ahead.rest;
    size_t longer;
    if (unit->kind == UNIT_PERCENT && unit->power && word(&ahead, &longer) && longer > len) /* 三成功 */
        return NULL;
    if (cp_is_latin((unsigned char)rest.at[len - 1]) && len < rest.len && cp_is_latin((unsigned char)rest.at[len]))
        return NULL;
    advance(&ahead, len);
    size_t shorter;
    const struct unit *within = unit->last && noun_follows(&ahead)
                                    ? lexicon_unit(r->lexicon, (struct siftd_str){rest.at, len - 1}, &shorter)
                                    : NULL;
    if (within) { /* 3个人才公寓 counts 个, 3个人 counts people */
        unit = within;
        advance(r, shorter + (size_t)(rest.at - r->rest.at));
        return unit;
    }
    *r = ahead;
    return unit;
}

/* 12千米, 2.3千克: the 千 that was read as the number's last multiplier begins the unit. */
static void give_back_thousand(struct reader *r, struct numeral *n) {
    static const char thousand[] = "千";
    struct numeral without;
    size_t len, back = strlen(thousand), before = n->len - back;
    const char *begin = r->rest.at - n->len;
    if (n->len <= back || memcmp(r->rest.at - back, thousand, back) != 0 ||
        !lexicon_unit(r->lexicon, (struct siftd_str){r->rest.at - back, r->rest.len + back}, &len) || len <= back ||
        !numeral_read((struct siftd_str){begin, before}, &without) || without.len != before)
        return;
    *n = without;
    r->rest = (struct siftd_str){r->rest.at - back, r->rest.len + back};
}

/* million behind a number, or m right behind an amount with its currency before it. */
static void take_multiplier(struct reader *r, struct numeral *n, bool currency) {
    struct reader ahead = *r;
    size_t len;
    int power = currency ? lexicon_multiplier(r->lexicon, r->rest, true, &len) : 0;
    if (!power) {
        skip_blank(&ahead);
        power = lexicon_multiplier(r->lexicon, ahead.rest, false, &len);
    }
    if (!power || n->power || n->upper[0] || !numeral_shift(n->digits, power, n->digits))
        return;
    n->power = power;
    advance(&ahead, len);
    *r = ahead;
}

/* 75折 and 8.5折, 5成: a percentage by its tenths, unless it has two digits. */
static int power_of(const struct numeral *n, const struct unit *unit) {
    bool hundredths = unit->discount && strlen(n->digits) == 2 && n->arabic;
    return hundredths ? 0 : unit->power;
}

/* The word that joins two ends of a range: 至, -; 与 and "and" only where something says that they are ends. */
static bool take_joint(struct reader *r, bool between, bool *ret_and) {
    size_t len;
    skip_blank(r);
    uint64_t roles = word(r, &len);
    uint32_t traits = roles & ROLE_BIT(TRAIT) ? lexicon_traits(r->lexicon, (struct siftd_str){r->rest.at, len}) : 0;
    *ret_and = !(roles & ROLE_BIT(RANGE));
    if (*ret_and && !(traits & TRAIT_BIT(BETWEEN_JOINT)))
        return false;
    *ret_and = *ret_and && !between;
    advance(r, len);
    skip_blank(r);
    return true;
}

static bool between_follows(const struct reader *r) {
    size_t len;
    return word(r, &len) & ROLE_BIT(TRAIT) &&
           lexicon_traits(r->lexicon, (struct siftd_str){r->rest.at, len}) & TRAIT_BIT(BETWEEN_BEHIND);
}

/* The second number of a range, with a currency before it where the first has one. */
static bool take_second(struct reader *r, const struct unit *currency, struct numeral *ret) {
    size_t len;
    if (currency && lexicon_currency(r->lexicon, r->rest, &len) == currency)
        advance(r, len);
    if (!numeral_read(r->rest, ret) || ret->bare || ret->positional || ret->upper[0])
        return false;
    advance(r, ret->len);
    take_multiplier(r, ret, currency != NULL);
    return true;
}

/* A second number makes a range: 3至5年, 3万元至50万元, 10%-15%. The first takes from the second what it leaves out. */
static bool take_range(struct reader *r, const struct numeral *first, const struct unit *first_unit,
                       const struct unit *currency, bool between) {
    struct reader ahead = *r;
    struct numeral second;
    bool needs_between;
    if (!take_joint(&ahead, between, &needs_between) || !take_second(&ahead, currency, &second))
        return false;
    const struct unit *unit = currency ? currency : take_unit(&ahead);
    if (!unit || (first_unit && strcmp(first_unit->name, unit->name) != 0) ||
        (needs_between && !between_follows(&ahead)))
        return false;
    char low[NUMERAL_DIGITS];
    int lift = !first_unit && first->arabic && !first->power ? second.power : 0; /* 3至5万元 */
    if (!numeral_shift(first->digits, lift + power_of(first, unit), low) ||
        !numeral_shift(second.digits, power_of(&second, unit), r->out->upper))
        return false;
    memcpy(r->out->value, low, sizeof low);
    r->out->unit = unit;
    r->out->qualifier = "range";
    r->rest = ahead.rest;
    return true;
}

/* 以上, 左右, 以内 behind the number. */
static void take_qualifier(struct reader *r) {
    static const struct {
        uint64_t role;
        const char *name;
    } after[] = {{ROLE_BIT(OVER_AFTER), "over"}, {ROLE_BIT(ABOUT_AFTER), "about"}, {ROLE_BIT(UP_TO_AFTER), "up_to"}};
    size_t len;
    uint64_t roles = word(r, &len);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        if (roles & after[i].role) {
            if (!r->out->qualifier)
                r->out->qualifier = after[i].name;
            advance(r, len);
            return;
        }
}

/* Whether the nouns right behind name something that can be counted without a measure word: 3基地, 三大创业园. */
static bool holder_follows(const struct reader *r) {
    struct siftd_str rest = r->rest;
    for (int i = 0; i < LOOKAHEAD && rest.len; i++) {
        size_t len = 0;
        uint64_t roles = lexicon_word(r->lexicon, rest, &len);
        if (roles & ROLE_BIT(HOLDER))
            return true;
        if (roles & (ROLE_BIT(VERB) | ROLE_BIT(BOUND) | ROLE_BIT(LINK) | ROLE_BIT(PIVOT)))
            return false;
        if (!roles && !cp_is_han(peek(rest)))
            return false;
        len = len && roles ? len : cp_length((unsigned char)*rest.at);
        rest = (struct siftd_str){rest.at + len, rest.len - len};
    }
    return false;
}

/* A number without a measure word counts only where a headline or a list of names leaves it out. */
static bool take_bare_number(struct reader *r, const struct numeral *n, struct measure_context context) {
    const struct unit *unit = lexicon_bare_unit(r->lexicon);
    struct reader ahead = *r;
    if (!unit || n->more || n->power || strlen(n->digits) > 4)
        return false;
    if (peek(r->rest) == DA)
        advance(&ahead, cp_length((unsigned char)*r->rest.at));
    else if (!n->arabic || context.after_text)
        return false;
    if (!holder_follows(&ahead))
        return false;
    r->out->unit = unit;
    return numeral_shift(n->digits, 0, r->out->value);
}

/* 贷了20万: an amount that leaves its unit out, where nothing is counted behind it. */
static bool take_bare_money(struct reader *r, const struct numeral *n, struct measure_context context) {
    const struct unit *unit = lexicon_money_unit(r->lexicon);
    size_t len;
    uint64_t light = ROLE_BIT(BOUND) | ROLE_BIT(LINK) | ROLE_BIT(OVER_AFTER) | ROLE_BIT(ABOUT_AFTER) |
                     ROLE_BIT(UP_TO_AFTER) | ROLE_BIT(RANGE);
    if (!unit || n->power < BIG_POWER || n->bare || !context.in_money ||
        (cp_is_han(peek(r->rest)) && !(word(r, &len) & light)))
        return false;
    r->out->unit = unit;
    if (take_range(r, n, NULL, NULL, false))
        return true;
    r->out->qualifier = n->more ? "over" : n->about ? "about" : NULL;
    return numeral_shift(n->digits, 0, r->out->value);
}

/* 一家企业 is an article, 企业一家 and 近一年 are not. */
static bool is_article(const struct reader *r, const struct numeral *n, const struct unit *unit,
                       struct measure_context context, uint32_t first) {
    if (first != YI || strcmp(n->digits, "1") != 0 || n->more)
        return false;
    if (unit->kind == UNIT_DURATION)
        return !context.after_qualifier && !context.after_lasting;
    return unit->article && (noun_follows(r) || !context.after_text);
}

/* A numeral that its unit does not take: 2023成 is no percentage, 二期 behind a name or before a noun is part of it. */
static bool is_misfit(const struct reader *r, const struct numeral *n, const struct unit *unit,
                      struct measure_context context) {
    if (unit->characters && n->arabic)
        return true;
    if (unit->kind == UNIT_PERCENT && unit->power && strcspn(n->digits, ".") > 2) /* 2020成 */
        return true;
    size_t len;
    uint32_t next = peek(r->rest);
    bool goes_on = cp_is_digit(next) ||
                   (cp_is_han(next) && !(word(r, &len) & (ROLE_BIT(BOUND) | ROLE_BIT(LINK) | ROLE_BIT(TAIL))));
    return unit->in_names && !n->arabic && (context.after_text || goes_on);
}

static bool is_abstract(const struct reader *r, const struct numeral *n) {
    size_t len;
    return strlen(n->digits) == 1 && lexicon_word(r->lexicon, r->rest, &len) & ROLE_BIT(ABSTRACT);
}

/* Whether nothing that is counted or joined follows: what stands behind 六成五, 三米九 and 两吨半. */
static bool ends_measure(const struct reader *r) {
    size_t len;
    uint32_t c = peek(r->rest);
    return !cp_is_han(c) || word(r, &len) & (ROLE_BIT(BOUND) | ROLE_BIT(LINK) | ROLE_BIT(ABOUT_AFTER) |
                                             ROLE_BIT(OVER_AFTER) | ROLE_BIT(UP_TO_AFTER) | ROLE_BIT(TAIL));
}

/* 六成五, 三米九, 两吨半: what stands behind the unit is of the next lower place. */
static void take_second_digit(struct reader *r, struct numeral *n, const struct unit *unit) {
    struct reader ahead = *r;
    size_t len;
    uint32_t c = peek(r->rest);
    bool percent = unit->kind == UNIT_PERCENT && unit->power;
    bool half = c == BAN && (unit->splits || percent || unit->kind == UNIT_DURATION) &&
                !(word(r, &len) & (ROLE_BIT(GUARD) | ROLE_BIT(VERB)));
    bool digit = numeral_digit(c) > 0;
    size_t whole = strlen(n->digits);
    if ((!half && !(digit && (unit->splits || percent))) || strchr(n->digits, '.') || n->upper[0] || n->more)
        return;
    advance(&ahead, cp_length((unsigned char)*ahead.rest.at));
    if (!half && !percent && !ends_measure(&ahead))
        return;
    snprintf(n->digits + whole, sizeof n->digits - whole, ".%d", half ? 5 : numeral_digit(c));
    r->rest = ahead.rest;
}

/* 5元3角, 50元6角3分: the parts of a whole amount. */
static void take_parts_of_unit(struct reader *r, struct numeral *n, const struct unit *unit) {
    char decimals[3] = "00";
    size_t whole = strlen(n->digits), len;
    if (unit->kind != UNIT_MONEY || unit->power || strchr(n->digits, '.') || n->upper[0] || n->more)
        return;
    for (int place = 1; place <= 2; place++) {
        struct numeral part;
        struct reader ahead = *r;
        if (!numeral_read(ahead.rest, &part) || strlen(part.digits) != 1 || part.upper[0])
            break;
        advance(&ahead, part.len);
        const struct unit *lower = lexicon_unit(r->lexicon, ahead.rest, &len);
        if (!lower || lower->power >= 0 || lower->power < -2 || strcmp(lower->name, unit->name) != 0)
            break;
        decimals[-lower->power - 1] = part.digits[0];
        advance(&ahead, len);
        r->rest = ahead.rest;
    }
    if (strcmp(decimals, "00") != 0)
        snprintf(n->digits + whole, sizeof n->digits - whole, ".%s", decimals);
}

static bool put_value(struct quantity *q, const struct numeral *n, const struct unit *unit) {
    q->unit = unit;
    q->bare = n->bare;
    if (n->more || n->about)
        q->qualifier = n->more ? "over" : "about";
    if (n->upper[0]) {
        if (!numeral_shift(n->upper, power_of(n, unit), q->upper))
            return false;
        q->qualifier = "range";
    }
    return numeral_shift(n->digits, power_of(n, unit), q->value);
}

/* A number with its unit; r stands behind the numeral. */
static bool take_measure(struct reader *r, struct numeral *n, struct measure_context context, uint32_t first) {
    if (n->positional)
        return false;
    give_back_thousand(r, n);
    take_multiplier(r, n, false);
    if (take_range(r, n, NULL, NULL, context.after_between))
        return true;
    const struct unit *unit = take_unit(r);
    if (!unit)
        return take_bare_number(r, n, context) || take_bare_money(r, n, context);
    if (take_range(r, n, unit, NULL, context.after_between))
        return true;
    if ((unit->needs_noun && !noun_follows(r)) || (unit->last && noun_follows(r)) || is_abstract(r, n) ||
        is_misfit(r, n, unit, context) || is_article(r, n, unit, context, first))
        return false;
    take_second_digit(r, n, unit);
    take_parts_of_unit(r, n, unit);
    return put_value(r->out, n, unit);
}

/* ￥300, $3.5m, €2m to €3m; a unit may be said again behind it (人民币50元). */
static bool take_currency(struct reader *r, struct measure_context context) {
    struct reader ahead = *r;
    struct numeral n;
    size_t len;
    const struct unit *unit = lexicon_currency(r->lexicon, r->rest, &len);
    if (!unit)
        return false;
    advance(&ahead, len);
    skip_blank(&ahead);
    if (!numeral_read(ahead.rest, &n) || n.positional || n.upper[0])
        return false;
    advance(&ahead, n.len);
    take_multiplier(&ahead, &n, true);
    r->rest = ahead.rest;
    if (take_range(r, &n, NULL, unit, context.after_between))
        return true;
    const struct unit *again = take_unit(&ahead);
    if (again && again->kind == UNIT_MONEY)
        r->rest = ahead.rest;
    return put_value(r->out, &n, again && again->kind == UNIT_MONEY ? again : unit);
}

/* 八五折: two digits in characters are hundredths. */
static bool take_discount(struct reader *r) {
    struct reader ahead = *r;
    int digits[2];
    for (int i = 0; i < 2; i++) {
        digits[i] = numeral_digit(peek(ahead.rest));
        if (digits[i] < 1)
            return false;
        advance(&ahead, cp_length((unsigned char)*ahead.rest.at));
    }
    const struct unit *unit = take_unit(&ahead);
    if (!unit || !unit->discount)
        return false;
    snprintf(r->out->value, sizeof r->out->value, "%d%d", digits[0], digits[1]);
    r->out->unit = unit;
    r->rest = ahead.rest;
    return true;
}

/* 三分之一, to a hundredth of a percent. */
static bool take_parts(struct reader *r) {
    struct numeral of, n;
    size_t len;
    struct siftd_str rest = r->rest;
    if (!numeral_read(rest, &of))
        return false;
    rest = (struct siftd_str){rest.at + of.len, rest.len - of.len};
    const struct unit *percent = lexicon_unit(r->lexicon, str("%"), &(size_t){0});
    if (!percent || !lexicon_parts(r->lexicon, rest, &len))
        return false;
    rest = (struct siftd_str){rest.at + len, rest.len - len};
    long parts = strchr(of.digits, '.') ? 0 : atol(of.digits);
    if (parts < 1 || parts > PARTS_MAX || !numeral_read(rest, &n) || strchr(n.digits, '.') || atol(n.digits) > parts)
        return false;
    char hundredths[NUMERAL_DIGITS];
    snprintf(hundredths, sizeof hundredths, "%ld", (atol(n.digits) * PARTS_MAX + parts / 2) / parts);
    r->rest = (struct siftd_str){rest.at + n.len, rest.len - n.len};
    r->out->unit = percent;
    return numeral_shift(hundredths, -2, r->out->value);
}

/* 百分之五, 千分之2.4, 百分之十到百分之十五. */
static bool take_percentage(struct reader *r) {
    struct numeral n;
    size_t len;
    int power;
    if (!lexicon_percent(r->lexicon, r->rest, &len, &power))
        return false;
    struct reader ahead = {r->lexicon, {r->rest.at + len, r->rest.len - len}, r->out};
    const struct unit *percent = lexicon_unit(r->lexicon, str("%"), &len);
    skip_blank(&ahead);
    if (!percent || !numeral_read(ahead.rest, &n) || !numeral_shift(n.digits, power, n.digits))
        return false;
    advance(&ahead, n.len);
    r->rest = ahead.rest;
    n.bare = false; /* 百分之百 */
    return put_value(r->out, &n, percent);
}

static bool take_fraction(struct reader *r, struct measure_context context) {
    size_t len;
    const struct fraction *fraction = lexicon_fraction(r->lexicon, r->rest, &len);
    if (!fraction || (fraction->qualifier && strcmp(fraction->qualifier, "needed") == 0 && !context.after_qualifier))
        return false;
    advance(r, len);
    r->out->unit = fraction->unit;
    r->out->qualifier = fraction->qualifier && strcmp(fraction->qualifier, "needed") != 0 ? fraction->qualifier : NULL;
    strncpy(r->out->value, fraction->digits, sizeof r->out->value - 1);
    return true;
}

static bool is_joined(struct siftd_str text, size_t at, size_t end, size_t len) {
    static const char joints[] = "+/*:-.";
    char before = at ? text.at[at - 1] : ' ', after = at + len < end ? text.at[at + len] : ' ';
    if (cp_is_latin((unsigned char)before) || (before && strchr(joints, before) && at > 1 && text.at[at - 2] != ' '))
        return true;
    return after == '+' || after == '*' || after == '/' || after == ':';
}

/* Puts the sign before the number; false where it can have none. */
static bool put_minus(struct quantity *q, unsigned bytes) {
    size_t len = strlen(q->value);
    if (q->upper[0] || *q->value == '-' || len + 2 > sizeof q->value)
        return false;
    memmove(q->value + 1, q->value, len + 1);
    *q->value = '-';
    q->start -= bytes;
    return true;
}

size_t measure_read(const struct lexicon *lexicon, struct siftd_str text, size_t at, size_t end,
                    struct measure_context context, struct quantity *ret, size_t *ret_skip) {
    struct quantity q = {.start = (uint32_t)at};
    struct reader r = {lexicon, {text.at + at, end - at}, &q};
    struct numeral n = {0};
    uint32_t first = peek(r.rest);
    bool found = take_percentage(&r) || take_parts(&r) || take_fraction(&r, context) || take_discount(&r) ||
                 take_currency(&r, context);
    *ret_skip = 0;
    if (!found) {
        if (!numeral_read(r.rest, &n))
            return 0;
        *ret_skip = n.len;
        advance(&r, n.len);
        if (context.after_ordinal || (!context.minus && is_joined(text, at, end, n.len)) ||
            !take_measure(&r, &n, context, first))
            return 0;
    }
    q.end = (uint32_t)(r.rest.at - text.at);
    if (q.bare && !context.after_qualifier)
        return 0;
    if (context.minus && !put_minus(&q, context.minus))
        return 0;
    take_qualifier(&r);
    *ret = q;
    return (size_t)(r.rest.at - text.at) - at;
}
