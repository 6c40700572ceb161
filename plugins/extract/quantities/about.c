/* SPDX-License-Identifier: MIT */
/* What the whole article is about: the institution of its title, else the region or institution that it names first. */
#include <string.h>

#include "codepoint.h"
#include "institution.h"
#include "str.h"

enum { COLON = 0xFF1A, NAME_SHORTEST = 4 };

/* The rank that a word for a region names: 市 of 全市 and 市里. */
struct siftd_str rank_of(struct siftd_str word) {
    bool inside = str_ends(word, str("里")) || str_ends(word, str("内"));
    return (struct siftd_str){word.at + word.len - (inside ? 6 : 3), 3};
}

/* The region that a name begins with: 某某市 of 某某市科技局. */
struct siftd_str region_of(const struct tokens *tokens, const struct name *name) {
    for (size_t i = name->first + 1; i <= name->last; i++)
        if (token_is(tokens, i, ROLE_BIT(PLACE)))
            return text_of(tokens, &(struct name){name->first, i, true});
    return (struct siftd_str){0};
}

/* 全市, in an article that names 某市. */
static bool speaks_of_all(const struct tokens *tokens, struct siftd_str place) {
    for (size_t i = 0; i < tokens->count; i++)
        if (token_is(tokens, i, ROLE_BIT(REGION)) && str_ends(place, rank_of(token_text(tokens, &tokens->at[i]))))
            return true;
    return false;
}

/* 某市创业孵化基地: a place and words that tell a kind. With a time behind it, in an article that does not speak of
 * 全市, it is the name of the one that reports; else any of that kind there may be meant. */
static bool is_kind_there(const struct tokens *tokens, const struct name *name) {
    struct name kind = *name;
    for (size_t i = name->first; i < name->last; i++)
        if (token_is(tokens, i, ROLE_BIT(PLACE)))
            kind.first = i + 1;
    return is_kind(tokens, &kind) &&
           (tokens->at[name->last + 1].kind != TOKEN_TIME || speaks_of_all(tokens, region_of(tokens, name)));
}

/* 某某中心：…: who says what follows. */
static bool speaks(const struct tokens *tokens, size_t i) {
    return token_mark(tokens, i, COLON) || token_mark(tokens, i, ':');
}

/* The institution that the title begins with (某某园年度总结), or whom somebody went to see (访某某园主任): what all of
 * the article is about. */
static struct siftd_str title_institution(const struct tokens *tokens) {
    for (size_t i = 0; i < tokens->count && tokens->at[i].kind != TOKEN_END; i++) {
        bool visited = i > 0 && token_has(tokens, i - 1, TRAIT_BIT(VISIT));
        struct name name = inside_name(tokens, i) && (i == 0 || visited) ? name_at(tokens, i) : (struct name){0};
        if (!name.found || !token_is(tokens, name.last, ROLE_BIT(ORGANISATION) | ROLE_BIT(COMPANY)) ||
            is_member(tokens, &name) || is_kind_there(tokens, &name) ||
            (token_is(tokens, name.last, ROLE_BIT(ORGANISATION)) && speaks(tokens, name.last + 1)))
            continue;
        struct siftd_str text = text_of(tokens, &name);
        if (cp_count(text.at, text.len) > NAME_SHORTEST)
            return text;
    }
    return (struct siftd_str){0};
}

/*
 * What the article is about: the institution of its title; else the first region that governs a clause or names an
 * authority, else the first institution. 我市 and its like stand for the region only where no name of their kind is
 * found.
 */
struct siftd_str general_topic(const struct tokens *tokens) {
    struct siftd_str institution = {0}, own = {0}, hint = {0}; /* hint: the region that some other name begins with */
    struct siftd_str all = {0};                                /* 全市, wherever it stands */
    struct siftd_str title = title_institution(tokens);
    if (title.len)
        return title;
    for (size_t i = 0; i < tokens->count; i++) {
        if (token_is(tokens, i, ROLE_BIT(REGION)) && !own.len && opens_clause(tokens, i) &&
            !str_ends(token_text(tokens, &tokens->at[i]), str("里"))) /* 区里 is not what an article is about */
            own = token_text(tokens, &tokens->at[i]);
        if (token_is(tokens, i, ROLE_BIT(REGION)) && !all.len)
            all = token_text(tokens, &tokens->at[i]);
        struct name name = inside_name(tokens, i) ? name_at(tokens, i) : (struct name){0};
        if (!name.found)
            continue;
        bool authority = token_is(tokens, name.last, ROLE_BIT(AGENCY)) && opens_clause(tokens, i);
        struct siftd_str region = {0};
        if (!hint.len && opens_clause(tokens, i))
            hint = region_of(tokens, &name);
        if (governs(tokens, &name) && token_is(tokens, name.last, ROLE_BIT(PLACE)))
            region = text_of(tokens, &name);
        else if (authority)
            region = region_of(tokens, &name);
        else if (governs(tokens, &name) && !institution.len &&
                 token_is(tokens, name.last, ROLE_BIT(ORGANISATION) | ROLE_BIT(COMPANY)))
            institution = text_of(tokens, &name);
        if (region.len && (!own.len || str_equal(rank_of(own), (struct siftd_str){region.at + region.len - 3, 3})))
            return region;
        i = name.last;
    }
    if (own.len && hint.len && str_equal(rank_of(own), (struct siftd_str){hint.at + hint.len - 3, 3}))
        return hint;
    if (own.len) {
        struct siftd_str rank = rank_of(own), place = place_of_rank(tokens, rank);
        if (!place.len)
            place = place_in_title(tokens, rank);
        return place.len ? place : own;
    }
    return institution.len ? institution : all;
}
