/* SPDX-License-Identifier: MIT */
/* Whether a figure has come about, is aimed at, is a rule's or a price's, or says a change. */
#include "indicator.h"

#include <string.h>

#include "numeral.h"
#include "str.h"

enum { LISTING = 0x3001, SEMICOLON = 0xFF1B, QUESTION = 0xFF1F, REACH = 64 };

/* Whether the words right before the number, or right behind it, say a rise or a fall. */
static bool says_change(const struct tokens *tokens, const struct indicator *indicator, const struct unit *unit) {
    uint64_t light = ROLE_BIT(LINK) | ROLE_BIT(OVER_BEFORE) | ROLE_BIT(NEARLY_BEFORE) | ROLE_BIT(ABOUT_BEFORE);
    for (size_t i = indicator->token; i-- > indicator->segment;) {
        if (token_is(tokens, i, ROLE_BIT(CHANGE)))
            return true;
        if (!token_is(tokens, i, light) || token_is(tokens, i, ROLE_BIT(LEVEL)))
            break;
    }
    if (unit->kind != UNIT_PERCENT && unit->kind != UNIT_RATE)
        return false;
    for (size_t i = indicator->token + 1; i < indicator->clause_end && i <= indicator->token + 3; i++)
        if (token_is(tokens, i, ROLE_BIT(CHANGE)))
            return true;
    return false;
}

static bool is_of(const struct tokens *tokens, size_t i) {
    return token_is(tokens, i, ROLE_BIT(BOUND)) && str_equal(token_text(tokens, &tokens->at[i]), str("的"));
}

/* 为35名创业者落实: so many have got it. */
static bool counts_receivers(const struct tokens *tokens, const struct indicator *indicator) {
    for (size_t i = indicator->clause; i + 1 < indicator->clause_end; i++) {
        if (!token_is(tokens, i, ROLE_BIT(RECEIVE)) || tokens->at[i + 1].kind != TOKEN_NUMBER)
            continue;
        const struct unit *unit = tokens->quantity[tokens->at[i + 1].index].unit;
        if (unit->kind != UNIT_MONEY && unit->kind != UNIT_PERCENT)
            return true;
    }
    return false;
}

/* 发放一次性补贴: a verb right before that says what has been done, not what is given by a rule. */
static bool was_done(const struct tokens *tokens, size_t i) {
    return i > 0 && token_is(tokens, i - 1, ROLE_BIT(VERB)) && !token_is(tokens, i - 1, ROLE_BIT(RECEIVE));
}

static bool says_terms(const struct tokens *tokens, const struct indicator *indicator) {
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    bool sum = unit->kind == UNIT_MONEY || unit->kind == UNIT_PERCENT;
    bool received = !sum || counts_receivers(tokens, indicator);
    for (size_t i = indicator->clause; i < indicator->clause_end;
         i++) /* 最高的 tells which; 一次性 also describes what was paid */
        if (token_is(tokens, i, ROLE_BIT(TERMS)) &&
            !(token_is(tokens, i, ROLE_BIT(GUARD)) && (received || was_done(tokens, i))) &&
            !(token_is(tokens, i, ROLE_BIT(UP_TO_BEFORE)) && is_of(tokens, i + 1)))
            return true;
    size_t before = indicator->token;
    if (unit->kind == UNIT_PERCENT && before > indicator->segment && /* 补贴50% */
        token_is(tokens, before - 1, ROLE_BIT(GIVE)) && token_is(tokens, before - 1, ROLE_BIT(NOMINAL)))
        return true;
    while (before > indicator->segment &&
           token_is(tokens, before - 1, ROLE_BIT(OVER_BEFORE) | ROLE_BIT(ABOUT_BEFORE) | ROLE_BIT(UP_TO_BEFORE)))
        before--;
    return before > 0 && token_is(tokens, before - 1, ROLE_BIT(GIVE)) &&
           token_is(tokens, before - 1, ROLE_BIT(RECEIVE));
}

/* 平均利率3.85%: a level, where the sentence says what has been done. */
static bool says_rate(const struct tokens *tokens, const struct indicator *indicator) {
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    size_t before = indicator->token;
    while (before > indicator->segment && token_is(tokens, before - 1, ROLE_BIT(LINK)))
        before--;
    return unit->kind == UNIT_PERCENT && before > indicator->segment && token_is(tokens, before - 1, ROLE_BIT(MEASURE));
}

/* 按年租金的30%给予补贴: a share that is given by a rule. */
static bool says_share_of(const struct tokens *tokens, const struct indicator *indicator, const struct unit *unit) {
    bool by = false;
    if (unit->kind != UNIT_PERCENT)
        return false;
    for (size_t i = indicator->clause; i < indicator->clause_end; i++) {
        by |= i < indicator->token && token_is(tokens, i, ROLE_BIT(BY));
        if (by && i > indicator->token && token_is(tokens, i, ROLE_BIT(GIVE)))
            return true;
    }
    return false;
}

/* 对新认定的…给予: a sentence that tells what those of a kind get; one with a count or a time tells what was given. */
static bool begins_rule(const struct tokens *tokens, size_t i) {
    if ((i > 0 && !token_ends_clause(tokens, i - 1) && !is_numbered(tokens, i - 1)) || i >= tokens->count)
        return false;
    bool each = tokens->at[i].kind == TOKEN_WORD && str_equal(token_text(tokens, &tokens->at[i]), str("每"));
    if (!each && !token_is(tokens, i, ROLE_BIT(FOR)))
        return false;
    for (size_t end = i + REACH; i < end && !token_ends_sentence(tokens, i); i++) {
        if (each && token_is(tokens, i, ROLE_BIT(GIVE)))
            return true;
        if (each)
            continue;
        if (tokens->at[i].kind == TOKEN_NUMBER || tokens->at[i].kind == TOKEN_TIME ||
            token_is(tokens, i, ROLE_BIT(DONE)))
            return false;
        if (token_is(tokens, i, ROLE_BIT(BY)) || (token_is(tokens, i, ROLE_BIT(GIVE)) && i > 0))
            return true;
    }
    return false;
}

static bool aims_behind(const struct tokens *tokens, const struct indicator *indicator) {
    for (size_t i = indicator->token + 1; i < indicator->clause_end && i <= indicator->token + 3; i++)
        if (token_is(tokens, i, ROLE_BIT(TARGET)) || /* 5270万元的年初计划 */
            (token_is(tokens, i, ROLE_BIT(INTEND)) && i + 1 == indicator->clause_end))
            return true;
    return false;
}

static bool is_future(const struct article *article, size_t i) {
    const struct tokens *tokens = &article->tokens;
    if (tokens->at[i].kind != TOKEN_TIME)
        return false;
    const struct when *when = &tokens->when[tokens->at[i].index];
    if (when->relative && when->from.year > 0) /* 明年 */
        return true;
    if (i == 0 || !token_is(tokens, i - 1, ROLE_BIT(TOWARDS)))
        return false;
    return when->kind == WHEN_DATE && !when->relative && when->from.year > article->year;
}

/* 增长23%和31%: the second of two changes. */
static bool continues_change(const struct article *article, const struct indicator *indicator) {
    const struct tokens *tokens = &article->tokens;
    size_t i = indicator->token;
    if (i < 2 || tokens->at[i - 2].kind != TOKEN_NUMBER ||
        !(token_mark(tokens, i - 1, LISTING) || token_is(tokens, i - 1, ROLE_BIT(BOUND))))
        return false;
    const struct indicator *before = &article->indicator[tokens->at[i - 2].index];
    return before->status == STATUS_CHANGE &&
           tokens->quantity[tokens->at[i].index].unit == tokens->quantity[tokens->at[i - 2].index].unit;
}

/* 博士每月补贴5000元，硕士2000元: a rule goes on where a clause only says for whom. */
static bool continues_terms(const struct article *article, const struct indicator *indicator) {
    const struct tokens *tokens = &article->tokens;
    size_t number = tokens->at[indicator->token].index;
    if (!number || article->indicator[number - 1].status != STATUS_TERMS ||
        article->indicator[number - 1].sentence != indicator->sentence ||
        tokens->quantity[number - 1].unit != tokens->quantity[number].unit)
        return false;
    for (size_t i = article->indicator[number - 1].token + 1; i < indicator->clause_end; i++)
        if (i != indicator->token && (tokens->at[i].kind == TOKEN_TIME ||
                                      token_is(tokens, i, ROLE_BIT(VERB) | ROLE_BIT(DONE) | ROLE_BIT(MEASURE))))
            return false;
    return true;
}

/* What holds for the sentence at a number. */
struct mood {
    bool plan;       /* under a plan's heading */
    bool aimed;      /* a word of aim was read */
    bool goal;       /* which names a goal, and holds up to the next semicolon */
    bool rule;       /* the sentence is a rule */
    bool rules;      /* under a heading, or a question, that announces rules */
    bool asked;      /* the plan or the rules were asked for, and hold for the answer */
    bool done;       /* the sentence says that it has happened */
    bool heading;    /* the paragraph is a heading */
    bool regulation; /* it is an article of a regulation */
};

static enum status status_of(const struct article *article, const struct indicator *indicator,
                             const struct mood *mood) {
    const struct tokens *tokens = &article->tokens;
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    bool rules = (mood->rules && !mood->done) || mood->regulation;
    if ((mood->aimed && (!rules || mood->regulation)) || aims_behind(tokens, indicator))
        return STATUS_TARGET;
    if (says_change(tokens, indicator, unit) || continues_change(article, indicator))
        return STATUS_CHANGE;
    bool terms = rules || mood->rule || continues_terms(article, indicator) ||
                 (says_terms(tokens, indicator) && !(mood->done && says_rate(tokens, indicator))) ||
                 says_share_of(tokens, indicator, unit);
    return terms ? STATUS_TERMS : STATUS_ACTUAL;
}

/* 将新建, 将再培育: before a verb 将 says that it is still to come; before a noun it only brings that forward. */
static bool is_to_come(const struct tokens *tokens, size_t i) {
    if (!token_is(tokens, i, ROLE_BIT(BOUND)) || !str_equal(token_text(tokens, &tokens->at[i]), str("将")))
        return false;
    for (i++; token_is(tokens, i, ROLE_BIT(OPEN));)
        i++;
    bool counted = i + 1 < tokens->count && tokens->at[i + 1].kind == TOKEN_NUMBER; /* 将改造3处 */
    return token_is(tokens, i, ROLE_BIT(VERB)) && (counted || !token_is(tokens, i, ROLE_BIT(NOMINAL)));
}

/* 完成年度目标任务的79.3%: so much of an aim has been reached. */
static bool is_reached(const struct tokens *tokens, size_t i) {
    if (!token_is(tokens, i, ROLE_BIT(GOAL)))
        return false;
    for (size_t from = i; i > 0 && from - i < REACH && !token_ends_clause(tokens, i - 1); i--)
        if (token_has(tokens, i - 1, TRAIT_BIT(REACHES)))
            return !(i > 1 && token_is(tokens, i - 2, ROLE_BIT(TARGET) | ROLE_BIT(INTEND)));
    return false;
}

/* A word of aim, unless it closes a clause that gives a ground: 按照…要求. */
static bool says_target(const struct tokens *tokens, size_t i) {
    if (token_is(tokens, i, ROLE_BIT(INTEND)) && i + 1 < tokens->count)
        return token_is(tokens, i + 1, ROLE_BIT(VERB) | ROLE_BIT(PIVOT) | ROLE_BIT(YEARLY)) ||
               tokens->at[i + 1].kind == TOKEN_TIME || tokens->at[i + 1].kind == TOKEN_NUMBER;
    if (is_to_come(tokens, i))
        return true;
    if (!token_is(tokens, i, ROLE_BIT(TARGET)) || is_reached(tokens, i))
        return false;
    if (!token_ends_clause(tokens, i + 1))
        return true;
    for (size_t from = i; i > 0 && from - i < REACH && !token_ends_clause(tokens, i - 1); i--)
        if (token_is(tokens, i, ROLE_BIT(GROUND)))
            break;
    return !token_is(tokens, i, ROLE_BIT(GROUND));
}

/* Whether the paragraph that begins at token i is a question, and what it asks for. */
static bool is_question(const struct tokens *tokens, size_t i, uint32_t *ret_asks) {
    size_t first = i;
    *ret_asks = 0;
    for (; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++)
        if (token_is(tokens, i, ROLE_BIT(TRAIT)))
            *ret_asks |= tokens->at[i].index;
    return i > first && i - first <= REACH && (token_mark(tokens, i - 1, QUESTION) || token_mark(tokens, i - 1, '?'));
}

/* 第三条: the paragraph is an article of a regulation. */
static bool is_regulation(const struct tokens *tokens, size_t i) {
    size_t start = tokens->at[i].start, mark = strlen("第");
    struct siftd_str text = {tokens->text.at + start, tokens->at[tokens->count - 1].end - start};
    struct numeral n;
    if (!str_starts(text, str("第")) || !numeral_read((struct siftd_str){text.at + mark, text.len - mark}, &n))
        return false;
    return str_starts((struct siftd_str){text.at + mark + n.len, text.len - mark - n.len}, str("条"));
}

static void begin_paragraph(struct mood *mood, const struct tokens *tokens, size_t i) {
    uint32_t asks;
    bool question = is_question(tokens, i, &asks);
    mood->heading = is_heading(tokens, i) || question;
    if (mood->heading && (opens_section(tokens, i) || question || mood->asked))
        mood->plan = mood->rules = mood->asked = false;
    if (question) {
        mood->plan = asks & TRAIT_BIT(ASKS_PLAN);
        mood->rules = !mood->plan && asks & TRAIT_BIT(ASKS_RULE);
        mood->asked = true;
    }
    mood->aimed = mood->plan && !mood->heading;
    mood->rule = mood->goal = mood->done = false;
    mood->regulation = is_regulation(tokens, i);
}

static void end_sentence(struct mood *mood) {
    mood->aimed = mood->plan && !mood->heading;
    mood->rule = mood->goal = mood->done = false;
}

/* 目前, 今年, 去年. */
static bool is_past_or_now(const struct when *when) {
    return when->kind == WHEN_NOW ||
           (when->kind == WHEN_DATE && when->relative && when->from.year <= 0 && !when->framed);
}

/* It has happened: 已, or a time up to which it holds; 累计 and 落实 are asked for by rules as well. */
static bool says_done(const struct tokens *tokens, size_t i) {
    bool already = token_is(tokens, i, ROLE_BIT(DONE)) && token_is(tokens, i, ROLE_BIT(OPEN) | ROLE_BIT(UNTIL));
    return (already && !str_equal(token_text(tokens, &tokens->at[i]), str("累计"))) ||
           (tokens->at[i].kind == TOKEN_TIME && is_past_or_now(&tokens->when[tokens->at[i].index]));
}

void statuses_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    struct mood mood = {0};
    for (size_t i = 0; i < tokens->count; i++) {
        if (i == 0 || tokens->at[i - 1].kind == TOKEN_END)
            begin_paragraph(&mood, tokens, i);
        const struct token *token = &tokens->at[i];
        mood.rule |= begins_rule(tokens, i);
        mood.done |= says_done(tokens, i);
        if (mood.heading && token_is(tokens, i, ROLE_BIT(PLAN)))
            mood.plan = true;
        else if (mood.heading && token_has(tokens, i, TRAIT_BIT(RULE_HEADING)))
            mood.rules = true;
        else if (says_target(tokens, i) || is_future(article, i)) {
            mood.aimed = true;
            mood.goal = token_is(tokens, i, ROLE_BIT(GOAL));
        } else if (token_is(tokens, i, ROLE_BIT(DONE)))
            mood.aimed = false;
        else if (token_ends_sentence(tokens, i) || (mood.goal && token_mark(tokens, i, SEMICOLON)))
            end_sentence(&mood);
        else if (token->kind == TOKEN_NUMBER)
            article->indicator[token->index].status = status_of(article, &article->indicator[token->index], &mood);
    }
}
