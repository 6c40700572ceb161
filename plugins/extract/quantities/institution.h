/* SPDX-License-Identifier: MIT */
/* Names of institutions, companies and places in a row of tokens, and which of them a clause is about. */
#pragma once
#include "indicator.h"

#define SUFFIX                                                                                                         \
    (ROLE_BIT(PLACE) | ROLE_BIT(ORGANISATION) | ROLE_BIT(COMPANY) | ROLE_BIT(PROGRAMME) | ROLE_BIT(EVENT) |            \
     ROLE_BIT(AGENCY))
#define OUTSIDE                                                                                                        \
    (ROLE_BIT(BOUND) | ROLE_BIT(VERB) | ROLE_BIT(LINK) | ROLE_BIT(OPEN) | ROLE_BIT(PIVOT) | ROLE_BIT(RECEIVE) |        \
     ROLE_BIT(GIVE) | ROLE_BIT(TARGET) | ROLE_BIT(DONE) | ROLE_BIT(SPEECH) | ROLE_BIT(PART) | ROLE_BIT(UNTIL) |        \
     ROLE_BIT(TOWARDS) | ROLE_BIT(REGION) | ROLE_BIT(LASTING) | ROLE_BIT(FOUNDED))

/* A name: tokens [first, last]. */
struct name {
    size_t first, last;
    bool found;
};

/* The longest name that begins at token i: up to its last suffix. The counted thing right before a number is none. */
struct name name_at(const struct tokens *tokens, size_t i);
struct siftd_str text_of(const struct tokens *tokens, const struct name *name);
/* Whether nothing but adverbs and times stands between token i and the beginning of its clause. */
bool opens_clause(const struct tokens *tokens, size_t i);
/* Whether the name is one of several: 甲园、乙园, 甲园等. */
bool is_member(const struct tokens *tokens, const struct name *name);
/* 小微企业园, 市级众创空间: a kind of institution. */
bool is_kind(const struct tokens *tokens, const struct name *name);
/* Whether a name may become the topic where it stands. */
bool governs(const struct tokens *tokens, const struct name *name);
/* 某某市高新技术企业20家: a region that only tells what is counted. */
bool leads_counted(const struct tokens *tokens, const struct name *name);

/* about.c: the rank that a word for a region names: 市 of 全市 and 市里. */
struct siftd_str rank_of(struct siftd_str word);
/* The region that a name begins with: 某某市 of 某某市科技局; empty when there is none. */
struct siftd_str region_of(const struct tokens *tokens, const struct name *name);
/* What the article is about; empty when it names nothing. */
struct siftd_str general_topic(const struct tokens *tokens);
