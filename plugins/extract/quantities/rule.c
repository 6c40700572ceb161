/* SPDX-License-Identifier: MIT */
/* Names of what a rule gives: said with those who get it. */
#include "phrase.h"

#include <stdio.h>

#include "codepoint.h"
#include "str.h"

enum { WHO_MAX = 14, RULE_REACH = 64 };

/* 对新认定的基地，给予…: those whom a rule is for, without 的企业 and the like, which all such are. */
static struct piece those_of_rule(const struct tokens *tokens, const struct indicator *indicator) {
    struct piece who = {indicator->token, indicator->token};
    size_t i = indicator->token;
    while (i > indicator->sentence && indicator->token - i < RULE_REACH && !token_is(tokens, i, ROLE_BIT(FOR)))
        i--;
    if (!token_is(tokens, i, ROLE_BIT(FOR)))
        return who;
    who = (struct piece){i + 1, i + 1};
    while (who.end < indicator->token && !token_ends_clause(tokens, who.end) &&
           !token_is(tokens, who.end, ROLE_BIT(GIVE) | ROLE_BIT(BY) | ROLE_BIT(TERMS)))
        who.end++;
    if (who.end > who.first + 2 && token_is(tokens, who.end - 1, ROLE_BIT(HOLDER)) &&
        !token_is(tokens, who.end - 1, ROLE_BIT(ORGANISATION)) && token_is(tokens, who.end - 2, ROLE_BIT(BOUND)))
        who.end -= 2;
    piece_trim(tokens, &who);
    return who;
}

/* 市级众创空间一次性奖励20万元: those whom the clause of a rule begins with. */
static struct piece those_of_clause(const struct tokens *tokens, const struct indicator *indicator) {
    struct piece who = {indicator->segment, indicator->segment};
    while (who.end < indicator->token &&
           !token_is(tokens, who.end, ROLE_BIT(GIVE) | ROLE_BIT(BY) | ROLE_BIT(TERMS) | ROLE_BIT(UP_TO_BEFORE)) &&
           !token_is(tokens, who.end, ROLE_BIT(VERB) & ~ROLE_BIT(NOMINAL)))
        who.end++;
    piece_trim(tokens, &who);
    bool named = who.end > who.first && token_is(tokens, who.end - 1, SUFFIX | ROLE_BIT(HOLDER));
    return named ? who : (struct piece){0, 0};
}

/* 补助, 一次性奖励: what every rule gives. */
static bool says_little(const struct indicator *indicator) {
    struct siftd_str name = str(indicator->name);
    return name.len && (cp_count(name.at, name.len) <= 2 || str_starts(name, str("一次性")));
}

void name_rule(const struct tokens *tokens, struct indicator *indicator) {
    const struct unit *unit = tokens->quantity[tokens->at[indicator->token].index].unit;
    if (indicator->status != STATUS_TERMS || (unit->kind != UNIT_MONEY && unit->kind != UNIT_PERCENT) ||
        !says_little(indicator))
        return;
    struct piece who = those_of_clause(tokens, indicator);
    if (who.first >= who.end)
        who = those_of_rule(tokens, indicator);
    size_t length = piece_length(tokens, who);
    struct siftd_str text = piece_text(tokens, who);
    if (!length || length > WHO_MAX || str_find(str(indicator->name), text))
        return;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s", indicator->name);
    set_name(indicator, text, "", str(name));
}
