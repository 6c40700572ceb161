/* SPDX-License-Identifier: MIT */
/* Ratios, shares, growth and averages: a number that the text made of two others. */
#include "arithmetic.h"

#include "codepoint.h"
#include "str.h"

enum { AVERAGE_PERCENT = 5, RATIO_WORD = 2, NAME_LEAST = 6 /* bytes of a name that tells */ };

/* Whether part of whole is the percentage, to within one of its last digit. */
static bool is_ratio(const struct figure *percent, const struct figure *part, const struct figure *whole) {
    if (whole->amount <= 0)
        return false;
    double step = 1;
    for (int i = 0; i < percent->decimals; i++)
        step /= 10;
    double is = 100.0 * (double)part->amount / (double)whole->amount;
    double off = is - (double)percent->amount / SCALE;
    return off <= step && off >= -step;
}

/* Whether the word before 比例 is one of the part's own: 安排比例 speaks of what was 安排 before. */
static bool speaks_of(const struct arithmetic *a, const struct figure *percent, const struct figure *part) {
    struct siftd_str text = a->figures.text;
    struct siftd_str said = {text.at + percent->clause.start, percent->place.start - percent->clause.start};
    struct siftd_str clause = {text.at + part->clause.start, part->place.start - part->clause.start};
    size_t len;
    for (size_t i = 0; i < said.len; i += cp_length((unsigned char)said.at[i]))
        if (words_match(a->figures.words, (struct siftd_str){said.at + i, said.len - i}, &len) & WORD_RATIO) {
            const char *word = said.at + i;
            for (int k = 0; k < RATIO_WORD && word > said.at; k++)
                word = cp_before(said.at, word);
            return str_find(clause, str_from(word, said.at + i)) != NULL;
        }
    return false;
}

/* 受理80件，办结60件，办结率75%: the part is nothing but what the rate's name says was done. */
static bool is_rate_of(const struct arithmetic *a, const struct figure *percent, const struct figure *part) {
    struct siftd_str text = a->figures.text;
    struct siftd_str said = {text.at + percent->clause.start, percent->place.start - percent->clause.start};
    struct siftd_str done = {text.at + part->clause.start, part->place.start - part->clause.start};
    size_t len;
    return (percent->before & WORD_RATE) && same_unit(part - 1, part) && part[-1].sentence == part->sentence &&
           !(part->before & WORD_PART) && done.len > 0 && str_starts(said, done) &&
           words_match(a->figures.words, str_from(said.at + done.len, said.at + said.len), &len) & WORD_RATE;
}

static int report_ratio(const struct arithmetic *a, struct siftd_doc *doc, const struct figure *percent,
                        const struct figure *part, const struct figure *whole) {
    struct check check = {.name = "ratio", .holds = is_ratio(percent, part, whole), .span = percent->clause};
    use(&check, percent);
    use(&check, part);
    use(&check, whole);
    say(&check, "%s / %s is %.2f%%; the text says %s", part->raw, whole->raw,
        100.0 * (double)part->amount / (double)whole->amount, percent->raw);
    return report(a, doc, &check);
}

/* 安排比例为89%: of the figures of its sentence with the unit of the one right before. */
int check_ratio(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *percent = &a->figures.at[i], *part = percent - 1, *whole = NULL;
    if (i < 2 || strcmp(percent->unit, "%") != 0 || !(percent->before & (WORD_RATIO | WORD_RATE)) || !percent->exact ||
        !percent->actual)
        return SIFTD_OK;
    bool rate = is_rate_of(a, percent, part);
    if (rate)
        whole = part - 1;
    for (const struct figure *f = part;
         !rate && f-- > a->figures.at && part - f <= PARTS_MAX && f->sentence == percent->sentence;)
        if (same_unit(f, part) && f->amount >= part->amount) {
            whole = f;
            if (is_ratio(percent, part, f))
                break;
        }
    if (!whole || part->sentence != percent->sentence || !part->exact || !whole->exact ||
        !(rate ? part->amount <= whole->amount : speaks_of(a, percent, part)) || strcmp(part->unit, "%") == 0)
        return SIFTD_OK;
    return report_ratio(a, doc, percent, part, whole);
}

/* 户均50万元: the amount and the count right before it. */
int check_average(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *average = &a->figures.at[i], *amount = NULL, *over = NULL;
    if (!average->average || !average->exact)
        return SIFTD_OK;
    for (const struct figure *f = average;
         f-- > a->figures.at && f->sentence == average->sentence && f + 2 >= average;) {
        if (!amount && same_unit(f, average))
            amount = f;
        for (size_t k = 0; !over && k < a->host->node_count(average->average); k++)
            if (strcmp(f->unit, a->host->node_text(a->host->node_at(average->average, k))) == 0)
                over = f;
    }
    if (!amount || !over || over->amount < SCALE || !amount->exact || !over->exact || !amount->actual)
        return SIFTD_OK;
    double is = (double)amount->amount / (double)over->amount * SCALE, said = (double)average->amount;
    double off = is > said ? is - said : said - is;
    struct check check = {.name = "average", .holds = off * 100 <= said * AVERAGE_PERCENT, .span = average->clause};
    use(&check, average);
    use(&check, amount);
    use(&check, over);
    say(&check, "%s / %s is ", amount->raw, over->raw);
    say_amount(&check, (int64_t)(is + 0.5), average->unit);
    say(&check, "; the text says %s", average->raw);
    return report(a, doc, &check);
}

/* What a share is said to be of: 营业收入 of 占营业收入的6.6%. False when the share's word is not in the clause. */
static bool share_of(const struct arithmetic *a, const struct figure *percent, struct siftd_str *ret) {
    const char *from = a->figures.text.at + percent->clause.start, *end = a->figures.text.at + percent->place.start;
    const char *of = NULL;
    for (size_t len; from < end; from += cp_length((unsigned char)*from))
        if (words_match(a->figures.words, str_from(from, end), &len) & WORD_SHARE)
            of = from + len;
    if (!of)
        return false;
    struct siftd_str what = str_from(of, end), link = str("的");
    if (str_ends(what, link))
        what.len -= link.len;
    *ret = what;
    return true;
}

static bool same_paragraph(const struct arithmetic *a, const struct figure *before, const struct figure *behind) {
    return !memchr(a->figures.text.at + before->place.end, '\n', behind->place.start - before->place.end);
}

/* The one figure of the paragraph before `part` that goes by the name; NULL when there is none, or several. */
static const struct figure *named_whole(const struct arithmetic *a, const struct figure *part, struct siftd_str name) {
    const struct figure *whole = NULL;
    for (const struct figure *f = part; f-- > a->figures.at && part - f <= PARTS_MAX && same_paragraph(a, f, part);)
        if (f->name && str_equal(str(f->name), name)) {
            if (whole)
                return NULL;
            whole = f;
        }
    return whole;
}

/* 其中省级7家，占43.8% of the figure before; 研发投入2870万元，占营业收入的6.6% of the one that goes by this name. */
int check_share(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *percent = &a->figures.at[i], *part = percent - 1, *whole = NULL;
    struct siftd_str name;
    if (i < 2 || strcmp(percent->unit, "%") != 0 || !(percent->before & WORD_SHARE) || percent->before & WORD_EACH ||
        !percent->exact || !part->exact || !part->actual || part->sentence != percent->sentence ||
        !share_of(a, percent, &name))
        return SIFTD_OK;
    if (name.len >= NAME_LEAST)
        whole = named_whole(a, part, name);
    else if (name.len == 0 && part->before & WORD_PART && part[-1].sentence == part->sentence)
        whole = part - 1;
    if (!whole || !same_unit(whole, part) || !whole->exact || !whole->actual || whole->amount < part->amount)
        return SIFTD_OK;
    return report_ratio(a, doc, percent, part, whole);
}

/* 由5家增至9家，增长80%. */
int check_growth(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *percent = &a->figures.at[i], *now = percent - 1, *then = percent - 2;
    if (i < 2 || strcmp(percent->unit, "%") != 0 || !(percent->before & (WORD_GROWTH | WORD_FALL)) ||
        percent->before & WORD_EACH || !percent->exact || !(now->before & WORD_LEVEL) || !(then->before & WORD_FROM) ||
        !same_unit(now, then) || !now->exact || !then->exact || then->amount <= 0 ||
        then->sentence != percent->sentence)
        return SIFTD_OK;
    struct figure change = *then;
    change.amount = percent->before & WORD_FALL ? then->amount - now->amount : now->amount - then->amount;
    struct check check = {.name = "ratio", .holds = is_ratio(percent, &change, then), .span = percent->clause};
    use(&check, percent);
    use(&check, then);
    use(&check, now);
    say(&check, "from %s to %s is %.2f%%; the text says %s", then->raw, now->raw,
        100.0 * (double)change.amount / (double)then->amount, percent->raw);
    return report(a, doc, &check);
}
