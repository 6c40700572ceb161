/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>

#include "charset.h"
#include "east.h"
#include "single.h"
#include "utf8.h"

/* A piece that the statistics look at: from a little before the first byte above 7F on. */
struct sample {
    const char *at;
    size_t len;
};

static struct sample sample_of(const char *at, size_t len) {
    size_t start = 0;
    while (start < len && !((unsigned char)at[start] & 0x80))
        start++;
    start = start > 16 ? start - 16 : 0;
    size_t left = len - start;
    return (struct sample){at + start, left < DETECT_SAMPLE ? left : DETECT_SAMPLE};
}

static size_t high_bytes(const char *at, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += (unsigned char)at[i] >> 7;
    return n;
}

/* Broken UTF-8 is still UTF-8 when far more of it reads well than does not. */
static bool mostly_utf8(struct sample s) {
    size_t bad = 0, i = 0;
    while ((i += utf8_check(s.at + i, s.len - i)) < s.len) {
        bad++;
        i++;
    }
    return bad * 20 < high_bytes(s.at, s.len);
}

static bool is(const char *a, const char *b) {
    return a && b && strcasecmp(a, b) == 0;
}

/* The general detector's opinion. */
static const char *ask(struct sample s) {
    uchardet_t detector = uchardet_new();
    const char *name = NULL;
    if (uchardet_handle_data(detector, s.at, s.len) == 0) {
        uchardet_data_end(detector);
        name = charset_name(uchardet_get_charset(detector));
    }
    uchardet_delete(detector);
    return is(name, "UTF-8") ? NULL : name; /* this is known better */
}

/* Sets whose characters have several bytes, or that bytes above 7F cannot be in. */
static bool is_single(const char *charset) {
    static const char *const others[] = {"UTF-", "ISO-2022", "HZ-", "EUC-TW"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(charset, others[i], strlen(others[i])) == 0)
            return false;
    return east_points("", 0, charset) < 0;
}

struct weighing {
    struct sample sample;
    struct east east;
    const char *declared, *opinion;
};

/* What an East Asian declaration must be worth: no set that it could be taken for fits clearly better. */
static bool bears_out(const struct weighing *w) {
    int points = w->declared ? east_points(w->sample.at, w->sample.len, w->declared) : -1;
    return points >= 0 && points + 20 >= w->east.points && points >= 30;
}

/* Latin letters with accents stand alone between others; two together are rare. */
static bool is_latin(struct sample s) {
    size_t high = 0, runs = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool now = (unsigned char)s.at[i] >> 7;
        high += now;
        runs += now && (i == 0 || !((unsigned char)s.at[i - 1] >> 7));
    }
    return high * 5 < runs * 9;
}

/* Whether the letters of a set of single bytes above 7F are accented ones, rather than an alphabet of their own. */
static bool has_accents(const char *charset) {
    static const char *const others[] = {"windows-1251", "windows-1253", "windows-1255", "windows-1256", "windows-874",
                                         "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",   "KOI8",
                                         "IBM855",       "IBM866",       "x-mac-cyr",    "windows-1258"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncasecmp(charset, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

static void by_letters(const struct weighing *w, struct guess *ret) {
    const char *declared = w->declared && is_single(w->declared) ? w->declared : NULL;
    *ret = (struct guess){0};
    ret->charset = single_choose(w->sample.at, w->sample.len, declared, w->opinion, &ret->confidence, &ret->runner_up);
    bool foreign = has_accents(ret->charset) ? !is_latin(w->sample) : ret->confidence < 40;
    if (w->east.best && w->east.points >= 20 && foreign)
        *ret = (struct guess){w->east.best, ret->charset, w->east.points, 0};
    else if (!ret->runner_up)
        ret->runner_up = w->east.best;
}

static void by_statistics(const struct weighing *w, struct guess *ret) {
    bool strong = w->east.points >= 85 || (w->east.chars < 64 && w->east.points >= 70);
    const char *opinion = w->opinion;
    if (is(opinion, w->east.best)) {
        *ret = (struct guess){w->east.best, w->east.second, 50 + w->east.points / 2, 0};
    } else if (opinion && east_points(w->sample.at, w->sample.len, opinion) >= (strong ? w->east.points : 70)) {
        *ret = (struct guess){opinion, w->east.best, 70, 0};
    } else if (strong) {
        *ret = (struct guess){w->east.best, opinion ? opinion : w->east.second, w->east.points - (opinion ? 10 : 0), 0};
    } else if (opinion && !is_single(opinion)) {
        *ret = (struct guess){opinion, w->east.best, 60, 0};
    } else {
        by_letters(w, ret);
    }
}

static void weigh(struct weighing *w, struct guess *ret) {
    w->east = east_judge(w->sample.at, w->sample.len);
    if (bears_out(w)) {
        const char *second = is(w->east.best, w->declared) ? w->east.second : w->east.best;
        *ret = (struct guess){w->declared, second, 50 + w->east.points / 2, 0};
        return;
    }
    w->opinion = ask(w->sample);
    by_statistics(w, ret);
}

void charset_judge(const char *at, size_t len, const char *label, struct guess *ret) {
    struct weighing w = {.declared = charset_name(label)};
    *ret = (struct guess){"UTF-8", NULL, 100, 0};
    if (detect_certain(at, len, ret) || utf8_check(at, len) == len || detect_wide(at, len, ret))
        return;
    w.sample = sample_of(at, len);
    if (mostly_utf8(w.sample)) {
        ret->confidence = is(w.declared, "UTF-8") ? 95 : 90;
        return;
    }
    weigh(&w, ret);
}
