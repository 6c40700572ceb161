/* SPDX-License-Identifier: MIT */
/*
 * When the lead byte of a two-byte character goes, the pairs behind it are read from the wrong byte on, up to the next
 * ASCII byte. The run of wrong characters holds all the bytes but the one at each end: the lost lead byte and, where
 * the last trail byte met an ASCII byte and made no character with it, that one, which a converter turns into '?'.
 *
 * The usual cause is a converter that writes full-width forms (A3 A1 to A3 FE) in ASCII without regard to where a pair
 * begins: it hits a trail byte A3 and the lead byte behind it, and the lead byte in front makes no pair any more.
 */
#include "place.h"

#include <string.h>

#include "runes.h"
#include "str.h"

enum { CONTEXT = 8, CONTEXT_BYTES = 160, FOLDED_TRAIL = 0xA3 };

size_t sign_at(const char *at, const char *end) {
    if (at < end && *at == '?')
        return 1;
    return end - at >= 3 && memcmp(at, "\xEF\xBF\xBD", 3) == 0 ? 3 : 0;
}

/* --- the neighbours ----------------------------------------------------------------------------------------------- */

static void window_add(struct window *window, uint32_t c) {
    if (window->count == CONTEXT)
        memmove(window->rune, window->rune + 1, --window->count * sizeof *window->rune);
    window->rune[window->count++] = (uint16_t)c;
}

/* The characters of [at, end) without glosses: the last ones for the text before, the first ones for that behind. A
 * measure word behind a number makes no word with what follows it. */
static void neighbours(struct window *window, const char *at, const char *end, bool behind) {
    const char *next;
    size_t size;
    bool number = false;
    for (window->count = 0; at < end && !(behind && window->count == CONTEXT); at += size) {
        uint32_t c = cp_at(at, end, &size);
        if (gloss_at(at, end, &next).len)
            size = (size_t)(next - at);
        else if (cp_is_han(c) && c < 0x10000 && !(number && !behind))
            window_add(window, c);
        else if (behind)
            return;
        else
            window->count = 0;
        number = cp_is_digit(c);
    }
}

static void read_neighbours(struct place *place, struct siftd_str text) {
    const char *end = text.at + text.len,
               *from = place->start - text.at > CONTEXT_BYTES ? place->start - CONTEXT_BYTES : text.at;
    while (from < place->start && ((unsigned char)*from & 0xC0) == 0x80)
        from++;
    neighbours(&place->before, from, place->start, false);
    neighbours(&place->after, place->end, end - place->end > CONTEXT_BYTES ? place->end + CONTEXT_BYTES : end, true);
}

/* --- the bytes ---------------------------------------------------------------------------------------------------- */

struct bytes {
    struct place *place;
    size_t count;
};

static bool add(struct bytes *bytes, unsigned byte) {
    if (bytes->count == sizeof bytes->place->byte)
        return false;
    bytes->place->byte[bytes->count++] = (uint8_t)byte;
    return true;
}

/* The last trail byte, where a run of wrong characters ends: known when it is a letter by itself, unknown when a sign
 * of loss stands for it. */
static bool add_last(struct bytes *bytes, const char *at, const char *end) {
    size_t sign = sign_at(at, end);
    if (!sign && (at == end || !cp_is_latin((unsigned char)*at)))
        return false;
    bytes->place->end = at + (sign ? sign : 1);
    return add(bytes, sign ? 0 : (unsigned char)*at);
}

static bool read_run(struct bytes *bytes, const struct codes *codes, const char *at, const char *end) {
    size_t size;
    for (; at < end; at += size) {
        uint32_t c = cp_at(at, end, &size);
        unsigned pair = codes_pair(codes, c);
        if (!pair)
            break;
        if (!add(bytes, pair >> 8))
            return false;
        if ((pair & 0xFF) < 0x80) {
            bytes->place->letter = true;
            bytes->place->end = at + size;
            return true;
        }
        if (!add(bytes, pair & 0xFF))
            return false;
    }
    return add_last(bytes, at, end);
}

/* What stands behind the sign of a lost lead byte. */
static bool read_behind(struct bytes *bytes, const struct codes *codes, const char *at, const char *end,
                        enum damage damage) {
    if (!add(bytes, 0))
        return false;
    if (damage == DAMAGE_FOLDED) {
        if (at == end || *at < 0x21 || *at > 0x3F)
            return false;
        add(bytes, FOLDED_TRAIL);
        add(bytes, (unsigned)*at++ | 0x80);
    }
    return at < end && (unsigned char)*at >= 0x80 && !sign_at(at, end) && read_run(bytes, codes, at, end) &&
           bytes->count % 2 == 0;
}

/* A single letter between Chinese characters, or behind one and before a gloss. */
static bool read_letter(struct place *place, const char *at, const char *end) {
    if (!cp_is_latin((unsigned char)*at))
        return false;
    place->byte[1] = (uint8_t)*at;
    place->pairs = 1;
    place->end = at + 1;
    return cp_is_han(rune_at(at + 1, end)) || (at + 1 < end && at[1] == '(');
}

/* A sign and a gloss, with its opening bracket or lost together with it; the halves of the lost character may have been
 * glossed each (?(tóng)?(bù) without brackets): the last gloss is the character's. */
static bool read_whole(struct place *place, const char *at, const char *end) {
    const char *next = at;
    place->pairs = 1;
    place->end = at;
    if (gloss_at(at, end, &next).len)
        return true;
    for (struct siftd_str gloss; (gloss = gloss_inside(at, end, &next)).len; at = next + sign_at(next, end)) {
        place->gloss = gloss;
        place->end = next;
    }
    return place->gloss.len > 0;
}

bool place_read(struct place *place, const struct codes *codes, struct siftd_str text, const char *at,
                enum damage damage) {
    const char *end = text.at + text.len, *behind = at + sign_at(at, end), *next;
    struct bytes bytes = {.place = place};
    *place = (struct place){.damage = damage, .start = at};
    if (damage == DAMAGE_LEAD    ? !read_letter(place, at, end)
        : damage == DAMAGE_WHOLE ? !read_whole(place, behind, end)
                                 : !read_behind(&bytes, codes, behind, end, damage))
        return false;
    if (bytes.count)
        place->pairs = bytes.count / 2;
    if (!place->gloss.len && !place->letter)
        place->gloss = gloss_at(place->end, end, &next);
    read_neighbours(place, text);
    return damage != DAMAGE_LEAD || place->before.count > 0;
}
