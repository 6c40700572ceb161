/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "rtf.h"

/* In the order of strcmp(). Destinations that are not here and marked with \* are left out. */
static const struct rtf_word words[] = {
    {"annotation", DO_LEAVE_OUT, 0},
    {"ansicpg", DO_CODEPAGE, 0},
    {"atnauthor", DO_LEAVE_OUT, 0},
    {"atnid", DO_LEAVE_OUT, 0},
    {"bullet", DO_RUNE, 0x2022},
    {"cell", DO_CELL, 0},
    {"colortbl", DO_LEAVE_OUT, 0},
    {"column", DO_LINE, 0},
    {"cpg", DO_FONT_CODEPAGE, 0},
    {"deleted", DO_DELETED, 0},
    {"do", DO_ENTER, 0},
    {"emdash", DO_RUNE, 0x2014},
    {"emspace", DO_RUNE, 0x2003},
    {"endash", DO_RUNE, 0x2013},
    {"enspace", DO_RUNE, 0x2002},
    {"f", DO_FONT, 0},
    {"falt", DO_LEAVE_OUT, 0},
    {"fcharset", DO_CHARSET, 0},
    {"filetbl", DO_LEAVE_OUT, 0},
    {"fldinst", DO_LEAVE_OUT, 0},
    {"fonttbl", DO_FONTS, 0},
    {"footer", DO_LEAVE_OUT, 0},
    {"footerf", DO_LEAVE_OUT, 0},
    {"footerl", DO_LEAVE_OUT, 0},
    {"footerr", DO_LEAVE_OUT, 0},
    {"footnote", DO_NOTE, 0},
    {"header", DO_LEAVE_OUT, 0},
    {"headerf", DO_LEAVE_OUT, 0},
    {"headerl", DO_LEAVE_OUT, 0},
    {"headerr", DO_LEAVE_OUT, 0},
    {"info", DO_LEAVE_OUT, 0},
    {"intbl", DO_IN_TABLE, 0},
    {"ldblquote", DO_RUNE, 0x201C},
    {"line", DO_BREAK, 0},
    {"listtable", DO_LEAVE_OUT, 0},
    {"lquote", DO_RUNE, 0x2018},
    {"mac", DO_CODEPAGE, 10000},
    {"nonshppict", DO_LEAVE_OUT, 0},
    {"objdata", DO_LEAVE_OUT, 0},
    {"page", DO_LINE, 0},
    {"par", DO_LINE, 0},
    {"pard", DO_PARAGRAPH, 0},
    {"pc", DO_CODEPAGE, 437},
    {"pca", DO_CODEPAGE, 850},
    {"pict", DO_LEAVE_OUT, 0},
    {"plain", DO_PLAIN, 0},
    {"private", DO_LEAVE_OUT, 0},
    {"qmspace", DO_RUNE, 0x2005},
    {"rdblquote", DO_RUNE, 0x201D},
    {"revtbl", DO_LEAVE_OUT, 0},
    {"row", DO_ROW, 0},
    {"rquote", DO_RUNE, 0x2019},
    {"rxe", DO_LEAVE_OUT, 0},
    {"sect", DO_LINE, 0},
    {"shpinst", DO_ENTER, 0},
    {"shprslt", DO_LEAVE_OUT, 0},
    {"sp", DO_LEAVE_OUT, 0},
    {"stylesheet", DO_LEAVE_OUT, 0},
    {"tab", DO_TAB, 0},
    {"tc", DO_LEAVE_OUT, 0},
    {"trowd", DO_ROW_BEGIN, 0},
    {"txe", DO_LEAVE_OUT, 0},
    {"u", DO_UNICODE, 0},
    {"uc", DO_UNICODE_SKIP, 0},
    {"ud", DO_ENTER, 0},
    {"upr", DO_LEAVE_OUT, 0},
    {"v", DO_HIDDEN, 0},
    {"xe", DO_LEAVE_OUT, 0},
    {"zwj", DO_RUNE, 0x200D},
    {"zwnj", DO_RUNE, 0x200C},
};

static int by_name(const void *name, const void *word) {
    return strcmp(name, ((const struct rtf_word *)word)->name);
}

const struct rtf_word *rtf_word_find(const char *name) {
    return bsearch(name, words, sizeof words / sizeof *words, sizeof *words, by_name);
}

static const struct {
    int codepage;
    const char *label;
} codepages[] = {
    {437, "ibm437"},        {708, "iso-8859-6"},    {850, "ibm850"},        {852, "ibm852"},
    {866, "ibm866"},        {874, "windows-874"},   {932, "shift_jis"},     {936, "gb18030"},
    {949, "euc-kr"},        {950, "big5"},          {1250, "windows-1250"}, {1251, "windows-1251"},
    {1253, "windows-1253"}, {1254, "windows-1254"}, {1255, "windows-1255"}, {1256, "windows-1256"},
    {1257, "windows-1257"}, {1258, "windows-1258"}, {10000, "macintosh"},   {20866, "koi8-r"},
    {54936, "gb18030"},     {65001, "utf-8"},
};

const char *rtf_codepage_label(int codepage) {
    for (size_t i = 0; i < sizeof codepages / sizeof *codepages; i++)
        if (codepages[i].codepage == codepage)
            return codepages[i].label;
    return "windows-1252";
}

/* A font for the Western set also stands where a writer did not care, and the bytes are the document's. */
int rtf_charset_codepage(int charset) {
    static const struct {
        int charset, codepage;
    } known[] = {{77, 10000}, {128, 932},  {129, 949},  {134, 936},  {136, 950}, {161, 1253}, {162, 1254}, {163, 1258},
                 {177, 1255}, {178, 1256}, {186, 1257}, {204, 1251}, {222, 874}, {238, 1250}, {254, 437},  {255, 850}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].charset == charset)
            return known[i].codepage;
    return 0;
}
