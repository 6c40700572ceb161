/* SPDX-License-Identifier: MIT */
/* Where each quantity stands: sentence, clause, and its part of the clause; and what the words before it say of it. */
#include "indicator.h"

enum {
    LISTING = 0x3001,
    LIMIT_REACH = 4, /* tokens */
    WINDOW = 160     /* tokens of a clause on either side of a number that are read */
};

/* 最高减免租金2.4万元: the word for the limit stands at the beginning of what is limited. */
static bool is_highest(const struct tokens *tokens, size_t number) {
    for (size_t i = number; i-- > 0 && number - i <= LIMIT_REACH && !token_ends_clause(tokens, i);) {
        if (tokens->at[i].kind == TOKEN_NUMBER || token_is(tokens, i, ROLE_BIT(BOUND)))
            return false;
        if (token_is(tokens, i, ROLE_BIT(UP_TO_BEFORE)) && token_is(tokens, i, ROLE_BIT(TERMS)))
            return true;
    }
    return false;
}

static const char *qualifier_of(const struct tokens *tokens, size_t number) {
    static const struct {
        uint64_t role;
        const char *name;
    } before[] = {{ROLE_BIT(OVER_BEFORE), "over"},
                  {ROLE_BIT(NEARLY_BEFORE), "nearly"},
                  {ROLE_BIT(ABOUT_BEFORE), "about"},
                  {ROLE_BIT(UP_TO_BEFORE), "up_to"}};
    for (size_t i = number; i-- > 0 && number - i <= WINDOW;) {
        for (size_t k = 0; k < sizeof before / sizeof *before; k++)
            if (tokens->at[i].roles & before[k].role)
                return before[k].name;
        if (!token_is(tokens, i, ROLE_BIT(LINK) | ROLE_BIT(OPEN)) && !token_is_blank(tokens, i))
            break;
    }
    return is_highest(tokens, number) ? "up_to" : "exact";
}

/* Whether a new part of the clause begins behind token i, once a number was seen in the part so far: 、 和 及. */
static bool parts_clause(const struct tokens *tokens, size_t i) {
    if (tokens->at[i].kind == TOKEN_NUMBER)
        return true;
    return token_mark(tokens, i, LISTING) ||
           (token_is(tokens, i, ROLE_BIT(BOUND)) && token_is(tokens, i, ROLE_BIT(OPEN)) &&
            !token_is(tokens, i, ROLE_BIT(LINK) | ROLE_BIT(DONE)));
}

/* Where the clause ends that token i is in. */
static size_t clause_end(const struct tokens *tokens, size_t i) {
    while (i < tokens->count && !token_ends_clause(tokens, i))
        i++;
    return i;
}

/* The beginning of a clause without end is not read: the cost of a number must not grow with its clause. */
static size_t within(size_t first, size_t number) {
    return number > WINDOW && first < number - WINDOW ? number - WINDOW : first;
}

void spans_read(struct article *article) {
    const struct tokens *tokens = &article->tokens;
    size_t sentence = 0, clause = 0, segment = 0, end = 0;
    bool numbered = false;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        if (token->kind == TOKEN_NUMBER) {
            const struct quantity *quantity = &tokens->quantity[token->index];
            if (i >= end)
                end = clause_end(tokens, i);
            article->indicator[token->index] = (struct indicator){
                .token = i,
                .segment = within(segment, i),
                .clause = within(clause, i),
                .clause_end = end < i + WINDOW ? end : i + WINDOW,
                .sentence = sentence,
                .qualifier = quantity->qualifier ? quantity->qualifier : qualifier_of(tokens, i),
            };
            numbered = true;
        }
        if (token_ends_clause(tokens, i)) {
            clause = segment = i + 1;
            numbered = false;
            if (token_ends_sentence(tokens, i))
                sentence = i + 1;
        } else if (numbered && parts_clause(tokens, i))
            segment = i + 1;
    }
}
