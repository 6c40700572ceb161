/* SPDX-License-Identifier: MIT */
/* Lines about a text: dates, labels with values, menus, an editor's signature. */
#include <string.h>

#include "furniture.h"
#include "str.h"

enum { LABELS_MAX = 360, DATE_DIGITS = 5, SIGNATURE_MAX = 120, LINK_HAN = 8, LINK_LATIN = 20 };

bool is_bare_date(const struct folded *folded) {
    static const char *const parts[] = {"年", "月", "日", "时", "分", "秒"};
    size_t digits = 0, marks = 0;
    for (size_t i = 0; i < folded->len;) {
        char c = folded->at[i];
        size_t part = 0;
        if ((unsigned char)c >= 0x80) {
            while (part < 6 && (folded->len - i < 3 || memcmp(folded->at + i, parts[part], 3) != 0))
                part++;
            if (part == 6)
                return false;
        } else if (!strchr("0123456789-/.:[]()", c)) {
            return false;
        }
        digits += c >= '0' && c <= '9';
        marks += (unsigned char)c >= 0x80 || strchr("-/.", c);
        i += (unsigned char)c >= 0x80 ? 3 : 1;
    }
    return digits >= 4 && digits <= 14 && marks >= 2;
}

/* --- pieces of a line ----------------------------------------------------------------------------------------------
 */

static bool is_bar(uint32_t c) {
    return c == '|' || c == 0xFF5C || c == 0x2502;
}

static bool is_border(uint32_t c) {
    return rune_is_space(c) || is_bar(c);
}

/* The next piece between spaces or bars; len 0 at the end. *at moves on. */
static struct siftd_str next_piece(const char **at, const char *end) {
    size_t size;
    const char *begin;
    while (*at < end && is_border(cp_at(*at, end, &size)))
        *at += size;
    for (begin = *at; *at < end && !is_border(cp_at(*at, end, &size)); *at += size)
        ;
    return str_from(begin, *at);
}

static bool is_word(const struct words *words, const struct folded *folded, size_t len) {
    size_t found;
    return words_match(words, (struct siftd_str){folded->at, len}, &found) && found == len;
}

bool is_menu_word(const struct furniture *furniture, const struct folded *folded) {
    return folded->len && is_word(furniture->menu, folded, folded->len);
}

bool is_menu(const struct furniture *furniture, const struct line *line) {
    const char *at = line->begin;
    struct folded folded;
    size_t words = 0;
    if (line->end - line->begin > LABELS_MAX)
        return false;
    for (struct siftd_str piece; (piece = next_piece(&at, line->end)).len; words++) {
        fold(&folded, &furniture->bullet, piece.at, piece.at + piece.len);
        if (folded.len && !is_menu_word(furniture, &folded))
            return false;
    }
    return words >= 2;
}

bool has_bar(const struct line *line) {
    size_t len = (size_t)(line->end - line->begin);
    if (len > LABELS_MAX)
        return false;
    return memchr(line->begin, '|', len) || memmem(line->begin, len, "｜", 3) || memmem(line->begin, len, "│", 3);
}

/* A link's text up to the next bar; *at moves behind the bar. */
static struct siftd_str next_link(const char **at, const char *end) {
    const char *begin = *at, *stop;
    size_t size = 0;
    while (*at < end && !is_bar(cp_at(*at, end, &size)))
        *at += size;
    stop = *at;
    *at += *at < end ? size : 0;
    return str_from(begin, stop);
}

bool is_links(const struct furniture *furniture, const struct line *line) {
    const char *at = line->begin;
    struct folded folded;
    size_t links = 0, known = 0;
    if (line->end - line->begin > LABELS_MAX || !has_bar(line))
        return false;
    for (; at < line->end; links++) {
        struct siftd_str link = next_link(&at, line->end);
        fold(&folded, &furniture->bullet, link.at, link.at + link.len);
        if (!folded.len || folded.sentence || folded.colons || folded.runes > (folded.han ? LINK_HAN : LINK_LATIN))
            return false;
        known += is_menu_word(furniture, &folded);
    }
    return links >= 2 && known * 2 >= links;
}

/* --- labels --------------------------------------------------------------------------------------------------------
 */

/* The label a piece begins with, and where its value begins in `folded`. */
static enum label label_of(const struct furniture *furniture, const struct folded *folded, size_t *ret_value) {
    size_t len;
    uint64_t role = words_match(furniture->label, (struct siftd_str){folded->at, folded->len}, &len);
    *ret_value = len + 1;
    if (!role || len >= folded->len || folded->at[len] != ':')
        return LABEL_NONE;
    return (enum label)role;
}

static size_t count_digits(const char *at, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += at[i] >= '0' && at[i] <= '9';
    return n;
}

/* A value that tells something: a date that is one, a name that is somebody's. An empty one may follow in the next
 * piece. */
static bool is_telling(const struct furniture *furniture, enum label label, const char *value, size_t len) {
    size_t found;
    if (label == LABEL_DATE)
        return !len || count_digits(value, len) >= DATE_DIGITS;
    if (label != LABEL_NAME)
        return false;
    return !words_match(furniture->nobody, (struct siftd_str){value, len}, &found) || found < len;
}

static void keep(struct kept *kept, struct siftd_str piece) {
    struct siftd_str *last = kept->count ? &kept->piece[kept->count - 1] : NULL;
    if (kept->count < SEGMENTS_MAX)
        kept->piece[kept->count++] = piece;
    else if (last)
        last->len = (size_t)(piece.at + piece.len - last->at);
}

bool read_labels(const struct furniture *furniture, const struct line *line, struct kept *ret) {
    const char *at = line->begin;
    struct folded folded;
    size_t labels = 0, dropped = 0, value;
    bool keeping = true;
    *ret = (struct kept){.all = true};
    if (line->end - line->begin > LABELS_MAX)
        return false;
    for (struct siftd_str piece; (piece = next_piece(&at, line->end)).len;) {
        fold(&folded, &furniture->bullet, piece.at, piece.at + piece.len);
        enum label label = label_of(furniture, &folded, &value);
        if (folded.sentence || (!labels && label == LABEL_NONE && !is_bare_date(&folded) && folded.len))
            return false;
        labels += label != LABEL_NONE;
        if (label != LABEL_NONE)
            keeping = is_telling(furniture, label, folded.at + value, folded.len - value);
        if (keeping)
            keep(ret, piece);
        dropped += !keeping;
    }
    ret->all = dropped == 0;
    return labels >= 2;
}

/* --- signatures ----------------------------------------------------------------------------------------------------
 */

static bool opens(uint32_t c) {
    return c == '(' || c == '[' || c == 0xFF08 || c == 0x3010;
}

static bool closes(uint32_t c) {
    return c == ')' || c == ']' || c == 0xFF09 || c == 0x3011;
}

const char *signature(const struct furniture *furniture, const struct line *line) {
    const char *at = line->end;
    struct folded folded;
    size_t value, size;
    if (!closes(rune_before(line->begin, at)))
        return line->end;
    while (at > line->begin && line->end - at < SIGNATURE_MAX && !opens(rune_at(at, line->end)))
        at = cp_before(line->begin, at);
    if (at == line->begin || !opens(cp_at(at, line->end, &size)))
        return line->end;
    fold(&folded, &furniture->bullet, at + size, line->end);
    if (label_of(furniture, &folded, &value) != LABEL_DROP)
        return line->end;
    while (at > line->begin && rune_is_space(rune_before(line->begin, at)))
        at = cp_before(line->begin, at);
    return at;
}
