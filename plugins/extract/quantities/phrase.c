/* SPDX-License-Identifier: MIT */
#include "phrase.h"

#include <stdio.h>

#include "codepoint.h"
#include "str.h"

enum { OBJECT_ALONE = 5, NOUNS_MAX = 14, LISTING = 0x3001 };

#define NOUN_ENDS                                                                                                      \
    (ROLE_BIT(VERB) | ROLE_BIT(BOUND) | ROLE_BIT(LINK) | ROLE_BIT(PIVOT) | ROLE_BIT(GIVE) | ROLE_BIT(CHANGE) |         \
     ROLE_BIT(LASTING) | ROLE_BIT(RECEIVE) | ROLE_BIT(BECOME))

void set_name(struct indicator *indicator, struct siftd_str a, const char *joint, struct siftd_str b) {
    if (a.len + strlen(joint) + b.len < NAME_BYTES)
        snprintf(indicator->name, NAME_BYTES, "%.*s%s%.*s", (int)a.len, a.at, joint, (int)b.len, b.at);
}

struct siftd_str piece_text(const struct tokens *tokens, struct piece piece) {
    if (piece.first >= piece.end)
        return (struct siftd_str){"", 0};
    return str_from(tokens->text.at + tokens->at[piece.first].start, tokens->text.at + tokens->at[piece.end - 1].end);
}

size_t piece_length(const struct tokens *tokens, struct piece piece) {
    struct siftd_str text = piece_text(tokens, piece);
    return cp_count(text.at, text.len);
}

bool has_role(const struct tokens *tokens, struct piece piece, uint64_t roles) {
    for (size_t i = piece.first; i < piece.end; i++)
        if (token_is(tokens, i, roles))
            return true;
    return false;
}

/* 将于, 有望: what is still to come is told by them, and no name goes on; 目标任务 and 要求 are nouns as well. */
static bool is_outlook(const struct tokens *tokens, size_t i) {
    return token_is(tokens, i, ROLE_BIT(TARGET)) && !token_is(tokens, i, ROLE_BIT(GOAL)) &&
           !str_equal(token_text(tokens, &tokens->at[i]), str("要求"));
}

bool is_noun_word(const struct tokens *tokens, size_t i) {
    const struct token *token = &tokens->at[i];
    if (is_outlook(tokens, i))
        return false;
    char first = tokens->text.at[token->start];
    if (token->kind == TOKEN_TEXT || token->kind == TOKEN_QUOTE)
        return first != ' ' && first != '.';
    return token->kind == TOKEN_WORD && !(token->roles & (NOUN_ENDS | ROLE_BIT(REGION) | ROLE_BIT(DONE)));
}

/* A verb inside a name (服务 in 服务机构) or at its end (专业服务); none behind a finished noun (企业 | 入驻). */
static bool is_nominal(const struct tokens *tokens, size_t i, size_t first, size_t end) {
    if (!token_is(tokens, i, ROLE_BIT(NOMINAL)) || (i > first && token_is(tokens, i - 1, ROLE_BIT(HOLDER))))
        return false;
    return i + 1 == end || is_noun_word(tokens, i + 1) || is_nominal(tokens, i + 1, first, end);
}

struct piece noun_at(const struct tokens *tokens, size_t i, size_t end) {
    struct piece noun = {i, i};
    while (noun.end < end && (is_noun_word(tokens, noun.end) || is_nominal(tokens, noun.end, i, end)))
        noun.end++;
    return noun;
}

/* 研发投入强度: verbs that also stand inside names, up to a measured noun. */
static bool measures_behind(const struct tokens *tokens, size_t i) {
    while (token_is(tokens, i, ROLE_BIT(NOMINAL)))
        i++;
    return token_is(tokens, i, ROLE_BIT(MEASURE)) && !token_is(tokens, i, ROLE_BIT(NOMINAL));
}

/* 办结率, 研发投入占…: a verb that the word behind it makes part of a noun. */
static bool is_made_noun(const struct tokens *tokens, size_t i) {
    const struct token *next = &tokens->at[i + 1];
    if (token_is(tokens, i, ROLE_BIT(NOMINAL)) && measures_behind(tokens, i))
        return true;
    if (token_is(tokens, i + 1, ROLE_BIT(VERB)) && i + 2 < tokens->count)
        return is_made_noun(tokens, i + 1);
    return token_is(tokens, i + 1, ROLE_BIT(SHARE)) ||
           str_starts(token_text(tokens, next), str("类")) || /* 电商服务类 */
           (next->roles & ROLE_BIT(MEASURE) &&
            cp_length((unsigned char)tokens->text.at[next->start]) == next->end - next->start);
}

void piece_trim(const struct tokens *tokens, struct piece *piece) {
    uint64_t front = ROLE_BIT(OPEN) | ROLE_BIT(LINK) | ROLE_BIT(REGION) | ROLE_BIT(TARGET) | ROLE_BIT(UNTIL) |
                     ROLE_BIT(TOWARDS) | ROLE_BIT(BOUND) | ROLE_BIT(RECEIVE) | ROLE_BIT(PART) | QUALIFIER;
    uint64_t back = ROLE_BIT(LINK) | ROLE_BIT(TARGET) | ROLE_BIT(TOTAL) | ROLE_BIT(DONE) | ROLE_BIT(TAIL) | QUALIFIER;
    while (piece->first < piece->end) {
        const struct token *token = &tokens->at[piece->first];
        bool nominal = token->roles & (ROLE_BIT(NOMINAL) | ROLE_BIT(MEASURE));
        if (token->kind != TOKEN_TIME && token->kind != TOKEN_BREAK && (nominal || !(token->roles & front)))
            break;
        if (token->roles & ROLE_BIT(VERB) && piece->first + 1 < piece->end && is_made_noun(tokens, piece->first))
            break; /* 通过率 */
        piece->first++;
    }
    while (piece->end > piece->first) {
        const struct token *last = &tokens->at[piece->end - 1];
        if (!(last->roles & back) && last->kind != TOKEN_BREAK && last->kind != TOKEN_TIME)
            break;
        if (last->roles & ROLE_BIT(LEVEL)) /* 缩短到: the verb says no more than that it is a level now */
            back |= ROLE_BIT(CHANGE);
        piece->end--;
    }
}

/* Where the name before a number begins: behind the last word that ends what is said of somebody else. */
static size_t cut(const struct tokens *tokens, struct piece piece) {
    uint64_t enders = ROLE_BIT(LIST) | ROLE_BIT(REGION) | ROLE_BIT(TARGET) | ROLE_BIT(PART);
    size_t from = piece.first;
    for (size_t i = piece.first; i + 1 < piece.end; i++) {
        const struct token *token = &tokens->at[i];
        if (token->kind == TOKEN_WORD && token->roles & ROLE_BIT(VERB) && is_made_noun(tokens, i)) /* 通过率 */
            continue;
        bool has = token->roles & ROLE_BIT(LINK) && token->end - token->start > 3 && /* 站内仅有工作人员 */
                   str_ends(token_text(tokens, token), str("有"));
        if (has || token->kind == TOKEN_TIME || token->kind == TOKEN_TITLE || token->roles & enders ||
            (token->roles & SUFFIX && i + 2 < piece.end))
            from = i + 1;
        else if (token->kind == TOKEN_WORD && token->roles & SUFFIX &&
                 piece_length(tokens, (struct piece){i + 1, piece.end}) >= 4)
            from = i + 1;
        if (from == i + 1 && token->roles & ROLE_BIT(COMPANY) && tokens->at[i + 1].kind == TOKEN_QUOTE &&
            i + 2 < piece.end)
            from = i + 2;
    }
    return from;
}

size_t last_verb(const struct tokens *tokens, struct piece piece) {
    size_t nominal = piece.end;
    for (size_t i = piece.end; i-- > piece.first;) {
        if (i + 1 >= piece.end || !token_is(tokens, i, ROLE_BIT(VERB)) || is_made_noun(tokens, i))
            continue;
        if (!token_is(tokens, i, ROLE_BIT(NOMINAL)))
            return nominal == piece.end || nominal > i + 1 ? i : nominal;
        if (nominal == piece.end)
            nominal = i;
    }
    return nominal;
}

struct piece name_before(const struct tokens *tokens, struct piece piece) {
    piece.first = cut(tokens, piece);
    piece_trim(tokens, &piece);
    size_t verb = last_verb(tokens, piece);
    if (verb == piece.end)
        return piece;
    struct piece object = {verb + 1, piece.end};
    piece_trim(tokens, &object);
    if (object.first >= object.end)
        return piece;
    bool gets =
        token_is(tokens, verb, ROLE_BIT(RECEIVE)) || str_equal(token_text(tokens, &tokens->at[verb]), str("获"));
    if (gets) /* 获支持 */
        return object;
    bool alone = piece_length(tokens, object) >= OBJECT_ALONE && !has_role(tokens, object, ROLE_BIT(TAIL));
    return alone ? object : (struct piece){verb, piece.end};
}

/* 和, 及 or 、 between two nouns. */
static bool joins(const struct tokens *tokens, size_t i) {
    return token_mark(tokens, i, LISTING) ||
           (token_is(tokens, i, ROLE_BIT(BOUND)) && token_is(tokens, i, ROLE_BIT(OPEN)) &&
            !token_is(tokens, i, ROLE_BIT(LINK) | ROLE_BIT(DONE)));
}

struct piece nouns_at(const struct tokens *tokens, size_t i, size_t end) {
    struct piece nouns = noun_at(tokens, i, end);
    while (nouns.first < nouns.end && nouns.end < end && joins(tokens, nouns.end)) {
        struct piece next = noun_at(tokens, nouns.end + 1, end);
        bool counted = next.end < tokens->count && tokens->at[next.end].kind == TOKEN_NUMBER;
        struct piece whole = {nouns.first, next.end};
        if (next.first >= next.end || counted || piece_length(tokens, whole) > NOUNS_MAX)
            break;
        nouns.end = next.end;
    }
    return nouns;
}
