/* SPDX-License-Identifier: MIT */
/* Parts and their whole. */
#include "arithmetic.h"

/* 其中: a part no larger than its whole, the last figure with its unit before the word. */
int check_subset(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *part = &a->figures.at[i], *whole = NULL;
    if (!(part->before & WORD_PART) || !part->actual || strcmp(part->unit, "%") == 0)
        return SIFTD_OK;
    for (const struct figure *f = part;
         !whole && f-- > a->figures.at && part - f <= PARTS_MAX && f->sentence + 1 >= part->sentence;)
        if (same_unit(f, part))
            whole = f;
    if (!whole || !whole->exact || !whole->actual || (whole->before & WORD_PART && whole->sentence == part->sentence))
        return SIFTD_OK;
    struct check check = {.name = "subset", .holds = part->amount <= whole->amount, .span = part->clause};
    use(&check, part);
    use(&check, whole);
    say(&check, "a part of %s out of a whole of %s", part->raw, whole->raw);
    return report(a, doc, &check);
}

/* Adds up to the total the figures right before it that share its unit and sentence. */
int check_total(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *total = &a->figures.at[i], *first = total;
    int64_t sum = 0;
    if (!total->right_after_total || !total->exact)
        return SIFTD_OK;
    while (first > a->figures.at && total - first < PARTS_MAX && same_unit(first - 1, total) && first[-1].exact &&
           first[-1].sentence == total->sentence && !(first->before & WORD_PART && first != total))
        sum += (--first)->amount;
    int64_t off = sum > total->amount ? sum - total->amount : total->amount - sum;
    if (total - first < 2 || off > total->amount / 100 * SLIP_PERCENT)
        return SIFTD_OK;
    struct check check = {.name = "sum", .holds = off == 0, .span = total->clause};
    use(&check, total);
    for (const struct figure *f = first; f < total; f++) {
        use(&check, f);
        say(&check, "%s%s", f == first ? "" : " + ", f->raw);
    }
    say(&check, " is ");
    say_amount(&check, sum, total->unit);
    say(&check, "; the text says %s", total->raw);
    return report(a, doc, &check);
}

/* 其中 followed by several parts: together no more than the whole. */
int check_parts(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *end = a->figures.at + a->figures.count, *first = &a->figures.at[i], *last = first;
    if (i == 0 || !(first->before & WORD_PART) || !same_unit(first - 1, first) ||
        first[-1].sentence != first->sentence || !first[-1].exact || !first[-1].actual || strcmp(first->unit, "%") == 0)
        return SIFTD_OK;
    const struct figure *whole = first - 1;
    int64_t sum = 0;
    for (; last < end && same_unit(last, whole) && last->sentence == first->sentence && last->exact && last->actual &&
           (last == first || !(last->before & (WORD_PART | WORD_TOTAL))) && last - first < PARTS_MAX;
         last++)
        sum += last->amount;
    /* parts may overlap unless they make up the whole, or nearly: only a sum that is a slip away is a claim */
    int64_t off = sum - whole->amount;
    if (last - first < 2 || off < 0 || off > whole->amount / 100 * SLIP_PERCENT)
        return SIFTD_OK;
    struct check check = {.name = "sum", .holds = off == 0, .span = whole->clause};
    use(&check, whole);
    for (const struct figure *f = first; f < last; f++) {
        use(&check, f);
        say(&check, "%s%s", f == first ? "" : " + ", f->raw);
    }
    say(&check, " is ");
    say_amount(&check, sum, whole->unit);
    say(&check, "; the whole is %s", whole->raw);
    return report(a, doc, &check);
}
