/* SPDX-License-Identifier: MIT */
/*
 * Method. UTF-8 has a shape: a lead byte says how many bytes of 80 to BF follow. Characters whose bytes in a wrong set
 * have that shape are a sequence. Longer ones come about by chance nowhere; of two bytes, the two characters must look
 * odd where they stand (a capital or a sign behind a small letter, a sign inside a word), or others on the line must
 * be sure. In GBK the shape is looked for across pairs of bytes, and what comes out must be frequent Chinese.
 */
#include "misread.h"

#include <string.h>

/* --- UTF-8 in a set of single bytes ------------------------------------------------------------------------------- */

static unsigned byte_of(const uint8_t *set, uint32_t rune) {
    return rune < 0x80 ? 0 : rune < 0x10000 ? set[rune] : 0;
}

static unsigned length_of(unsigned lead) {
    return lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/* Latin Extended-A has its pairs of a capital and a small letter in turn; which is first changes twice. */
static bool is_extended_capital(uint32_t c) {
    bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    return c >= 0x100 && c <= 0x17E && c % 2 == (odd ? 1 : 0);
}

static bool is_small(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7) || (c >= 0x430 && c <= 0x45F) ||
           (c >= 0x100 && c <= 0x17F && !is_extended_capital(c));
}

static bool is_capital(uint32_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x400 && c <= 0x42F) ||
           is_extended_capital(c);
}

static bool is_letter(uint32_t c) {
    return is_small(c) || is_capital(c) || (c >= 0x100 && c < 0x250) || (c >= 0x370 && c < 0x530);
}

static uint32_t rune_near(const struct line *line, size_t i, long by) {
    long at = (long)i + by;
    return at >= 0 && (size_t)at < line->count ? line->unit[at].rune : ' ';
}

/* A half of a pair of UTF-16, written as if it were a character: ED, A0 to BF, 80 to BF. 0: none. */
static uint32_t half(const uint8_t *set, const struct line *line, size_t i) {
    if (i + 3 > line->count || byte_of(set, line->unit[i].rune) != 0xED)
        return 0;
    unsigned a = byte_of(set, line->unit[i + 1].rune), b = byte_of(set, line->unit[i + 2].rune);
    return a >= 0xA0 && a <= 0xBF && b >= 0x80 && b <= 0xBF ? 0xD000 | (a & 0x3F) << 6 | (b & 0x3F) : 0;
}

/* The character of a sequence that begins at `i`; 0 when there is none. */
static uint32_t sequence(const uint8_t *set, const struct line *line, size_t i, size_t *ret_len) {
    unsigned lead = byte_of(set, line->unit[i].rune), len = length_of(lead);
    uint32_t high = half(set, line, i), low = high ? half(set, line, i + 3) : 0;
    *ret_len = 6;
    if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00)
        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    if (!len || i + len > line->count)
        return 0;
    uint32_t rune = lead & (0xFFU >> (len + 1));
    bool lost = false;
    for (size_t k = 1; k < len; k++) {
        unsigned byte = byte_of(set, line->unit[i + k].rune);
        if ((k > 1 || (len == 2 && is_small(rune_near(line, i, -1)) && is_small(rune_near(line, i, 2)))) &&
            line->unit[i + k].rune == 0xFFFD) { /* a byte that was lost: so is the character */
            lost = true;
            continue;
        }
        if (byte < 0x80 || byte > 0xBF)
            return 0;
        rune = rune << 6 | (byte & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    *ret_len = len;
    if (lost)
        return 0xFFFD;
    bool private = (rune >= 0xD800 && rune < 0xF900) || rune > 0x10FFFF;
    return rune < least[len] || private || (rune >= 0x80 && rune < 0xA0 && len > 2) ? 0 : rune;
}

static bool is_space(const struct line *line, size_t i) {
    return i < line->count && line->unit[i].rune == ' ';
}

/* What closes words in sound text, behind a capital letter as well. */
static bool closes(uint32_t c) {
    return (c >= 0x2010 && c <= 0x2026) || c == 0xBB || c == 0xAB || c == 0xAE || c == 0xA9 || c == 0x2122 ||
           c == 0xB0 || c == 0xB4 || c == 0xA8 || c == 0xBF || c == 0xA1 || c == 0xA0 || c == 0x2C6 || c == 0xB7 ||
           c == 0x20AC || c == 0xA3;
}

/* A small letter at a word's end with closing marks behind it has the shape of a longer sequence, too. */
static bool is_word_end(const struct line *line, size_t i) {
    return line->unit[i].rune != 0xE2 && is_small(line->unit[i].rune) && is_small(rune_near(line, i, -1)) &&
           closes(rune_near(line, i, 1)) && closes(rune_near(line, i, 2)) && !is_letter(rune_near(line, i, 3));
}

static bool is_box(uint32_t c) {
    return c >= 0x2500 && c < 0x25A0;
}

/* What is written much enough to have been misread, in any other set than the first. */
static bool is_written(uint32_t c) {
    return (c >= 0xA0 && c < 0x180) || (c >= 0x386 && c < 0x460) || (c >= 0x5D0 && c < 0x700) ||
           (c >= 0xE00 && c < 0xE60) || (c >= 0x1E00 && c < 0x2C00) || (c >= 0x2E80 && c < 0xD7B0) || c >= 0xF900;
}

/* How sure a sequence of two is: 2 odd by itself, 1 with others, 0 plain text. `rune` is what it would be. */
static int oddness(const struct line *line, size_t i, uint32_t rune, size_t set) {
    uint32_t before = rune_near(line, i, -1), first = line->unit[i].rune, second = line->unit[i + 1].rune;
    uint32_t behind = rune_near(line, i, 2);
    bool in_word = is_letter(before) || is_letter(behind);
    if (rune < 0xA0)
        return first == 0xC2 && second < 0xA0;
    if (set >= SETS - 2) /* signs of mathematics and lines of boxes */
        return is_box(second)                                               ? is_box(before) || is_box(behind)
               : in_word && rune >= 0xC0 && rune < 0x180 && second < 0x2500 ? 2
                                                                            : 1;
    if (is_small(before) && is_capital(first) && is_capital(second) && is_small(behind))
        return 2;
    if (set == 0 && second < 0xA0)
        return 2;
    if (second >= 0xC0 && second < 0x180 && is_capital(second) &&
        (is_capital(behind) || (is_capital(before) && !is_small(behind))))
        return 0;
    if (first == 0x412 && !is_small(before)) /* the capital V of Cyrillic */
        return second == 0x408 && behind >= '0' && behind <= '9' ? 2 : 0;
    if (is_small(before) && is_capital(first) && !is_capital(second))
        return 2;
    if (is_letter(second) && second > 0x17F)
        return 1;
    if (second == 0xA0 && first == 0xC3 && is_small(behind))
        return 2;
    if (rune == 0xA0 && is_capital(before) && is_capital(behind))
        return 0;
    if (second == 0x2122 && first == 0xC3 && is_capital(before))
        return 2;
    if (second == 0xA0 && first == 0xC3 && before == ' ')
        return 2;
    if (closes(second) && second != 0x2019 && is_small(behind))
        return 2;
    if (!closes(second) && !is_letter(second) && is_letter(before) && is_letter(behind))
        return 2;
    if (first == 0xC3 && second > 0x100 && second < 0x193 && (is_letter(before) || is_letter(behind)))
        return 2;
    if (set == 1 && (first == 0x420 || first == 0x421))
        return 1;
    if (closes(second))
        return is_capital(before) && is_capital(behind) && first == 0xC3 ? 2
               : first == 0xC2 && (rune == 0xA0 || !is_capital(before))  ? 2
                                                                         : !is_capital(before);
    return first == 0xC3 || first == 0xC2 ? (second < 0xC0 || second > 0x17F ? 2 : 1) : 1;
}

struct evidence {
    size_t sure, weak, covered, others;
};

static int surety(const uint8_t *bytes, const struct line *line, size_t i, uint32_t rune, size_t len, size_t set) {
    if (!rune || (len > 2 && is_word_end(line, i)) || (set && !is_written(rune)))
        return 0;
    size_t other;
    if (set && rune >= 0x2E80 && rune < 0xD7B0) /* Chinese seldom stands alone */
        return (i + len < line->count && sequence(bytes, line, i + len, &other)) ||
               (i >= 3 && sequence(bytes, line, i - 3, &other));
    return len > 2 ? 2 : oddness(line, i, rune, set);
}

static struct evidence weigh(const uint8_t *set, size_t which, const struct line *line) {
    struct evidence e = {0};
    for (size_t i = 0, len; i < line->count; i++) {
        uint32_t rune = sequence(set, line, i, &len);
        int odd = surety(set, line, i, rune, len, which);
        e.sure += odd == 2;
        e.weak += odd == 1;
        if (odd) {
            e.covered += len;
            i += len - 1;
        } else {
            e.others += line->unit[i].rune >= 0x80 && is_letter(line->unit[i].rune);
        }
    }
    return e;
}

static void merge(struct line *line, size_t to, size_t i, size_t len, uint32_t rune) {
    struct unit made = {rune, line->unit[i].start, line->unit[i + len - 1].end, true};
    line->unit[to] = made;
}

/* The no-break space that is the second byte of this letter becomes a plain one on many ways. */
static bool is_a_grave(const struct line *line, size_t i) {
    uint32_t before = rune_near(line, i, -1);
    return is_small(before) || before == '\'' || before == 0x2019 ||
           (before == ' ' && !is_capital(rune_near(line, i, 2)) && !is_capital(rune_near(line, i, -2)));
}

/* On a line that is known to be misread: a no-break space that became a plain one, a byte that was lost. */
static size_t loose(const uint8_t *set, const struct line *line, size_t i, uint32_t *ret_rune) {
    unsigned lead = byte_of(set, line->unit[i].rune), len = length_of(lead), spaces = 0;
    uint32_t rune = lead & (0xFFU >> (len + 1));
    if (!len || len > 3 || i + len > line->count || lead == 0xC2)
        return 0;
    for (size_t k = 1; k < len; k++) {
        uint32_t c = line->unit[i + k].rune;
        unsigned byte = c == ' ' ? 0xA0 : byte_of(set, c);
        if (c == 0xFFFD) {
            *ret_rune = c;
            return k + 1;
        }
        spaces += c == ' ';
        if (c == '?' && (k + 1 == len || (byte_of(set, rune_near(line, i, 2)) & 0xC0) == 0x80)) {
            *ret_rune = 0xFFFD;
            return len;
        }
        if (byte < 0x80 || byte > 0xBF)
            return 0;
        rune = rune << 6 | (byte & 0x3F);
    }
    *ret_rune = rune;
    bool goes_on = rune_near(line, i, (long)len) > ' ' && rune >= 0x100;
    return spaces == 1 && (goes_on || len == 3) && lead != 0xC3 && (rune < 0xD800 || rune >= 0xF900) ? len : 0;
}

static bool apply(const uint8_t *set, size_t which, struct line *line, bool strong) {
    size_t to = 0, len;
    bool changed = false;
    for (size_t i = 0; i < line->count; to++) {
        uint32_t rune = sequence(set, line, i, &len);
        if (surety(set, line, i, rune, len, which) || (strong && rune >= 0xA0 && is_written(rune))) {
            merge(line, to, i, len, rune);
            i += len;
            changed = true;
        } else if (byte_of(set, line->unit[i].rune) == 0xC3 && is_space(line, i + 1) && is_a_grave(line, i)) {
            size_t two = is_space(line, i + 2);
            merge(line, to, i, 1 + two, 0xE0);
            i += 1 + two;
            changed = true;
        } else if (byte_of(set, line->unit[i].rune) == 0xC2 && is_space(line, i + 1) &&
                   !is_capital(rune_near(line, i, -1))) {
            merge(line, to, i, 2, 0xA0);
            i += 2;
        } else if ((len = loose(set, line, i, &rune))) {
            merge(line, to, i, len, rune);
            i += len;
        } else {
            line->unit[to] = line->unit[i++];
        }
    }
    line->count = to;
    return changed;
}

static size_t graves(const struct line *line) {
    size_t n = 0;
    for (size_t i = 0; i < line->count; i++)
        n += line->unit[i].rune == 0xC3 && is_space(line, i + 1) && is_small(rune_near(line, i, -1));
    return n;
}

/* ISO 8859 has control characters where the sets of Windows have signs. */
static bool has_controls(const struct line *line) {
    for (size_t i = 0; i < line->count; i++)
        if (line->unit[i].rune >= 0x80 && line->unit[i].rune < 0xA0)
            return true;
    return false;
}

/* The set that explains most of the line. */
bool misread_utf8(const struct tables *tables, struct line *line) {
    size_t best = SETS, most = 0;
    bool strong = false;
    for (size_t s = 0; s < SETS; s++) {
        struct evidence e = weigh(tables->byte[s], s, line);
        if (s == 0) {
            e.sure += graves(line);
            e.covered += graves(line);
        }
        e.covered += s == ISO && e.covered && has_controls(line);
        bool sure = e.sure || e.weak >= 3;
        if (sure && (s == 0 || e.covered * 2 >= e.others * 3) && e.covered > most) {
            best = s;
            most = e.covered;
            strong = e.sure >= 3 && e.covered > e.others;
        }
    }
    return best < SETS && apply(tables->byte[best], best, line, strong);
}

/* --- UTF-8 in GBK ------------------------------------------------------------------------------------------------- */

static unsigned gbk_of(const struct tables *t, uint32_t rune) {
    return rune < 0x80 || rune > 0xFFFF ? 0 : t->gbk[rune];
}

/* Frequent Chinese and its marks, by rows of GB2312. */
static bool is_frequent(const struct tables *t, uint32_t rune) {
    unsigned lead = gbk_of(t, rune) >> 8, trail = gbk_of(t, rune) & 0xFF;
    return trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xD7) || (lead >= 0xA1 && lead <= 0xA3));
}

/* Bytes of the characters from `i` on, as long as they read as Chinese in UTF-8: how many whole characters of six bytes
 * (two) came out, into `out`. Three characters of GBK are two of UTF-8. */
static size_t read_pairs(const struct tables *t, const struct line *line, size_t i, uint32_t out[2]) {
    unsigned char b[6];
    if (i + 3 > line->count)
        return 0;
    for (size_t k = 0; k < 3; k++) {
        unsigned both = gbk_of(t, line->unit[i + k].rune);
        if (!both)
            return 0;
        b[2 * k] = (unsigned char)(both >> 8);
        b[2 * k + 1] = (unsigned char)both;
    }
    for (size_t k = 0; k < 2; k++) {
        const unsigned char *c = b + 3 * k;
        if (c[0] < 0xE2 || c[0] > 0xEF || (c[1] & 0xC0) != 0x80 || (c[2] & 0xC0) != 0x80)
            return 0;
        out[k] = (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (c[2] & 63);
    }
    return 2;
}

/* Three characters in a row that read so, again and again, and how many of what comes out is frequent. */
struct triples {
    size_t count, frequent;
};

static size_t frequent_of(const struct tables *t, const uint32_t out[2]) {
    return is_frequent(t, out[0]) + (size_t)is_frequent(t, out[1]);
}

static struct triples run_of_triples(const struct tables *t, const struct line *line, size_t i) {
    struct triples run = {0};
    uint32_t out[2];
    for (; read_pairs(t, line, i + 3 * run.count, out); run.count++)
        run.frequent += frequent_of(t, out);
    return run;
}

/* The run that begins three characters behind, so that no run is read more often than once. */
static struct triples without_first(const struct tables *t, const struct line *line, size_t i, struct triples run) {
    uint32_t out[2];
    if (!read_pairs(t, line, i, out))
        return run;
    return (struct triples){run.count - 1, run.frequent - frequent_of(t, out)};
}

/* Each of the two gets the whole of the three: where one ends and the next begins is in the middle of a character. */
static size_t merge_pairs(const struct tables *t, struct line *line, size_t to, size_t i, size_t triples) {
    for (size_t k = 0; k < triples; k++, i += 3) {
        uint32_t out[2];
        read_pairs(t, line, i, out);
        size_t start = line->unit[i].start, middle = line->unit[i + 1].end, end = line->unit[i + 2].end;
        line->unit[to++] = (struct unit){out[0], start, middle, true};
        line->unit[to++] = (struct unit){out[1], middle, end, true};
    }
    return to;
}

bool misread_utf8_as_gbk(const struct tables *t, struct line *line) {
    struct triples known[3] = {{0}}; /* what is left of a run that was read and not taken, by its place modulo 3 */
    size_t to = 0;
    bool changed = false;
    for (size_t i = 0; i < line->count;) {
        struct triples *run = &known[i % 3];
        if (!run->count)
            *run = run_of_triples(t, line, i);
        if (run->count && run->frequent * 4 >= run->count * 2 * 3) {
            to = merge_pairs(t, line, to, i, run->count);
            i += 3 * run->count;
            memset(known, 0, sizeof known);
            changed = true;
        } else {
            *run = without_first(t, line, i, *run);
            line->unit[to++] = line->unit[i++];
        }
    }
    line->count = to;
    return changed;
}

/* --- GBK in Latin-1 ----------------------------------------------------------------------------------------------- */

static uint32_t pair(const struct tables *t, const struct line *line, size_t i) {
    if (i + 2 > line->count)
        return 0;
    unsigned lead = byte_of(t->byte[0], line->unit[i].rune), trail = byte_of(t->byte[0], line->unit[i + 1].rune);
    return lead >= 0xA1 && lead < 0xFF && trail >= 0xA1 && trail < 0xFF ? t->rune[(lead << 8 | trail) - 0x8000] : 0;
}

/* Neither ASCII nor Chinese: letters that bytes are read as. */
static bool is_foreign(uint32_t c) {
    return c >= 0x80 && c < 0x2E80;
}

/* Whether the units [i, end) have the shape of UTF-8 throughout: then they are no GBK. */
static bool is_utf8(const struct tables *t, const struct line *line, size_t i, size_t end) {
    for (size_t len; i < end; i += len)
        if (!sequence(t->byte[0], line, i, &len))
            return false;
    return true;
}

/* Three frequent characters in a row, or two with a sign among their bytes: no language has such words. */
bool misread_gbk(const struct tables *t, struct line *line) {
    size_t to = 0;
    bool changed = false;
    for (size_t i = 0; i < line->count;) {
        size_t pairs = 0, frequent = 0, signs = 0;
        bool first = !is_foreign(rune_near(line, i, -1)); /* of its letters: the others begin no run */
        for (uint32_t rune; first && (rune = pair(t, line, i + 2 * pairs)); pairs++) {
            frequent += is_frequent(t, rune);
            signs += line->unit[i + 2 * pairs].rune < 0xC0 || line->unit[i + 2 * pairs + 1].rune < 0xC0;
        }
        bool alone = first && !is_foreign(rune_near(line, i, 2 * (long)pairs));
        bool sure = alone && !is_utf8(t, line, i, i + 2 * pairs) && frequent * 5 >= pairs * 4 &&
                    (pairs >= 3 || (pairs == 2 && signs));
        if (!sure) {
            line->unit[to++] = line->unit[i++];
            continue;
        }
        for (size_t k = 0; k < pairs; k++, i += 2)
            merge(line, to++, i, 2, pair(t, line, i));
        changed = true;
    }
    line->count = to;
    return changed;
}

bool misread_controls(const struct tables *t, struct line *line) {
    bool changed = false;
    for (size_t i = 0; i < line->count; i++) {
        struct unit *unit = &line->unit[i];
        if (unit->rune >= 0x80 && unit->rune < 0xA0 && t->quote[unit->rune - 0x80]) {
            unit->rune = t->quote[unit->rune - 0x80];
            unit->changed = changed = true;
        }
    }
    return changed;
}
