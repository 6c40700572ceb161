/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

#include "charset.h"

/* A set that is known here: its IANA name, ICU's name of its table, and the labels that mean it (the facts of the
 * Encoding Standard, https://encoding.spec.whatwg.org). A label of a smaller set means the larger one: files that call
 * themselves by the smaller name hold the larger one's characters. */
static const struct charset {
    const char *name, *table, *labels;
} charsets[] = {
    {"UTF-8", NULL, "utf8 unicode-1-1-utf-8 utf-8-sig us-ascii ascii"},
    {"GB18030", "gb18030",
     "gb2312 gbk gb_2312-80 gb_2312 csgb2312 x-gbk cp936 ms936 windows-936 chinese euc-cn gb2312-80 iso-ir-58 "
     "gb18030-2022"},
    {"Big5-HKSCS", "ibm-1375_P100-2008",
     "big5 big5hkscs cn-big5 csbig5 x-x-big5 cp950 windows-950 big-5 big5-hkscs:2004"},
    {"Shift_JIS", "ibm-943_P15A-2003", "sjis shift-jis x-sjis cp932 windows-31j ms_kanji csshiftjis ms932"},
    {"EUC-JP", "EUC-JP", "x-euc-jp eucjp cseucpkdfmtjapanese ujis"},
    {"EUC-KR", "windows-949",
     "uhc cp949 windows-949 ks_c_5601-1987 ksc5601 ksc_5601 korean euckr ks_c_5601-1989 cseuckr x-windows-949 ms949"},
    {"Johab", "johab", "cp1361 ms1361 ksc5601-1992"},
    {"EUC-TW", "EUC-TW", "euctw x-euc-tw"},
    {"ISO-2022-JP", "ISO_2022,locale=ja,version=2", "csiso2022jp iso-2022-jp-1 iso-2022-jp-2"},
    {"ISO-2022-KR", "ISO-2022-KR", "csiso2022kr"},
    {"ISO-2022-CN", "ISO-2022-CN", "iso-2022-cn-ext"},
    {"HZ-GB-2312", "HZ", "hz"},
    {"UTF-16LE", "UTF-16LE", "utf-16 unicode ucs-2 csunicode"},
    {"UTF-16BE", "UTF-16BE", "unicodefffe"},
    {"UTF-32LE", "UTF-32LE", "utf-32"},
    {"UTF-32BE", "UTF-32BE", ""},
    {"windows-1252", "windows-1252", "iso-8859-1 latin1 l1 iso8859-1 cp1252 x-cp1252 iso_8859-1 ansi"},
    {"windows-1254", "windows-1254", "iso-8859-9 latin5 iso8859-9 cp1254 l5"},
    {"windows-874", "windows-874", "tis-620 iso-8859-11 cp874 iso8859-11 dos-874"},
    {"x-mac-cyrillic", "macos-7_3-10.2", "mac-cyrillic x-mac-ukrainian maccyrillic"},
    {"macintosh", "macintosh", "mac-roman macroman x-mac-roman mac"},
    {"x-mac-ce", "macos-29-10.2", "mac-centraleurope x-mac-centralroman maccentraleurope"},
    {"ISO-8859-10", "iso-8859_10-1998", "latin6 l6"},
    {"ISO-8859-16", "iso-8859_16-2001", "latin10 l10"},
    {"IBM866", "IBM866", "cp866 866"},
    {"KOI8-R", "KOI8-R", "koi koi8 cskoi8r"},
};

static bool is_word(const char *list, const char *word) {
    size_t len = strlen(word);
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, " ");
        if (n == len && strncasecmp(at, word, n) == 0)
            return true;
        at += n + strspn(at + n, " ");
    }
    return false;
}

static const struct charset *find(const char *label) {
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        if (strcasecmp(charsets[i].name, label) == 0 || is_word(charsets[i].labels, label))
            return &charsets[i];
    return NULL;
}

/* The name by which the internet knows it, or ICU's own. */
const char *charset_name(const char *label) {
    if (!label || !*label)
        return NULL;
    const struct charset *known = find(label);
    if (known)
        return known->name;
    static const char *const standards[] = {"MIME", "IANA"};
    for (size_t i = 0; i < 2; i++) {
        UErrorCode code = U_ZERO_ERROR;
        const char *name = ucnv_getStandardName(label, standards[i], &code);
        if (U_SUCCESS(code) && name)
            return (known = find(name)) ? known->name : name;
    }
    UErrorCode code = U_ZERO_ERROR;
    const char *name = ucnv_getAlias(label, 0, &code);
    return U_SUCCESS(code) ? name : NULL;
}

const char *charset_table(const char *charset) {
    const struct charset *known = find(charset);
    return known ? known->table : charset;
}
