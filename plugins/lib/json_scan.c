/* SPDX-License-Identifier: MIT */
/*
 * Method: recursive descent over the bytes, where each function takes the place where its part begins and returns the
 * place behind it, or NULL once `fault` is noted. Whitespace is skipped before each token. Strings are most of the
 * bytes: they are searched eight at a time for the three things that can end a plain run (quote, backslash, control
 * character).
 */
#include "json_scan.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(SIFTD_PORTABLE)
#include <emmintrin.h>
#endif

struct scan {
    const char *begin, *end;
    json_flag_fn *flag;
    bool flagged;
    int depth;
    struct json_fault fault;
};

static const char *scan_value(struct scan *s, const char *p);

static const char *refuse(struct scan *s, const char *p, const char *what) {
    s->fault = (struct json_fault){.at = (size_t)(p - s->begin), .what = p < s->end ? what : "the text ends too early"};
    return NULL;
}

static inline bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool is_digit(char c) {
    return (unsigned char)(c - '0') < 10;
}

static inline const char *skip_space(const struct scan *s, const char *p) {
    while (p < s->end && is_space(*p))
        p++;
    return p;
}

/* --- strings ------------------------------------------------------------------------------------------------------ */

/* string_stops(): a mark for every byte of the stride at p that is a quote, a backslash or below 0x20; stops_at():
 * where the first mark is. */
#if defined(__SSE2__) && !defined(SIFTD_PORTABLE)

enum { STRIDE = 16 };
typedef unsigned stops_t;

static inline stops_t string_stops(const char *p) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i stops = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(stops);
}

static inline size_t stops_at(stops_t stops) {
    return (size_t)__builtin_ctz(stops);
}

#else

enum { STRIDE = 8 };
typedef uint64_t stops_t;

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bytes above the lowest hit may be marked wrongly (a borrow runs upwards only): no more than the lowest mark counts.
 */
static inline stops_t string_stops(const char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    uint64_t quote = v ^ EACH('"'), backslash = v ^ EACH('\\');
    return (((quote - EACH(1)) & ~quote) | ((backslash - EACH(1)) & ~backslash) | ((v - EACH(0x20)) & ~v)) & EACH(0x80);
}

static inline size_t stops_at(stops_t stops) {
    return (size_t)__builtin_ctzll(stops) / 8;
}

#endif

/* The first byte from p on that ends a plain run, or `end`. */
static inline const char *plain_end(const char *p, const char *end) {
    for (; end - p >= STRIDE; p += STRIDE) {
        stops_t stops = string_stops(p);
        if (stops)
            return p + stops_at(stops);
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

static bool is_hex(char c) {
    return is_digit(c) || (unsigned char)((c | 0x20) - 'a') < 6;
}

/* p at the byte behind a backslash. */
static const char *scan_escape(struct scan *s, const char *p) {
    if (p == s->end || !*p || !strchr("\"\\/bfnrtu", *p))
        return refuse(s, p, "no such escape");
    if (*p != 'u')
        return p + 1;
    p++;
    for (const char *stop = p + 4; p < stop; p++)
        if (p == s->end || !is_hex(*p))
            return refuse(s, p, "an escape \\u needs four hexadecimal digits");
    return p;
}

/* p behind the opening quote; returns the place behind the closing one. */
static inline const char *scan_string(struct scan *s, const char *p) {
    while ((p = plain_end(p, s->end)) < s->end) {
        if (*p == '"')
            return p + 1;
        if (*p != '\\')
            return refuse(s, p, "a control character inside a string");
        p = scan_escape(s, p + 1);
        if (!p)
            return NULL;
    }
    return refuse(s, p, "");
}

/* --- numbers and words -------------------------------------------------------------------------------------------- */

static inline const char *digits_end(const struct scan *s, const char *p) {
    while (p < s->end && is_digit(*p))
        p++;
    return p;
}

static inline const char *scan_digits(struct scan *s, const char *p) {
    const char *behind = digits_end(s, p);
    return behind > p ? behind : refuse(s, p, "a digit is missing");
}

static inline const char *scan_number(struct scan *s, const char *p) {
    if (*p == '-')
        p++;
    if (p < s->end && *p == '0')
        p++;
    else if (!(p = scan_digits(s, p)))
        return NULL;
    if (p < s->end && *p == '.' && !(p = scan_digits(s, p + 1)))
        return NULL;
    if (p < s->end && (*p | 0x20) == 'e') {
        p++;
        if (p < s->end && (*p == '+' || *p == '-'))
            p++;
        p = scan_digits(s, p);
    }
    return p;
}

static const char *scan_word(struct scan *s, const char *p, const char *word, size_t len) {
    if ((size_t)(s->end - p) < len || memcmp(p, word, len) != 0)
        return refuse(s, p, "no JSON value begins like this");
    return p + len;
}

/* --- arrays and objects ------------------------------------------------------------------------------------------- */

/* p behind a value or a member: the closing bracket ends the list (*ret_closed), a comma goes on. */
static inline const char *scan_separator(struct scan *s, const char *p, char close, const char *wanted,
                                         bool *ret_closed) {
    p = skip_space(s, p);
    if (p == s->end || (*p != ',' && *p != close))
        return refuse(s, p, wanted);
    *ret_closed = *p == close;
    return p + 1;
}

static const char *scan_array(struct scan *s, const char *p) {
    p = skip_space(s, p);
    if (p < s->end && *p == ']')
        return p + 1;
    for (bool closed = false; !closed;) {
        p = scan_value(s, p);
        if (!p || !(p = scan_separator(s, p, ']', "a comma or ] is missing", &closed)))
            return NULL;
    }
    return p;
}

static inline const char *scan_key(struct scan *s, const char *p) {
    p = skip_space(s, p);
    if (p == s->end || *p != '"')
        return refuse(s, p, "a key in quotes is missing");
    const char *key = p + 1;
    p = scan_string(s, key);
    if (!p)
        return NULL;
    if (s->depth == 1 && s->flag && !s->flagged)
        s->flagged = s->flag(key, (size_t)(p - 1 - key));
    p = skip_space(s, p);
    return p < s->end && *p == ':' ? p + 1 : refuse(s, p, "a colon is missing");
}

static const char *scan_object(struct scan *s, const char *p) {
    p = skip_space(s, p);
    if (p < s->end && *p == '}')
        return p + 1;
    for (bool closed = false; !closed;) {
        p = scan_key(s, p);
        if (!p || !(p = scan_value(s, p)) || !(p = scan_separator(s, p, '}', "a comma or } is missing", &closed)))
            return NULL;
    }
    return p;
}

static const char *scan_nested(struct scan *s, const char *p) {
    if (s->depth == JSON_DEPTH_MAX)
        return refuse(s, p, "arrays and objects nest too deep");
    s->depth++;
    p = *p == '{' ? scan_object(s, p + 1) : scan_array(s, p + 1);
    s->depth--;
    return p;
}

static const char *scan_value(struct scan *s, const char *p) {
    p = skip_space(s, p);
    if (p == s->end)
        return refuse(s, p, "");
    switch (*p) {
    case '"':
        return scan_string(s, p + 1);
    case '{':
    case '[':
        return scan_nested(s, p);
    case 't':
        return scan_word(s, p, "true", 4);
    case 'f':
        return scan_word(s, p, "false", 5);
    case 'n':
        return scan_word(s, p, "null", 4);
    default:
        return *p == '-' || is_digit(*p) ? scan_number(s, p) : refuse(s, p, "no JSON value begins like this");
    }
}

/* --- the calls ---------------------------------------------------------------------------------------------------- */

bool json_check(const char *at, size_t len, json_flag_fn *flag, struct json_shape *ret_shape,
                struct json_fault *ret_fault) {
    struct scan s = {.begin = at, .end = at + len, .flag = flag};
    const char *start = skip_space(&s, at);
    const char *stop = scan_value(&s, start);
    if (stop && skip_space(&s, stop) < s.end)
        stop = refuse(&s, skip_space(&s, stop), "something follows the value");
    if (!stop) {
        *ret_fault = s.fault;
        return false;
    }
    *ret_shape = (struct json_shape){
        .value = {.start = (size_t)(start - at), .end = (size_t)(stop - at)},
        .object = *start == '{',
        .flagged = s.flagged,
    };
    return true;
}

bool json_next_member(const char *at, size_t len, size_t *pos, struct json_member *ret) {
    struct scan s = {.begin = at, .end = at + len};
    const char *p = skip_space(&s, at + *pos);
    if (p < s.end && (*p == '{' || *p == ','))
        p = skip_space(&s, p + 1);
    if (p == s.end || *p != '"')
        return false;
    const char *key = p + 1, *behind = scan_string(&s, key);
    const char *value = behind ? skip_space(&s, skip_space(&s, behind) + 1) : NULL;
    const char *stop = value ? scan_value(&s, value) : NULL;
    if (!stop)
        return false;
    *ret = (struct json_member){
        .key = {.start = (size_t)(key - at), .end = (size_t)(behind - 1 - at)},
        .value = {.start = (size_t)(value - at), .end = (size_t)(stop - at)},
    };
    *pos = (size_t)(stop - at);
    return true;
}

size_t json_plain_run(const char *at, size_t len) {
    return (size_t)(plain_end(at, at + len) - at);
}

static int hex_value(char c) {
    return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* The byte that the escape at p (behind its backslash) stands for; -1 when it is none of ASCII's printable ones. */
static int escaped_byte(const char *p, size_t *ret_len) {
    *ret_len = *p == 'u' ? 5 : 1;
    if (*p != 'u')
        return *p == '"' || *p == '\\' || *p == '/' ? *p : -1;
    int value = hex_value(p[1]) << 12 | hex_value(p[2]) << 8 | hex_value(p[3]) << 4 | hex_value(p[4]);
    return value < 0x80 ? value : -1;
}

bool json_key_is(const char *key, size_t len, const char *word) {
    size_t i = 0;
    for (; i < len && *word; word++) {
        size_t taken = 0;
        int c = key[i] == '\\' ? escaped_byte(key + i + 1, &taken) : (unsigned char)key[i];
        if (c != (unsigned char)*word)
            return false;
        i += 1 + taken;
    }
    return i == len && !*word;
}
