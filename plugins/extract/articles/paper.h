/* SPDX-License-Identifier: MIT */
/*
 * A file's paragraphs, each with what it is: the title of an article, a by-line, a date, a numbered heading, a caption,
 * or body. What it is says where articles begin and end.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lexicon.h"
#include "siftd/plugin.h"
#include "words.h"

/* The pack's lists of section "articles", by the words they hold. */
enum paper_word {
    WORD_LEAD = 1 << 0,
    WORD_ORIGINAL = 1 << 1,
    WORD_SOURCE = 1 << 2,
    WORD_INTRO = 1 << 3,
    WORD_BYLINE = 1 << 4,
    WORD_PRESS = 1 << 5,
    WORD_CAPTION = 1 << 6,
    WORD_OPINION = 1 << 7,
    WORD_NOT_TITLE = 1 << 8
};

enum line_flag {
    LINE_TITLE = 1 << 0,    /* short, without a sentence's end: a title or a heading */
    LINE_NAME = 1 << 1,     /* nothing but a person's name */
    LINE_DATE = 1 << 2,     /* a full date and little else */
    LINE_SOURCE = 1 << 3,   /* 来源：… */
    LINE_ORIGINAL = 1 << 4, /* 原标题：… */
    LINE_LEAD = 1 << 5,     /* begins like a news item */
    LINE_CAPTION = 1 << 6,  /* a picture's caption */
    LINE_SECTION = 1 << 7,  /* 一、 numbers a section */
    LINE_NUMBERED = 1 << 8, /* numbered in any way */
    LINE_SIGNED = 1 << 9,   /* ends with a name behind its last sentence */
    LINE_OPINION = 1 << 10,
    LINE_ISSUE = 1 << 11 /* 《…》 and the number of the paper's issue */
};

struct line {
    struct siftd_span span;
    unsigned flags;
    int number;             /* of a numbered line */
    struct siftd_span name; /* LINE_NAME, LINE_SIGNED: the person; LINE_ISSUE: the paper */
    char date[16];          /* LINE_DATE: ISO */
};

struct paper {
    struct siftd_str text;
    struct line *line;
    size_t count, room;
};

/* Reads the text's paragraphs; `paper` begins as zeros and keeps its memory. */
void paper_read(struct paper *paper, const struct lexicon *lexicon, const struct words *words, struct siftd_str text);
void paper_deinit(struct paper *paper);

static inline struct siftd_str line_text(const struct paper *paper, const struct line *line) {
    return (struct siftd_str){paper->text.at + line->span.start, line->span.end - line->span.start};
}
