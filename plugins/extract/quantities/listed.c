/* SPDX-License-Identifier: MIT */
/* Numbers in a list, and the list that says whose or what they are: 甲、乙分别为3家和5家, 100万元、50万元的奖励. */
#include "codepoint.h"
#include "institution.h"
#include "phrase.h"
#include "str.h"

enum { LISTED_MAX = 8, LISTING = 0x3001 };

static bool lists(const struct tokens *tokens, size_t i) {
    return token_mark(tokens, i, LISTING) ||
           (token_is(tokens, i, ROLE_BIT(BOUND)) && token_is(tokens, i, ROLE_BIT(OPEN)));
}

/* Whether a piece is the name of an institution or a place, and of no kind of them. */
bool is_owner(const struct tokens *tokens, struct piece piece) {
    if (piece.first >= piece.end || tokens->at[piece.first].kind != TOKEN_TEXT)
        return false;
    for (size_t i = piece.first; i < piece.end; i++)
        if (!inside_name(tokens, i))
            return false;
    struct name name = {piece.first, piece.end - 1, true};
    if (piece.end == piece.first + 2 && piece_length(tokens, piece) == 3 &&
        token_is(tokens, name.last, ROLE_BIT(GUARD)) &&
        str_ends(piece_text(tokens, piece), str("区"))) /* 铁山区, in which 山区 is no word */
        return true;
    return piece.end > piece.first + 1 && !is_kind(tokens, &name) &&
           token_is(tokens, name.last, ROLE_BIT(PLACE) | ROLE_BIT(ORGANISATION) | ROLE_BIT(COMPANY));
}

/* 甲市、乙市分别有企业3家和5家: the figure is of the one whose place in the list is the number's own. */
static bool give_listed(const struct tokens *tokens, struct indicator *indicator, struct piece owner, size_t each) {
    struct piece words = {each + 1, each + 1};
    while (words.end < indicator->token && tokens->at[words.end].kind != TOKEN_NUMBER)
        words.end++;
    piece_trim(tokens, &words);
    if (!is_owner(tokens, owner) || words.first >= words.end)
        return false;
    indicator->subject = piece_text(tokens, owner);
    set_name(indicator, piece_text(tokens, name_before(tokens, words)), "", str(""));
    return indicator->name[0] != 0;
}

/* 甲、乙分别为3家和5家: the name with the number's own place in the list. */
bool name_listed(const struct tokens *tokens, struct indicator *indicator) {
    struct piece item[LISTED_MAX] = {{indicator->clause, indicator->clause}};
    size_t items = 1, i = indicator->clause, place = 0;
    for (; !token_is(tokens, i, ROLE_BIT(EACH)); i++) {
        if (i == indicator->token)
            return false;
        if (lists(tokens, i) && item[items - 1].first < i) {
            if (items == LISTED_MAX)
                return false;
            item[items++].first = i + 1;
        }
        item[items - 1].end = i + 1;
    }
    bool done = false; /* 分别获得: a list of those who did it */
    size_t each = i;
    for (; i < indicator->token; i++) {
        place += tokens->at[i].kind == TOKEN_NUMBER;
        done |= token_is(tokens, i, ROLE_BIT(VERB) | ROLE_BIT(CHANGE));
    }
    if (items < 2 || place >= items)
        return false;
    for (size_t k = 0; k < items; k++)
        piece_trim(tokens, &item[k]);
    if (give_listed(tokens, indicator, item[place], each))
        return true;
    if (done)
        return false;
    struct piece name = name_before(tokens, item[place]);
    if (name.first >= name.end)
        return false;
    set_name(indicator, piece_text(tokens, name), "", str(""));
    return true;
}

/* 100万元、50万元的奖励: what stands behind the last of several numbers names those before it as well. */
void name_coordinated(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    for (size_t i = tokens->quantities; i-- > 1;) {
        struct indicator *first = &article->indicator[i - 1];
        const struct indicator *second = &article->indicator[i];
        if (!first->name[0] && second->token == first->token + 2 && lists(tokens, first->token + 1) &&
            tokens->quantity[i].unit == tokens->quantity[i - 1].unit)
            set_name(first, str(second->name), "", str(""));
    }
}
