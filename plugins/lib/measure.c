/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "str.h"

enum { YI = 0x4E00, DA = 0x5927, LOOKAHEAD = 10, PARTS_MAX = 10000 };

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

/* The unit at the reader, perhaps behind a blank. */
static const struct unit *take_unit(struct reader *r) {
    struct siftd_str rest = r->rest;
    size_t len;
    if (rest.len && *rest.at == ' ')
        rest = (struct siftd_str){rest.at + 1, rest.len - 1};
    const struct unit *unit = lexicon_unit(r->lexicon, rest, &len);
    if (!unit)
        return NULL;
    if (cp_is_latin((unsigned char)rest.at[len - 1]) && len < rest.len && cp_is_latin((unsigned char)rest.at[len]))
        return NULL;
    advance(r, (size_t)(rest.at - r->rest.at) + len);
    return unit;
}

static bool set_value(struct quantity *q, const char *digits, const struct unit *unit) {
    return numeral_shift(digits, unit->power, q->value);
}

/* A second number makes a range: 3至5年, 3万元至50万元, 10%-15%. The first takes from the second what it leaves out. */
static bool take_range(struct reader *r, const struct numeral *first, const struct unit *first_unit) {
    struct reader ahead = *r;
    struct numeral second;
    size_t len;
    if (!(word(&ahead, &len) & ROLE_BIT(RANGE)))
        return false;
    advance(&ahead, len);
    if (!numeral_read(ahead.rest, &second) || second.bare || second.positional || second.upper[0])
        return false;
    advance(&ahead, second.len);
    const struct unit *unit = take_unit(&ahead);
    if (!unit || (first_unit && strcmp(first_unit->name, unit->name) != 0))
        return false;
    char low[NUMERAL_DIGITS];
    int lift = !first_unit && first->arabic && !first->power ? second.power : 0; /* 3至5万元 */
    if (!numeral_shift(first->digits, lift + unit->power, low) ||
        !numeral_shift(second.digits, unit->power, r->out->upper))
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

static bool noun_follows(const struct reader *r) {
    size_t len;
    uint32_t c = peek(r->rest);
    uint64_t roles = lexicon_word(r->lexicon, r->rest, &len);
    return cp_is_han(c) && !(roles & (ROLE_BIT(BOUND) | ROLE_BIT(VERB) | ROLE_BIT(LINK)));
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
    return set_value(r->out, n->digits, unit);
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

/* A numeral that its unit does not take: 2023成 is no percentage, 二期 behind a name is part of it. */
static bool is_misfit(const struct numeral *n, const struct unit *unit, struct measure_context context) {
    if (unit->characters && n->arabic)
        return true;
    return unit->in_names && !n->arabic && context.after_text;
}

static bool is_abstract(const struct reader *r, const struct numeral *n) {
    size_t len;
    return strlen(n->digits) == 1 && lexicon_word(r->lexicon, r->rest, &len) & ROLE_BIT(ABSTRACT);
}

/* 六成五: the digit behind the unit is of the next lower place. */
static void take_second_digit(struct reader *r, struct numeral *n, const struct unit *unit) {
    int digit = numeral_digit(peek(r->rest));
    size_t whole = strlen(n->digits);
    if (unit->kind != UNIT_PERCENT || !unit->power || digit < 1 || whole != 1 || n->upper[0])
        return;
    snprintf(n->digits + whole, sizeof n->digits - whole, ".%d", digit);
    advance(r, cp_length((unsigned char)*r->rest.at));
}

/* A number with its unit; r stands behind the numeral. */
static bool take_measure(struct reader *r, struct numeral *n, struct measure_context context, uint32_t first) {
    if (n->positional)
        return false;
    if (take_range(r, n, NULL))
        return true;
    const struct unit *unit = take_unit(r);
    if (!unit)
        return take_bare_number(r, n, context);
    if (take_range(r, n, unit))
        return true;
    if ((unit->needs_noun && !noun_follows(r)) || is_abstract(r, n) || is_misfit(n, unit, context) ||
        is_article(r, n, unit, context, first))
        return false;
    r->out->unit = unit;
    r->out->bare = n->bare;
    if (n->more)
        r->out->qualifier = "over";
    if (n->upper[0]) {
        memcpy(r->out->upper, n->upper, sizeof n->upper);
        r->out->qualifier = "range";
    }
    take_second_digit(r, n, unit);
    return set_value(r->out, n->digits, unit);
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

static bool take_percentage(struct reader *r) {
    struct numeral n;
    size_t len;
    if (!lexicon_percent(r->lexicon, r->rest, &len))
        return false;
    struct siftd_str rest = {r->rest.at + len, r->rest.len - len};
    const struct unit *percent = lexicon_unit(r->lexicon, str("%"), &len);
    if (!percent || !numeral_read(rest, &n))
        return false;
    r->rest = (struct siftd_str){rest.at + n.len, rest.len - n.len};
    r->out->unit = percent;
    r->out->qualifier = n.more ? "over" : NULL;
    return set_value(r->out, n.digits, percent);
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

size_t measure_read(const struct lexicon *lexicon, struct siftd_str text, size_t at, size_t end,
                    struct measure_context context, struct quantity *ret, size_t *ret_skip) {
    struct quantity q = {.start = (uint32_t)at};
    struct reader r = {lexicon, {text.at + at, end - at}, &q};
    struct numeral n = {0};
    uint32_t first = peek(r.rest);
    bool found = take_percentage(&r) || take_parts(&r) || take_fraction(&r, context);
    *ret_skip = 0;
    if (!found) {
        if (!numeral_read(r.rest, &n))
            return 0;
        *ret_skip = n.len;
        advance(&r, n.len);
        if (context.after_ordinal || is_joined(text, at, end, n.len) || !take_measure(&r, &n, context, first))
            return 0;
    }
    q.end = (uint32_t)(r.rest.at - text.at);
    if (q.bare && !context.after_qualifier)
        return 0;
    take_qualifier(&r);
    *ret = q;
    return (size_t)(r.rest.at - text.at) - at;
}
