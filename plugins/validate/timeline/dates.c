/* SPDX-License-Identifier: MIT */
/* The order of dates, the length of periods, and the page's own date. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "str.h"
#include "timeline.h"

enum { YEAR_MONTHS = 12, DIGITS = 24, DAYS = 100 /* in yyyymmdd */ };

void dates_open(struct timeline *t) {
    const struct siftd_node *times = t->host->pack(t->host, "times");
    t->validity = words_new();
    words_add_list(t->validity, t->host, t->host->node_get(times, "validity"), 1);
}

/* A day as yyyymmdd; what a date does not say is its first, or its last, possible value. */
static long day_number(struct date date, bool last) {
    int month = date.month ? date.month : last ? YEAR_MONTHS : 1;
    int day = date.day ? date.day : last ? 31 : 1;
    return date.year * 10000L + month * 100L + day;
}

static const struct when *when_at(const struct tokens *tokens, size_t i) {
    return i < tokens->count && tokens->at[i].kind == TOKEN_TIME ? &tokens->when[tokens->at[i].index] : NULL;
}

static bool is_interval(const struct when *when) {
    return when && when->kind == WHEN_DATE && when->interval && !when->relative && when->from.year && when->to.year;
}

static struct siftd_span span_of(const struct tokens *tokens, size_t first, size_t last) {
    return (struct siftd_span){tokens->at[first].start, tokens->at[last].end};
}

/* 2024年6月1日至2023年12月31日 */
static int check_order(const struct timeline *t, struct siftd_doc *doc, size_t i) {
    const struct when *when = when_at(&t->tokens, i);
    if (!is_interval(when) || day_number(when->from, false) <= day_number(when->to, true))
        return SIFTD_OK;
    return timeline_report(t, doc, SIFTD_WARN, span_of(&t->tokens, i, i), "the period ends before it begins");
}

/* Months that a period lasts when its last day, month or year counts in full. */
static int months_of(const struct when *when) {
    int months = (when->to.year - when->from.year) * YEAR_MONTHS;
    if (!when->from.month || !when->to.month)
        return months + YEAR_MONTHS;
    months += when->to.month - when->from.month;
    return !when->from.day || !when->to.day || when->to.day >= when->from.day - 1 ? months + 1 : months;
}

/* Months of a duration in whole years or months; 0 for others. */
static int stated_months(const struct timeline *t, const struct quantity *quantity) {
    if (quantity->unit->kind != UNIT_DURATION || quantity->upper[0] || quantity->qualifier ||
        strspn(quantity->value, "0123456789") != strlen(quantity->value))
        return 0;
    const struct siftd_node *months = t->host->node_get(t->host->pack(t->host, "times"), "months");
    const char *each = t->host->node_text(t->host->node_get(months, quantity->unit->name));
    return each && *each ? atoi(quantity->value) * atoi(each) : 0;
}

static bool says_validity(const struct timeline *t, size_t i) {
    struct siftd_str word = token_text(&t->tokens, &t->tokens.at[i]);
    for (size_t at = 0, len; at < word.len; at++)
        if (words_match(t->validity, (struct siftd_str){word.at + at, word.len - at}, &len) && at + len == word.len)
            return true;
    return false;
}

/* The interval that stands in the same sentence as token i. */
static size_t interval_near(const struct tokens *tokens, size_t i) {
    for (size_t k = i; k < tokens->count && !token_ends_sentence(tokens, k); k++)
        if (is_interval(when_at(tokens, k)))
            return k;
    for (size_t k = i; k > 0 && !token_ends_sentence(tokens, k - 1); k--)
        if (is_interval(when_at(tokens, k - 1)))
            return k - 1;
    return tokens->count;
}

/* 有效期3年，自2024年1月1日至2025年12月31日 */
static int check_validity(const struct timeline *t, struct siftd_doc *doc, size_t i) {
    const struct tokens *tokens = &t->tokens;
    if (i == 0 || tokens->at[i].kind != TOKEN_NUMBER || !says_validity(t, i - 1))
        return SIFTD_OK;
    const struct quantity *quantity = &tokens->quantity[tokens->at[i].index];
    size_t k = interval_near(tokens, i);
    int months = stated_months(t, quantity);
    if (!months || k == tokens->count)
        return SIFTD_OK;
    const struct when *when = when_at(tokens, k);
    /* 2024年1月1日至2027年1月1日 may be meant for three years, too, and so may 2024年至2027年 */
    int is = months_of(when), rough = when->from.month ? 1 : YEAR_MONTHS;
    if (is == months || is - rough == months || is + 1 == months)
        return SIFTD_OK;
    char message[MESSAGE_BYTES];
    struct siftd_str said = token_text(tokens, &tokens->at[i]), dates = token_text(tokens, &tokens->at[k]);
    snprintf(message, sizeof message, "%.*s lasts %d months; the text says %.*s", (int)dates.len, dates.at, is,
             (int)said.len, said.at);
    struct siftd_span span = i < k ? span_of(tokens, i - 1, k) : span_of(tokens, k, i);
    return t->host->emit(t->host->finding(doc, SIFTD_WARN, "validity", false, span.start, span.end, message));
}

/* Whether the sentence behind token i reports figures, and aims at nothing. */
static bool reports(const struct tokens *tokens, size_t i) {
    bool figures = false;
    for (; i < tokens->count && !token_ends_sentence(tokens, i); i++) {
        if (token_is(tokens, i, ROLE_BIT(TARGET) | ROLE_BIT(PLAN) | ROLE_BIT(INTEND) | ROLE_BIT(TERMS)))
            return false;
        figures |= tokens->at[i].kind == TOKEN_NUMBER;
    }
    return figures;
}

/* Whether a time is over only after the page's day (yyyymmdd). What is said up to a month's end (底) is printed in that
 * month's last days, too. */
static bool comes_after(const struct when *when, long page) {
    long day = day_number(when->from, when->last_day);
    return when->last_day ? day / DAYS > page / DAYS : day > page;
}

/* 截至2024年12月底，共有…: on a page of March 2024. */
static int check_page(const struct timeline *t, struct siftd_doc *doc, size_t i, long page, const char *published) {
    const struct tokens *tokens = &t->tokens;
    const struct when *when = when_at(tokens, i);
    bool opens = i == 1 || (i > 1 && token_ends_clause(tokens, i - 2));
    if (!page || !when || when->kind != WHEN_DATE || when->interval || when->relative || !when->from.year ||
        !token_is(tokens, i - 1, ROLE_BIT(UNTIL)) || !opens || !comes_after(when, page) || !reports(tokens, i))
        return SIFTD_OK;
    char message[MESSAGE_BYTES];
    snprintf(message, sizeof message, "a report up to a day that comes after the page's own date, %s", published);
    return timeline_report(t, doc, SIFTD_WARN, span_of(tokens, i - 1, i), message);
}

/* An ISO date as yyyymmdd; 0 when it is none. */
static long page_day(const char *published) {
    char digits[DIGITS];
    struct date date;
    if (!published || strlen(published) != strlen("2024-01-31"))
        return 0;
    snprintf(digits, sizeof digits, "%s", published);
    date.year = atoi(digits);
    date.month = atoi(digits + strlen("2024-"));
    date.day = atoi(digits + strlen("2024-01-"));
    return day_number(date, true);
}

int check_dates(const struct timeline *t, struct siftd_doc *doc, const char *published) {
    long page = page_day(published);
    for (size_t i = 0; i < t->tokens.count; i++)
        if (check_order(t, doc, i) < 0 || check_validity(t, doc, i) < 0 || check_page(t, doc, i, page, published) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}
