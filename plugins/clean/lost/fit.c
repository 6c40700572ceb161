/* SPDX-License-Identifier: MIT */
#include "fit.h"

#include <stdlib.h>

#include <unicode/ubrk.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "memory.h"
#include "runes.h"
#include "str.h"

enum { PAIRS_MAX = 1 << 20, SLOTS_LEAST = 1 << 12, GLOSS_MAX = 12, READING_MAX = 32, TRADITIONAL_SHARE = 25 };

/* A reading, as hashes of its letters with and without tone marks; 0: not asked yet. */
struct spelling {
    uint32_t toned, plain;
};

/* Two neighbours and how often they were seen, up to SEEN_MAX; 0: a free slot. */
struct seen {
    uint32_t pair, times;
};

struct fit {
    UBreakIterator *words;
    UTransliterator *pinyin; /* takes long to build: made when the first gloss is met */
    const UNormalizer2 *apart;
    struct spelling *spelling; /* of every character of the basic plane */
    size_t han, extended;
    struct seen *seen; /* the document's neighbours: open addressing, at most half full */
    size_t slots, used;
};

struct fit *fit_new(void) {
    UErrorCode code = U_ZERO_ERROR;
    struct fit *fit = calloc(1, sizeof *fit);
    if (!fit)
        out_of_memory();
    fit->words = ubrk_open(UBRK_WORD, "zh", NULL, 0, &code);
    fit->apart = unorm2_getNFDInstance(&code);
    return U_FAILURE(code) ? fit_free(fit) : fit;
}

struct fit *fit_free(struct fit *fit) {
    if (fit)
        free(fit->seen);
    if (fit)
        free(fit->spelling);
    if (fit && fit->words)
        ubrk_close(fit->words);
    if (fit && fit->pinyin)
        utrans_close(fit->pinyin);
    free(fit);
    return NULL;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

/* The pair's slot, or the free one that it goes to. */
static struct seen *seen_slot(const struct fit *fit, uint32_t pair) {
    size_t i = (size_t)(pair * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (fit->slots - 1);
    while (fit->seen[i].times && fit->seen[i].pair != pair)
        i = (i + 1) & (fit->slots - 1);
    return &fit->seen[i];
}

static void seen_resize(struct fit *fit, size_t slots) {
    struct seen *old = fit->seen;
    size_t count = fit->slots;
    fit->seen = calloc(slots, sizeof *fit->seen);
    if (!fit->seen)
        out_of_memory();
    fit->slots = slots;
    for (size_t i = 0; i < count; i++)
        if (old[i].times)
            *seen_slot(fit, old[i].pair) = old[i];
    free(old);
}

static void seen_clear(struct fit *fit) {
    free(fit->seen);
    fit->seen = NULL;
    fit->slots = fit->used = 0;
    seen_resize(fit, SLOTS_LEAST);
}

static void seen_add(struct fit *fit, uint32_t a, uint32_t b) {
    if (2 * fit->used == fit->slots)
        seen_resize(fit, 2 * fit->slots);
    struct seen *slot = seen_slot(fit, a << 16 | b);
    slot->pair = a << 16 | b;
    fit->used += slot->times == 0;
    slot->times += slot->times < SEEN_MAX;
}

unsigned fit_seen(const struct fit *fit, uint32_t a, uint32_t b) {
    return a && b && fit->slots ? seen_slot(fit, a << 16 | b)->times : 0;
}

static bool is_pinyin(uint32_t c) {
    return cp_is_latin(c) || (c >= 0xE0 && c < 0x250) || (c >= 0x300 && c < 0x370) || c == 0x1E3F;
}

struct siftd_str gloss_inside(const char *at, const char *end, const char **ret_end) {
    const char *begin = at, *stop = end - at > GLOSS_MAX ? at + GLOSS_MAX : end;
    size_t size;
    while (at < stop && is_pinyin(cp_at(at, stop, &size)))
        at += size;
    struct siftd_str inside = str_from(begin, at);
    at += at < stop && *at == ' ';
    if (!inside.len || at == stop || *at != ')')
        return (struct siftd_str){at, 0};
    *ret_end = at + 1;
    return inside;
}

struct siftd_str gloss_at(const char *at, const char *end, const char **ret_end) {
    at += at < end && *at == ' ';
    if (at == end || *at != '(')
        return (struct siftd_str){at, 0};
    return gloss_inside(at + 1, end, ret_end);
}

void fit_learn(struct fit *fit, const struct codes *codes, struct siftd_str text) {
    const char *end = text.at + text.len, *next;
    uint32_t before = 0;
    size_t size, pairs = 0;
    fit->han = fit->extended = 0;
    seen_clear(fit);
    for (const char *at = text.at; at < end; at += size) {
        uint32_t c = cp_at(at, end, &size);
        if ((c == '(' || c == ' ') && gloss_at(at, end, &next).len) {
            size = (size_t)(next - at);
            continue;
        }
        c = cp_is_han(c) && c < 0x10000 ? c : 0;
        if (c && before && pairs++ < PAIRS_MAX)
            seen_add(fit, before, c);
        fit->han += c != 0;
        fit->extended += c && codes_is_extended(codes_pair(codes, c));
        before = c;
    }
}

bool fit_is_traditional(const struct fit *fit) {
    return fit->extended * TRADITIONAL_SHARE >= fit->han;
}

/* --- words and readings ------------------------------------------------------------------------------------------- */

struct in_words fit_words(struct fit *fit, const struct window *window, size_t from, size_t to) {
    UErrorCode code = U_ZERO_ERROR;
    UChar units[WINDOW_MAX];
    struct in_words n = {0};
    for (size_t i = 0; i < window->count; i++)
        units[i] = window->rune[i] ? window->rune[i] : 0xFFFC;
    ubrk_setText(fit->words, units, (int32_t)window->count, &code);
    if (U_FAILURE(code))
        return n;
    for (int32_t start = ubrk_first(fit->words), stop; (stop = ubrk_next(fit->words)) != UBRK_DONE; start = stop)
        for (int32_t i = start; i < stop && stop - start > 1; i++) {
            bool han = cp_is_han(units[i]);
            n.window += han;
            n.part += han && (size_t)i >= from && (size_t)i < to;
        }
    return n;
}

static uint32_t hash(const UChar *units, int32_t len, bool tones) {
    uint32_t value = 2166136261U;
    for (int32_t i = 0; i < len; i++)
        if (tones || !(units[i] >= 0x300 && units[i] < 0x370))
            value = (value ^ units[i]) * 16777619U;
    return value | 1;
}

static struct spelling spell(const struct fit *fit, const UChar *units, int32_t len) {
    UErrorCode code = U_ZERO_ERROR;
    UChar apart[2 * READING_MAX];
    len = unorm2_normalize(fit->apart, units, len, apart, 2 * READING_MAX, &code);
    return U_FAILURE(code) ? (struct spelling){0} : (struct spelling){hash(apart, len, true), hash(apart, len, false)};
}

static bool prepare_readings(struct fit *fit) {
    static const UChar id[] = u"Han-Latin";
    UErrorCode code = U_ZERO_ERROR;
    if (fit->spelling)
        return fit->pinyin != NULL;
    fit->spelling = calloc(0x10000, sizeof *fit->spelling);
    if (!fit->spelling)
        out_of_memory();
    fit->pinyin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    return fit->pinyin != NULL;
}

static struct spelling spelling_of(struct fit *fit, uint32_t rune) {
    UErrorCode code = U_ZERO_ERROR;
    UChar units[READING_MAX] = {(UChar)rune};
    int32_t len = 1, limit = 1;
    if (!fit->spelling[rune].toned) {
        utrans_transUChars(fit->pinyin, units, &len, READING_MAX, 0, &limit, &code);
        fit->spelling[rune] = U_FAILURE(code) ? (struct spelling){1, 1} : spell(fit, units, len);
    }
    return fit->spelling[rune];
}

enum reading fit_reading(struct fit *fit, uint32_t rune, struct siftd_str gloss) {
    UErrorCode code = U_ZERO_ERROR;
    UChar units[READING_MAX];
    int32_t len = 0;
    u_strFromUTF8(units, READING_MAX, &len, gloss.at, (int32_t)gloss.len, &code);
    if (U_FAILURE(code) || rune > 0xFFFF || !prepare_readings(fit))
        return READING_OTHER;
    struct spelling own = spelling_of(fit, rune), given = spell(fit, units, len);
    return own.toned == given.toned ? READING_SAME : own.plain == given.plain ? READING_TONELESS : READING_OTHER;
}
