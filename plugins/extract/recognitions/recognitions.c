/* SPDX-License-Identifier: MIT */
/*
 * extract/recognitions: a `recognition` record for each act of naming: 某某被认定为省级…基地, 认定12家省级…,
 * 公布2022年度国家…名单. The title is what stands behind the naming word (or between the year and 名单), if it ends as
 * titles do and its clause tells the level; year, grantor, count and members are taken from the same clause.
 */
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "memory.h"
#include "recognitions.h"
#include "str.h"

enum { TITLE_MAX = 45, TITLE_MIN = 4, NAMER_MAX = 16 };

static const char *const levels[LEVELS] = {"national", "provincial", "municipal", "district"};

static int recognitions_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"named", NAMED},
                 {"counted", COUNTED},
                 {"published", PUBLISHED},
                 {"list_end", LIST_END},
                 {"tail", TAIL},
                 {"titles", TITLE},
                 {"grantor_before", GRANTOR_BEFORE},
                 {"members_end", MEMBERS_END},
                 {"became", BECAME},
                 {"no_member", NO_MEMBER},
                 {"front", FRONT},
                 {"back", BACK},
                 {"got", GOT},
                 {"praise", PRAISE},
                 {"elsewhere", ELSEWHERE},
                 {"called", CALLED}};
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
    for (size_t i = 0; i < LEVELS; i++)
        seen_deinit(&r->seen[i]);
    free(r->number);
}

uint64_t word_at(const struct recognitions *r, struct siftd_str text, size_t at, size_t *ret_len) {
    return words_match(r->words, (struct siftd_str){text.at + at, text.len - at}, ret_len);
}

bool find_word(const struct recognitions *r, struct siftd_str text, size_t from, uint64_t want, size_t *ret_at,
               size_t *ret_len) {
    for (size_t i = from; i < text.len; i += cp_length((unsigned char)text.at[i]))
        if (word_at(r, text, i, ret_len) & want) {
            *ret_at = i;
            return true;
        }
    return false;
}

static int level_of_word(uint64_t word) {
    for (int i = 0; i < LEVELS; i++)
        if (word & (uint64_t)LEVEL_FIRST << i)
            return i;
    return -1;
}

/* The first level that the text names: -1 for none. */
static int level_of(const struct recognitions *r, struct siftd_str text) {
    size_t at, len;
    if (!find_word(r, text, 0, (uint64_t)15 * LEVEL_FIRST, &at, &len))
        return -1;
    return level_of_word(word_at(r, text, at, &len));
}

/* The rank that a region's name ends with. */
static int rank_of(const struct recognitions *r, struct siftd_str region) {
    int level = -1;
    size_t at, len;
    for (size_t from = 0; find_word(r, region, from, (uint64_t)15 * LEVEL_FIRST, &at, &len); from = at + len)
        level = at + len == region.len ? level_of_word(word_at(r, region, at, &len)) : -1;
    return level;
}

struct siftd_str trim_name(const struct recognitions *r, struct siftd_str name) {
    size_t len = 0;
    if (!name.at)
        return name;
    for (; name.len; name = (struct siftd_str){name.at + len, name.len - len}) {
        bool digit = cp_is_digit((unsigned char)*name.at);
        if (!digit && !(word_at(r, name, 0, &len) & FRONT))
            break;
        len = digit ? 1 : len;
    }
    for (size_t i = 0; i < name.len; i += cp_length((unsigned char)name.at[i]))
        if (word_at(r, name, i, &len) & BACK && i + len == name.len) {
            name.len = i;
            i = 0;
            if (!name.len)
                break;
        }
    return name;
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
    if (!text.at)
        return text;
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

/* Money and shares count nobody. */
static bool counts_things(const struct recognitions *r, const struct siftd_record *number) {
    const char *unit = r->host->field_text(number, "unit");
    return unit && strcmp(unit, "元") != 0 && strcmp(unit, "%") != 0 && strcmp(unit, "年") != 0 &&
           strcmp(unit, "平方米") != 0;
}

const struct siftd_record *number_in(const struct recognitions *r, size_t start, size_t end) {
    for (size_t i = r->next; i < r->numbers; i++) {
        size_t place = r->host->record_place(r->number[i]).start;
        if (place >= end)
            break;
        if (place >= start && counts_things(r, r->number[i]))
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
    struct siftd_str all = {rest.at, place.start - start}, before = title_at(r, all);
    if (str_starts(all, str("“")) && !str_ends(all, str("”")) && is_title(r, all)) /* “某某计划”专家9人 */
        before = all;
    *ret_count = r->host->field_text(number, "value");
    if (is_title(r, before) || place.end - start >= rest.len)
        return before;
    return title_at(r, (struct siftd_str){text.at + place.end, rest.len - (place.end - start)});
}

/* 被某某厅认定为: who stands between. */
static struct siftd_str grantor_of(const struct recognitions *r, struct siftd_str before) {
    size_t at, len, from = 0;
    struct siftd_str grantor = {0};
    while (find_word(r, before, from, GRANTOR_BEFORE, &at, &len)) {
        from = at + len;
        grantor = (struct siftd_str){before.at + from, before.len - from};
    }
    grantor = trim_name(r, grantor);
    return grantor.at && cp_count(grantor.at, grantor.len) >= 3 ? grantor : (struct siftd_str){0};
}

/* The subject of the number at or before the clause, in its paragraph. */
static struct siftd_str subject_near(const struct recognitions *r, struct siftd_str text, const struct act *act) {
    size_t start = (size_t)(act->clause.at - text.at), end = start + act->clause.len;
    const struct siftd_record *near = number_in(r, start, end);
    if (!near && r->next) {
        near = r->number[r->next - 1];
        size_t place = r->host->record_place(near).start;
        if (memchr(text.at + place, '\n', start - place))
            near = NULL;
    }
    const char *subject = near ? r->host->field_text(near, "subject") : NULL;
    return subject ? str(subject) : (struct siftd_str){0};
}

/* The year of the number at or before the clause, unless the number holds up to a day. */
static int year_near(const struct recognitions *r, struct siftd_str text, const struct act *act) {
    enum { YEAR = 4 };
    size_t start = (size_t)(act->clause.at - text.at);
    const struct siftd_record *near = number_in(r, start, start + act->clause.len);
    if (!near && r->next) {
        near = r->number[r->next - 1];
        size_t place = r->host->record_place(near).start;
        if (memchr(text.at + place, '\n', start - place))
            return 0;
    }
    const char *period = near ? r->host->field_text(near, "period") : NULL;
    size_t len = period ? strlen(period) : 0;
    return len == YEAR ? atoi(period) : 0;
}

/* 协助“甲”“乙”等2家企业认定某某: the number before the naming word counts those named. */
static void count_before(const struct recognitions *r, struct siftd_str text, struct act *act,
                         struct siftd_str before) {
    size_t start = (size_t)(before.at - text.at);
    const struct siftd_record *number = act->count ? NULL : number_in(r, start, start + before.len);
    if (number)
        act->count = r->host->field_text(number, "value");
}

/* The text behind the year that it may begin with: 2022年度, 2022年. */
static struct siftd_str behind_year(struct siftd_str text) {
    size_t i = 0;
    if (!text.at)
        return text;
    while (i < text.len && cp_is_digit((unsigned char)text.at[i]))
        i++;
    struct siftd_str rest = {text.at + i, text.len - i};
    size_t skip = str_starts(rest, str("年度")) ? strlen("年度") : str_starts(rest, str("年")) ? strlen("年") : 0;
    return i && skip ? (struct siftd_str){rest.at + skip, rest.len - skip} : text;
}

static bool read_named(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at, len, level_len;
    if (!find_word(r, act->clause, 0, NAMED | BECAME, &at, &len))
        return false;
    struct siftd_str before = {act->clause.at, at}, rest = {act->clause.at + at + len, act->clause.len - at - len};
    rest = behind_year(rest);
    bool became = !(word_at(r, act->clause, at, &len) & NAMED);
    if (became && !(word_at(r, rest, 0, &level_len) & (uint64_t)15 * LEVEL_FIRST && level_len > strlen("省")))
        return false;
    act->title = title_beside(r, text, rest, &act->count);
    act->grantor = grantor_of(r, before);
    if ((act->level = level_of(r, rest)) < 0)
        act->level = level_of(r, act->grantor);
    if (!is_title(r, act->title) || find_word(r, act->title, 0, NO_MEMBER, &at, &level_len) || act->level < 0)
        return false;
    count_before(r, text, act, before);
    members_behind(r, act, rest);
    if (!act->members)
        members_before(r, act, before);
    if (!act->members)
        members_counted(r, act, text);
    if (act->members == 1 && word_at(r, act->member[0], 0, &len) & TITLE && len == act->member[0].len)
        act->members = 0; /* 基地被认定为…: the one that is spoken of */
    if (!act->members && !act->count && (act->member[0] = subject_near(r, text, act)).len)
        act->members = 1;
    return true;
}

/* 某某已认定: who has named, when nothing but a name stands there. */
static struct siftd_str namer(const struct recognitions *r, struct siftd_str before) {
    size_t at, len;
    struct siftd_str name = trim_name(r, before);
    bool none = find_word(r, name, 0, NO_MEMBER, &at, &len) || cp_count(name.at, name.len) < 2 ||
                cp_count(name.at, name.len) > NAMER_MAX || str_find(name, str("、"));
    return none ? (struct siftd_str){0} : name;
}

/* 认定12家（次）省级某某基地, 评选的“某某”专家9人, 协助甲、乙等2家企业认定某某. */
static bool read_counted(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at, len, word;
    if (!find_word(r, act->clause, 0, COUNTED, &at, &len))
        return false;
    struct siftd_str before = {act->clause.at, at}, rest = {act->clause.at + at + len, act->clause.len - at - len};
    if (str_starts(rest, str("的")))
        rest = (struct siftd_str){rest.at + strlen("的"), rest.len - strlen("的")};
    if (word_at(r, rest, 0, &word) & FRONT && str_find(rest, str("“"))) /* 首届“某某先锋” */
        rest = (struct siftd_str){rest.at + word, rest.len - word};
    act->title = title_beside(r, text, rest, &act->count);
    count_before(r, text, act, before);
    bool called = !act->count && members_called(r, act, text);
    if ((!act->count && !called) || !is_title(r, act->title))
        return false;
    if ((act->level = level_of(r, act->title)) < 0 && !find_word(r, act->title, 0, ELSEWHERE, &word, &len))
        act->level = called ? level_of(r, namer(r, before)) : rank_of(r, subject_near(r, text, act));
    if (act->level < 0)
        return false;
    if (!called && number_in(r, (size_t)(before.at - text.at), (size_t)(rest.at - text.at)))
        members_before(r, act, before);
    else
        act->grantor = namer(r, before);
    return true;
}

/* 认定甲园、乙园等6家为2023年度省级某某基地: who is named stands between, the title behind 为. */
static bool read_made(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at, len;
    if (!find_word(r, act->clause, 0, COUNTED, &at, &len))
        return false;
    struct siftd_str rest = {act->clause.at + at + len, act->clause.len - at - len};
    const char *as = str_find(rest, str("为"));
    if (!as || as == rest.at)
        return false;
    struct siftd_str title = trim_name(r, str_from(as + strlen("为"), rest.at + rest.len));
    act->title = title_at(r, title);
    act->grantor = namer(r, (struct siftd_str){act->clause.at, at});
    if ((act->level = level_of(r, act->title)) < 0)
        act->level = level_of(r, act->grantor);
    if (!is_title(r, act->title) || act->level < 0)
        return false;
    count_before(r, text, act, str_from(rest.at, as));
    members_before(r, act, str_from(rest.at, as));
    if (act->count && atoi(act->count) > (int)act->members) /* 等: the list may stand below */
        members_below(r, act, text);
    return true;
}

/* 工作获得国务院表扬. */
static bool read_praised(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at, len, word, word_len;
    if (!find_word(r, act->clause, 0, GOT, &at, &len))
        return false;
    struct siftd_str rest = {act->clause.at + at + len, act->clause.len - at - len};
    if (!(word_at(r, rest, 0, &word_len) & (uint64_t)15 * LEVEL_FIRST) ||
        !find_word(r, rest, 0, PRAISE, &word, &word_len) || cp_count(rest.at, word) > NAMER_MAX)
        return false;
    act->title = (struct siftd_str){rest.at, word + word_len};
    act->level = level_of(r, rest);
    act->grantor = (struct siftd_str){rest.at, word};
    if ((act->member[0] = subject_near(r, text, act)).len)
        act->members = 1;
    return true;
}

/* 省级“某某中心”7个, 市级某某试点园——某某园: an official title with its level, and who holds it. */
static bool read_held(const struct recognitions *r, struct siftd_str text, struct act *act) {
    size_t at = 0, len = 0;
    do
        if (!find_word(r, act->clause, at + len, (uint64_t)15 * LEVEL_FIRST, &at, &len))
            return false;
    while (len <= strlen("省"));
    struct siftd_str rest = {act->clause.at + at, act->clause.len - at};
    struct siftd_str behind = {rest.at + len, rest.len - len};
    const char *dash = str_find(rest, str("——"));
    if (str_starts(behind, str("“"))) {
        const char *close = str_find(behind, str("”"));
        size_t end = close ? (size_t)(close + strlen("”") - text.at) : 0;
        const struct siftd_record *number = close ? number_in(r, end, end + 1) : NULL;
        if (!number)
            return false;
        act->title = str_from(rest.at, close + strlen("”"));
        act->count = r->host->field_text(number, "value");
    } else if (dash && is_title(r, str_from(rest.at, dash))) {
        act->title = str_from(rest.at, dash);
        members_behind(r, act, rest);
        if (!act->members)
            return false;
    } else
        return false;
    act->level = level_of(r, rest);
    return true;
}

/* 公布2022年度国家某某基地名单 */
static bool read_published(const struct recognitions *r, struct siftd_str text, struct act *act) {
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
    act->title = title = trim_name(r, title);
    act->grantor = trim_name(r, (struct siftd_str){act->clause.at, at});
    if (cp_count(act->grantor.at, act->grantor.len) < 3)
        act->grantor = (struct siftd_str){0};
    act->level = level_of(r, title);
    if (act->level < 0)
        act->level = level_of(r, act->grantor);
    if (!is_title(r, title) || act->level < 0)
        return false;
    size_t start = (size_t)(act->clause.at - text.at);
    const char *stop = str_find(str_from(act->clause.at, text.at + text.len), str("。"));
    const struct siftd_record *number = stop ? number_in(r, start + act->clause.len, (size_t)(stop - text.at)) : NULL;
    if (number)
        act->count = r->host->field_text(number, "value");
    members_counted(r, act, text);
    if (!act->members)
        members_below(r, act, text);
    return true;
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
                out_of_memory();
        }
        r->number[r->numbers++] = record;
    }
}

/* A title without its level and its batch: 首批国家级示范基地 and 国家示范基地 are one. */
static struct siftd_str core_of(const struct recognitions *r, struct siftd_str title) {
    size_t len;
    while (title.len && word_at(r, title, 0, &len) & ((uint64_t)15 * LEVEL_FIRST | FRONT) && len < title.len)
        title = (struct siftd_str){title.at + len, title.len - len};
    return title;
}

/* The year that the sentence gave before its clause: 2021年7月，某某入选…. */
static int year_before(struct siftd_str text, struct siftd_str clause) {
    const char *begin = clause.at;
    while (begin > text.at) {
        const char *before = cp_before(text.at, begin);
        if (*before == '\n' || str_starts(str_from(before, begin), str("。")))
            break;
        begin = before;
    }
    return year_of(str_from(begin, clause.at));
}

/* The subject of the next number of the paragraph. */
static struct siftd_str subject_behind(const struct recognitions *r, struct siftd_str text, const struct act *act) {
    const struct siftd_record *next = r->next < r->numbers ? r->number[r->next] : NULL;
    size_t start = (size_t)(act->clause.at - text.at);
    if (!next || memchr(text.at + start, '\n', r->host->record_place(next).start - start))
        return (struct siftd_str){0};
    const char *subject = r->host->field_text(next, "subject");
    return subject ? str(subject) : (struct siftd_str){0};
}

/* 公司, 园区: a word for the one that was named before. */
static void name_class_words(const struct recognitions *r, struct siftd_str text, struct act *act) {
    enum { CLASS_WORD = 2 };
    if (act->members != 1 || cp_count(act->member[0].at, act->member[0].len) > CLASS_WORD)
        return;
    struct siftd_str subject = subject_near(r, text, act);
    if (!subject.len)
        subject = subject_behind(r, text, act);
    if (subject.len)
        act->member[0] = subject;
}

static int read_clause(struct recognitions *r, struct siftd_doc *doc, struct siftd_str text, struct siftd_str clause) {
    struct act act = {.clause = clause, .year = year_of(clause)};
    while (r->next < r->numbers && r->host->record_place(r->number[r->next]).start < (size_t)(clause.at - text.at))
        r->next++;
    bool (*const readers[])(const struct recognitions *, struct siftd_str, struct act *) = {
        read_published, read_made, read_named, read_counted, read_praised, read_held};
    size_t i = 0, readings = sizeof readers / sizeof *readers;
    for (; i < readings; i++) {
        act = (struct act){.clause = clause, .year = act.year};
        if (readers[i](r, text, &act))
            break;
    }
    if (i == readings)
        return SIFTD_OK;
    if (!act.year)
        act.year = year_before(text, clause);
    if (!act.year)
        act.year = year_near(r, text, &act);
    name_class_words(r, text, &act);
    return seen_add(&r->seen[act.level], core_of(r, act.title)) ? emit(r, doc, text, &act) : SIFTD_OK;
}

static int recognitions_run(void *self, struct siftd_doc *doc) {
    struct recognitions *r = self;
    struct siftd_str text = r->host->text(doc);
    for (size_t i = 0; i < LEVELS; i++)
        seen_clear(&r->seen[i]);
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
