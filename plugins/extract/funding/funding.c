/* SPDX-License-Identifier: MIT */
/*
 * extract/funding: a `funding` record for each named recipient of a stated sum. It builds on the indicators: a sum of
 * money that has come about, whose clause says that somebody got it (获得…资金9万元), that it was given to somebody
 * (给予某某公司…9万元) or put into something (出资9万元组建某某基金). The recipient is who stands before the getting,
 * else the indicator's subject; a clause that counts its recipients (3家企业获得…) names none.
 */
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "siftd/plugin.h"
#include "str.h"
#include "words.h"

enum funding_word {
    GOT = 1,
    GAVE = 2,
    FUND = 4,
    GENERAL = 8,
    INVESTED = 16,
    INTO = 32,
    VENTURE = 64,
    ADVERB = 128,
    DEFINITE = 256
};

enum { NAME_LEAST = 3, NAME_MOST = 30 };

struct funding {
    const struct siftd_host *host;
    struct words *words;
};

/* A sum, as its indicator gives it, and the text of its clause before the number. */
struct sum {
    struct siftd_record *record;
    struct siftd_span clause, place;
    struct siftd_str before, recipient, project, program;
};

static int funding_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"got", GOT},         {"gave", GAVE},         {"fund", FUND},
                 {"general", GENERAL}, {"invested", INVESTED}, {"into", INTO},
                 {"venture", VENTURE}, {"adverb", ADVERB},     {"definite", DEFINITE}};
    struct funding *f = self;
    f->host = host;
    f->words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(f->words, host, host->node_get(host->pack(host, "funding"), lists[i].list), lists[i].word);
    return SIFTD_OK;
}

static void funding_close(void *self) {
    struct funding *f = self;
    words_free(f->words);
}

/* The text behind the last word of a kind; at == NULL when there is none. */
static struct siftd_str behind_last(const struct funding *f, struct siftd_str text, uint64_t want) {
    struct siftd_str found = {0};
    size_t len;
    for (size_t i = 0; i < text.len;) {
        uint64_t word = words_match(f->words, (struct siftd_str){text.at + i, text.len - i}, &len);
        if (word & want)
            found = (struct siftd_str){text.at + i + len, text.len - i - len};
        i += word & want ? len : cp_length((unsigned char)text.at[i]);
    }
    return found;
}

static bool ends_with_fund(const struct funding *f, struct siftd_str text) {
    struct siftd_str rest = behind_last(f, text, FUND);
    return rest.at && cp_count(rest.at, rest.len) <= 2; /* 资金共, 补助达 */
}

static bool is_general(const struct funding *f, struct siftd_str text) {
    size_t len;
    return words_match(f->words, text, &len) & GENERAL && len == text.len;
}

/* The name between “ and ” that `text` begins with. */
static struct siftd_str quoted(struct siftd_str text) {
    const char *close = str_starts(text, str("“")) ? str_find(text, str("”")) : NULL;
    return close ? str_from(text.at + strlen("“"), close) : (struct siftd_str){0};
}

/* The last quoted fund before a place: the programme that a list of grants is about. */
static struct siftd_str last_program(const struct funding *f, struct siftd_str text) {
    struct siftd_str found = {0};
    enum { REACH = 4096 };
    size_t from = text.len > REACH ? text.len - REACH : 0;
    while (from && ((unsigned char)text.at[from] & 0xC0) == 0x80)
        from++;
    struct siftd_str rest = {text.at + from, text.len - from};
    for (const char *open; (open = str_find(rest, str("“")));) {
        struct siftd_str name = quoted(str_from(open, text.at + text.len));
        if (name.len && ends_with_fund(f, name))
            found = name;
        rest = str_from(open + strlen("“"), text.at + text.len);
    }
    return found;
}

/* Without adverbs (分别, 共) at its end and its beginning. */
static struct siftd_str trim(const struct funding *f, struct siftd_str name) {
    size_t len;
    while (name.len && words_match(f->words, name, &len) & ADVERB)
        name = (struct siftd_str){name.at + len, name.len - len};
    for (size_t i = 0; i < name.len; i += cp_length((unsigned char)name.at[i]))
        if (words_match(f->words, (struct siftd_str){name.at + i, name.len - i}, &len) & ADVERB &&
            i + len == name.len) {
            name.len = i;
            i = 0;
            if (!name.len)
                break;
        }
    return name;
}

/* English: whether the words before the getting are the subject, or go back to it; others have no name. */
static bool is_subject(const struct funding *f, struct siftd_str before, const struct sum *sum) {
    size_t len;
    while (before.len && *before.at == ' ')
        before = (struct siftd_str){before.at + 1, before.len - 1};
    return !before.len || str_find(before, sum->recipient) || words_match(f->words, before, &len) & DEFINITE;
}

/* Who stands between the clause's beginning and the getting: 某某园, 某某公司“某某”项目. Nothing when that is the
 * indicator's own subject, or no name. False when they have no names. */
static bool read_getter(const struct funding *f, struct siftd_str object, struct sum *sum) {
    const char *got = object.at;
    struct siftd_str before = str_from(sum->before.at, got);
    size_t from = 0, len;
    for (size_t i = 0; i < before.len;
         i += cp_length((unsigned char)before.at[i])) /* the last getting is no name's part */
        if (words_match(f->words, (struct siftd_str){before.at + i, before.len - i}, &len) & GOT &&
            i + len == before.len)
            from = i;
    before = trim(f, (struct siftd_str){before.at, from});
    if (cp_is_latin((unsigned char)*sum->recipient.at))
        return is_subject(f, before, sum);
    const char *open = str_find(before, str("“")), *list = str_find(before, str("、"));
    if (open && open > before.at && quoted(str_from(open, before.at + before.len)).len) {
        sum->project = quoted(str_from(open, before.at + before.len));
        before = str_from(before.at, open);
    } else if (list)
        before = str_from(before.at, list);
    size_t characters = cp_count(before.at, before.len);
    bool subject = str_find(before, sum->recipient) != NULL;
    if (characters >= NAME_LEAST && characters <= NAME_MOST && !subject &&
        !behind_last(f, before, GOT | GAVE | FUND | INTO).at)
        sum->recipient = before;
    return true;
}

/* 出资2亿元参股某某基金, 出资1亿元、…组建了规模6亿元的某某基金 */
static bool was_invested(const struct funding *f, struct siftd_str text, struct sum *sum) {
    struct siftd_str paid = behind_last(f, sum->before, INVESTED);
    if (!paid.at || paid.len)
        return false;
    struct siftd_str rest = {text.at + sum->place.end, sum->clause.end - sum->place.end};
    struct siftd_str into = behind_last(f, rest, INTO), name = into;
    for (const char *of; name.at && (of = str_find(name, str("的")));)
        name = str_from(of + strlen("的"), name.at + name.len);
    struct siftd_str end = name.at ? behind_last(f, name, VENTURE) : name;
    if (!end.at || end.len || cp_count(name.at, name.len) < NAME_LEAST)
        return false;
    sum->recipient = name;
    return true;
}

/* Whether the clause counts things before the sum, so that its recipients have no names. */
static bool counts_recipients(const struct funding *f, const struct siftd_doc *doc, size_t record,
                              const struct sum *sum) {
    while (record-- > 0) {
        const struct siftd_record *other = f->host->record_at(doc, record);
        if (strcmp(f->host->record_type(other), "indicator") != 0)
            continue;
        if (f->host->record_place(other).start < sum->clause.start)
            return false;
        if (strcmp(f->host->field_text(other, "unit"), "元") != 0)
            return true;
    }
    return false;
}

/* 给予某某公司“某某”项目支持9万元 */
static bool was_given(const struct funding *f, struct siftd_str text, struct sum *sum) {
    struct siftd_str given = behind_last(f, sum->before, GAVE);
    if (!given.at || !str_starts(given, sum->recipient))
        return false;
    sum->project = quoted(str_from(given.at + sum->recipient.len, given.at + given.len));
    sum->program = last_program(f, (struct siftd_str){text.at, sum->clause.start});
    return true;
}

/* 甲园获得补助9万元，乙园获得8万元: what the second got is what the first did. */
static bool goes_on(const struct funding *f, struct siftd_str text, size_t previous_end, const struct sum *sum) {
    if (!previous_end || previous_end > sum->clause.start)
        return false;
    struct siftd_str between = {text.at + previous_end, sum->clause.start - previous_end};
    const char *stop = str_find(between, str("。")), *line = memchr(between.at, '\n', between.len);
    enum { REACH = 240 };
    size_t from = previous_end > REACH ? previous_end - REACH : 0;
    while (from && ((unsigned char)text.at[from] & 0xC0) == 0x80)
        from++;
    struct siftd_str before = {text.at + from, previous_end - from};
    for (const char *end; (end = str_find(before, str("。")));)
        before = str_from(end + strlen("。"), before.at + before.len);
    return !stop && !line && behind_last(f, before, FUND).at;
}

/* 某某获得某某资金9万元、某某补助8万元 */
static bool was_got(const struct funding *f, struct siftd_str text, size_t previous_end, struct sum *sum) {
    struct siftd_str object = behind_last(f, sum->before, GOT);
    if (!object.at)
        return false;
    if (!object.len && goes_on(f, text, previous_end, sum))
        return read_getter(f, object, sum);
    if (previous_end > (size_t)(object.at - text.at)) {
        object = str_from(text.at + previous_end, object.at + object.len);
        if (!str_starts(object, str("、")))
            return false;
        object = str_from(object.at + strlen("、"), object.at + object.len);
    }
    if (!ends_with_fund(f, object))
        return false;
    struct siftd_str got = behind_last(f, sum->before, GOT), alone = trim(f, sum->before);
    if (behind_last(f, alone, GOT).at == got.at &&
        cp_count(sum->before.at, (size_t)(got.at - sum->before.at)) <= NAME_LEAST &&
        alone.at != sum->before.at) /* 共获: all of those counted before */
        return false;
    if (!read_getter(f, got, sum))
        return false;
    if (!is_general(f, object))
        sum->program = object;
    return true;
}

static void put(const struct siftd_host *host, struct siftd_record *record, const char *key, struct siftd_str text) {
    if (text.len)
        host->put_text(record, key, text.at, text.len);
    else
        host->put_null(record, key);
}

static int emit(const struct funding *f, struct siftd_doc *doc, const struct sum *sum) {
    struct siftd_record *record = f->host->record(doc, "funding", sum->clause.start, sum->place.end);
    put(f->host, record, "recipient", sum->recipient);
    put(f->host, record, "project", sum->project);
    f->host->put_number(record, "amount", f->host->field_text(sum->record, "value"));
    put(f->host, record, "program", sum->program);
    f->host->put_place(record, sum->place.start, sum->place.end);
    return f->host->emit(record);
}

static bool is_sum(const struct funding *f, const struct siftd_record *record) {
    const char *unit, *status;
    return strcmp(f->host->record_type(record), "indicator") == 0 && (unit = f->host->field_text(record, "unit")) &&
           strcmp(unit, "元") == 0 && (status = f->host->field_text(record, "status")) &&
           strcmp(status, "actual") == 0 && f->host->field_text(record, "subject") &&
           !f->host->field(record, "value_max").at;
}

static int funding_run(void *self, struct siftd_doc *doc) {
    struct funding *f = self;
    struct siftd_str text = f->host->text(doc);
    size_t previous_end = 0, count = f->host->record_count(doc);
    for (size_t i = 0; i < count; i++) {
        struct siftd_record *record = f->host->record_at(doc, i);
        if (!is_sum(f, record))
            continue;
        struct sum sum = {
            .record = record, .clause = f->host->record_span(record), .place = f->host->record_place(record)};
        sum.before = (struct siftd_str){text.at + sum.clause.start, sum.place.start - sum.clause.start};
        sum.recipient = str(f->host->field_text(record, "subject"));
        bool named = was_given(f, text, &sum) || was_invested(f, text, &sum) ||
                     (was_got(f, text, previous_end, &sum) && !counts_recipients(f, doc, i, &sum));
        if (named && emit(f, doc, &sum) < 0)
            return SIFTD_ERROR;
        previous_end = sum.place.end;
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "funding",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "named recipients of stated sums, from the indicators",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct funding),
    .open = funding_open,
    .close = funding_close,
    .run = funding_run,
};
SIFTD_PLUGIN(plugin)
