/* SPDX-License-Identifier: MIT */
/*
 * extract/recognitions: a `recognition` record for each act of naming: 某某被认定为省级…基地, 认定12家省级…,
 * 公布2022年度国家…名单. The title is what stands behind the naming word (or between the year and 名单), if it ends as
 * titles do and its clause tells the level; year, grantor, count and members are taken from the same clause.
 */
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "numeral.h"
#include "seen.h"
#include "siftd/plugin.h"
#include "str.h"
#include "words.h"

enum { MEMBERS_MAX = 16, TITLE_MAX = 45, TITLE_MIN = 4, MEMBER_MAX = 30, LEVELS = 4 };

enum recognition_word {
    NAMED = 1 << 0,
    COUNTED = 1 << 1,
    PUBLISHED = 1 << 2,
    LIST_END = 1 << 3,
    TAIL = 1 << 4,
    TITLE = 1 << 5,
    GRANTOR_BEFORE = 1 << 6,
    MEMBERS_END = 1 << 7,
    BECAME = 1 << 8,
    NO_MEMBER = 1 << 9,
    LEVEL_FIRST = 1 << 10 /* and the next three: national to district */
};

static const char *const levels[LEVELS] = {"national", "provincial", "municipal", "district"};

struct recognitions {
    const struct siftd_host *host;
    struct words *words;
    struct seen seen;                   /* titles of the document so far */
    const struct siftd_record **number; /* the document's indicators, in the order of the text */
    size_t numbers, number_room, next;  /* next: the first that is not before the clause */
};

/* One act of naming, and the clause that tells of it. */
struct act {
    struct siftd_str clause, title, grantor;
    struct siftd_str member[MEMBERS_MAX];
    size_t members;
    int level, year;
    const char *count;
};

static int recognitions_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {
        {"named", NAMED},   {"counted", COUNTED},    {"published", PUBLISHED},           {"list_end", LIST_END},
        {"tail", TAIL},     {"titles", TITLE},       {"grantor_before", GRANTOR_BEFORE}, {"members_end", MEMBERS_END},
        {"became", BECAME}, {"no_member", NO_MEMBER}};
    struct recognitions *r = self;
    const struct siftd_node *section = host->pack(host, "recognitions");
    r->host = host;
    r->words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(r->words, host, host->node_get(section, lists[i].list), lists[i].word);
    for (size_t i = 0; i < LEVELS; i++)
        words_add_list(r->words, host, host->node_get(host->node_get(section, "level"), levels[i]),
                       (uint64_t)LEVEL_FIRST << i);
    return SIFTD_OK;
}

static void recognitions_close(void *self) {
    struct recognitions *r = self;
    words_free(r->words);
    seen_deinit(&r->seen);
    free(r->number);
}

static uint64_t word_at(const struct recognitions *r, struct siftd_str text, size_t at, size_t *ret_len) {
    return words_match(r->words, (struct siftd_str){text.at + at, text.len - at}, ret_len);
}

/* The first word of a kind at or after `from`; its place in *ret_at, its length in *ret_len. */
static bool find_word(const struct recognitions *r, struct siftd_str text, size_t from, uint64_t want, size_t *ret_at,
                      size_t *ret_len) {
    for (size_t i = from; i < text.len; i += cp_length((unsigned char)text.at[i]))
        if (word_at(r, text, i, ret_len) & want) {
            *ret_at = i;
            return true;
        }
    return false;
}

/* The first level that the text names: -1 for none. */
static int level_of(const struct recognitions *r, struct siftd_str text) {
    size_t at, len;
    if (!find_word(r, text, 0, (uint64_t)15 * LEVEL_FIRST, &at, &len))
        return -1;
    uint64_t word = word_at(r, text, at, &len);
    for (int i = 0; i < LEVELS; i++)
        if (word & (uint64_t)LEVEL_FIRST << i)
            return i;
    return -1;
}

static int year_of(struct siftd_str text) {
    for (size_t i = 0; i + 4 < text.len; i++) {
        int year = 0, digits = 0;
        for (; digits < 4 && cp_is_digit((unsigned char)text.at[i + (size_t)digits]); digits++)
            year = year * 10 + (text.at[i + (size_t)digits] - '0');
        if (digits == 4 && year >= 1949 && year < 2100)
            return year;
    }
    return 0;
}

/* A title: from `text`'s beginning to punctuation, without marks around it and words behind it. */
static struct siftd_str title_at(const struct recognitions *r, struct siftd_str text) {
    bool marked = str_starts(text, str("“"));
    size_t i = 0, len, characters = 0;
    for (; i < text.len && characters++ < TITLE_MAX; i += cp_length((unsigned char)text.at[i])) {
        struct siftd_str rest = {text.at + i, text.len - i};
        if (marked ? i && str_starts(rest, str("”"))
                   : str_starts(rest, str("、")) || str_starts(rest, str("—")) || str_starts(rest, str("并")) ||
                         str_starts(rest, str("的")))
            break;
        if (word_at(r, text, i, &len) & TAIL && i)
            break;
        if (!marked && cp_is_digit((unsigned char)text.at[i]))
            break;
    }
    size_t skip = marked ? strlen("“") : 0;
    return (struct siftd_str){text.at + skip, i > skip ? i - skip : 0};
}

static bool is_title(const struct recognitions *r, struct siftd_str title) {
    size_t at = 0, len = 0, last = 0;
    for (size_t from = 0; find_word(r, title, from, TITLE, &at, &len); from = at + len)
        last = at + len;
    return last && last + strlen("”") >= title.len && cp_count(title.at, title.len) >= TITLE_MIN;
}

/* The first indicator in [start, end) of the text; NULL for none. */
static const struct siftd_record *number_in(const struct recognitions *r, size_t start, size_t end) {
    for (size_t i = r->next; i < r->numbers; i++) {
        size_t place = r->host->record_place(r->number[i]).start;
        if (place >= end)
            break;
        if (place >= start)
            return r->number[i];
    }
    return NULL;
}

/* The title behind a naming word: before a number (省级基地两家) or behind one (28个示范基地). */
static struct siftd_str title_beside(const struct recognitions *r, struct siftd_str text, struct siftd_str rest,
                                     const char **ret_count) {
    size_t start = (size_t)(rest.at - text.at);
    const struct siftd_record *number = number_in(r, start, start + rest.len);
    if (!number)
        return title_at(r, rest);
    struct siftd_span place = r->host->record_place(number);
    struct siftd_str before = title_at(r, (struct siftd_str){rest.at, place.start - start});
    const char *unit = r->host->field_text(number, "unit");
    if (unit && (strcmp(unit, "元") == 0 || strcmp(unit, "%") == 0))
        return before;
    *ret_count = r->host->field_text(number, "value");
    if (is_title(r, before) || place.end - start >= rest.len)
        return before;
    return title_at(r, (struct siftd_str){text.at + place.end, rest.len - (place.end - start)});
}

/* The names before the naming word: 甲、乙等, or one alone. */
static void read_members(const struct recognitions *r, struct act *act, struct siftd_str before) {
    size_t at, len;
    if (find_word(r, before, 0, MEMBERS_END, &at, &len))
        before.len = at;
    while (before.len && act->members < MEMBERS_MAX) {
        const char *mark = str_find(before, str("、"));
        struct siftd_str name = mark ? str_from(before.at, mark) : before;
        if (str_starts(name, str("“")) && str_ends(name, str("”")))
            name = (struct siftd_str){name.at + 3, name.len - 6};
        if (cp_count(name.at, name.len) > MEMBER_MAX || cp_count(name.at, name.len) < 2 ||
            find_word(r, name, 0, NO_MEMBER, &at, &len))
            break;
        act->member[act->members++] = name;
        before = mark ? str_from(mark + strlen("、"), before.at + before.len) : (struct siftd_str){before.at, 0};
    }
}

/* 被某某厅认定为: who stands between. */
static struct siftd_str grantor_of(const struct recognitions *r, struct siftd_str before) {
    size_t at, len, from = 0;
    struct siftd_str grantor = {0};
    while (find_word(r, before, from, GRANTOR_BEFORE, &at, &len)) {
        from = at + len;
        grantor = (struct siftd_str){before.at + from, before.len - from};
    }
    return cp_count(grantor.at, grantor.len) >= 3 ? grantor : (struct siftd_str){0};
}

static bool read_named(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at, len, level_len;
    if (!find_word(r, act->clause, 0, NAMED | BECAME, &at, &len))
        return false;
    struct siftd_str before = {act->clause.at, at}, rest = {act->clause.at + at + len, act->clause.len - at - len};
    bool became = !(word_at(r, act->clause, at, &len) & NAMED);
    if (became && !(word_at(r, rest, 0, &level_len) & (uint64_t)15 * LEVEL_FIRST && level_len > strlen("省")))
        return false;
    act->title = title_beside(r, text, rest, &act->count);
    if (!is_title(r, act->title) || find_word(r, act->title, 0, NO_MEMBER, &at, &level_len) ||
        (act->level = level_of(r, rest)) < 0)
        return false;
    act->grantor = grantor_of(r, before);
    read_members(r, act, before);
    return true;
}

/* 认定12家（次）省级某某基地 */
static bool read_counted(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at, len;
    if (!find_word(r, act->clause, 0, COUNTED, &at, &len))
        return false;
    struct siftd_str rest = {act->clause.at + at + len, act->clause.len - at - len};
    act->title = title_beside(r, text, rest, &act->count);
    return act->count && is_title(r, act->title) && (act->level = level_of(r, act->title)) >= 0;
}

/* 公布2022年度国家某某基地名单 */
static bool read_published(const struct recognitions *r, struct act *act) {
    size_t at, len, end, end_len;
    if (!find_word(r, act->clause, 0, PUBLISHED, &at, &len) ||
        !find_word(r, act->clause, at + len, LIST_END, &end, &end_len))
        return false;
    struct siftd_str title = {act->clause.at + at + len, end - at - len};
    for (size_t i = 0; i < title.len; i += cp_length((unsigned char)title.at[i])) {
        struct siftd_str rest = {title.at + i, title.len - i};
        if (str_starts(rest, str("年度")) || str_starts(rest, str("年"))) {
            size_t skip = strlen(str_starts(rest, str("年度")) ? "年度" : "年");
            title = (struct siftd_str){rest.at + skip, rest.len - skip};
            break;
        }
    }
    act->title = title;
    act->grantor = (struct siftd_str){act->clause.at, at};
    return is_title(r, title) && (act->level = level_of(r, title)) >= 0;
}

static void put(const struct siftd_host *host, struct siftd_record *record, const char *key, struct siftd_str text) {
    if (text.len)
        host->put_text(record, key, text.at, text.len);
    else
        host->put_null(record, key);
}

static int emit(const struct recognitions *r, struct siftd_doc *doc, struct siftd_str text, const struct act *act) {
    const struct siftd_host *host = r->host;
    size_t start = (size_t)(act->clause.at - text.at), title = (size_t)(act->title.at - text.at);
    struct siftd_record *record = host->record(doc, "recognition", start, start + act->clause.len);
    host->put_text(record, "title", act->title.at, act->title.len);
    host->put_string(record, "level", levels[act->level]);
    if (act->year)
        host->put_int(record, "year", act->year);
    else
        host->put_null(record, "year");
    put(host, record, "grantor", act->grantor);
    if (act->count)
        host->put_number(record, "count", act->count);
    else
        host->put_null(record, "count");
    host->put_list(record, "members", act->member, act->members);
    host->put_place(record, title, title + act->title.len);
    return host->emit(record);
}

static bool ends_clause(struct siftd_str rest) {
    static const char *const ends[] = {"，", "。", "；", "：", "！", "？"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_starts(rest, str(ends[i])))
            return true;
    return *rest.at == '\n';
}

/* Collects the indicators that count something: extractors emit in the order of the text. */
static void read_numbers(struct recognitions *r, const struct siftd_doc *doc) {
    r->numbers = r->next = 0;
    for (size_t i = 0; i < r->host->record_count(doc); i++) {
        const struct siftd_record *record = r->host->record_at(doc, i);
        if (strcmp(r->host->record_type(record), "indicator") != 0)
            continue;
        if (r->numbers == r->number_room) {
            r->number_room = r->number_room ? r->number_room * 2 : 128;
            r->number = realloc(r->number, r->number_room * sizeof *r->number);
            if (!r->number)
                abort();
        }
        r->number[r->numbers++] = record;
    }
}

static int read_clause(struct recognitions *r, struct siftd_doc *doc, struct siftd_str text, struct siftd_str clause) {
    struct act act = {.clause = clause, .year = year_of(clause)};
    while (r->next < r->numbers && r->host->record_place(r->number[r->next]).start < (size_t)(clause.at - text.at))
        r->next++;
    if (!read_published(r, &act)) {
        act.grantor = (struct siftd_str){0};
        if (!read_named(r, text, &act)) {
            act.members = 0;
            act.count = NULL;
            if (!read_counted(r, text, &act))
                return SIFTD_OK;
        }
    }
    return seen_add(&r->seen, act.title) ? emit(r, doc, text, &act) : SIFTD_OK;
}

static int recognitions_run(void *self, struct siftd_doc *doc) {
    struct recognitions *r = self;
    struct siftd_str text = r->host->text(doc);
    seen_clear(&r->seen);
    read_numbers(r, doc);
    for (size_t i = 0, from = 0; i <= text.len;) {
        struct siftd_str rest = {text.at + i, text.len - i};
        if (i < text.len && !ends_clause(rest)) {
            i += cp_length((unsigned char)text.at[i]);
            continue;
        }
        if (i > from && read_clause(r, doc, text, (struct siftd_str){text.at + from, i - from}) < 0)
            return SIFTD_ERROR;
        i += i < text.len ? cp_length((unsigned char)text.at[i]) : 1;
        from = i;
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "recognitions",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "honours and lists: title, level, year, grantor, count, members",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct recognitions),
    .open = recognitions_open,
    .close = recognitions_close,
    .run = recognitions_run,
};
SIFTD_PLUGIN(plugin)
