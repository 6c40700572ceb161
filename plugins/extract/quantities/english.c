/* SPDX-License-Identifier: MIT */
/*
 * English: a row of words, each with its roles, cut into sentences and clauses. The subject is the institution that the
 * sentence names first, or that a class word (the company) goes back to, else the paragraph's, else the article's. The
 * period is the time that the clause names, else the last one of the paragraph, else the date line's. A percentage is
 * named by what it is a share of; another number by the noun phrase before it, without the verb between.
 */
#include "english.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codepoint.h"
#include "memory.h"
#include "str.h"

enum english_word {
    AIM = 1,
    CHANGE = 2,
    LEVEL = 4,
    TERMS = 8,
    INSTITUTION = 16,
    COMPANY = 32,
    DETERMINER = 64,
    LIGHT = 128,
    STOP = 256,
    INSIDE = 512,
    ABBREVIATION = 1024,
    NOW = 2048,
    TOWARDS = 4096,
    END_OF = 8192,
    EARLIER = 16384,
    MONTH = 32768, /* the number of a month, a year or a part in the bits from VALUE on */
    YEAR = 65536,
    PART = 131072,
    BASE = 262144,
    VALUE = 20
};

enum { BEHIND_REACH = 6, NAME_WORDS = 8, YEAR_FIRST = 1900, YEAR_LAST = 2099, PART_MAX = 16, MONTHS = 12 };

struct english {
    struct words *words;
    struct {
        int first, last;
    } part[PART_MAX];
};

/* A word, or a mark, or a number that measures something. */
struct word {
    struct siftd_str text;
    uint64_t roles;
    bool number; /* the next quantity */
    bool comma;  /* a clause ends behind it */
    bool full;   /* a sentence ends behind it */
    bool last;   /* a paragraph ends behind it */
    bool begins; /* a sentence begins with it */
};

struct row {
    const struct english *english;
    struct article *article;
    struct word *at;
    size_t count, room;
    struct siftd_str topic, general; /* the paragraph's institution, the article's */
    struct when dateline, current;   /* the article's date; the time that governs */
};

/* Words with a number of their own: months and years. */
static void add_values(struct english *english, const struct siftd_host *host, const struct siftd_node *map,
                       uint64_t role) {
    for (size_t i = 0; i < host->node_count(map); i++) {
        const char *value = host->node_text(host->node_at(map, i));
        int number = value ? atoi(value) : 0;
        words_add(english->words, str(host->node_key(map, i)), role | (uint64_t)(number + 1) << VALUE);
    }
}

static void add_parts(struct english *english, const struct siftd_host *host, const struct siftd_node *map) {
    for (size_t i = 0; i < host->node_count(map) && i < PART_MAX; i++) {
        const struct siftd_node *part = host->node_at(map, i);
        const char *first = host->node_text(host->node_get(part, "first"));
        const char *last = host->node_text(host->node_get(part, "last"));
        english->part[i].first = first ? atoi(first) : 1;
        english->part[i].last = last ? atoi(last) : MONTHS;
        words_add(english->words, str(host->node_key(map, i)), PART | (uint64_t)i << VALUE);
    }
}

struct english *english_new(const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"aim", AIM},
                 {"change", CHANGE},
                 {"level", LEVEL},
                 {"terms", TERMS},
                 {"institution", INSTITUTION},
                 {"company", COMPANY},
                 {"determiner", DETERMINER},
                 {"light", LIGHT},
                 {"stop", STOP},
                 {"inside", INSIDE},
                 {"abbreviation", ABBREVIATION},
                 {"now", NOW},
                 {"towards", TOWARDS},
                 {"end_of", END_OF},
                 {"year_earlier", EARLIER},
                 {"base", BASE}};
    struct english *english = calloc(1, sizeof *english);
    if (!english)
        out_of_memory();
    english->words = words_new();
    const struct siftd_node *pack = host->pack(host, "english");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(english->words, host, host->node_get(pack, lists[i].list), lists[i].word);
    add_values(english, host, host->node_get(pack, "months"), MONTH);
    add_values(english, host, host->node_get(pack, "years"), YEAR);
    add_parts(english, host, host->node_get(pack, "parts"));
    return english;
}

struct english *english_free(struct english *english) {
    if (english)
        words_free(english->words);
    free(english);
    return NULL;
}

bool english_is(const struct article *article) {
    const struct tokens *tokens = &article->tokens;
    size_t latin = 0, other = 0, len;
    if (!tokens->count)
        return false;
    const char *end = tokens->text.at + tokens->at[tokens->count - 1].end;
    for (const char *p = tokens->text.at + tokens->at[0].start; p < end; p += len) {
        uint32_t c = cp_at(p, end, &len);
        latin += cp_is_latin(c);
        other += len > 1;
    }
    return latin > 4 * other;
}

static bool is_word_byte(char c) {
    return cp_is_latin((unsigned char)c) || cp_is_digit((unsigned char)c) || (unsigned char)c >= 0x80 || c == '-' ||
           c == '\'' || c == '&';
}

static bool is_capital(struct siftd_str text) {
    return text.len && *text.at >= 'A' && *text.at <= 'Z';
}

static struct word *add(struct row *row) {
    if (row->count == row->room) {
        row->room = row->room ? row->room * 2 : 64;
        row->at = realloc(row->at, row->room * sizeof *row->at);
        if (!row->at)
            out_of_memory();
    }
    row->at[row->count] = (struct word){0};
    row->at[row->count].begins = !row->count || row->at[row->count - 1].full || row->at[row->count - 1].last;
    return &row->at[row->count++];
}

/* The words at `at`, of several parts where the pack has such; returns where they end. */
static const char *take_word(struct row *row, const char *at, const char *end) {
    size_t len;
    uint64_t roles = words_match(row->english->words, str_from(at, end), &len);
    const char *stop = at;
    if (roles && (at + len == end || !is_word_byte(at[len])))
        stop = at + len;
    else
        for (roles = 0; stop < end && is_word_byte(*stop);)
            stop++;
    struct word *word = add(row);
    word->text = str_from(at, stop);
    word->roles = roles;
    return stop;
}

/* Marks the word before the mark at `at`. */
static void take_mark(struct row *row, const char *at, const char *end) {
    if (!row->count)
        return;
    struct word *word = &row->at[row->count - 1];
    bool ends = at + 1 >= end || at[1] == ' ' || at[1] == '"';
    if ((*at == '.' && ends && !(word->roles & ABBREVIATION)) || *at == '!' || *at == '?')
        word->full = word->comma = true;
    else if (*at == ',' || *at == ';' || *at == ':' || *at == '(' || *at == ')')
        word->comma = true;
}

static void read_words(struct row *row) {
    const struct tokens *tokens = &row->article->tokens;
    size_t next = 0;
    const char *end = tokens->text.at + tokens->at[tokens->count - 1].end;
    for (const char *p = tokens->text.at + tokens->at[0].start; p < end;) {
        const struct quantity *quantity = next < tokens->quantities ? &tokens->quantity[next] : NULL;
        const char *number = quantity ? tokens->text.at + quantity->start : end;
        if (quantity && p == number) {
            struct word *word = add(row);
            word->text = str_from(number, tokens->text.at + quantity->end);
            word->number = true;
            p = word->text.at + word->text.len;
            next++;
        } else if (is_word_byte(*p))
            p = take_word(row, p, number);
        else {
            if (*p == '\n' && row->count)
                row->at[row->count - 1].last = row->at[row->count - 1].full = row->at[row->count - 1].comma = true;
            else
                take_mark(row, p, end);
            p++;
        }
    }
}

/* The number that a word of one to four digits is; 0 for none. */
static int digits_of(struct siftd_str text) {
    int value = 0;
    if (!text.len || text.len > 4)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!cp_is_digit((unsigned char)text.at[i]))
            return 0;
        value = value * 10 + (text.at[i] - '0');
    }
    return value;
}

static bool is_year(int value) {
    return value >= YEAR_FIRST && value <= YEAR_LAST;
}

static int value_of(const struct row *row, size_t i, uint64_t role) {
    return i < row->count && row->at[i].roles & role ? (int)(row->at[i].roles >> VALUE) - 1 : 0;
}

/* The year at word i: 2022, last year; 0 for none. */
static int year_at(const struct row *row, size_t i) {
    if (i >= row->count)
        return 0;
    if (row->at[i].roles & YEAR)
        return row->dateline.from.year ? row->dateline.from.year + value_of(row, i, YEAR) : 0;
    int year = row->at[i].number ? 0 : digits_of(row->at[i].text);
    return is_year(year) ? year : 0;
}

/* The year that stands behind word i, perhaps over "of" or a comma: of 2022, 2022. */
static int year_behind(const struct row *row, size_t i) {
    int year = year_at(row, i + 1);
    if (!year && i + 1 < row->count && row->at[i + 1].roles & INSIDE)
        year = year_at(row, i + 2);
    return year ? year : row->dateline.from.year;
}

/* March 14, 2023 or 14 March 2023, whose month is word i. */
static bool read_month(const struct row *row, size_t i, struct when *ret) {
    int day = i + 1 < row->count ? digits_of(row->at[i + 1].text) : 0, before = i ? digits_of(row->at[i - 1].text) : 0;
    if (!is_capital(row->at[i].text))
        return false;
    bool behind = day >= 1 && day <= 31;
    ret->from.day = behind ? day : before >= 1 && before <= 31 ? before : 0;
    ret->from.month = value_of(row, i, MONTH);
    ret->from.year = year_behind(row, i + behind);
    ret->last_day = !ret->from.day && i > 0 && row->at[i - 1].roles & END_OF;
    when_resolve(ret, ret->from.year, 0);
    return ret->from.year != 0;
}

/* The time that begins with word i; a year alone stands behind a word for time or at the end. */
static bool time_at(const struct row *row, size_t i, struct when *ret) {
    uint64_t roles = row->at[i].roles;
    *ret = (struct when){.kind = WHEN_DATE};
    if (i > 0 && row->at[i - 1].roles & BASE) /* 23 percent over 2020 */
        return false;
    if (roles & MONTH)
        return read_month(row, i, ret);
    if (roles & PART) {
        size_t part = roles >> VALUE;
        ret->from.year = year_behind(row, i);
        ret->to = (struct date){ret->from.year, row->english->part[part].last, 0};
        ret->from.month = row->english->part[part].first;
        ret->interval = true;
        return ret->from.year != 0;
    }
    ret->from.year = year_at(row, i);
    if (i > 0 && row->at[i - 1].roles & END_OF) {
        ret->from.month = MONTHS;
        ret->from.day = 31;
    }
    return ret->from.year != 0;
}

/* An institution's name that begins with word i: words with capitals, the last of them of its kind. Returns its words,
 * 0 for none. */
static size_t name_at(const struct row *row, size_t i) {
    size_t found = 0;
    for (size_t k = i; k < row->count && k < i + NAME_WORDS; k++) {
        const struct word *word = &row->at[k];
        bool inside = k > i && word->roles & INSIDE;
        if (word->number || (!is_capital(word->text) && !inside) || (k == i && word->roles & (DETERMINER | STOP)))
            break;
        if (k > i && word->roles & (INSTITUTION | COMPANY) && !inside)
            found = k + 1 - i;
        if (word->full || (word->comma && !(k + 1 < row->count && row->at[k + 1].roles & COMPANY)))
            break;
    }
    return found;
}

static struct siftd_str name_text(const struct row *row, size_t first, size_t words) {
    const struct siftd_str last = row->at[first + words - 1].text;
    const struct siftd_str text = row->article->tokens.text;
    bool dotted = row->at[first + words - 1].roles & ABBREVIATION && last.at + last.len < text.at + text.len &&
                  last.at[last.len] == '.';
    return str_from(row->at[first].text.at, last.at + last.len + dotted);
}

static bool ends_with_class(struct siftd_str name, struct siftd_str word) {
    return name.len >= word.len && strncasecmp(name.at + name.len - word.len, word.at, word.len) == 0;
}

/* The institution that the class word i means: the last name before it of that kind. */
static struct siftd_str last_of_class(const struct row *row, size_t i) {
    struct siftd_str word = row->at[i].text;
    bool company = ends_with_class(word, str("company"));
    for (size_t k = i; k-- > 0;) {
        size_t words = name_at(row, k);
        while (words && k > 0 && name_at(row, k - 1))
            words = name_at(row, --k);
        if (!words || k + words > i)
            continue;
        bool fits = company ? (row->at[k + words - 1].roles & COMPANY) != 0
                            : ends_with_class(row->at[k + words - 1].text, word);
        if (fits)
            return name_text(row, k, words);
    }
    return (struct siftd_str){0};
}

/* Looks for a topic at word i, the first of its sentence or one before its first number. */
static bool take_topic(struct row *row, size_t i) {
    bool pointed = i > 0 && row->at[i - 1].roles & DETERMINER && row->at[i].roles & INSTITUTION;
    size_t words = name_at(row, i);
    if (words) {
        row->topic = name_text(row, i, words);
        return true;
    }
    if (!pointed || is_capital(row->at[i].text))
        return false;
    struct siftd_str last = last_of_class(row, i);
    bool office = i + 1 < row->count && row->at[i + 1].roles & INSTITUTION; /* the district government */
    if (!last.len && office)
        last = name_text(row, i, 2);
    if (last.len)
        row->topic = last;
    return last.len != 0;
}

/* The first word of number i's clause, and the first behind it. */
static size_t clause_begin(const struct row *row, size_t i) {
    while (i > 0 && !row->at[i - 1].comma)
        i--;
    return i;
}

static size_t clause_end(const struct row *row, size_t i) {
    while (i < row->count && !row->at[i].comma)
        i++;
    return i < row->count ? i + 1 : i;
}

static enum status status_of(const struct row *row, size_t i, const struct when *when) {
    size_t from = clause_begin(row, i), end = clause_end(row, i);
    for (size_t k = from; k < i; k++)
        if (row->at[k].roles & AIM)
            return STATUS_TARGET;
    if (when->kind == WHEN_DATE && row->dateline.from.year && when->from.year > row->dateline.from.year)
        return STATUS_TARGET;
    for (size_t k = i; k-- > from && !(row->at[k].roles & LEVEL);) {
        if (row->at[k].roles & CHANGE)
            return STATUS_CHANGE;
        if (!(row->at[k].roles & (LIGHT | INSIDE)))
            break;
    }
    if (i + 1 < end && row->at[i + 1].roles & CHANGE)
        return STATUS_CHANGE;
    for (size_t k = from; k < end; k++)
        if (row->at[k].roles & TERMS && !(row->at[k].roles & MONTH && is_capital(row->at[k].text)))
            return STATUS_TERMS;
    return STATUS_ACTUAL;
}

/* A year before: the day of then is not said. */
static struct when earlier(const struct row *row) {
    struct when when = row->current.kind == WHEN_DATE ? row->current : row->dateline;
    when.from.year--;
    when.to.year -= when.interval;
    when.from.day = when.to.day = 0;
    return when;
}

/* The time that governs number i: the clause's own, before it or behind it, else the one before in the paragraph. */
static struct when when_of(struct row *row, size_t i) {
    struct when when, found = {0};
    bool now = false;
    size_t end = clause_end(row, i);
    for (size_t k = clause_begin(row, i); k < end; k++) {
        if (row->at[k].number && k != i)
            break;
        if (row->at[k].roles & EARLIER)
            return earlier(row);
        now |= k < i && row->at[k].roles & NOW;
        if (found.kind != WHEN_DATE && time_at(row, k, &when))
            found = when;
    }
    if (found.kind == WHEN_DATE)
        row->current = found;
    else if (row->current.kind == WHEN_DATE)
        found = row->current;
    else {
        found = row->dateline;
        found.from.day = now ? found.from.day : 0;
        found.from.month = now ? found.from.month : 0;
    }
    return found;
}

/* stayed, granted: behind a noun they are its verb. */
static bool is_past(struct siftd_str text) {
    return str_ends(text, str("ed"));
}

/* The end of the noun phrase that begins with word i. */
static size_t phrase_end(const struct row *row, size_t i) {
    size_t k = i;
    struct when when;
    while (k < row->count && k < i + NAME_WORDS && !row->at[k].number &&
           (!(row->at[k].roles & (STOP | NOW | AIM | TERMS)) || row->at[k].roles & INSIDE) &&
           !(k > i && is_past(row->at[k].text)) && !time_at(row, k, &when))
        if (row->at[k++].comma)
            break;
    while (k > i && row->at[k - 1].roles & INSIDE)
        k--;
    return k;
}

static void set(struct indicator *indicator, const char *lead, struct siftd_str text, const char *tail) {
    snprintf(indicator->name, NAME_BYTES, "%s%.*s%s", lead, (int)(text.len < NAME_BYTES ? text.len : 0), text.at, tail);
}

static void append(struct indicator *indicator, struct siftd_str text) {
    size_t len = strlen(indicator->name);
    if (len + text.len < NAME_BYTES)
        snprintf(indicator->name + len, NAME_BYTES - len, "%.*s", (int)text.len, text.at);
}

static struct siftd_str words_text(const struct row *row, size_t first, size_t end) {
    return str_from(row->at[first].text.at, row->at[end - 1].text.at + row->at[end - 1].text.len);
}

static size_t skip_determiners(const struct row *row, size_t i, size_t end) {
    while (i < end && row->at[i].roles & DETERMINER)
        i++;
    return i;
}

/* What stands behind the number: 30 percent of the output, 5 million yuan in loans. */
static bool name_behind(const struct row *row, size_t i, const struct unit *unit, struct indicator *indicator) {
    size_t end = clause_end(row, i), from = i + 1;
    if (row->at[i].comma || from >= end)
        return false;
    bool of = row->at[from].roles & INSIDE && !(row->at[from].roles & STOP);
    bool in = str_equal(row->at[from].text, str("in"));
    struct when when;
    if (of || in)
        from++;
    else if (row->at[from].roles & (STOP | NOW | CHANGE | LIGHT | TERMS | AIM))
        return false;
    from = skip_determiners(row, from, end);
    size_t stop = from < end ? phrase_end(row, from) : from;
    if (stop <= from || time_at(row, from, &when) || (row->at[from].roles & (YEAR | PART | EARLIER)))
        return false;
    set(indicator, of && unit->kind == UNIT_PERCENT ? "share of " : "", words_text(row, from, stop), "");
    return true;
}

/* The noun phrase before number i: its first word, and the first behind it. */
static bool name_before(const struct row *row, size_t i, struct indicator *indicator) {
    size_t from = clause_begin(row, i), end = i;
    struct when when;
    while (end > from && (row->at[end - 1].roles & (LIGHT | CHANGE | NOW | STOP | DETERMINER | INSIDE)))
        end--;
    size_t first = end;
    while (first > from && end - first < NAME_WORDS && !row->at[first - 1].number &&
           (!(row->at[first - 1].roles & (STOP | AIM)) || row->at[first - 1].roles & INSIDE) &&
           !time_at(row, first - 1, &when)) {
        bool bare = row->at[first - 1].roles & DETERMINER && !(first > from + 1 && row->at[first - 2].roles & INSIDE);
        if (bare)
            break;
        first--;
    }
    bool verb = first > from && str_equal(row->at[first - 1].text, str("to")) && first + 1 < end;
    first += verb;
    while (first < end && (row->at[first].roles & (INSIDE | STOP | DETERMINER)))
        first++;
    bool spoken_of = first > from && row->at[first - 1].roles & DETERMINER && row->at[first].roles & INSTITUTION;
    if (spoken_of && first + 1 < end) /* the base spent: whose figure it is stands in the subject */
        first++;
    if (first >= end)
        return false;
    set(indicator, "", words_text(row, first, end), "");
    return true;
}

static void name_one(const struct row *row, size_t i, struct indicator *indicator, const struct indicator *previous) {
    const struct tokens *tokens = &row->article->tokens;
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    size_t from = clause_begin(row, i);
    struct siftd_str change = {0};
    for (size_t k = i; k-- > from && !change.len;)
        if (row->at[k].roles & CHANGE)
            change = row->at[k].text;
    bool changes = indicator->status == STATUS_CHANGE;
    if (!changes && name_behind(row, i, unit, indicator))
        return;
    if (name_before(row, i, indicator)) {
        if (changes) {
            append(indicator, str(" "));
            append(indicator, change);
        }
        return;
    }
    if (!previous || !previous->name[0]) {
        set(indicator, "", str(unit->name), "");
        return;
    }
    set(indicator, "", str(previous->name), changes ? " " : "");
    append(indicator, changes ? change : str(""));
}

/* The first date that has its day: the date line. The first institution: what the article is about. */
static void read_frame(struct row *row) {
    struct when when = {0};
    for (size_t i = 0; i < row->count; i++) {
        size_t words = row->general.len ? 0 : name_at(row, i);
        if (words)
            row->general = name_text(row, i, words);
        if (row->dateline.kind != WHEN_DATE && row->at[i].roles & MONTH && read_month(row, i, &when) && when.from.day)
            row->dateline = (struct when){.kind = WHEN_DATE, .from = when.from};
    }
}

static void read_number(struct row *row, size_t i, size_t quantity) {
    struct indicator *indicator = &row->article->indicator[quantity];
    struct when when = when_of(row, i);
    indicator->status = status_of(row, i, &when);
    indicator->subject = row->topic.len ? row->topic : row->general;
    if (indicator->status == STATUS_TERMS || !when_text(&when, indicator->period))
        indicator->period[0] = 0;
    name_one(row, i, indicator, quantity ? indicator - 1 : NULL);
}

void english_read(const struct english *english, struct article *article) {
    struct row row = {.english = english, .article = article};
    struct when when;
    size_t quantity = 0;
    bool told = false; /* the sentence has a topic, or its number came first */
    read_words(&row);
    read_frame(&row);
    for (size_t i = 0; i < row.count; i++) {
        if (i == 0 || row.at[i - 1].last) {
            row.topic = (struct siftd_str){0};
            row.current = (struct when){0};
        }
        told &= !row.at[i].begins;
        if (row.at[i].number) {
            read_number(&row, i, quantity++);
            told = true;
        } else if (time_at(&row, i, &when) && (i == 0 || !(row.at[i - 1].roles & TOWARDS)))
            row.current = when;
        if (!told)
            told = take_topic(&row, i);
    }
    free(row.at);
}
