/* SPDX-License-Identifier: MIT */
/*
 * Names of people. A one-character surname is followed by one or two characters. Four characters behind an office, of
 * which the last is also the first of the verb that follows, are a name of three and a slip (副主任方向民主主持召开);
 * where the same four stand before a verb elsewhere, the slip was repeated.
 */
#include <stdio.h>

#include "codepoint.h"
#include "str.h"
#include "wording.h"

enum { MESSAGE_BYTES = 160, NAME_CHARACTERS = 3 };

/* The bytes of `count` Chinese characters at `from`; 0 when others stand there. */
static size_t han_run(const char *from, const char *end, int count) {
    const char *at = from;
    for (; count > 0; count--) {
        size_t len;
        if (at >= end || !cp_is_han(cp_at(at, end, &len)))
            return 0;
        at += len;
    }
    return (size_t)(at - from);
}

static bool is_act(const struct wording *w, struct siftd_str text, size_t *ret_len) {
    return words_match(w->words, text, ret_len) & WORD_ACT;
}

static bool is_noted(const struct wording *w, struct siftd_str name) {
    for (size_t i = 0; i < w->persons; i++)
        if (str_equal(w->person[i], name))
            return true;
    return false;
}

void note_person(struct place *place) {
    struct wording *w = place->wording;
    const char *from = place->text.at + place->at, *end = place->text.at + place->text.len;
    size_t office, act, len;
    if (!(words_match(w->words, str_from(from, end), &office) & WORD_OFFICE))
        return;
    const char *name = from + office;
    size_t all = han_run(name, end, NAME_CHARACTERS + 1);
    if (!all || !runes_has(&w->surnames, cp_at(name, end, &len)))
        return;
    const char *stray = cp_before(name, name + all);
    struct siftd_str behind = str_from(name + all, end), noted = {name, all};
    if (!is_act(w, behind, &act) || !str_starts(behind, str_from(stray, name + all)) || is_noted(w, noted))
        return;
    if (w->persons < PERSONS_MAX)
        w->person[w->persons++] = noted;
}

/* The places of one name that a verb follows. */
static int report_person(const struct place *place, struct siftd_str name) {
    const char *end = place->text.at + place->text.len, *stray = cp_before(name.at, name.at + name.len);
    for (const char *at = place->text.at; (at = str_find(str_from(at, end), name)) != NULL; at += name.len) {
        size_t act, start = (size_t)(at - place->text.at);
        if (!is_act(place->wording, str_from(at + name.len, end), &act))
            continue;
        char message[MESSAGE_BYTES];
        snprintf(message, sizeof message, "the name is %.*s; %.*s before %.*s is one character too many",
                 (int)(stray - name.at), name.at, (int)(name.at + name.len - stray), stray, (int)act, at + name.len);
        if (report(place, "naming", start, start + name.len + act, message) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

int report_persons(const struct place *place) {
    for (size_t i = 0; i < place->wording->persons; i++)
        if (report_person(place, place->wording->person[i]) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}
