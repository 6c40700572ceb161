/* SPDX-License-Identifier: MIT */
/* Whether a figure has come about, is aimed at, is a rule's or a price's, or says a change. */
#include "indicator.h"

enum { LISTING = 0x3001, SEMICOLON = 0xFF1B, REACH = 64 };

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

static bool says_terms(const struct tokens *tokens, const struct indicator *indicator) {
    for (size_t i = indicator->clause; i < indicator->clause_end; i++)
        if (token_is(tokens, i, ROLE_BIT(TERMS)))
            return true;
    size_t before = indicator->token;
    while (before > indicator->segment &&
           token_is(tokens, before - 1, ROLE_BIT(OVER_BEFORE) | ROLE_BIT(ABOUT_BEFORE) | ROLE_BIT(UP_TO_BEFORE)))
        before--;
    return before > 0 && token_is(tokens, before - 1, ROLE_BIT(GIVE)) &&
           token_is(tokens, before - 1, ROLE_BIT(RECEIVE));
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
    if (!token_is(tokens, i, ROLE_BIT(FOR)) || (i > 0 && !token_ends_clause(tokens, i - 1)))
        return false;
    for (size_t end = i + REACH; i < end && !token_ends_sentence(tokens, i); i++) {
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
        if (token_is(tokens, i, ROLE_BIT(TARGET)))
            return true;
    return false;
}

static bool is_future(const struct article *article, size_t i) {
    const struct tokens *tokens = &article->tokens;
    if (tokens->at[i].kind != TOKEN_TIME || i == 0 || !token_is(tokens, i - 1, ROLE_BIT(TOWARDS)))
        return false;
    const struct when *when = &tokens->when[tokens->at[i].index];
    return when->kind == WHEN_DATE && !when->relative && article->year && when->from.year > article->year;
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

/* What holds for the sentence at a number. */
struct mood {
    bool plan;    /* under a plan's heading */
    bool aimed;   /* a word of aim was read */
    bool goal;    /* which names a goal, and holds up to the next semicolon */
    bool rule;    /* the sentence is a rule */
    bool heading; /* the paragraph is a heading */
};

static enum status status_of(const struct article *article, const struct indicator *indicator,
                             const struct mood *mood) {
    const struct tokens *tokens = &article->tokens;
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    if (mood->aimed || aims_behind(tokens, indicator))
        return STATUS_TARGET;
    if (says_change(tokens, indicator, unit) || continues_change(article, indicator))
        return STATUS_CHANGE;
    bool terms = mood->rule || says_terms(tokens, indicator) || says_share_of(tokens, indicator, unit);
    return terms ? STATUS_TERMS : STATUS_ACTUAL;
}

/* A word of aim, unless it closes a clause that gives a ground: 按照…要求. */
static bool says_target(const struct tokens *tokens, size_t i) {
    if (token_is(tokens, i, ROLE_BIT(INTEND)) && i + 1 < tokens->count)
        return token_is(tokens, i + 1, ROLE_BIT(VERB) | ROLE_BIT(YEARLY)) || tokens->at[i + 1].kind == TOKEN_TIME ||
               tokens->at[i + 1].kind == TOKEN_NUMBER;
    if (!token_is(tokens, i, ROLE_BIT(TARGET)))
        return false;
    if (!token_ends_clause(tokens, i + 1))
        return true;
    for (size_t from = i; i > 0 && from - i < REACH && !token_ends_clause(tokens, i - 1); i--)
        if (token_is(tokens, i, ROLE_BIT(GROUND)))
            break;
    return !token_is(tokens, i, ROLE_BIT(GROUND));
}

static void begin_paragraph(struct mood *mood, const struct tokens *tokens, size_t i) {
    mood->heading = is_heading(tokens, i);
    if (mood->heading && opens_section(tokens, i))
        mood->plan = false;
    mood->aimed = mood->plan && !mood->heading;
    mood->rule = mood->goal = false;
}

static void end_sentence(struct mood *mood) {
    mood->aimed = mood->plan && !mood->heading;
    mood->rule = mood->goal = false;
}

void statuses_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    struct mood mood = {0};
    for (size_t i = 0; i < tokens->count; i++) {
        if (i == 0 || tokens->at[i - 1].kind == TOKEN_END)
            begin_paragraph(&mood, tokens, i);
        const struct token *token = &tokens->at[i];
        mood.rule |= begins_rule(tokens, i);
        if (mood.heading && token_is(tokens, i, ROLE_BIT(PLAN)))
            mood.plan = true;
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
