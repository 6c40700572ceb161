/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#include <string.h>

#include "utf8.h"

/* Marks that have an ASCII form which is no fixed distance away. */
static uint32_t fold_mark(uint32_t c) {
    switch (c) {
    case 0x3010:
    case 0x3014:
    case 0x3016:
        return '[';
    case 0x3011:
    case 0x3015:
    case 0x3017:
        return ']';
    case 0xBB:
    case 0x203A:
    case 0x300B:
    case 0x2192:
        return '>';
    case 0x2013:
    case 0x2500:
        return '-';
    default:
        return c;
    }
}

static uint32_t fold_rune(uint32_t c) {
    if (c > 0xFF00 && c < 0xFF5F)
        c -= 0xFEE0;
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    return c < 0x80 ? c : fold_mark(c);
}

/* Most of a text: characters that fold to themselves. */
static bool is_plain(const char *at, const char *end) {
    unsigned char lead = (unsigned char)*at;
    return lead >= 0xE5 && lead <= 0xE9 && end - at >= 3; /* U+5000 to U+9FFF */
}

static void fold_plain(struct folded *folded, const char *at) {
    size_t size;
    uint32_t c = cp_at(at, at + 3, &size);
    folded->seen[c % SEEN / 8] |= (uint8_t)(1U << c % 8);
    folded->runes++;
    folded->han++;
    memcpy(folded->at + folded->len, at, 3);
    folded->len += 3;
}

static bool is_full(const struct folded *folded) {
    return folded->len + 4 > FOLDED_MAX || folded->runes == FOLDED_RUNES;
}

void fold(struct folded *folded, const struct runes *bullets, const char *begin, const char *end) {
    size_t size;
    folded->at[0] = 0;
    memset(folded->seen, 0, sizeof folded->seen);
    folded->len = folded->runes = folded->arrows = folded->colons = folded->han = 0;
    folded->cut = folded->bullet = folded->sentence = false;
    for (const char *at = begin; at < end; at += size) {
        if (folded->len && is_plain(at, end) && !is_full(folded)) {
            fold_plain(folded, at);
            size = 3;
            continue;
        }
        uint32_t c = cp_at(at, end, &size);
        bool bullet = folded->len == 0 && bullets && runes_has(bullets, c);
        folded->bullet |= bullet;
        if (bullet || rune_is_space(c))
            continue;
        folded->cut = is_full(folded);
        if (folded->cut)
            return;
        folded->sentence |= c == 0x3002 || c == 0xFF1F || c == 0xFF01;
        folded->han += cp_is_han(c);
        c = fold_rune(c);
        folded->seen[c % SEEN / 8] |= (uint8_t)(1U << c % 8);
        folded->arrows += c == '>';
        folded->colons += c == ':';
        folded->runes++;
        if (size == 3 && c >= 0x3400) {
            memcpy(folded->at + folded->len, at, 3);
            folded->len += 3;
        } else {
            folded->len += utf8_put(folded->at + folded->len, c);
        }
    }
}

static struct siftd_str part_of(struct siftd_str text) {
    size_t start = *text.at == '*', end = start;
    while (start && end < text.len && text.at[end] != '*' && text.at[end] != '#')
        end++;
    return (struct siftd_str){text.at + start, end - start};
}

void patterns_read(struct patterns *patterns, const struct siftd_host *host, const struct siftd_node *list) {
    static const struct runes no_bullets;
    struct folded folded;
    size_t n = host->node_count(list);
    patterns->item = host->alloc(host, (n + 1) * sizeof *patterns->item);
    for (size_t i = 0; i < n; i++) {
        const char *text = host->node_text(host->node_at(list, i));
        fold(&folded, &no_bullets, text, text + strlen(text));
        char *copy = host->alloc(host, folded.len + 1);
        memcpy(copy, folded.at, folded.len);
        struct siftd_str folded_text = {copy, folded.len}, part;
        if (!folded.len)
            continue;
        part = part_of(folded_text);
        patterns->item[patterns->count++] = (struct pattern){folded_text, part, rune_at(part.at, part.at + part.len),
                                                             rune_before(part.at, part.at + part.len)};
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/*
 * Greedy matching that goes back to the last star only: linear in most lines, and lines are short. A # takes all the
 * digits there are, which is safe because no pattern has a digit behind it.
 */
static bool fits(struct siftd_str pattern, const char *at, size_t len) {
    size_t p = 0, i = 0, star = pattern.len, mark = 0;
    while (i < len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            mark = i;
        } else if (p < pattern.len && pattern.at[p] == '#' && is_digit(at[i])) {
            while (i < len && is_digit(at[i]))
                i++;
            p++;
        } else if (p < pattern.len && pattern.at[p] == at[i]) {
            p++;
            i++;
        } else if (star < pattern.len) {
            p = star + 1;
            i = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

static bool saw(const struct folded *folded, uint32_t c) {
    return folded->seen[c % SEEN / 8] >> c % 8 & 1;
}

/* A quick no for nearly every line that does not fit. */
static bool may_fit(const struct pattern *pattern, const struct folded *folded) {
    char first = *pattern->text.at;
    if (first != '*')
        return first == '#' || first == folded->at[0];
    return saw(folded, pattern->first) && saw(folded, pattern->last) &&
           memmem(folded->at, folded->len, pattern->part.at, pattern->part.len);
}

bool patterns_fit(const struct patterns *patterns, const struct folded *folded) {
    for (size_t i = 0; i < patterns->count; i++)
        if (may_fit(&patterns->item[i], folded) && fits(patterns->item[i].text, folded->at, folded->len))
            return true;
    return false;
}
