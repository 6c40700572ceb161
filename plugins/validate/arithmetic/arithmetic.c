/* SPDX-License-Identifier: MIT */
/*
 * validate/arithmetic: reckons again what a text reckons. Which numbers belong together is taken from the text's own
 * words and only within a sentence or the one behind; where more than one reading is possible the one that holds is
 * believed, since a false alarm costs a reader more than a missed slip.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "figures.h"
#include "str.h"

enum {
    MESSAGE_BYTES = 700,
    PARTS_MAX = 24,
    LIST_MAX_BYTES = 900,
    NAME_SHORTEST = 2,
    SLIP_PERCENT = 25,
    AVERAGE_PERCENT = 5,
    RATIO_WORD = 2
};

struct arithmetic {
    int passing; /* option */
    const struct siftd_host *host;
    struct figures figures;
};

static const struct siftd_option options[] = {
    {"passing", SIFTD_BOOL, offsetof(struct arithmetic, passing), "false", 0, 0, NULL,
     "also report, as notes, the sums that hold"},
    {0},
};

static int arithmetic_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"part", WORD_PART},
                 {"total", WORD_TOTAL},
                 {"ratio", WORD_RATIO},
                 {"rate", WORD_RATE},
                 {"list_end", WORD_LIST}};
    struct arithmetic *a = self;
    const struct siftd_node *section = host->pack(host, "arithmetic");
    a->host = a->figures.host = host;
    a->figures.words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(a->figures.words, host, host->node_get(section, lists[i].list), lists[i].word);
    a->figures.averages = host->node_get(section, "average");
    for (size_t i = 0; i < host->node_count(a->figures.averages); i++)
        words_add(a->figures.words, str(host->node_key(a->figures.averages, i)), WORD_AVERAGE);
    return SIFTD_OK;
}

static void arithmetic_close(void *self) {
    struct arithmetic *a = self;
    figures_deinit(&a->figures);
}

/* One finding: what was checked on which figures. */
struct check {
    const char *name;
    bool holds;
    struct siftd_span span;
    const struct figure *figure[PARTS_MAX + 1];
    size_t count;
    char message[MESSAGE_BYTES];
};

static void say(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds to the message; what does not fit is left out. */
static void say(struct check *check, const char *format, ...) {
    size_t len = strlen(check->message);
    va_list args;
    va_start(args, format);
    vsnprintf(check->message + len, sizeof check->message - len, format, args);
    va_end(args);
}

static void use(struct check *check, const struct figure *figure) {
    if (check->count < PARTS_MAX + 1)
        check->figure[check->count++] = figure;
}

static void say_amount(struct check *check, int64_t amount, const char *unit) {
    char digits[40];
    int len = snprintf(digits, sizeof digits, "%" PRId64 ".%04" PRId64, amount / SCALE, amount % SCALE);
    while (digits[len - 1] == '0')
        digits[--len] = 0;
    if (digits[len - 1] == '.')
        digits[--len] = 0;
    say(check, "%s%s", digits, unit);
}

static int report(const struct arithmetic *a, struct siftd_doc *doc, const struct check *check) {
    if (check->holds && !a->passing)
        return SIFTD_OK;
    struct siftd_record *finding = a->host->finding(doc, check->holds ? SIFTD_NOTE : SIFTD_WARN, check->name,
                                                    check->holds, check->span.start, check->span.end, check->message);
    for (size_t i = 0; i < check->count; i++)
        a->host->finding_ref(finding, check->figure[i]->record);
    return a->host->emit(finding);
}

static bool same_unit(const struct figure *a, const struct figure *b) {
    return strcmp(a->unit, b->unit) == 0;
}

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

/* 安排比例为89%: of the figures of its sentence with the unit of the one right before. */
static int check_ratio(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
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
    struct check check = {.name = "ratio", .holds = is_ratio(percent, part, whole), .span = percent->clause};
    use(&check, percent);
    use(&check, part);
    use(&check, whole);
    say(&check, "%s / %s is %.2f%%; the text says %s", part->raw, whole->raw,
        100.0 * (double)part->amount / (double)whole->amount, percent->raw);
    return report(a, doc, &check);
}

/* 户均50万元: the amount and the count right before it. */
static int check_average(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
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

/* 其中: a part no larger than its whole, the last figure with its unit before the word. */
static int check_subset(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
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
static int check_total(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
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
static int check_parts(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
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

/* The names joined by 、 that end at `at` in the clause; 0 when they are not all names. */
static int names_before(struct siftd_str text, size_t clause, size_t at) {
    int names = 0;
    size_t characters = 0;
    for (const char *p = text.at + at; p > text.at + clause && text.at + at - p < LIST_MAX_BYTES;) {
        p = cp_before(text.at + clause, p);
        struct siftd_str rest = str_from(p, text.at + at);
        if (str_starts(rest, str("”")) || str_starts(rest, str("）")) || str_starts(rest, str("》")))
            return 0; /* lists inside marks and brackets are counted by nobody safely */
        if (str_starts(rest, str("、"))) {
            names += characters >= NAME_SHORTEST;
            characters = 0;
        } else
            characters++;
    }
    return names ? names + (characters >= NAME_SHORTEST) : 0;
}

/* 甲、乙、丙等3家: no more names than the number says. */
static int check_count(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *count = &a->figures.at[i];
    struct siftd_str text = a->figures.text;
    size_t len = strlen("等");
    if (!(count->before & WORD_LIST) || !count->exact || count->place.start < count->clause.start + len ||
        memcmp(text.at + count->place.start - len, "等", len) != 0)
        return SIFTD_OK;
    int names = names_before(text, count->clause.start, count->place.start - len);
    if (!names)
        return SIFTD_OK;
    struct check check = {.name = "count", .holds = (int64_t)names * SCALE <= count->amount, .span = count->clause};
    use(&check, count);
    say(&check, "%d names are listed; the text says %s", names, count->raw);
    return report(a, doc, &check);
}

static int arithmetic_run(void *self, struct siftd_doc *doc) {
    static int (*const checks[])(const struct arithmetic *, struct siftd_doc *, size_t) = {
        check_ratio, check_average, check_subset, check_total, check_parts, check_count};
    struct arithmetic *a = self;
    figures_read(&a->figures, doc);
    for (size_t i = 0; i < a->figures.count; i++)
        for (size_t k = 0; k < sizeof checks / sizeof *checks; k++)
            if (checks[k](a, doc, i) < 0)
                return SIFTD_ERROR;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "arithmetic",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "ratios, sums, parts, averages and counted lists, reckoned again",
    .content = SIFTD_PROSE,
    .options = options,
    .instance_size = sizeof(struct arithmetic),
    .open = arithmetic_open,
    .close = arithmetic_close,
    .run = arithmetic_run,
};
SIFTD_PLUGIN(plugin)
