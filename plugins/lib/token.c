/* SPDX-License-Identifier: MIT */
#include "token.h"

#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "measure.h"
#include "memory.h"
#include "str.h"

enum {
    QUOTE_OPEN = 0x201C,
    QUOTE_CLOSE = 0x201D,
    INNER_OPEN = 0x2018,
    INNER_CLOSE = 0x2019,
    TITLE_OPEN = 0x300A,
    TITLE_CLOSE = 0x300B,
    BRACKET_OPEN = 0xFF08,
    BRACKET_CLOSE = 0xFF09,
    SQUARE_OPEN = 0x3014,
    SQUARE_CLOSE = 0x3015,
    STOP = 0x3002,
    COMMA = 0xFF0C,
    LISTING = 0x3001,
    SEMICOLON = 0xFF1B,
    COLON = 0xFF1A,
    QUESTION = 0xFF1F,
    SHOUT = 0xFF01,
    DASH = 0x2014,
    MINUS = 0x2212,
    MINUS_WIDE = 0xFF0D,
    NAME_MAX_CHARACTERS = 26, /* of a quoted name; longer quotes are speech */
    ASIDE_MAX_CHARACTERS = 9, /* of a bracket inside a name */
    TITLE_MAX_CHARACTERS = 120,
    HEADING_BYTES = 120
};

struct scanner {
    struct tokens *out;
    const struct lexicon *lexicon;
    const char *text; /* of the whole */
    size_t at, end;   /* what is still to be read */
    bool money;       /* a word of the clause speaks of money */
};

static void *grow(void *at, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return at;
    *room = *room ? *room * 2 : 256;
    at = realloc(at, *room * size);
    if (!at)
        out_of_memory();
    return at;
}

static struct token *push(struct scanner *s, enum token_kind kind, size_t len, uint64_t roles, uint32_t index) {
    struct tokens *t = s->out;
    t->at = grow(t->at, t->count, &t->room, sizeof *t->at);
    t->at[t->count] = (struct token){(uint32_t)s->at, (uint32_t)(s->at + len), roles, index, (uint8_t)kind};
    s->at += len;
    return &t->at[t->count++];
}

/* Text that is in no list joins the run before it. */
static void push_text(struct scanner *s, size_t len) {
    struct tokens *t = s->out;
    if (t->count && t->at[t->count - 1].kind == TOKEN_TEXT && t->at[t->count - 1].end == s->at) {
        t->at[t->count - 1].end += (uint32_t)len;
        s->at += len;
    } else
        push(s, TOKEN_TEXT, len, 0, 0);
}

static bool is_break(uint32_t c) {
    switch (c) {
    case STOP:
    case COMMA:
    case LISTING:
    case SEMICOLON:
    case COLON:
    case QUESTION:
    case SHOUT:
    case DASH:
    case QUOTE_OPEN:
    case QUOTE_CLOSE:
    case INNER_OPEN:
    case INNER_CLOSE:
    case BRACKET_OPEN:
    case BRACKET_CLOSE:
    case 0x2026: /* … */
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
    case '(':
    case ')':
        return true;
    default:
        return false;
    }
}

static bool ends_sentence(uint32_t c) {
    return c == STOP || c == QUESTION || c == SHOUT || c == '!' || c == '?';
}

bool token_ends_sentence(const struct tokens *tokens, size_t i) {
    if (i >= tokens->count || tokens->at[i].kind == TOKEN_END)
        return true;
    return tokens->at[i].kind == TOKEN_BREAK && ends_sentence(tokens->at[i].index);
}

bool token_ends_clause(const struct tokens *tokens, size_t i) {
    if (token_ends_sentence(tokens, i))
        return true;
    if (tokens->at[i].kind != TOKEN_BREAK)
        return false;
    uint32_t c = tokens->at[i].index;
    return c == COMMA || c == SEMICOLON || c == COLON || c == ',' || c == ';' || c == ':';
}

bool is_heading(const struct tokens *tokens, size_t i) {
    size_t first = i;
    for (; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++)
        if (token_ends_sentence(tokens, i) || (first > 0 && tokens->at[i].kind == TOKEN_NUMBER))
            return false;
    return i < tokens->count && tokens->at[i].start - tokens->at[first].start <= HEADING_BYTES;
}

bool is_numbered(const struct tokens *tokens, size_t i) {
    return token_mark(tokens, i, LISTING);
}

/* Its number is in characters, and in no bracket. */
bool opens_section(const struct tokens *tokens, size_t i) {
    unsigned char first = (unsigned char)tokens->text.at[tokens->at[i].start];
    return is_numbered(tokens, i) && first >= 0x80 && first != 0xEF;
}

/* The bytes from the opening mark to behind the closing one; 0 when it does not close within `most` characters or, for
 * names, when a sentence's punctuation stands in between. */
static size_t enclosed(const struct scanner *s, uint32_t open, uint32_t close, int most, bool name) {
    const char *end = s->text + s->end;
    size_t len;
    int depth = 0, characters = 0;
    for (const char *p = s->text + s->at; p < end && characters <= most; p += len, characters++) {
        uint32_t c = cp_at(p, end, &len);
        if (c == open)
            depth++;
        else if (c == close && --depth == 0)
            return (size_t)(p + len - (s->text + s->at));
        if (name && (ends_sentence(c) || c == COMMA || c == SEMICOLON || c == COLON))
            return 0;
    }
    return 0;
}

/* A bracket of a few characters without digits or punctuation belongs to the name around it: 园区（一期）,
 * 西部（某市）科学城. */
static size_t aside(const struct scanner *s) {
    const char *end = s->text + s->end;
    size_t len, total = enclosed(s, BRACKET_OPEN, BRACKET_CLOSE, ASIDE_MAX_CHARACTERS, true);
    for (const char *p = s->text + s->at; p < s->text + s->at + total; p += len)
        if (cp_is_digit(cp_at(p, end, &len)))
            return 0;
    return total;
}

static bool scan_enclosed(struct scanner *s, uint32_t c) {
    size_t len = 0;
    if (c == QUOTE_OPEN && (len = enclosed(s, QUOTE_OPEN, QUOTE_CLOSE, NAME_MAX_CHARACTERS, true)))
        push(s, TOKEN_QUOTE, len, 0, 0);
    else if (c == INNER_OPEN && (len = enclosed(s, INNER_OPEN, INNER_CLOSE, NAME_MAX_CHARACTERS, true)))
        push(s, TOKEN_QUOTE, len, 0, 0);
    else if (c == TITLE_OPEN && (len = enclosed(s, TITLE_OPEN, TITLE_CLOSE, TITLE_MAX_CHARACTERS, false)))
        push(s, TOKEN_TITLE, len, 0, 0);
    else if (c == SQUARE_OPEN && (len = enclosed(s, SQUARE_OPEN, SQUARE_CLOSE, ASIDE_MAX_CHARACTERS, false)))
        push_text(s, len);
    else if (c == BRACKET_OPEN && (len = aside(s)))
        push_text(s, len);
    return len > 0;
}

static bool last_is(const struct scanner *s, uint64_t roles) {
    const struct tokens *t = s->out;
    return t->count && t->at[t->count - 1].end == s->at && (t->at[t->count - 1].roles & roles);
}

/* The same, over a blank. */
static bool last_word_has(const struct scanner *s, uint32_t traits) {
    const struct tokens *t = s->out;
    size_t i = t->count;
    if (i > 1 && token_is_blank(t, i - 1))
        i--;
    return i > 0 && token_has(t, i - 1, traits);
}

static bool after_text(const struct scanner *s) {
    const struct tokens *t = s->out;
    if (!t->count || t->at[t->count - 1].end != s->at)
        return false;
    const struct token *last = &t->at[t->count - 1];
    uint64_t light =
        ROLE_BIT(OPEN) | ROLE_BIT(BOUND) | ROLE_BIT(VERB) | ROLE_BIT(TARGET) | ROLE_BIT(UNTIL) | ROLE_BIT(TOWARDS);
    return last->kind == TOKEN_TEXT || last->kind == TOKEN_QUOTE ||
           (last->kind == TOKEN_WORD && !(last->roles & light));
}

static bool scan_time(struct scanner *s) {
    struct tokens *t = s->out;
    struct when when;
    char before = s->at ? s->text[s->at - 1] : ' ';
    if (cp_is_latin((unsigned char)before) || last_is(s, ROLE_BIT(ORDINAL)))
        return false;
    size_t len = when_read(s->lexicon, (struct siftd_str){s->text + s->at, s->end - s->at}, after_text(s), &when);
    if (!len)
        return false;
    t->when = grow(t->when, t->whens, &t->when_room, sizeof *t->when);
    t->when[t->whens] = when;
    push(s, TOKEN_TIME, len, 0, (uint32_t)t->whens++);
    return true;
}

static bool scan_number(struct scanner *s) {
    struct tokens *t = s->out;
    struct quantity q;
    size_t skip;
    struct measure_context context = {
        .after_text = after_text(s),
        .after_ordinal = last_is(s, ROLE_BIT(ORDINAL)),
        .after_qualifier = last_is(s, ROLE_BIT(OVER_BEFORE) | ROLE_BIT(NEARLY_BEFORE) | ROLE_BIT(ABOUT_BEFORE) |
                                          ROLE_BIT(UP_TO_BEFORE)),
        .after_lasting = last_is(s, ROLE_BIT(LASTING)),
        .after_between = last_word_has(s, TRAIT_BIT(BETWEEN)),
        .in_money = s->money,
    };
    size_t len = measure_read(s->lexicon, s->out->text, s->at, s->end, context, &q, &skip);
    if (!len) {
        if (skip)
            push_text(s, skip);
        return skip > 0;
    }
    t->quantity = grow(t->quantity, t->quantities, &t->quantity_room, sizeof *t->quantity);
    t->quantity[t->quantities] = q;
    push(s, TOKEN_NUMBER, len, 0, (uint32_t)t->quantities++);
    return true;
}

/* 增速为-5.2%, 净利润-30万元: a sign behind a word that numbers stand behind. Anything else may be a dash or a range.
 */
static bool scan_minus(struct scanner *s, uint32_t c, size_t len) {
    struct tokens *t = s->out;
    struct quantity q;
    size_t skip, digit = s->at + len;
    bool sign = c == '-' || c == MINUS || c == MINUS_WIDE;
    if (!sign || digit >= s->end || !cp_is_digit((unsigned char)s->text[digit]) ||
        !last_is(s, ROLE_BIT(LINK) | ROLE_BIT(MEASURE) | ROLE_BIT(CHANGE) | ROLE_BIT(UP_TO_BEFORE) |
                        ROLE_BIT(OVER_BEFORE) | ROLE_BIT(NEARLY_BEFORE) | ROLE_BIT(ABOUT_BEFORE)))
        return false;
    struct measure_context context = {.after_qualifier = true, .in_money = s->money, .minus = (unsigned)len};
    size_t number = measure_read(s->lexicon, s->out->text, digit, s->end, context, &q, &skip);
    if (!number)
        return false;
    t->quantity = grow(t->quantity, t->quantities, &t->quantity_room, sizeof *t->quantity);
    t->quantity[t->quantities] = q;
    push(s, TOKEN_NUMBER, len + number, 0, (uint32_t)t->quantities++);
    return true;
}

/* Whether Latin letters go on before or behind the first `len` bytes: "over" in moreover. */
static bool splits_latin(const struct scanner *s, struct siftd_str rest, size_t len) {
    if (!cp_is_latin((unsigned char)*rest.at))
        return false;
    return (s->at && cp_is_latin((unsigned char)rest.at[-1])) ||
           (len < rest.len && cp_is_latin((unsigned char)rest.at[len]));
}

/* A word in a list wins over a number that begins like it (一批, 统一, 百分之 is none) unless it only qualifies
 * numbers. */
static bool scan_word(struct scanner *s) {
    size_t len;
    struct siftd_str rest = {s->text + s->at, s->end - s->at};
    uint64_t roles = lexicon_word(s->lexicon, rest, &len);
    if (!roles || splits_latin(s, rest, len))
        return false;
    uint32_t traits =
        roles & ROLE_BIT(TRAIT) ? lexicon_traits(s->lexicon, (struct siftd_str){s->text + s->at, len}) : 0;
    s->money |= (traits & TRAIT_BIT(MONEY)) != 0;
    push(s, TOKEN_WORD, len, roles, traits);
    return true;
}

/* 1. 2、 （三） at the beginning of a paragraph. */
static void scan_list_number(struct scanner *s) {
    const char *p = s->text + s->at, *end = s->text + s->end;
    struct numeral n;
    size_t len = 0;
    uint32_t c = p < end ? cp_at(p, end, &len) : 0;
    bool bracket = c == BRACKET_OPEN || c == '(';
    const char *from = bracket ? p + len : p;
    if (!numeral_read(str_from(from, end), &n))
        return;
    const char *point = memchr(from, '.', n.len);
    if (point) /* 1.2亿 begins no list, 1.2022年 does: the point is the list's */
        n.len = (size_t)(point - from);
    const char *after = from + n.len;
    if (after >= end || n.more || n.power || strlen(n.digits) > 4)
        return;
    c = cp_at(after, end, &len);
    bool closes = bracket ? c == BRACKET_CLOSE || c == ')'
                          : c == '.' || c == LISTING || c == 0xFF0E || c == ')' || c == BRACKET_CLOSE;
    const char *next = after + len;
    if (!closes || (!bracket && c == '.' && next < end && cp_is_digit((unsigned char)*next)))
        return;
    push(s, TOKEN_BREAK, (size_t)(next - p), 0, LISTING);
}

/* A blank between Chinese words parts them like a comma; a full stop before a blank ends a sentence of English. */
static bool is_latin_break(const struct scanner *s, uint32_t c, size_t len) {
    const char *at = s->text + s->at, *end = s->text + s->end;
    uint32_t after = at + len < end ? cp_at(at + len, end, &(size_t){0}) : 0;
    if (c == '.')
        return (after == 0 || after == ' ') && s->at > 0 && cp_is_latin((unsigned char)at[-1]);
    return (c == ' ' || c == 0x3000) && s->at > 0 && (unsigned char)at[-1] >= 0x80 && after >= 0x80;
}

static void scan_one(struct scanner *s) {
    size_t len;
    uint32_t c = cp_at(s->text + s->at, s->text + s->end, &len);
    if (lexicon_is_plain(s->lexicon, c)) {
        push_text(s, len);
        return;
    }
    if (lexicon_is_worded(s->lexicon, c)) {
        if (!scan_word(s))
            push_text(s, len);
        return;
    }
    if ((c == QUOTE_OPEN && scan_time(s)) || scan_enclosed(s, c)) /* “十四五”期间 is no name */
        return;
    if (is_latin_break(s, c, len))
        push(s, TOKEN_BREAK, len, 0, c == '.' ? STOP : COMMA);
    else if (is_break(c)) {
        push(s, TOKEN_BREAK, len, 0, c);
        s->money &= !token_ends_clause(s->out, s->out->count - 1);
    } else if (!scan_minus(s, c, len) && !scan_time(s) && !scan_word(s) && !scan_number(s))
        push_text(s, len);
}

void tokens_read(struct tokens *tokens, const struct lexicon *lexicon, struct siftd_str text, size_t start,
                 size_t end) {
    struct scanner s = {tokens, lexicon, text.at, start, end, false};
    tokens->text = text;
    tokens->count = tokens->quantities = tokens->whens = 0;
    while (s.at < end) {
        const char *line = memchr(text.at + s.at, '\n', end - s.at);
        size_t line_end = line ? (size_t)(line - text.at) : end;
        s.end = line_end;
        s.money = false;
        scan_list_number(&s);
        while (s.at < line_end)
            scan_one(&s);
        push(&s, TOKEN_END, line != NULL, 0, 0);
        if (!line)
            break;
    }
}

void tokens_deinit(struct tokens *tokens) {
    free(tokens->at);
    free(tokens->quantity);
    free(tokens->when);
    *tokens = (struct tokens){0};
}
