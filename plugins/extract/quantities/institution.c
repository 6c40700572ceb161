/* SPDX-License-Identifier: MIT */
#include "institution.h"

#include <string.h>

#include "codepoint.h"
#include "str.h"

enum { LISTING = 0x3001, DASH = 0x2014, NAME_SHORTEST = 4, ADVERBS_MAX = 8, NAME_TOKENS = 32 };

bool inside_name(const struct tokens *tokens, size_t i) {
    const struct token *token = &tokens->at[i];
    if (token->kind == TOKEN_TEXT || token->kind == TOKEN_QUOTE)
        return true;
    if (token->kind != TOKEN_WORD)
        return false;
    return !(token->roles & OUTSIDE) || (token->roles & (ROLE_BIT(NOMINAL) | SUFFIX | ROLE_BIT(GUARD)));
}

struct name name_at(const struct tokens *tokens, size_t i) {
    struct name name = {.first = i};
    size_t k = i;
    if (token_is(tokens, i, ROLE_BIT(THIS)))
        return name;
    for (; k < tokens->count && k < i + NAME_TOKENS && inside_name(tokens, k); k++) {
        bool quoted = token_is(tokens, k, ROLE_BIT(AFTER_QUOTE)) && k > i && tokens->at[k - 1].kind == TOKEN_QUOTE;
        if (k == i || (!quoted && !token_is(tokens, k, SUFFIX)))
            continue;
        size_t next = k + 1;
        while (token_is(tokens, next, ROLE_BIT(LINK) | ROLE_BIT(OVER_BEFORE) | ROLE_BIT(NEARLY_BEFORE)))
            next++;
        if (next < tokens->count && tokens->at[next].kind == TOKEN_NUMBER)
            continue;
        name.last = k;
        name.found = true;
        if (token_is(tokens, k, ROLE_BIT(COMPANY)) && token_is(tokens, k + 1, ROLE_BIT(VERB)))
            break; /* what a company does is no part of its name */
    }
    return name;
}

bool opens_clause(const struct tokens *tokens, size_t i) {
    for (int steps = 0; steps < ADVERBS_MAX; steps++, i--) {
        if (i == 0 || tokens->at[i - 1].kind == TOKEN_END)
            return true;
        const struct token *before = &tokens->at[i - 1];
        if (before->kind == TOKEN_BREAK)
            return before->index != DASH && (before->index != LISTING || i < 2 || tokens->at[i - 2].kind == TOKEN_END);
        if (before->kind != TOKEN_TIME && !(before->roles & (ROLE_BIT(OPEN) | ROLE_BIT(TARGET) | ROLE_BIT(UNTIL))))
            return false;
    }
    return false;
}

bool is_member(const struct tokens *tokens, const struct name *name) {
    if (name->first > 0 && token_mark(tokens, name->first - 1, LISTING) && name->first > 1 &&
        tokens->at[name->first - 2].kind != TOKEN_END)
        return true;
    return token_mark(tokens, name->last + 1, LISTING) || token_is(tokens, name->last + 1, ROLE_BIT(LIST));
}

struct siftd_str text_of(const struct tokens *tokens, const struct name *name) {
    return str_from(tokens->text.at + tokens->at[name->first].start, tokens->text.at + tokens->at[name->last].end);
}

/* 一是, 二是: what follows heads a point of a list. */
static bool lists_point(const struct tokens *tokens, size_t i) {
    struct siftd_str word = token_text(tokens, &tokens->at[i]);
    return i > 0 && str_equal(word, str("是")) && tokens->at[i - 1].kind == TOKEN_TEXT && opens_clause(tokens, i - 1) &&
           token_text(tokens, &tokens->at[i - 1]).len <= 3;
}

/* 每个园区, 单个基地: no name. */
static bool is_indefinite(const struct tokens *tokens, const struct name *name) {
    return token_is(tokens, name->first, ROLE_BIT(INDEFINITE)) ||
           (name->first > 0 && token_is(tokens, name->first - 1, ROLE_BIT(INDEFINITE)));
}

bool is_kind(const struct tokens *tokens, const struct name *name) {
    for (size_t i = name->first; i < name->last; i++)
        if (!token_has(tokens, i, TRAIT_BIT(KIND)))
            return false;
    return name->last > name->first && token_is(tokens, name->last, ROLE_BIT(ORGANISATION));
}

/* 某某园建设有了成果: what is done with it is spoken of, not the institution. */
static bool goes_on(const struct tokens *tokens, const struct name *name) {
    return token_is(tokens, name->last, ROLE_BIT(ORGANISATION)) &&
           token_is(tokens, name->last + 1, ROLE_BIT(NOMINAL)) &&
           token_is(tokens, name->last + 2, ROLE_BIT(LINK) | ROLE_BIT(BOUND) | ROLE_BIT(OPEN));
}

/* 位于某地的某某公司，…: all before it in its clause describes it, and the next clause goes on about it. */
static bool is_described(const struct tokens *tokens, const struct name *name) {
    return token_is(tokens, name->last, ROLE_BIT(COMPANY) | ROLE_BIT(ORGANISATION)) &&
           tokens->at[name->first].kind == TOKEN_TEXT &&
           str_equal(token_text(tokens, &tokens->at[name->first - 1]), str("的")) &&
           token_ends_clause(tokens, name->last + 1) && !token_ends_sentence(tokens, name->last + 1);
}

bool governs(const struct tokens *tokens, const struct name *name) {
    struct siftd_str text = text_of(tokens, name);
    if (is_kind(tokens, name) || goes_on(tokens, name) || is_indefinite(tokens, name) || is_member(tokens, name) ||
        token_is(tokens, name->last, ROLE_BIT(AGENCY)) ||
        (!token_is(tokens, name->last, ROLE_BIT(PLACE)) && cp_count(text.at, text.len) < NAME_SHORTEST))
        return false;
    if (name->first > 0 && token_is(tokens, name->first - 1, ROLE_BIT(BOUND)) &&
        token_is(tokens, name->first - 1, ROLE_BIT(OPEN)) && token_is(tokens, name->last + 1, ROLE_BIT(VERB)))
        return false; /* 与某某银行签订: done with it, by another */
    if (opens_clause(tokens, name->first))
        return true;
    uint64_t before = tokens->at[name->first - 1].roles, suffix = tokens->at[name->last].roles;
    if (suffix & ROLE_BIT(COMPANY) && before & (ROLE_BIT(RECEIVE) | ROLE_BIT(GIVE)))
        return true;
    if (suffix & ROLE_BIT(EVENT) && before & ROLE_BIT(VERB))
        return true;
    if (is_described(tokens, name))
        return true;
    if (token_mark(tokens, name->first - 1, DASH) && suffix & (ROLE_BIT(ORGANISATION) | ROLE_BIT(COMPANY)) &&
        token_is(tokens, name->last + 1, OUTSIDE)) /* 首个某某空间——“某某”众创空间吸引了 */
        return true;
    if (lists_point(tokens, name->first - 1))
        return true;
    if (!(suffix & ROLE_BIT(ORGANISATION)) || before & ROLE_BIT(FROM) || !opens_clause(tokens, name->first - 1))
        return false;
    if (token_ends_clause(tokens, name->last + 1)) /* 在某某园，… */
        return before & (ROLE_BIT(VERB) | ROLE_BIT(BOUND)) && !token_ends_sentence(tokens, name->last + 1);
    return before & ROLE_BIT(VERB) && token_is(tokens, name->last + 1, ROLE_BIT(BOUND));
}

bool leads_counted(const struct tokens *tokens, const struct name *name) {
    size_t i = name->last + 1;
    if (!token_is(tokens, name->last, ROLE_BIT(PLACE)))
        return false;
    while (i < tokens->count && inside_name(tokens, i) && !token_is(tokens, i, ROLE_BIT(VERB)))
        i++;
    return i < tokens->count && tokens->at[i].kind == TOKEN_NUMBER;
}
