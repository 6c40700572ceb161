/* SPDX-License-Identifier: MIT */
/*
 * A character is weighed by the words it makes with its neighbours, by its gloss, by whether the document has it beside
 * the same neighbours elsewhere, and a little by how common it is. Being common is no evidence: a character with
 * nothing else for it is never chosen.
 */
#include "choose.h"

#include <limits.h>

#include "runes.h"

enum {
    WORD = 4,     /* for each character of the window that is part of a word */
    GLOSS = 8,    /* the gloss is the character's reading */
    TONELESS = 3, /* ... but for the tone */
    SEEN = 5,     /* for each time, up to twice and on each side, that the document has the pair */
    COMMON = 1,
    STOP = 6,     /* a full stop or comma: as frequent as all other characters with their trail byte together */
    EXTENDED = -4 /* a character that only traditional text has, in simplified text */
};

struct weigh {
    struct fit *fit;
    const struct codes *codes;
    const struct place *place;
    struct window window;
    size_t first; /* of the place's characters in the window */
};

static bool is_plausible(uint32_t c) {
    return cp_is_han(c) || (c >= 0x3000 && c < 0x3020) || (c >= 0xFF01 && c < 0xFF5F) || (c >= 0x2014 && c < 0x2027);
}

/* --- one character ------------------------------------------------------------------------------------------------ */

struct best {
    uint32_t rune;
    int score, next;
    bool told; /* by something other than being common */
};

static bool is_stop(uint32_t c) {
    return c == 0x3001 || c == 0x3002 || c == 0xFF0C;
}

static void weigh_one(struct weigh *w, struct best *best, size_t at, uint32_t rune, struct siftd_str gloss) {
    struct window *window = &w->window;
    unsigned pair = codes_pair(w->codes, rune);
    uint32_t left = at > 0 ? window->rune[at - 1] : 0, right = at + 1 < window->count ? window->rune[at + 1] : 0;
    int seen = (int)(fit_seen(w->fit, left, rune) + fit_seen(w->fit, rune, right)), reading = 0;
    window->rune[at] = (uint16_t)rune;
    struct in_words words = fit_words(w->fit, window, at, at + 1);
    if (gloss.len) {
        enum reading how = fit_reading(w->fit, rune, gloss);
        reading = how == READING_SAME ? GLOSS : how == READING_TONELESS ? TONELESS : 0;
    }
    /* nothing but words speaks for damage of this kind: they may be chance */
    bool shifted = w->place->damage == DAMAGE_SHIFTED;
    int score = WORD * (int)words.window + SEEN * seen + reading + (codes_is_common(pair) ? COMMON : 0);
    if (cp_is_han(rune) && codes_is_extended(pair) && !fit_is_traditional(w->fit))
        score += EXTENDED;
    if (is_stop(rune))
        score += STOP;
    if (score > best->score) {
        best->next = best->score;
        *best = (struct best){rune, score, best->score,
                              seen || reading == GLOSS || (!shifted && (words.part || is_stop(rune)))};
    } else if (score > best->next) {
        best->next = score;
    }
}

/* Tries each byte that may have stood there. `lead` or `trail` is the known one, the other 0. */
static struct best try_bytes(struct weigh *w, size_t at, unsigned lead, unsigned trail, struct siftd_str gloss) {
    struct best best = {0, INT_MIN / 2, INT_MIN / 2, false};
    for (unsigned byte = TRAIL_FIRST; byte <= TRAIL_LAST; byte++) {
        uint32_t rune = lead ? codes_rune(w->codes, lead, byte) : codes_rune(w->codes, byte, trail);
        if (cp_is_han(rune) || is_stop(rune))
            weigh_one(w, &best, at, rune, gloss);
    }
    return best;
}

/* Both bytes are lost: of the common characters, those that are read as the gloss says. */
static struct best try_gloss(struct weigh *w, size_t at, struct siftd_str gloss) {
    struct best best = {0, INT_MIN / 2, INT_MIN / 2, false};
    for (unsigned lead = 0xB0; lead <= 0xD7; lead++)
        for (unsigned trail = 0xA1; trail <= TRAIL_LAST; trail++) {
            uint32_t rune = codes_rune(w->codes, lead, trail);
            if (rune && fit_reading(w->fit, rune, gloss) == READING_SAME)
                weigh_one(w, &best, at, rune, gloss);
        }
    return best;
}

/* --- the place ---------------------------------------------------------------------------------------------------- */

static void window_append(struct window *to, const uint16_t *rune, size_t count) {
    for (size_t i = 0; i < count && to->count < WINDOW_MAX; i++)
        to->rune[to->count++] = rune[i];
}

/* The characters whose bytes are all known; false when one of them cannot be. */
static bool decode_known(struct weigh *w) {
    const struct place *place = w->place;
    window_append(&w->window, place->before.rune, place->before.count);
    w->first = w->window.count;
    for (size_t i = 0; i < place->pairs; i++) {
        unsigned lead = place->byte[2 * i], trail = place->byte[2 * i + 1];
        uint16_t rune = lead && trail ? (uint16_t)codes_rune(w->codes, lead, trail) : 0;
        if (lead && trail && !is_plausible(rune))
            return false;
        window_append(&w->window, &rune, 1);
    }
    window_append(&w->window, place->after.rune, place->after.count);
    return true;
}

static void take(struct weigh *w, struct choice *choice, size_t i, const struct best *best, int64_t margin) {
    int lead = best->score - best->next;
    bool clear = best->told && lead >= margin;
    choice->rune[i] = clear ? best->rune : 0;
    choice->unknown += !clear;
    w->window.rune[w->first + i] = (uint16_t)choice->rune[i];
    if (clear && lead < choice->margin)
        choice->margin = lead;
}

static void choose_ends(struct weigh *w, struct choice *choice, int64_t margin) {
    const struct place *place = w->place;
    size_t last = place->pairs - 1;
    struct siftd_str none = {0};
    unsigned trail = place->byte[1], lead = place->byte[2 * last], tail = place->byte[2 * last + 1];
    struct best best;
    if (!place->byte[0] && trail) {
        best = try_bytes(w, w->first, 0, trail, last == 0 ? place->gloss : none);
        take(w, choice, 0, &best, margin);
    }
    if (!tail) {
        best = lead ? try_bytes(w, w->first + last, lead, 0, place->gloss) : try_gloss(w, w->first, place->gloss);
        take(w, choice, last, &best, margin);
    }
}

/* Of the characters that stand at the place now, whether no more than a third make words with their neighbours. */
static bool is_nonsense(struct fit *fit, const struct place *place) {
    struct window window = place->before;
    size_t size, from = window.count, to;
    for (const char *at = place->start; at < place->end && window.count < WINDOW_MAX; at += size) {
        uint32_t c = cp_at(at, place->end, &size);
        if (cp_is_han(c))
            window.rune[window.count++] = (uint16_t)c;
    }
    to = window.count;
    window_append(&window, place->after.rune, place->after.count);
    return 3 * fit_words(fit, &window, from, to).part <= to - from;
}

static bool is_shifted(const struct place *place) {
    return place->damage == DAMAGE_FOLDED || place->damage == DAMAGE_SHIFTED;
}

/* Whether the restored characters make sense: half of those that are known belong to words. */
static bool is_sense(struct weigh *w, const struct choice *choice) {
    size_t known = choice->runes - choice->unknown;
    return 2 * fit_words(w->fit, &w->window, w->first, w->first + choice->runes).part >= known;
}

bool choose(struct choice *choice, struct fit *fit, const struct codes *codes, const struct place *place,
            int64_t margin) {
    struct weigh w = {.fit = fit, .codes = codes, .place = place};
    *choice = (struct choice){.runes = place->pairs, .margin = INT_MAX};
    if ((is_shifted(place) && !is_nonsense(fit, place)) || !decode_known(&w))
        return false;
    for (size_t i = 0; i < place->pairs; i++)
        choice->rune[i] = w.window.rune[w.first + i];
    choose_ends(&w, choice, margin);
    return choice->unknown < choice->runes && is_sense(&w, choice);
}
