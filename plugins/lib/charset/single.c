/* SPDX-License-Identifier: MIT */
/*
 * Method. A text read in the wrong set of single bytes shows it where letters meet: capitals inside words, signs
 * between letters, two alphabets in one word, control characters. Each such place costs; the set that costs least is
 * taken, and among equals the one that was opined. Only places with a byte above 7F count, for the others are the same
 * in all sets.
 */
#include "single.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/uscript.h>

#include "charset.h"

enum kind { BAD, SPACE, SIGN, QUOTE, DIGIT, UPPER, LOWER, LETTER };

struct table {
    uint8_t kind[256], script[256];
};

static enum kind kind_of(UChar32 c) {
    if (c == 0x27 || c == 0x2D || (c >= 0x2018 && c <= 0x201F) || c == 0xB7 || c == 0x2013 || c == 0x2014 ||
        c == 0x2026)
        return QUOTE;
    switch (u_charType(c)) {
    case U_UPPERCASE_LETTER:
        return UPPER;
    case U_LOWERCASE_LETTER:
        return c == 0xB5 ? SIGN : LOWER;
    case U_OTHER_LETTER:
        return c == 0xAA || c == 0xBA ? SIGN : LETTER;
    case U_MODIFIER_LETTER:
    case U_NON_SPACING_MARK:
        return LETTER;
    case U_DECIMAL_DIGIT_NUMBER:
        return DIGIT;
    case U_SPACE_SEPARATOR:
        return SPACE;
    case U_INITIAL_PUNCTUATION:
    case U_FINAL_PUNCTUATION:
        return QUOTE;
    case U_CONTROL_CHAR:
        return c == '\n' || c == '\r' || c == '\t' ? SPACE : BAD;
    case U_UNASSIGNED:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
        return BAD;
    default:
        return SIGN;
    }
}

static bool fill(struct table *table, const char *converter) {
    UErrorCode code = U_ZERO_ERROR;
    UConverter *open = ucnv_open(converter, &code);
    for (int i = 0; i < 256 && U_SUCCESS(code); i++) {
        char byte = (char)i;
        UChar unit[4];
        UErrorCode fault = U_ZERO_ERROR;
        int32_t len = ucnv_toUChars(open, unit, 4, &byte, 1, &fault);
        UChar32 c = U_SUCCESS(fault) && len == 1 ? unit[0] : 0xFFFD;
        table->kind[i] = (uint8_t)(c == 0xFFFD ? BAD : kind_of(c));
        table->script[i] = (uint8_t)uscript_getScript(c, &fault);
    }
    ucnv_close(open);
    return U_SUCCESS(code);
}

static bool is_letter(unsigned kind) {
    return kind >= UPPER;
}

/* What two neighbours cost, one of them above 7F; `before` stands in front of them. */
static unsigned cost(const struct table *t, unsigned char before, unsigned char a, unsigned char b) {
    unsigned x = t->kind[a], y = t->kind[b], sum = 0;
    if (b >= 0x80 && y == BAD)
        sum += 8;
    if (is_letter(x) && is_letter(y) && t->script[a] != t->script[b] && t->script[a] > USCRIPT_INHERITED &&
        t->script[b] > USCRIPT_INHERITED)
        sum += 4;
    if (x == LOWER && y == UPPER)
        sum += 2;
    if (x == SIGN && a >= 0x80 && is_letter(y))
        sum += is_letter(t->kind[before]) ? 3 : 1;
    if (is_letter(x) && y == SIGN && b >= 0x80)
        sum += 1;
    return sum;
}

static size_t mess(const struct table *t, const unsigned char *c, size_t len) {
    size_t sum = 0;
    for (size_t i = 0; i + 1 <= len; i++) {
        unsigned char a = i ? c[i - 1] : ' ', before = i > 1 ? c[i - 2] : ' ';
        if ((a | c[i]) & 0x80)
            sum += cost(t, before, a, c[i]);
    }
    return sum;
}

/* Sets of one family first: what one of them is opined, the next may be meant. */
static const char *const family[][4] = {
    {"windows-1252", "windows-1250", "windows-1254", "macintosh"},
    {"ISO-8859-2", "windows-1250", "windows-1252", NULL},
    {"windows-1250", "ISO-8859-2", "windows-1252", NULL},
    {"windows-1253", "ISO-8859-7", NULL, NULL},
    {"ISO-8859-7", "windows-1253", "windows-1252", NULL},
    {"windows-1251", "KOI8-U", "ISO-8859-5", "IBM866"},
    {"KOI8-R", "KOI8-U", "windows-1251", "IBM866"},
    {"ISO-8859-5", "windows-1251", "KOI8-R", "IBM866"},
    {"windows-1255", "ISO-8859-8", NULL, NULL},
    {"ISO-8859-8", "windows-1255", NULL, NULL},
    {"windows-1256", "ISO-8859-6", NULL, NULL},
    {"ISO-8859-6", "windows-1256", NULL, NULL},
    {"ISO-8859-3", "windows-1254", "windows-1252", NULL},
    {"ISO-8859-4", "windows-1257", "windows-1252", NULL},
    {"ISO-8859-13", "windows-1257", "windows-1252", NULL},
    {"ISO-8859-15", "windows-1252", NULL, NULL},
};

enum { MOST = 12, FEW = 8 /* bytes above 7F: too few for an opinion by statistics */ };

struct field {
    const char *name[MOST];
    size_t mess[MOST], count;
    const unsigned char *at;
    size_t len;
};

static void enter(struct field *f, const char *name) {
    struct table table;
    for (size_t i = 0; i < f->count; i++)
        if (strcasecmp(f->name[i], name) == 0)
            return;
    const char *converter = charset_table(name);
    if (f->count == MOST || !converter || !fill(&table, converter))
        return;
    f->name[f->count] = name;
    f->mess[f->count++] = mess(&table, f->at, f->len);
}

static void enter_family(struct field *f, const char *name) {
    enter(f, name);
    for (size_t i = 0; i < sizeof family / sizeof *family; i++)
        if (strcasecmp(family[i][0], name) == 0)
            for (size_t k = 1; k < 4 && family[i][k]; k++)
                enter(f, family[i][k]);
}

static size_t high_bytes(const unsigned char *at, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += at[i] >> 7;
    return n;
}

const char *single_choose(const char *at, size_t len, const char *first, const char *second, int *ret_confidence,
                          const char **ret_runner_up) {
    struct field f = {.at = (const unsigned char *)at, .len = len};
    size_t high = high_bytes(f.at, len), best = 0, next = 0;
    if (high < FEW && !first)
        enter(&f, "windows-1252");
    if (first)
        enter_family(&f, first);
    if (second)
        enter_family(&f, second);
    enter_family(&f, "windows-1252");
    size_t lead = high / (first ? 50 : 500); /* what a declaration is worth */
    for (size_t i = 1; i < f.count; i++)
        if (f.mess[i] + f.mess[i] / 8 + lead < f.mess[best]) {
            next = best;
            best = i;
        } else if (next == best || f.mess[i] < f.mess[next]) {
            next = i;
        }
    size_t share = high ? f.mess[best] * 100 / high : 0;
    int sure = (second && first && strcasecmp(first, second) == 0) ? 85 : high < FEW ? 45 : 65;
    *ret_confidence = share >= 100 ? 5 : sure - (int)(share * (size_t)sure / 100);
    *ret_runner_up = next != best ? f.name[next] : NULL;
    return f.name[best];
}
