/* SPDX-License-Identifier: MIT */
/* Rich Text Format (Microsoft's specification 1.9.1): what the plugin's files share. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <siftd/plugin.h>

#include "json_out.h"
#include "page.h"

/* --- scan.c: the tokens ------------------------------------------------------------------------------------------- */

enum rtf_kind {
    RTF_END,
    RTF_OPEN,   /* { */
    RTF_CLOSE,  /* } */
    RTF_WORD,   /* \name, \name-12 */
    RTF_SYMBOL, /* \ and one sign that is no letter: `sign` */
    RTF_BYTE,   /* \'hh: `sign` */
    RTF_TEXT,   /* bytes as they are, without line ends: `text` */
};

enum { RTF_NAME = 33 }; /* longest word that is looked at, with its final zero */

struct rtf_token {
    enum rtf_kind kind;
    char name[RTF_NAME];
    bool valued; /* a number follows the word */
    int32_t value;
    unsigned char sign;
    struct siftd_str text;
};

struct rtf_scan {
    const char *at, *end;
};

/* The next token; the bytes that follow \bin are left out. */
void rtf_next(struct rtf_scan *scan, struct rtf_token *ret);

/* --- words.c: what the words mean --------------------------------------------------------------------------------- */

enum rtf_action {
    DO_NOTHING,
    DO_RUNE,      /* a character: the argument */
    DO_LEAVE_OUT, /* a destination that no reader sees */
    DO_ENTER,     /* one that holds text although it is marked as one to be left out */
    DO_FONTS,     /* the table of fonts */
    DO_NOTE,      /* a foot- or endnote */
    DO_LINE,      /* a paragraph ends */
    DO_TAB,
    DO_BREAK, /* a line ends inside a paragraph */
    DO_CODEPAGE,
    DO_FONT,
    DO_CHARSET,
    DO_FONT_CODEPAGE,
    DO_UNICODE,
    DO_UNICODE_SKIP,
    DO_HIDDEN,
    DO_DELETED,
    DO_PLAIN,
    DO_PARAGRAPH, /* paragraph properties as at the beginning */
    DO_IN_TABLE,
    DO_ROW_BEGIN,
    DO_CELL,
    DO_ROW,
};

struct rtf_word {
    const char *name;
    enum rtf_action action;
    uint32_t argument;
};

/* NULL: a word that is not looked at. */
const struct rtf_word *rtf_word_find(const char *name);
/* The label of a Windows code page's charset; of an unknown one, windows-1252. Lives for ever. */
const char *rtf_codepage_label(int codepage);
/* The code page of a font's \fcharset; 0: that of the document. */
int rtf_charset_codepage(int charset);

/* --- read.c ------------------------------------------------------------------------------------------------------- */

struct rtf_result {
    size_t replaced; /* bytes that are no characters of their charset */
    bool cut;        /* the file ends inside a group */
    const char *why; /* NULL: read */
};

/* Gathers the bytes that stand in the document's own code page, up to `most`; returns what \ansicpg declares, or 0. */
int rtf_sample(struct siftd_str rtf, size_t most, struct json_out *ret);
/* Writes the text to the page. `charset` (of charset_name()) is read for the document's own code page. */
void rtf_read(struct siftd_str rtf, const char *charset, struct page *page, struct rtf_result *ret);
