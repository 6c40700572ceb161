/* SPDX-License-Identifier: MIT */
/* The parts of the plugin: what a pack says of a site's furniture, and what is done to one line. */
#pragma once
#include <siftd/plugin.h>

#include "pattern.h"
#include "words.h"

enum label { LABEL_NONE, LABEL_DATE = 1, LABEL_NAME = 2, LABEL_DROP = 4 };

struct furniture {
    int bullets; /* option: remove signs of layout before lines */
    int blocks;  /* option: remove lists of other pages behind the text */
    const struct siftd_host *host;
    struct runes bullet;
    struct patterns line, bulleted, notice, tail;
    struct words *menu, *label, *nobody;
};

/* A line without the spaces around it; `next` is where the next one begins. */
struct line {
    const char *raw, *begin, *end, *next;
};

/* Whether the line is nothing but dates and times. */
bool is_bare_date(const struct folded *folded);
/* Whether the line is words of a menu and nothing else. */
bool is_menu(const struct furniture *furniture, const struct line *line);
/* Whether the line is short links with bars between them, half of them words of a menu. */
bool is_links(const struct furniture *furniture, const struct line *line);
bool has_bar(const struct line *line); /* long lines are not looked at */
bool is_menu_word(const struct furniture *furniture, const struct folded *folded);
/*
 * A line of labels and values: what is to be kept of it. Returns false when it is no such line; else *ret is what
 * stays, in place and in order; count 0 when nothing does.
 */
enum { SEGMENTS_MAX = 24 };
struct kept {
    struct siftd_str piece[SEGMENTS_MAX];
    size_t count;
    bool all;
};
bool read_labels(const struct furniture *furniture, const struct line *line, struct kept *ret);
/* An editor's name in brackets at the line's end: where it begins; the line's end when there is none. */
const char *signature(const struct furniture *furniture, const struct line *line);
