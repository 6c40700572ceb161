/* SPDX-License-Identifier: MIT */
/*
 * Method: a number is taken apart once into sign, significant digits (no zeros at either end) and the power of ten of
 * the first one. Digits stay in the text; the decimal point inside them is stepped over.
 */
#include "decimal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

struct decimal {
    bool negative;
    const char *digit;   /* the first significant one */
    size_t digits;       /* how many, the point not counted; 0 for zero */
    long long magnitude; /* the number is 0.DIGITS times ten to this */
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The exponent behind `at`; beyond any use it stays at a bound. */
static long long read_exponent(const char *at, const char *end) {
    const long long bound = INT64_C(1) << 50;
    long long value = 0;
    bool negative = false;
    for (at++; at < end; at++) {
        negative |= *at == '-';
        if (is_digit(*at) && value < bound)
            value = value * 10 + (*at - '0');
    }
    return negative ? -value : value;
}

static struct decimal take_apart(struct siftd_str number) {
    struct decimal d = {0};
    const char *end = number.at + number.len, *last = NULL;
    long long before_point = 0;
    size_t seen = 0;
    bool point = false;
    const char *p = number.at;
    for (; p < end && *p != 'e' && *p != 'E'; p++) {
        d.negative |= *p == '-';
        point |= *p == '.';
        if (!is_digit(*p))
            continue;
        if (*p != '0' && !d.digit)
            d.digit = p;
        seen += d.digit != NULL;
        if (*p != '0') {
            last = p;
            d.digits = seen;
        }
        if (!point && d.digit)
            before_point++;
        if (point && !d.digit)
            before_point--;
    }
    d.magnitude = before_point + (p < end ? read_exponent(p, end) : 0);
    d.negative &= last != NULL;
    return d;
}

/* The next digit of a number, 0 behind its last. */
static int next_digit(const char **p, size_t *left) {
    if (*left == 0)
        return 0;
    if (**p == '.')
        ++*p;
    --*left;
    return *(*p)++ - '0';
}

static int compare_sizes(const struct decimal *a, const struct decimal *b) {
    if (!a->digits || !b->digits)
        return (a->digits > 0) - (b->digits > 0);
    if (a->magnitude != b->magnitude)
        return a->magnitude < b->magnitude ? -1 : 1;
    const char *p = a->digit, *q = b->digit;
    size_t left_a = a->digits, left_b = b->digits;
    int order = 0;
    while (order == 0 && (left_a || left_b)) {
        int digit = next_digit(&p, &left_a);
        order = digit - next_digit(&q, &left_b);
    }
    return order;
}

int decimal_compare(struct siftd_str a, struct siftd_str b) {
    struct decimal x = take_apart(a), y = take_apart(b);
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    return x.negative ? compare_sizes(&y, &x) : compare_sizes(&x, &y);
}

bool decimal_is_integer(struct siftd_str number) {
    struct decimal d = take_apart(number);
    return d.digits == 0 || (d.magnitude > 0 && (unsigned long long)d.magnitude >= d.digits);
}

/* How many places behind the point the last significant digit stands; negative for hundreds and so on. */
static long long places(const struct decimal *d) {
    return (long long)d->digits - d->magnitude;
}

/* The digits as an integer; false when there are more than 18. */
static bool as_integer(const struct decimal *d, uint64_t *ret) {
    const char *p = d->digit;
    size_t left = d->digits;
    uint64_t value = 0;
    if (d->digits > 18)
        return false;
    while (left)
        value = value * 10 + (uint64_t)next_digit(&p, &left);
    *ret = value;
    return true;
}

static uint64_t multiply(uint64_t a, uint64_t b, uint64_t modulus) {
    return (uint64_t)((wide)a * b % modulus);
}

static uint64_t power_of_ten(unsigned long long exponent, uint64_t modulus) {
    uint64_t result = 1 % modulus, base = 10 % modulus;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = multiply(result, base, modulus);
        base = multiply(base, base, modulus);
    }
    return result;
}

/*
 * number = n * 10^-a and step = s * 10^-b, so the question is whether n * 10^(b-a) / s is whole. For b < a it never is:
 * n would have to end in a zero.
 */
bool decimal_is_multiple(struct siftd_str number, struct siftd_str step) {
    struct decimal x = take_apart(number), y = take_apart(step);
    uint64_t s, rest = 0;
    if (x.digits == 0)
        return true;
    if (!as_integer(&y, &s) || s == 0)
        return decimal_compare(number, step) == 0;
    long long shift = places(&y) - places(&x);
    if (shift < 0)
        return false;
    const char *p = x.digit;
    for (size_t left = x.digits; left;)
        rest = (uint64_t)(((wide)rest * 10 + (unsigned)next_digit(&p, &left)) % s);
    return multiply(rest, power_of_ten((unsigned long long)shift, s), s) == 0;
}
