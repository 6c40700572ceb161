/* SPDX-License-Identifier: MIT */
/* Which place 全市, 我县 and their like mean: the one of that rank that the article names most often, or has in its
 * title. */
#include <string.h>

#include "indicator.h"
#include "str.h"

enum {
    SAID_MAX = 8,
    SAID_OFTEN = 3,
    PLACE_LEAST = 6, /* bytes of a place's name */
    PLACE_MAX = 15   /* bytes of a place's name before its rank */
};

/* How often the text of the article holds `what`, as far as that is of interest. */
static size_t times_said(const struct tokens *tokens, struct siftd_str what) {
    size_t from = tokens->at[0].start, to = tokens->at[tokens->count - 1].end, times = 0;
    struct siftd_str rest = {tokens->text.at + from, to - from};
    for (const char *found; times < SAID_MAX && (found = str_find(rest, what)); times++)
        rest = str_from(found + what.len, rest.at + rest.len);
    return times;
}

/* Where the place's name begins that ends with token i: two to five characters of text, of which a place's word may be
 * the last (某州 of 某州高新区). i when there is none. */
static size_t place_begin(const struct tokens *tokens, size_t i) {
    size_t first = i - 1;
    if (first > 0 && token_is(tokens, first, ROLE_BIT(PLACE)) && tokens->at[first].end == tokens->at[i].start &&
        tokens->at[first - 1].end - tokens->at[first - 1].start == 3)
        first--;
    const struct token *begin = &tokens->at[first];
    uint32_t len = tokens->at[i].start - begin->start;
    return begin->kind == TOKEN_TEXT && tokens->at[i - 1].end == tokens->at[i].start && len <= PLACE_MAX && len >= 6
               ? first
               : i;
}

/* The place of a rank (市, 县, 区) that the article names most often; nothing when it names none. */
struct siftd_str place_of_rank(const struct tokens *tokens, struct siftd_str rank) {
    struct siftd_str best = {0}, last = {0};
    size_t most = 0, tried = 0;
    for (size_t i = 1; i < tokens->count && tried < PLACES_MAX; i++) {
        size_t first = place_begin(tokens, i);
        if (!token_is(tokens, i, ROLE_BIT(PLACE)) || first == i || !str_ends(token_text(tokens, &tokens->at[i]), rank))
            continue;
        struct siftd_str text =
            str_from(tokens->text.at + tokens->at[first].start, tokens->text.at + tokens->at[i].end);
        bool inside = first > 0 && inside_name(tokens, first - 1) && !token_is(tokens, first - 1, ROLE_BIT(PLACE));
        if (inside || str_equal(text, best) || str_equal(text, last))
            continue;
        size_t times = times_said(tokens, text);
        last = text;
        tried++;
        if (times > most) {
            most = times;
            best = text;
        }
    }
    return best;
}

/* The place of a rank that a policy begins with: 县 of 《某某县支持…政策》. It is one in the article's title, or the
 * place is named often without its rank, too. */
struct siftd_str place_in_title(const struct tokens *tokens, struct siftd_str rank) {
    bool title = true;
    for (size_t i = 0; i < tokens->count; i++) {
        title &= tokens->at[i].kind != TOKEN_END;
        if (tokens->at[i].kind != TOKEN_TITLE)
            continue;
        struct siftd_str text = token_text(tokens, &tokens->at[i]);
        size_t mark = strlen("《"), about = strlen("关于");
        text = (struct siftd_str){text.at + mark, text.len - 2 * mark};
        if (str_starts(text, str("关于")))
            text = (struct siftd_str){text.at + about, text.len - about};
        const char *at = str_find((struct siftd_str){text.at, text.len < PLACE_MAX ? text.len : PLACE_MAX}, rank);
        size_t len = at ? (size_t)(at - text.at) : 0;
        bool named = len >= 6 && (unsigned char)*text.at >= 0x80;
        bool known = named && (title || times_said(tokens, (struct siftd_str){text.at, len}) >= SAID_OFTEN);
        if (known && !str_ends((struct siftd_str){text.at, len}, str("全")))
            return str_from(text.at, at + rank.len);
    }
    return (struct siftd_str){0};
}

/* The name of the place that token i names with its rank, without it; a policy's title may begin with one. */
static struct siftd_str place_at(const struct tokens *tokens, size_t i) {
    struct siftd_str text = token_text(tokens, &tokens->at[i]);
    if (tokens->at[i].kind == TOKEN_TITLE) {
        size_t mark = strlen("《");
        struct siftd_str head = {text.at + mark, text.len < PLACE_MAX + mark ? text.len - mark : PLACE_MAX};
        const char *at = str_find(head, str("市"));
        return at ? str_from(head.at, at) : (struct siftd_str){0};
    }
    size_t first = i ? place_begin(tokens, i) : i;
    if (!token_is(tokens, i, ROLE_BIT(PLACE)) || first == i)
        return (struct siftd_str){0};
    return str_from(tokens->text.at + tokens->at[first].start, text.at);
}

void places_read(const struct tokens *tokens, struct places *places) {
    places->count = 0;
    for (size_t i = 0; i < tokens->count && places->count < PLACES_MAX; i++) {
        struct siftd_str place = place_at(tokens, i);
        if (place.len >= PLACE_LEAST && !is_place(places, place))
            places->at[places->count++] = place;
    }
}

bool is_place(const struct places *places, struct siftd_str text) {
    for (size_t i = 0; i < places->count; i++)
        if (str_equal(places->at[i], text))
            return true;
    return false;
}
