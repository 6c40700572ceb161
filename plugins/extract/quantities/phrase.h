/* SPDX-License-Identifier: MIT */
/* Pieces of a row of tokens as words: nouns, verbs, and what of a piece is a name. */
#pragma once
#include "institution.h"

/* Words that say how exact a number is. */
#define QUALIFIER                                                                                                      \
    (ROLE_BIT(OVER_BEFORE) | ROLE_BIT(NEARLY_BEFORE) | ROLE_BIT(ABOUT_BEFORE) | ROLE_BIT(UP_TO_BEFORE) |               \
     ROLE_BIT(OVER_AFTER) | ROLE_BIT(ABOUT_AFTER) | ROLE_BIT(UP_TO_AFTER))

struct piece { /* tokens [first, end) */
    size_t first, end;
};

/* Makes a name of two texts; one that is too long for it is left out. */
void set_name(struct indicator *indicator, struct siftd_str a, const char *joint, struct siftd_str b);
/* What a rule gives is named with those who get it, unless it has a name of its own. */
void name_rule(const struct tokens *tokens, struct indicator *indicator);
/* Empty for an empty piece. */
struct siftd_str piece_text(const struct tokens *tokens, struct piece piece);
/* In characters. */
size_t piece_length(const struct tokens *tokens, struct piece piece);
/* Whether a token of the piece has one of the roles. */
bool has_role(const struct tokens *tokens, struct piece piece, uint64_t roles);
/* Takes off both ends what no name begins or ends with. */
void piece_trim(const struct tokens *tokens, struct piece *piece);
bool is_noun_word(const struct tokens *tokens, size_t i);
/* The noun that begins at token i. */
struct piece noun_at(const struct tokens *tokens, size_t i, size_t end);
/* The same with those that 和, 及 or 、 join to it, unless they are counted themselves: 国家和地区. */
struct piece nouns_at(const struct tokens *tokens, size_t i, size_t end);
/* The verb that the piece's last noun is the object of; the piece's end for none. 支持技术改造项目: of a verb that may
 * stand inside a name and one before it, the one before is meant. */
size_t last_verb(const struct tokens *tokens, struct piece piece);
/* The words before a number as a name: the last verb's object, with the verb when it is short. */
struct piece name_before(const struct tokens *tokens, struct piece piece);

/* listed.c: whether a piece is the name of an institution or a place, and of no kind of them. */
bool is_owner(const struct tokens *tokens, struct piece piece);
/* 甲、乙分别为3家和5家: names the indicator by what has its own place in the list, or makes that its subject. False:
 * there is no such list. */
bool name_listed(const struct tokens *tokens, struct indicator *indicator);
/* 100万元、50万元的奖励: what stands behind the last of several numbers names those before it as well. */
void name_coordinated(struct article *article);
