/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <string.h>

#include "str.h"

enum { BYLINE_RUNES = 4, BYLINE_BYTES = 90, TAIL_BYTES = 30 };

/* The length of the line end at `at`, 0 when there is none. */
static size_t line_break(const char *at, const char *end) {
    if (*at == '\r')
        return at + 1 < end && at[1] == '\n' ? 2 : 1;
    if (*at == '\n' || *at == '\f')
        return 1;
    return end - at >= 3 && (memcmp(at, "\xE2\x80\xA8", 3) == 0 || memcmp(at, "\xE2\x80\xA9", 3) == 0) ? 3 : 0;
}

static unsigned columns(uint32_t c) {
    return c >= 0x2E80 ? 2 : 1;
}

/* Only these bytes can begin a line end. */
static bool may_break(char c) {
    return c == '\n' || c == '\r' || c == '\f' || c == '\xE2';
}

void line_read(struct line *line, const char *at, const char *end) {
    const char *p = at;
    size_t size;
    *line = (struct line){.indent = 0};
    for (; p < end && !line_break(p, end); p += size) {
        uint32_t c = cp_at(p, end, &size);
        if (!rune_is_space(c))
            break;
        line->indent += columns(c);
    }
    line->begin = p;
    for (; p < end && !(may_break(*p) && line_break(p, end)); p += size) {
        size = cp_length((unsigned char)*p);
        line->width += size >= 3 ? 2 : 1;
    }
    line->next = p < end ? p + line_break(p, end) : end;
    line->ended = p < end;
    while (p > line->begin && rune_is_space(rune_before(line->begin, p))) {
        line->width -= columns(rune_before(line->begin, p));
        p = cp_before(line->begin, p);
    }
    line->end = p;
}

/* --- the pack ----------------------------------------------------------------------------------------------------- */

void manner_open(struct manner *manner, const struct siftd_host *host, const struct siftd_node *pack) {
    manner->connectives = words_new();
    manner->byline_words = words_new();
    manner->heads = words_new();
    manner->openers = words_new();
    words_add_list(manner->connectives, host, host->node_get(pack, "connectives"), 1);
    words_add_list(manner->byline_words, host, host->node_get(pack, "byline_words"), 1);
    words_add_list(manner->heads, host, host->node_get(pack, "heads"), 1);
    words_add_list(manner->openers, host, host->node_get(pack, "openers"), 1);
    runes_add(&manner->open_end, host, host->node_get(pack, "open_end"));
    runes_add(&manner->final, host, host->node_get(pack, "final"));
    runes_add(&manner->closing, host, host->node_get(pack, "closing"));
    runes_add(&manner->head_marks, host, host->node_get(pack, "head_marks"));
    runes_add(&manner->surnames, host, host->node_get(pack, "surnames"));
}

void manner_close(struct manner *manner) {
    manner->connectives = words_free(manner->connectives);
    manner->byline_words = words_free(manner->byline_words);
    manner->heads = words_free(manner->heads);
    manner->openers = words_free(manner->openers);
}

/* --- how it ends -------------------------------------------------------------------------------------------------- */

static bool is_final(const struct manner *manner, const char *begin, const char *at) {
    uint32_t c = rune_before(begin, at);
    if (c != '.')
        return runes_has(&manner->final, c);
    return !cp_is_digit(rune_before(begin, at - 1));
}

bool line_is_closed(const struct manner *manner, const struct line *line) {
    const char *at = line->end;
    bool bracket = false;
    while (at > line->begin && runes_has(&manner->closing, rune_before(line->begin, at))) {
        uint32_t c = rune_before(line->begin, at);
        bracket |= c == ')' || c == 0xFF09 || c == 0x3011;
        at = cp_before(line->begin, at);
    }
    return bracket || is_final(manner, line->begin, at);
}

static bool ends_sentence(uint32_t c) {
    return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == '!' || c == '?' || c == 0xFF1B || c == ';';
}

bool line_has_sentence(const char *begin, const char *end) {
    size_t size;
    for (const char *at = begin; at < end; at += size) {
        uint32_t c = cp_at(at, end, &size);
        if (ends_sentence(c) && at + size < end)
            return true;
        if (c == '.' && at + 1 < end && at[1] == ' ' && at > begin && !cp_is_digit(rune_before(begin, at)))
            return true;
    }
    return false;
}

/* Brackets and curly quotes that are opened and not closed. */
static bool has_open_pair(const char *begin, const char *end) {
    int round = 0, book = 0, quote = 0;
    size_t size;
    for (const char *at = begin; at < end; at += size) {
        uint32_t c = cp_at(at, end, &size);
        round += (c == '(' || c == 0xFF08) - ((c == ')' || c == 0xFF09) && round > 0);
        book += (c == 0x300A) - (c == 0x300B && book > 0);
        quote += (c == 0x201C) - (c == 0x201D && quote > 0);
    }
    return round > 0 || book > 0 || quote > 0;
}

/* The last clause begins with a connective and is too short to hold what it connects. */
static bool has_loose_clause(const struct manner *manner, const char *begin, const char *end) {
    size_t size, len;
    const char *from = end - begin > TAIL_BYTES ? end - TAIL_BYTES : begin;
    while (from > begin && ((unsigned char)*from & 0xC0) == 0x80)
        from--;
    for (const char *at = from; at < end; at += size) {
        uint32_t c = cp_at(at, end, &size);
        if ((c == ',' || c == 0xFF0C || c == 0xFF1B || c == ';') &&
            words_match(manner->connectives, str_from(at + size, end), &len))
            return true;
    }
    return false;
}

bool line_is_open(const struct manner *manner, const char *begin, const char *end) {
    uint32_t last = rune_before(begin, end);
    return last == ',' || last == 0xFF0C || last == 0x3001 || has_loose_clause(manner, begin, end) ||
           has_open_pair(begin, end);
}

bool line_ends_weakly(const struct manner *manner, const struct line *line) {
    return runes_has(&manner->open_end, rune_before(line->begin, line->end));
}

/* The piece behind the last sentence of the line. */
static struct siftd_str rest_of(const struct line *line) {
    const char *at = line->end;
    while (at > line->begin && line->end - at < BYLINE_BYTES && !ends_sentence(rune_before(line->begin, at)))
        at = cp_before(line->begin, at);
    while (at < line->end && (rune_is_space(rune_at(at, line->end)) || rune_at(at, line->end) == 0x201D))
        at += cp_length((unsigned char)*at);
    return str_from(at, line->end);
}

bool line_has_byline(const struct manner *manner, const struct line *line) {
    struct siftd_str rest = rest_of(line);
    size_t runes = 0, len, size;
    bool names =
        rest.len > 0 && rest.len < BYLINE_BYTES && runes_has(&manner->surnames, rune_at(rest.at, rest.at + rest.len));
    for (const char *at = rest.at, *end = rest.at + rest.len; at < end && rest.len < BYLINE_BYTES; at += size) {
        uint32_t c = cp_at(at, end, &size);
        runes = rune_is_space(c) ? 0 : runes + 1; /* names are set apart by spaces */
        names &= runes <= BYLINE_RUNES && (cp_is_han(c) || rune_is_space(c));
        if (words_match(manner->byline_words, str_from(at, end), &len))
            return true;
    }
    return names;
}

/* --- how it begins ------------------------------------------------------------------------------------------------ */

static bool is_numeral(uint32_t c) {
    static const struct siftd_str numerals = {"一二三四五六七八九十百〇零", 39};
    char at[4] = {(char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3F)), (char)(0x80 | (c & 0x3F)), 0};
    return c >= 0x3000 && c < 0x10000 && memmem(numerals.at, numerals.len, at, 3);
}

/* The line's beginning with every number as one 0 and every Chinese number as one 一: what `heads` are written in. */
static size_t outline(const char *begin, const char *end, char to[TAIL_BYTES + 4]) {
    size_t len = 0, size;
    uint32_t last = 0;
    for (const char *at = begin; at < end && len < TAIL_BYTES; at += size) {
        uint32_t c = cp_at(at, end, &size), kind = cp_is_digit(c) ? '0' : is_numeral(c) ? 0x4E00 : 0;
        if (kind && kind == last)
            continue;
        last = kind;
        const char *from = kind == '0' ? "0" : kind ? "一" : at;
        size_t n = kind == '0' ? 1 : kind ? 3 : size;
        memcpy(to + len, from, n);
        len += n;
    }
    return len;
}

bool line_is_head(const struct manner *manner, const struct line *line) {
    char head[TAIL_BYTES + 4];
    size_t len;
    if (runes_has(&manner->head_marks, rune_at(line->begin, line->end)))
        return true;
    size_t size = outline(line->begin, line->end, head);
    if (!words_match(manner->heads, (struct siftd_str){head, size}, &len))
        return false;
    /* 3.5 is a number, 3. a list's number */
    return len >= size || !(head[len - 1] == '.' && cp_is_digit((unsigned char)head[len]));
}

bool line_opens_sentence(const struct manner *manner, const char *begin, const char *end) {
    char head[TAIL_BYTES + 4];
    size_t len, size = outline(begin, end, head);
    return words_match(manner->openers, (struct siftd_str){head, size}, &len);
}

/* A sentence of one or two characters is the rest of one. */
static bool begins_with_rest(const struct line *line) {
    const char *at = line->begin;
    size_t size;
    for (size_t i = 0; i < 3 && at < line->end; i++, at += size)
        if (cp_at(at, line->end, &size) == 0x3002)
            return at + size < line->end;
    return false;
}

bool line_goes_on(const struct manner *manner, const struct line *line) {
    uint32_t c = rune_at(line->begin, line->end);
    if (begins_with_rest(line))
        return true;
    if (c == 0xFF0C || c == 0x3002 || c == 0x3001 || c == '%' || c == ',' || c == 0xFF05)
        return true;
    if (c == '"')
        return false; /* opens as well as closes */
    return runes_has(&manner->closing, c) || (c != '.' && c < 0x10000 && runes_has(&manner->final, c) && c != 0x2026);
}

bool line_is_row(const struct line *line) {
    size_t spaces = 0, len = (size_t)(line->end - line->begin);
    if (memchr(line->begin, '\t', len))
        return true;
    if (!memchr(line->begin, ' ', len))
        return false;
    for (const char *at = line->begin; at + 2 < line->end; at++)
        if (at[0] == ' ' && at[1] == ' ' && at[2] != ' ')
            spaces++;
    return spaces >= 2;
}
