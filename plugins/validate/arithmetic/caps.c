/* SPDX-License-Identifier: MIT */
/* Grants against the bound that the text states for each. */
#include "arithmetic.h"

#include "codepoint.h"
#include "str.h"

static bool in_paragraph(const struct arithmetic *a, struct siftd_span one, struct siftd_span other) {
    struct siftd_span first = one.start < other.start ? one : other, second = one.start < other.start ? other : one;
    return first.end >= second.start || !memchr(a->figures.text.at + first.end, '\n', second.start - first.end);
}

/* 单个项目支持额不超过30万元: a bound in money whose clause speaks of support. */
static bool is_grant_cap(const struct arithmetic *a, const struct figure *figure) {
    const char *from = a->figures.text.at + figure->clause.start, *end = a->figures.text.at + figure->clause.end;
    size_t len;
    if (!figure->cap || strcmp(figure->unit, "元") != 0)
        return false;
    while (from < end && !words_match(a->grants, str_from(from, end), &len))
        from += cp_length((unsigned char)*from);
    return from < end;
}

/* Whether another bound stands in the paragraph: then nobody can tell which one a grant is under. */
static bool has_rival(const struct arithmetic *a, const struct figure *cap) {
    const struct figure *first = a->figures.at, *end = first + a->figures.count;
    for (const struct figure *f = cap; f-- > first && in_paragraph(a, f->place, cap->place);)
        if (f->cap)
            return true;
    for (const struct figure *f = cap + 1; f < end && in_paragraph(a, f->place, cap->place); f++)
        if (f->cap)
            return true;
    return false;
}

int check_cap(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *cap = &a->figures.at[i];
    const struct siftd_host *host = a->host;
    if (!is_grant_cap(a, cap) || has_rival(a, cap))
        return SIFTD_OK;
    for (size_t k = 0; k < a->grants_found; k++) {
        struct siftd_record *grant = a->grant[k];
        int64_t amount;
        int decimals;
        if (!in_paragraph(a, host->record_span(grant), cap->place) || !host->field_text(grant, "amount") ||
            !read_amount(host->field_text(grant, "amount"), &amount, &decimals))
            continue;
        struct check check = {.name = "cap", .holds = amount <= cap->amount, .span = cap->clause, .record = grant};
        use(&check, cap);
        say_amount(&check, amount, cap->unit);
        say(&check, " for %s; no grant may be above %s", host->field_text(grant, "recipient"), cap->raw);
        if (report(a, doc, &check) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}
