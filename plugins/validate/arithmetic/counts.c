/* SPDX-License-Identifier: MIT */
/* Stated numbers against the names that are listed. */
#include "arithmetic.h"

#include "codepoint.h"
#include "str.h"

enum {
    LIST_MAX_BYTES = 900,
    NAME_SHORTEST = 2,
    ITEM_LEAST = 6,  /* bytes of an item's text that tells it from others */
    ITEM_MOST = 120, /* longer lines are no names */
    LIST_FAR = 8192, /* bytes behind the number in which its list begins */
    ITEMS_LEAST = 3  /* shorter lists are points of a text */
};

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

/* The clause up to the word 等 right before the number; empty when it does not stand there. */
static struct siftd_str named_before(const struct arithmetic *a, const struct figure *count) {
    struct siftd_str clause = {a->figures.text.at + count->clause.start, count->place.start - count->clause.start};
    struct siftd_str none = {NULL, 0};
    size_t len;
    if (!(count->before & WORD_LIST) || !count->exact || !clause.len)
        return none;
    for (const char *at = clause.at + clause.len; at > clause.at;) {
        at = cp_before(clause.at, at);
        struct siftd_str rest = str_from(at, clause.at + clause.len);
        if (words_match(a->figures.words, rest, &len) & WORD_LIST && len == rest.len)
            return str_from(clause.at, at);
        if (rest.len > ITEM_LEAST)
            break;
    }
    return none;
}

/* 甲、乙、丙等3家: no more names than the number says. */
int check_count(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *count = &a->figures.at[i];
    struct siftd_str text = a->figures.text, named = named_before(a, count);
    if (!named.len)
        return SIFTD_OK;
    int names = names_before(text, count->clause.start, (size_t)(named.at + named.len - text.at));
    if (!names)
        return SIFTD_OK;
    struct check check = {.name = "count", .holds = (int64_t)names * SCALE <= count->amount, .span = count->clause};
    use(&check, count);
    say(&check, "%d names are listed; the text says %s", names, count->raw);
    return report(a, doc, &check);
}

/* The text of a list's item with this number that the line begins with; empty when it is none. */
static struct siftd_str item_text(struct siftd_str line, int number) {
    static const char *const marks[] = {".", "．", "、", ")", "）", " ", "\t"};
    size_t i = 0;
    int read = 0;
    while (i < line.len && i < 3 && line.at[i] >= '0' && line.at[i] <= '9')
        read = read * 10 + (line.at[i++] - '0');
    struct siftd_str rest = {line.at + i, line.len - i}, none = {NULL, 0};
    if (i == 0 || read != number || line.len > ITEM_MOST)
        return none;
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (str_starts(rest, str(marks[k]))) {
            rest.at += strlen(marks[k]);
            rest.len -= strlen(marks[k]);
            while (rest.len && *rest.at == ' ')
                rest.at++, rest.len--;
            return rest;
        }
    return none;
}

static struct siftd_str line_at(const char *from, const char *end) {
    const char *stop = memchr(from, '\n', (size_t)(end - from));
    return str_from(from, stop ? stop : end);
}

/* The items of the numbered list behind the figure whose first is what the clause names last; 0 when there is none. */
static int items_behind(const struct arithmetic *a, const struct figure *count, struct siftd_str named) {
    const char *at = a->figures.text.at + count->place.end, *end = a->figures.text.at + a->figures.text.len;
    const char *far = end - at > LIST_FAR ? at + LIST_FAR : end;
    int items = 0;
    while (at < far && items < 1) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at || ++at >= end)
            return 0;
        struct siftd_str first = item_text(line_at(at, end), 1);
        items = first.len >= ITEM_LEAST && str_ends(named, first);
    }
    while (items && (at = memchr(at, '\n', (size_t)(end - at))) != NULL && ++at < end &&
           item_text(line_at(at, end), items + 1).len)
        items++;
    return items;
}

/* 甲等6家 with the list of all of them behind: as many lines as the number says. */
int check_list(const struct arithmetic *a, struct siftd_doc *doc, size_t i) {
    const struct figure *count = &a->figures.at[i];
    struct siftd_str named = named_before(a, count);
    int items = named.len ? items_behind(a, count, named) : 0;
    if (items < ITEMS_LEAST)
        return SIFTD_OK;
    struct check check = {.name = "count", .holds = (int64_t)items * SCALE == count->amount, .span = count->clause};
    use(&check, count);
    say(&check, "the list that begins with the same name has %d lines; the text says %s", items, count->raw);
    return report(a, doc, &check);
}
