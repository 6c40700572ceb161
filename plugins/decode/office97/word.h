/* SPDX-License-Identifier: MIT */
/* The documents of Word 97 to 2003 (Microsoft, [MS-DOC]). */
#pragma once
#include "office97.h"

/* What a character or the paragraph that ends in it is. */
enum word_flag {
    WORD_HIDDEN = 1,
    WORD_DELETED = 2,
    WORD_SYMBOL = 4, /* a sign of a font of its own */
    WORD_IN_TABLE = 8,
    WORD_ROW_END = 16,
};

struct word {
    uint16_t *unit; /* the text's UTF-16, with Word's signs in it */
    uint8_t *flags; /* enum word_flag of each */
    size_t units;
    size_t body, notes, headers, comments, endnotes, boxes; /* how much of it each part has, in this order */
    bool cut;                                               /* something is missing */
};

/* Reads a document's text and what is said of it. NULL, or why it cannot be read. The caller frees, also then. */
const char *word_read(const struct ole *ole, struct siftd_str stream, struct word *ret);
void word_free(struct word *word);
/* Writes body, footnotes, endnotes and text boxes. */
void word_write(const struct word *word, struct page *page);
