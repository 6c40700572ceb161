/* SPDX-License-Identifier: MIT */
/*
 * Method: the signs of a lost byte are a question mark, U+FFFD, or a single letter among Chinese characters. At each of
 * them the bytes that stood there are put together for every kind of damage that leaves this sign (place.c), and the
 * characters that they can have been are weighed (choose.c). What is clear is put back; the rest stays and is counted.
 * Nothing is built before the first sign, so that a sound document costs one look at its bytes.
 */
#include <stdio.h>

#include <siftd/plugin.h>

#include "choose.h"
#include "runes.h"
#include "str.h"
#include "utf8.h"

enum { TRIES_MAX = 500 };

struct lost {
    int64_t margin; /* option */
    const struct siftd_host *host;
    struct codes *codes; /* both made at the first sign */
    struct fit *fit;
};

struct walk {
    const struct lost *lost;
    struct siftd_doc *doc;
    struct siftd_str text;
    bool learned;
    const char *clear; /* behind a run that could not be read: its letters are no signs */
    size_t tries, unrestored;
};

/* --- signs -------------------------------------------------------------------------------------------------------- */

static bool is_letter_sign(const char *begin, const char *at, const char *end) {
    return at > begin && ((unsigned char)at[-1] >= 0x80 || at[-1] == ')') && at + 1 < end &&
           ((unsigned char)at[1] >= 0x80 || at[1] == '(');
}

/* The next place that may be one: '?', the first byte of U+FFFD, a letter with no letter beside it. */
static const char *next_sign(const char *begin, const char *at, const char *end) {
    for (; at < end; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x80 ? c == 0xEF && sign_at(at, end) : c == '?' || (cp_is_latin(c) && is_letter_sign(begin, at, end)))
            return at;
    }
    return end;
}

/* --- repairs ------------------------------------------------------------------------------------------------------ */

/* A lone capital is often a name (A股, B轮): without a gloss only the document's own words or a small letter will do.
 */
static bool is_trusted(const struct walk *walk, const struct place *place, const struct choice *choice) {
    if (place->damage != DAMAGE_LEAD || place->gloss.len)
        return true;
    const struct fit *fit = walk->lost->fit;
    uint32_t left = place->before.count ? place->before.rune[place->before.count - 1] : 0;
    uint32_t right = place->after.count ? place->after.rune[0] : 0, c = choice->rune[0];
    bool seen = fit_seen(fit, left, c) || fit_seen(fit, c, right);
    return fit_is_traditional(fit) && (seen || (*place->start >= 'a' && *place->start <= 'z'));
}

static void replace(struct walk *walk, const struct place *place, const struct choice *choice) {
    const struct siftd_host *host = walk->lost->host;
    char with[RUN_MAX * 4 + 1];
    size_t len = 0, start = (size_t)(place->start - walk->text.at), end = (size_t)(place->end - walk->text.at);
    for (size_t i = 0; i < choice->runes; i++)
        len += utf8_put(with + len, choice->rune[i] ? choice->rune[i] : '?');
    if (place->letter) /* the trail byte of the run's last pair */
        with[len++] = (char)(codes_pair(walk->lost->codes, rune_before(walk->text.at, place->end)) & 0xFF);
    host->edit(walk->doc, start, end, with, len, "lost");
    host->mark(walk->doc, "lost", start, end, "");
    walk->unrestored += choice->unknown;
}

static bool try_damage(struct walk *walk, struct place *place, const char *at, enum damage damage) {
    const struct lost *lost = walk->lost;
    struct choice choice;
    if (!place_read(place, lost->codes, walk->text, at, damage))
        return false;
    if (place->end > walk->clear)
        walk->clear = place->end;
    if (!walk->learned)
        fit_learn(lost->fit, lost->codes, walk->text);
    walk->learned = true;
    if (walk->tries == TRIES_MAX)
        return false;
    walk->tries++;
    if (!choose(&choice, lost->fit, lost->codes, place, lost->margin) || !is_trusted(walk, place, &choice))
        return false;
    replace(walk, place, &choice);
    return true;
}

/* U+FFFD is a loss in any case; a question mark or a letter is one when a gloss stands behind it, whose character it
 * was. */
static bool is_loss(const struct place *place, const char *at) {
    return *at == '\xEF' || ((place->damage == DAMAGE_WHOLE || place->damage == DAMAGE_LEAD) && place->gloss.len);
}

/* Repairs the place at `at`; returns where to go on. */
static const char *repair(struct walk *walk, const char *at) {
    static const enum damage kinds[] = {DAMAGE_FOLDED, DAMAGE_SHIFTED, DAMAGE_WHOLE};
    const char *end = walk->text.at + walk->text.len;
    struct place place = {0};
    size_t sign = sign_at(at, end);
    bool done = !sign && at >= walk->clear && try_damage(walk, &place, at, DAMAGE_LEAD);
    for (size_t i = 0; sign && !done && i < sizeof kinds / sizeof *kinds; i++)
        done = try_damage(walk, &place, at, kinds[i]);
    if (done)
        return place.end;
    walk->unrestored += is_loss(&place, at);
    return at + (sign ? sign : 1);
}

static int prepare(struct lost *lost) {
    if (!lost->codes)
        lost->codes = codes_new();
    if (!lost->fit)
        lost->fit = fit_new();
    if (!lost->codes || !lost->fit)
        return lost->host->error(lost->host, "ICU has no GB18030 or no Chinese dictionary: install its complete data "
                                             "(libicu), or leave the plugin lost out");
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    struct lost *lost = self;
    struct walk walk = {.lost = lost, .doc = doc, .text = lost->host->text(doc)};
    const char *end = walk.text.at + walk.text.len, *at = walk.clear = walk.text.at;
    while ((at = next_sign(walk.text.at, at, end)) < end) {
        int r = prepare(lost);
        if (r != SIFTD_OK)
            return r;
        at = repair(&walk, at);
    }
    char count[24];
    snprintf(count, sizeof count, "%zu", walk.unrestored);
    return walk.unrestored ? lost->host->set_json(doc, "unrestored", count) : SIFTD_OK;
}

static int open_lost(void *self, const struct siftd_host *host) {
    ((struct lost *)self)->host = host;
    return SIFTD_OK;
}

static void close_lost(void *self) {
    struct lost *lost = self;
    lost->codes = codes_free(lost->codes);
    lost->fit = fit_free(lost->fit);
}

static const struct siftd_option options[] = {
    {.name = "margin",
     .type = SIFTD_INT,
     .offset = offsetof(struct lost, margin),
     .preset = "5",
     .min = 1,
     .max = 100,
     .help = "How much better than the next best a character must fit to be put back; more is more careful."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "lost",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "puts back Chinese characters that a conversion took a byte from",
    .options = options,
    .instance_size = sizeof(struct lost),
    .open = open_lost,
    .close = close_lost,
    .run = run,
};
SIFTD_PLUGIN(plugin)
