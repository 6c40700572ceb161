/* SPDX-License-Identifier: MIT */
/*
 * What a number counts, in the words of its clause. The name stands
 *     before the number        入驻企业 | 120家
 *     behind it                举办 | 6场 | 招聘会 ;  为 | 40家 | 企业 | 提供贷款  (获贷款的企业)
 *     behind it, with 的       9万元 | 的 | 订单   (unless a measured noun stands before: 资金规模达 | 9万元 | 的 |
 * 基金) nowhere                  其中7个 … : what the number before in the sentence counted
 */
#include "indicator.h"

#include <stdio.h>
#include <string.h>

#include "codepoint.h"
#include "phrase.h"
#include "str.h"

enum {
    NOUN_ALONE = 6,
    PHRASE_MAX = 16,
    PHRASE_JOINED = 6,
    DOES_JOINED = 2,
    PART_MAX = 4,
    WHOLE_MAX = 5,
    KIND_MAX = 6,
    WHOLE_LONGEST = 20,
    VERB_WHOLE = 4,
    HEAD_MAX = 4,
    BASE_REACH = 8,
    LISTING = 0x3001,
    SEMICOLON = 0xFF1B
};

/* What the counted ones do, behind their noun: 参加培训, 获得贷款. */
static struct piece phrase_behind(const struct tokens *tokens, size_t i, size_t end) {
    struct piece phrase = {i, i};
    while (phrase.end < end && tokens->at[phrase.end].kind != TOKEN_BREAK &&
           tokens->at[phrase.end].kind != TOKEN_NUMBER && tokens->at[phrase.end].kind != TOKEN_TIME &&
           piece_length(tokens, (struct piece){i, phrase.end + 1}) <= PHRASE_MAX)
        phrase.end++;
    while (phrase.end > phrase.first && token_is(tokens, phrase.end - 1, ROLE_BIT(LINK) | ROLE_BIT(BOUND)))
        phrase.end--;
    return phrase;
}

/* What a thing becomes: 培育为某某企业. Empty when the phrase says nothing of the kind. */
static struct piece becomes(const struct tokens *tokens, struct piece phrase, size_t end) {
    for (size_t i = phrase.first; i + 1 < phrase.end; i++)
        if (token_is(tokens, i, ROLE_BIT(BECOME)))
            return noun_at(tokens, i + 1, end);
    return (struct piece){0, 0};
}

/* 企业 获得贷款: 获得贷款的企业; 企业 入驻: 入驻企业; 为企业 提供贷款: 获贷款的企业. */
static void name_doer(const struct tokens *tokens, struct indicator *indicator, struct piece noun, struct piece phrase,
                      bool pivot) {
    struct siftd_str text = piece_text(tokens, noun);
    bool given = pivot && token_is(tokens, phrase.first, ROLE_BIT(GIVE));
    bool nominal = token_is(tokens, phrase.first, ROLE_BIT(NOMINAL)) && !given;
    if (nominal && phrase.end == phrase.first + 2 && token_is(tokens, phrase.end - 1, ROLE_BIT(ORGANISATION)))
        phrase.end--; /* where they moved in says less than that they did */
    struct siftd_str does = piece_text(tokens, (struct piece){phrase.first + given, phrase.end});
    size_t joined = nominal ? PHRASE_JOINED : DOES_JOINED;
    if (!given)
        set_name(indicator, does, cp_count(does.at, does.len) <= joined ? "" : "的", text);
    else if (NAME_BYTES > does.len + text.len + 8)
        snprintf(indicator->name, NAME_BYTES, "获%.*s的%.*s", (int)does.len, does.at, (int)text.len, text.at);
}

/* 在“某某板”挂牌: where those did what they did, without 在. Empty when nothing of the kind begins with token i. */
static struct piece done_at(const struct tokens *tokens, size_t i, size_t end) {
    struct piece place = noun_at(tokens, i + 1, end);
    while (place.end > place.first + 1 && token_is(tokens, place.end - 1, ROLE_BIT(VERB)))
        place.end--;
    bool at =
        i < end && token_is(tokens, i, ROLE_BIT(BOUND)) && str_equal(token_text(tokens, &tokens->at[i]), str("在"));
    if (!at || place.first >= place.end || !token_is(tokens, place.end, ROLE_BIT(VERB)) ||
        piece_length(tokens, place) > PHRASE_JOINED)
        return (struct piece){0, 0};
    return (struct piece){place.first, place.end + 1};
}

/* The name behind a number: its noun, and what that noun gets or does when the noun says little by itself. */
static void name_behind(const struct tokens *tokens, struct indicator *indicator, struct piece before,
                        struct piece noun) {
    struct siftd_str text = piece_text(tokens, noun);
    struct piece phrase = phrase_behind(tokens, noun.end, indicator->clause_end);
    struct piece become = becomes(tokens, phrase, indicator->clause_end);
    bool pivot = before.end > before.first && token_is(tokens, before.end - 1, ROLE_BIT(PIVOT) | ROLE_BIT(RECEIVE));
    struct piece placed = done_at(tokens, noun.end, indicator->clause_end);
    if (piece_length(tokens, noun) < NOUN_ALONE && placed.first < placed.end) {
        set_name(indicator, piece_text(tokens, placed), "", text);
        return;
    }
    bool verb = phrase.first < phrase.end &&
                token_is(tokens, phrase.first, ROLE_BIT(VERB) | ROLE_BIT(GIVE) | ROLE_BIT(RECEIVE));
    bool brief = piece_length(tokens, noun) < NOUN_ALONE;
    piece_trim(tokens, &before);
    if (brief && become.first < become.end)
        set_name(indicator, piece_text(tokens, become), "", str(""));
    else if (brief && phrase.first < phrase.end && (pivot || verb))
        name_doer(tokens, indicator, noun, phrase, pivot);
    else if (brief && before.end > before.first && token_is(tokens, before.end - 1, ROLE_BIT(VERB)) && !pivot &&
             !str_equal(token_text(tokens, &tokens->at[before.end - 1]), text))
        set_name(indicator, token_text(tokens, &tokens->at[before.end - 1]), "", text);
    else
        set_name(indicator, text, "", str(""));
}

/* Whether two characters in a row of b stand in a as well. */
static bool shares_word(struct siftd_str a, struct siftd_str b) {
    const char *end = b.at + b.len;
    for (const char *p = b.at; p < end; p += cp_length((unsigned char)*p)) {
        size_t len = cp_length((unsigned char)*p);
        if (p + len < end && str_find(a, (struct siftd_str){p, len + cp_length((unsigned char)p[len])}))
            return true;
    }
    return false;
}

/* The last word or two of what a number counts, before it or behind it: 中小企业 of 培育中小企业. */
static struct siftd_str head_of(const struct tokens *tokens, const struct indicator *indicator) {
    struct piece words = {indicator->segment, indicator->token};
    piece_trim(tokens, &words);
    struct piece behind = noun_at(tokens, indicator->token + 1, indicator->clause_end);
    bool named = behind.first < behind.end && str_ends(str(indicator->name), piece_text(tokens, behind)) &&
                 !str_find(str(indicator->name), piece_text(tokens, words)); /* 可容纳80家企业 */
    if (named || words.first >= words.end || !is_noun_word(tokens, words.end - 1))
        words = behind;
    while (words.end > words.first + 1 && token_is(tokens, words.end - 1, ROLE_BIT(MEASURE)))
        words.end--; /* 贷款发生额 measures 贷款 */
    struct piece head = {words.end, words.end};
    while (head.first > words.first && is_noun_word(tokens, head.first - 1) &&
           !token_is(tokens, head.first - 1, QUALIFIER) &&
           (head.first == head.end || piece_length(tokens, (struct piece){head.first - 1, head.end}) <= HEAD_MAX))
        head.first--;
    return piece_text(tokens, head);
}

/* What a name counts, without the verbs and grades before it: 小微企业园 of 开工建设小微企业园. Names made of two
 * pieces have their head. */
static struct siftd_str noun_of(const struct tokens *tokens, const struct indicator *indicator) {
    struct piece words = {indicator->segment, indicator->token};
    uint64_t front = ROLE_BIT(VERB) | ROLE_BIT(GRADE) | ROLE_BIT(OPEN) | ROLE_BIT(DONE);
    piece_trim(tokens, &words);
    words = name_before(tokens, words);
    if (words.first >= words.end)
        words = noun_at(tokens, indicator->token + 1, indicator->clause_end);
    while (words.first + 1 < words.end && token_is(tokens, words.first, front) &&
           !token_is(tokens, words.first + 1, ROLE_BIT(MEASURE)))
        words.first++;
    struct siftd_str noun = piece_text(tokens, words);
    bool whole = noun.len >= indicator->head.len && str_find(str(indicator->name), noun);
    return whole && !token_is(tokens, words.first, ROLE_BIT(VERB)) ? noun : indicator->head;
}

/* Appends what `whole` counts. */
static void add_noun(struct indicator *indicator, const struct indicator *whole) {
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s", indicator->name);
    set_name(indicator, str(name), "", whole->noun);
}

/* 其中…: a part's short name that shares nothing with the whole's takes on what the whole counts, a long one its last
 * word. Sums have names of their own (房租补贴). */
static void name_part(const struct tokens *tokens, struct indicator *indicator, const struct indicator *whole) {
    struct siftd_str part = str(indicator->name), noun = whole->noun;
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    if (cp_count(part.at, part.len) > PART_MAX || shares_word(str(whole->name), part) || unit->kind == UNIT_MONEY)
        return;
    if (cp_count(noun.at, noun.len) > WHOLE_MAX)
        noun = whole->head;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s", indicator->name);
    set_name(indicator, str(name), "", noun);
}

/* 国家级3家, 户均5万元, 建成3个: a grade, an average or a verb, which says nothing without what is graded, averaged or
 * done. */
static bool needs_head(const struct tokens *tokens, const struct indicator *indicator) {
    struct piece words = {indicator->segment, indicator->token};
    piece_trim(tokens, &words);
    if (words.first >= words.end || is_noun_word(tokens, indicator->token + 1))
        return false;
    size_t i = words.first;
    while (i < words.end && token_is(tokens, i, ROLE_BIT(VERB)) && !token_is(tokens, i, ROLE_BIT(MEASURE)))
        i++;
    bool compound = i == words.end && words.end > words.first + 1; /* 研发投入: verbs that make a noun */
    for (size_t k = words.first; k < words.end; k++)
        compound &= token_is(tokens, k, ROLE_BIT(NOMINAL));
    if (compound)
        return false;
    bool each = token_is(tokens, words.first, ROLE_BIT(AVERAGE)) && token_has(tokens, words.first, TRAIT_BIT(PER)) &&
                words.end == words.first + 2 && token_is(tokens, words.end - 1, ROLE_BIT(HOLDER)); /* 平均每家企业 */
    bool rest = words.end == words.first + 1 && token_has(tokens, words.first, TRAIT_BIT(REST)); /* 其余20家合计 */
    size_t last = words.end - 1; /* 带动就业: a verb with its object */
    bool whole = piece_length(tokens, (struct piece){last, words.end}) >= VERB_WHOLE;
    return (i == words.end && !whole) || each || rest ||
           (words.end == words.first + 1 && token_is(tokens, words.first, ROLE_BIT(GRADE) | ROLE_BIT(AVERAGE)));
}

/* The last figure before number i in its paragraph that an average is taken of, or that a grade is one of. */
static const struct indicator *base_of(const struct article *article, size_t i) {
    const struct tokens *tokens = &article->tokens;
    const struct indicator *indicator = &article->indicator[i];
    const struct unit *unit = tokens->quantity[i].unit;
    for (size_t k = i; k-- > 0 && i - k <= BASE_REACH;) {
        const struct indicator *base = &article->indicator[k];
        if (base->sentence != indicator->sentence)
            break;
        if (tokens->quantity[k].unit == unit && base->head.len)
            return base;
    }
    return NULL;
}

/* A number without words of its own: what it becomes behind it, what was done before it (放款 …，共计), else the same
 * thing again. */
static void inherit(const struct tokens *tokens, struct indicator *indicator, const struct indicator *previous) {
    struct piece rest = {indicator->token + 1, indicator->clause_end};
    struct piece become = becomes(tokens, rest, rest.end);
    if (become.first < become.end)
        set_name(indicator, piece_text(tokens, become), "", str(""));
    if (indicator->name[0] || !previous || previous->sentence != indicator->sentence)
        return;
    if (previous->token + 1 == indicator->token) { /* 贷款47笔732万元: two measures of one thing */
        set_name(indicator, str(previous->name), "", str(""));
        return;
    }
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    size_t verb = unit->kind == UNIT_MONEY && indicator->status != STATUS_TERMS
                      ? last_verb(tokens, (struct piece){previous->segment, previous->token})
                      : previous->token;
    if (verb < previous->token)
        set_name(indicator, token_text(tokens, &tokens->at[verb]), "", str(""));
    else
        set_name(indicator, str(previous->name), "", str(""));
}

/* 占全省的20%: the share of what the number before counted. */
static bool name_share(const struct tokens *tokens, struct indicator *indicator, const struct indicator *previous) {
    struct piece before = {indicator->segment, indicator->token};
    while (before.first < before.end && !token_is(tokens, before.first, ROLE_BIT(SHARE)))
        before.first++;
    while (before.end > before.first && token_is(tokens, before.end - 1, ROLE_BIT(BOUND) | QUALIFIER))
        before.end--;
    if (before.first >= before.end || !previous || previous->sentence != indicator->sentence ||
        before.first != indicator->segment)
        return false;
    set_name(indicator, str(previous->name), "", piece_text(tokens, before));
    return true;
}

/* 在孵企业由2019年的60家, 收入较上年增长5%: what stands before the time of an earlier state or a base. */
static bool name_before_base(const struct tokens *tokens, struct indicator *indicator) {
    struct piece before = {indicator->segment, indicator->token};
    size_t i = before.first + 1;
    while (i < before.end &&
           !(tokens->at[i].kind == TOKEN_TIME && token_is(tokens, i - 1, ROLE_BIT(FROM) | ROLE_BIT(BASE_BEFORE))))
        i++;
    if (i >= before.end)
        return false;
    struct piece change = {before.end, before.end};
    for (size_t k = i; k < before.end; k++)
        if (token_is(tokens, k, ROLE_BIT(CHANGE)))
            change = (struct piece){k, k + 1};
    before.end = i - 1;
    struct piece name = name_before(tokens, before);
    if (name.first >= name.end)
        return false;
    bool changes = indicator->status == STATUS_CHANGE;
    set_name(indicator, piece_text(tokens, name), "", changes ? piece_text(tokens, change) : str(""));
    return true;
}

/* 甲、乙等3人获评“…”: behind an enumeration, what those counted became. */
static bool name_members(const struct tokens *tokens, struct indicator *indicator) {
    if (indicator->token == 0 || !token_is(tokens, indicator->token - 1, ROLE_BIT(LIST)) ||
        !token_is(tokens, indicator->token + 1, ROLE_BIT(BECOME)))
        return false;
    struct piece noun = noun_at(tokens, indicator->token + 2, indicator->clause_end);
    if (noun.first >= noun.end)
        return false;
    set_name(indicator, piece_text(tokens, (struct piece){indicator->token + 1, noun.end}), "", str(""));
    return true;
}

/* The first token of the segment behind the subject: a name does not say again whose figure it is. */
static size_t behind_subject(const struct tokens *tokens, const struct indicator *indicator) {
    size_t i = indicator->segment;
    if (!indicator->subject.len || indicator->subject.at < tokens->text.at + tokens->at[i].start)
        return i;
    size_t end = (size_t)(indicator->subject.at + indicator->subject.len - tokens->text.at);
    while (i < indicator->token && tokens->at[i].end <= end)
        i++;
    bool cuts_word = i < indicator->token && tokens->at[i].start < end && tokens->at[i].kind != TOKEN_QUOTE;
    bool project =
        i > 0 && i + 1 < indicator->token && token_is(tokens, i - 1, ROLE_BIT(COMPANY)); /* 某某公司“某某”项目 */
    if (i < indicator->token && tokens->at[i].kind == TOKEN_QUOTE && (tokens->at[i].start < end || project))
        i++;
    return cuts_word || i >= indicator->token ? indicator->segment : i;
}

/* 低于全市平均水平0.6个百分点: what it is compared with is all that tells what the number is. */
static bool name_comparison(const struct tokens *tokens, struct indicator *indicator) {
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    for (size_t i = indicator->segment; unit->kind == UNIT_RATE && i + 1 < indicator->token; i++)
        if (token_is(tokens, i, ROLE_BIT(OVER_BEFORE) | ROLE_BIT(UP_TO_BEFORE)) &&
            is_noun_word(tokens, indicator->token - 1)) {
            set_name(indicator, piece_text(tokens, (struct piece){i, indicator->token}), "", str(""));
            return true;
        }
    return false;
}

/* 其余15家基地. */
static bool name_rest(const struct tokens *tokens, struct indicator *indicator, struct piece noun) {
    if (indicator->token == 0 || !token_has(tokens, indicator->token - 1, TRAIT_BIT(REST)))
        return false;
    struct siftd_str rest = token_text(tokens, &tokens->at[indicator->token - 1]);
    set_name(indicator, rest, "", piece_text(tokens, noun));
    return true;
}

/* 小微企业占企业总数的九成: the share with what has it. */
static bool name_own_share(const struct tokens *tokens, struct indicator *indicator) {
    size_t share = indicator->segment, end = indicator->token;
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    while (share < end && !token_is(tokens, share, ROLE_BIT(SHARE)))
        share++;
    while (end > share && token_is(tokens, end - 1, ROLE_BIT(LINK) | ROLE_BIT(BOUND) | QUALIFIER))
        end--;
    if (unit->kind != UNIT_PERCENT || share + 1 >= end || share == indicator->segment)
        return false;
    struct piece owner = name_before(tokens, (struct piece){indicator->segment, share});
    struct piece base = {share, end};
    while (base.first + 1 < base.end && token_is(tokens, base.first + 1, ROLE_BIT(REGION)))
        base.first++;
    if (owner.first >= owner.end)
        return false;
    if (base.first == share)
        set_name(indicator, piece_text(tokens, owner), "", piece_text(tokens, base));
    else
        set_name(indicator, piece_text(tokens, owner), "占",
                 piece_text(tokens, (struct piece){base.first + 1, base.end}));
    return true;
}

/* 总投资1.2亿元的3条生产线, 规模2亿元的基金: the measure with the kind of thing that has it. */
static bool name_measured(const struct tokens *tokens, struct indicator *indicator) {
    size_t measure = indicator->token, i = indicator->token + 2;
    while (measure > indicator->segment && !token_is(tokens, measure - 1, ROLE_BIT(MEASURE)))
        measure--;
    if (i < indicator->clause_end && tokens->at[i].kind == TOKEN_NUMBER)
        i++;
    struct piece noun = noun_at(tokens, i, indicator->clause_end);
    struct piece words = {measure > indicator->segment ? measure - 1 : measure, indicator->token};
    piece_trim(tokens, &words);
    if (noun.first >= noun.end || words.first >= words.end)
        return false;
    bool own = piece_length(tokens, noun) > KIND_MAX; /* a name, and so whose figure it is */
    if (own && token_is(tokens, noun.end - 1, ROLE_BIT(PROGRAMME)))
        indicator->subject = piece_text(tokens, noun);
    set_name(indicator, own ? str("") : piece_text(tokens, noun), "", piece_text(tokens, words));
    return true;
}

/* 年收入2000万元以上的企业39家: a number that describes what the next one counts. */
static bool name_described(const struct tokens *tokens, struct indicator *indicator, const struct indicator *previous) {
    size_t of = indicator->segment;
    if (!previous || previous->token + 1 != of || previous->clause != indicator->clause ||
        !token_is(tokens, of, ROLE_BIT(BOUND)) || !str_equal(token_text(tokens, &tokens->at[of]), str("的")))
        return false;
    struct piece words = {of + 1, indicator->token}, whole = {previous->segment, indicator->token};
    piece_trim(tokens, &words);
    piece_trim(tokens, &whole);
    if (words.first >= words.end || has_role(tokens, words, ROLE_BIT(VERB)))
        return false;
    set_name(indicator, piece_text(tokens, piece_length(tokens, whole) <= WHOLE_LONGEST ? whole : words), "", str(""));
    return true;
}

/* 培训吸引130人参加, 有800人来到现场观看比赛: those who are counted have no noun, so what they do names them. */
static bool name_deed(const struct tokens *tokens, struct indicator *indicator, struct piece before) {
    size_t next = indicator->token + 1;
    while (before.end > before.first && token_is(tokens, before.end - 1, QUALIFIER))
        before.end--;
    if (before.first >= before.end || !token_is(tokens, before.end - 1, ROLE_BIT(PIVOT)) ||
        !token_is(tokens, next, ROLE_BIT(VERB)))
        return false;
    struct piece deed = phrase_behind(tokens, next, indicator->clause_end);
    struct piece object = {before.first, before.end - 1};
    piece_trim(tokens, &object);
    struct siftd_str what = deed.end == deed.first + 1 ? piece_text(tokens, name_before(tokens, object)) : str("");
    set_name(indicator, piece_text(tokens, deed), "", what);
    return true;
}

/* 每家每年10万元: what it is given for stands in the clause before. */
static bool is_rate(const struct tokens *tokens, struct piece piece) {
    if (token_is(tokens, piece.first, ROLE_BIT(AVERAGE))) /* 平均每家企业 */
        return false;
    for (size_t i = piece.first; i < piece.end; i++) {
        bool holder = i > piece.first && token_is(tokens, i, ROLE_BIT(HOLDER)); /* 每家企业每年 */
        if (!holder && !token_has(tokens, i, TRAIT_BIT(PER)) && !token_is(tokens, i, QUALIFIER | ROLE_BIT(LINK)))
            return false;
    }
    return true;
}

/* 2000元的标准给予补贴: what is given by the measure that stands between. */
static struct piece given_behind(const struct tokens *tokens, struct piece noun, size_t end) {
    struct piece given = {noun.end, noun.end};
    if (noun.end < end && token_is(tokens, noun.end, ROLE_BIT(GIVE)))
        given = noun_at(tokens, noun.end + 1, end);
    return given.first < given.end ? given : noun;
}

/* 31家孵化器总面积68万平方米: what is counted ends where the measure of the next number begins. */
static struct piece before_measure(const struct tokens *tokens, struct piece noun) {
    size_t next = noun.end;
    while (token_is(tokens, next, ROLE_BIT(LINK) | QUALIFIER))
        next++;
    if (next >= tokens->count || tokens->at[next].kind != TOKEN_NUMBER || noun.first >= noun.end ||
        !token_is(tokens, noun.end - 1, ROLE_BIT(MEASURE)))
        return noun;
    for (size_t i = noun.first; i + 1 < noun.end; i++)
        if (token_is(tokens, i, ROLE_BIT(HOLDER)))
            return (struct piece){noun.first, i + 1};
    return noun;
}

static void name_one(const struct tokens *tokens, struct indicator *indicator, const struct indicator *previous) {
    struct piece before = {behind_subject(tokens, indicator), indicator->token}, raw = before;
    struct piece noun = noun_at(tokens, indicator->token + 1, indicator->clause_end);
    bool of = token_is(tokens, indicator->token + 1, ROLE_BIT(BOUND)) &&
              str_equal(token_text(tokens, &tokens->at[indicator->token + 1]), str("的"));
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    piece_trim(tokens, &before);
    noun = before_measure(tokens, noun);
    if (cp_is_latin((unsigned char)unit->name[0])) { /* English: the unit is the counted noun */
        set_name(indicator, str(unit->name), "", str(""));
        return;
    }
    if (name_comparison(tokens, indicator) || name_rest(tokens, indicator, noun) || name_own_share(tokens, indicator) ||
        name_share(tokens, indicator, previous) || name_before_base(tokens, indicator) ||
        name_listed(tokens, indicator) || name_members(tokens, indicator) ||
        name_described(tokens, indicator, previous))
        return;
    if (token_is(tokens, indicator->token + 1, ROLE_BIT(GIVE)) && noun.first >= noun.end) /* 30%给予补贴 */
        noun = noun_at(tokens, indicator->token + 2, indicator->clause_end);
    if (noun.first < noun.end) {
        name_behind(tokens, indicator, raw, nouns_at(tokens, noun.first, indicator->clause_end));
        return;
    }
    if (name_deed(tokens, indicator, raw))
        return;
    bool measured = before.end > before.first && token_is(tokens, before.end - 1, ROLE_BIT(MEASURE));
    if (of && !measured)
        noun = noun_at(tokens, indicator->token + 2, indicator->clause_end);
    if (of && !measured && noun.first < noun.end) {
        noun = given_behind(tokens, noun, indicator->clause_end);
        bool done = unit->kind == UNIT_PERCENT && before.end > before.first && /* 贡献了六成的税收 */
                    token_is(tokens, before.end - 1, ROLE_BIT(VERB));
        struct piece verb = {before.end - done, before.end};
        set_name(indicator, piece_text(tokens, verb), "", piece_text(tokens, noun));
        return;
    }
    struct piece name = name_before(tokens, before);
    bool change = indicator->status == STATUS_CHANGE;
    if (of && measured && name_measured(tokens, indicator))
        return;
    bool gives = indicator->status == STATUS_TERMS && name.end > name.first && /* 良好的给予 */
                 token_is(tokens, name.end - 1, ROLE_BIT(GIVE)) && token_is(tokens, name.end - 1, ROLE_BIT(RECEIVE));
    if (previous && previous->sentence == indicator->sentence && (is_rate(tokens, name) || gives))
        name.first = name.end;
    if (name.first < name.end &&
        !(change && has_role(tokens, (struct piece){name.first, name.first + 1}, ROLE_BIT(COMPARE) | ROLE_BIT(CHANGE))))
        set_name(indicator, piece_text(tokens, name), "", str(""));
    else if (change && previous)
        set_name(indicator, str(previous->name), "", piece_text(tokens, name));
    else
        inherit(tokens, indicator, previous);
}

/* Whether a number may be a part of the whole: of one unit, in one sentence, with no semicolon between. */
static bool is_part_of(const struct tokens *tokens, const struct indicator *part, const struct indicator *whole) {
    if (part->sentence != whole->sentence ||
        tokens->quantity[tokens->at[part->token].index].unit != tokens->quantity[tokens->at[whole->token].index].unit)
        return false;
    for (size_t i = whole->token; i < part->token; i++)
        if (token_mark(tokens, i, SEMICOLON))
            return false;
    return true;
}

/* 其中某某园130万元: a part that is named by who has it. */
static bool take_owner(const struct tokens *tokens, struct indicator *indicator, const struct indicator *whole) {
    struct piece words = {indicator->segment, indicator->token};
    piece_trim(tokens, &words);
    if (!is_owner(tokens, words) || is_noun_word(tokens, indicator->token + 1))
        return false;
    indicator->subject = piece_text(tokens, words);
    set_name(indicator, str(whole->name), "", str(""));
    return true;
}

void names_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    const struct indicator *whole = NULL;
    for (size_t i = 0; i < tokens->quantities; i++) {
        struct indicator *indicator = &article->indicator[i];
        const struct indicator *previous = i ? &article->indicator[i - 1] : NULL;
        name_one(tokens, indicator, previous);
        name_rule(tokens, indicator);
        indicator->head = head_of(tokens, indicator);
        if (!indicator->head.len && previous && str_equal(str(indicator->name), str(previous->name)))
            indicator->head = previous->head;
        indicator->noun = noun_of(tokens, indicator);
        const struct indicator *base = needs_head(tokens, indicator) ? base_of(article, i) : NULL;
        if (base) {
            indicator->head = base->head;
            indicator->noun = base->noun;
            add_noun(indicator, base);
            continue;
        }
        if (has_role(tokens, (struct piece){previous ? previous->token : 0, indicator->token}, ROLE_BIT(PART)))
            whole = previous;
        if (whole && !is_part_of(tokens, indicator, whole))
            whole = NULL;
        if (whole && !take_owner(tokens, indicator, whole) && indicator->name[0])
            name_part(tokens, indicator, whole);
    }
    name_coordinated(article);
}
