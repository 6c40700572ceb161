/* SPDX-License-Identifier: MIT */
#include "detect.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* What is known of a charset: the IANA name, how ICU calls the table that reads all of it, and what detectors call it.
 */
struct charset {
    const char *name, *converter, *also;
};

/* GB2312 and GBK are read as GB18030, EUC-KR as CP949, Shift_JIS as CP932, Big5 with the Hong Kong characters: each
 * table holds the smaller one, and files that call themselves by the smaller name hold the larger one's characters. */
static const struct charset charsets[] = {
    {"GB18030", "gb18030", "GB2312"},
    {"GB18030", "gb18030", "GBK"},
    {"Big5-HKSCS", "ibm-1375_P100-2008", "BIG5"},
    {"Shift_JIS", "ibm-943_P15A-2003", "CP932"},
    {"EUC-JP", "EUC-JP", "EUC-JP"},
    {"EUC-KR", "windows-949", "UHC"},
    {"EUC-TW", "EUC-TW", "EUC-TW"},
    {"ISO-2022-JP", "ISO_2022,locale=ja,version=2", "ISO-2022-JP"},
    {"ISO-2022-KR", "ISO-2022-KR", "ISO-2022-KR"},
    {"ISO-2022-CN", "ISO-2022-CN", "ISO-2022-CN"},
    {"HZ-GB-2312", "HZ", "HZ-GB-2312"},
    {"UTF-16LE", "UTF-16LE", "UTF-16LE"},
    {"UTF-16BE", "UTF-16BE", "UTF-16BE"},
    {"UTF-32LE", "UTF-32LE", "UTF-32LE"},
    {"UTF-32BE", "UTF-32BE", "UTF-32BE"},
};

static struct guess guess_of(const char *name, int confidence, size_t bom) {
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        if (strcasecmp(name, charsets[i].name) == 0 || strcasecmp(name, charsets[i].also) == 0)
            return (struct guess){charsets[i].name, charsets[i].converter, NULL, confidence, bom};
    return (struct guess){name, name, NULL, confidence, bom};
}

/* --- certain marks ------------------------------------------------------------------------------------------------ */

static bool by_mark(const char *at, size_t len, struct guess *ret) {
    static const struct {
        const char *bytes;
        size_t len;
        const char *charset;
    } marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"},
                 {"\xFF\xFE\0\0", 4, "UTF-32LE"},
                 {"\0\0\xFE\xFF", 4, "UTF-32BE"},
                 {"\xFF\xFE", 2, "UTF-16LE"},
                 {"\xFE\xFF", 2, "UTF-16BE"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (len >= marks[i].len && memcmp(at, marks[i].bytes, marks[i].len) == 0) {
            *ret = guess_of(marks[i].charset, 100, marks[i].len);
            if (i == 0)
                ret->converter = NULL;
            return true;
        }
    return false;
}

/* Plausible units of running text: printable ASCII, Chinese and kana, their punctuation, full-width forms. */
static bool plausible(uint32_t unit) {
    return (unit >= 0x20 && unit < 0x7F) || (unit >= 0x3000 && unit < 0x3100) || (unit >= 0x4E00 && unit < 0xA000) ||
           (unit >= 0xFF01 && unit < 0xFFEF) || (unit >= 0x2010 && unit < 0x2027) || unit == 0xA || unit == 0xD ||
           unit == 9;
}

/* Units that no text goes long without and that other charsets do not give by chance. */
static bool anchor(uint32_t unit) {
    return unit < 0x80 || unit == 0x3001 || unit == 0x3002 || unit == 0xFF0C || unit == 0xFF1A || unit == 0x7684;
}

static uint32_t unit_at(const unsigned char *c, size_t width, bool big) {
    uint32_t unit = 0;
    for (size_t i = 0; i < width; i++)
        unit |= (uint32_t)c[i] << 8 * (big ? width - 1 - i : i);
    return unit;
}

/* Share of plausible units, in percent; 0 without anchors. */
static unsigned wide_fit(const char *at, size_t len, size_t width, bool big) {
    size_t units = len / width, good = 0, anchors = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t unit = unit_at((const unsigned char *)at + i * width, width, big);
        good += plausible(unit);
        anchors += unit && anchor(unit);
    }
    return units >= 2 && anchors * 64 >= units && anchors ? (unsigned)(good * 100 / units) : 0;
}

static bool by_width(const char *at, size_t len, size_t size, struct guess *ret) {
    static const struct {
        const char *charset;
        size_t width;
        bool big;
    } wide[] = {{"UTF-32LE", 4, false}, {"UTF-32BE", 4, true}, {"UTF-16LE", 2, false}, {"UTF-16BE", 2, true}};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        unsigned fit = size % wide[i].width ? 0 : wide_fit(at, len, wide[i].width, wide[i].big);
        if (fit >= 90) {
            *ret = guess_of(wide[i].charset, (int)fit, 0);
            return true;
        }
    }
    return false;
}

static const char *find(const char *at, size_t len, const char *what) {
    return memmem(at, len, what, strlen(what));
}

/* Seven-bit sets that switch by escape sequences (ISO 2022) or by ~{ and ~} (HZ, RFC 1843). */
static bool by_escape(const char *at, size_t len, struct guess *ret) {
    const char *name = NULL;
    if (find(at, len, "\x1B$)C"))
        name = "ISO-2022-KR";
    else if (find(at, len, "\x1B$)A") || find(at, len, "\x1B$)G"))
        name = "ISO-2022-CN";
    else if (find(at, len, "\x1B$B") || find(at, len, "\x1B$@") || find(at, len, "\x1B(J") || find(at, len, "\x1B$(D"))
        name = "ISO-2022-JP";
    const char *open = find(at, len, "~{");
    if (!name && open && find(open, len - (size_t)(open - at), "~}"))
        name = "HZ-GB-2312";
    if (name)
        *ret = guess_of(name, 95, 0);
    return name;
}

static bool seven_bit(const char *at, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)at[i] >= 0x80)
            return false;
    return true;
}

bool detect_certain(const char *at, size_t len, struct guess *ret) {
    size_t sample = len < DETECT_SAMPLE ? len : DETECT_SAMPLE;
    if (by_mark(at, len, ret))
        return true;
    bool zeros = memchr(at, 0, sample);
    if (zeros)
        return by_width(at, sample & ~(size_t)3, len, ret);
    return (memchr(at, 0x1B, sample) || memchr(at, '~', sample)) && seven_bit(at, sample) && by_escape(at, sample, ret);
}

/* --- East Asian statistics ---------------------------------------------------------------------------------------- */

/* How bytes read in one multi-byte charset. */
struct fit {
    size_t chars;  /* of more than one byte */
    size_t common; /* in the rows that running text is made of */
    size_t own;    /* in rows that only this language uses much: kana, hangul */
    size_t errors;
};

static bool in(unsigned char c, unsigned low, unsigned high) {
    return c >= low && c <= high;
}

/* One character's length (0: error), counted in `fit`. `c` points to at least four readable bytes. */
typedef size_t step_fn(const unsigned char *c, struct fit *fit);

static size_t step_gb18030(const unsigned char *c, struct fit *fit) {
    if (!in(c[0], 0x81, 0xFE))
        return 0;
    if (in(c[1], 0x30, 0x39) && in(c[2], 0x81, 0xFE) && in(c[3], 0x30, 0x39))
        return 4;
    if (!in(c[1], 0x40, 0xFE) || c[1] == 0x7F)
        return 0;
    fit->common += c[1] >= 0xA1 && (in(c[0], 0xB0, 0xD7) || in(c[0], 0xA1, 0xA3));
    return 2;
}

static size_t step_big5(const unsigned char *c, struct fit *fit) {
    if (!in(c[0], 0x81, 0xFE) || !(in(c[1], 0x40, 0x7E) || in(c[1], 0xA1, 0xFE)))
        return 0;
    fit->common += in(c[0], 0xA4, 0xC6) || in(c[0], 0xA1, 0xA2);
    return 2;
}

static size_t step_sjis(const unsigned char *c, struct fit *fit) {
    if (in(c[0], 0xA1, 0xDF))
        return 1;
    if (!(in(c[0], 0x81, 0x9F) || in(c[0], 0xE0, 0xFC)) || !in(c[1], 0x40, 0xFC) || c[1] == 0x7F)
        return 0;
    bool kana = (c[0] == 0x82 && c[1] >= 0x9F) || (c[0] == 0x83 && c[1] <= 0x96);
    fit->own += kana;
    fit->common += kana || c[0] == 0x81 || in(c[0], 0x88, 0x97);
    return 2;
}

static size_t step_eucjp(const unsigned char *c, struct fit *fit) {
    if (c[0] == 0x8E)
        return in(c[1], 0xA1, 0xDF) ? 2 : 0;
    if (c[0] == 0x8F)
        return in(c[1], 0xA1, 0xFE) && in(c[2], 0xA1, 0xFE) ? 3 : 0;
    if (!in(c[0], 0xA1, 0xFE) || !in(c[1], 0xA1, 0xFE))
        return 0;
    fit->own += c[0] == 0xA4 || c[0] == 0xA5;
    fit->common += c[0] == 0xA4 || c[0] == 0xA5 || c[0] == 0xA1 || in(c[0], 0xB0, 0xCF);
    return 2;
}

static size_t step_euckr(const unsigned char *c, struct fit *fit) {
    if (!in(c[0], 0x81, 0xFE) || !(in(c[1], 0x41, 0x5A) || in(c[1], 0x61, 0x7A) || in(c[1], 0x81, 0xFE)))
        return 0;
    bool hangul = in(c[0], 0xB0, 0xC8) && c[1] >= 0xA1;
    fit->own += hangul;
    fit->common += hangul || c[0] == 0xA1;
    return 2;
}

static struct fit fit_of(const char *at, size_t len, step_fn *step) {
    const unsigned char *c = (const unsigned char *)at, *end = c + len;
    struct fit fit = {0};
    while (c < end) {
        if (*c < 0x80) {
            c++;
            continue;
        }
        unsigned char tail[4] = {0};
        size_t left = (size_t)(end - c);
        memcpy(tail, c, left < 4 ? left : 4);
        size_t size = step(tail, &fit);
        fit.errors += size == 0;
        fit.chars += size > 1;
        c += size ? size : 1;
    }
    return fit;
}

/* 0 to 100: how much of the text lies in common rows; every error in a hundred characters costs ten. */
static int points(const struct fit *fit) {
    if (!fit->chars)
        return 0;
    int common = (int)(fit->common * 100 / fit->chars), errors = (int)(fit->errors * 1000 / fit->chars);
    return common > errors ? common - errors : 0;
}

struct judgement {
    const char *best, *second;
    int points;
    size_t chars;
};

static void put(struct judgement *j, const char *name, int points_of_name) {
    if (points_of_name > j->points) {
        j->second = j->best;
        j->best = name;
        j->points = points_of_name;
    } else if (points_of_name && !j->second) {
        j->second = name;
    }
}

static bool mostly(const struct fit *fit, size_t percent) {
    return fit->own * 100 >= fit->chars * percent;
}

/*
 * Chinese is what is expected: Japanese needs its kana and Korean its hangul to be taken. Frequent GB characters lie in
 * the same rows as hangul, but spread to D7 where hangul ends at C8.
 */
static struct judgement judge(const char *at, size_t len) {
    struct fit gb = fit_of(at, len, step_gb18030), big5 = fit_of(at, len, step_big5), sjis = fit_of(at, len, step_sjis);
    struct fit jp = fit_of(at, len, step_eucjp), kr = fit_of(at, len, step_euckr);
    struct judgement j = {.chars = gb.chars};
    put(&j, "GB18030", points(&gb));
    put(&j, "Big5-HKSCS", points(&big5));
    if (mostly(&sjis, 20))
        put(&j, "Shift_JIS", points(&sjis) + 5);
    if (mostly(&jp, 20))
        put(&j, "EUC-JP", points(&jp) + 5);
    if (mostly(&kr, 85))
        put(&j, "EUC-KR", points(&kr) + 5);
    if (j.points > 100)
        j.points = 100;
    return j;
}

void detect_legacy(const char *at, size_t len, const char *opinion, struct guess *ret) {
    size_t sample = len < DETECT_SAMPLE ? len : DETECT_SAMPLE;
    struct judgement j = judge(at, sample);
    struct guess own = guess_of(j.best ? j.best : "windows-1252", j.points, 0);
    struct guess other = opinion && *opinion ? guess_of(opinion, 60, 0) : own;
    if (strcasecmp(own.charset, other.charset) == 0) {
        *ret = own;
        ret->confidence = 50 + j.points / 2;
        ret->runner_up = j.second;
    } else if (j.points >= 85 || (j.chars < 64 && j.points >= 70)) {
        *ret = own;
        ret->runner_up = other.charset;
    } else {
        *ret = other;
        ret->runner_up = j.best;
    }
}

/* --- not text ----------------------------------------------------------------------------------------------------- */

static const char *by_magic(const char *at, size_t len) {
    static const struct {
        const char *bytes;
        size_t len;
        const char *what;
    } magic[] = {
        {"%PDF-", 5, "a PDF file"},
        {"PK\3\4", 4, "a ZIP archive or an Office document"},
        {"PK\5\6", 4, "a ZIP archive"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "an old Office document"},
        {"\x89PNG\r\n\x1A\n", 8, "a PNG image"},
        {"\xFF\xD8\xFF", 3, "a JPEG image"},
        {"GIF8", 4, "a GIF image"},
        {"II*\0", 4, "a TIFF image"},
        {"MM\0*", 4, "a TIFF image"},
        {"\x1F\x8B", 2, "a gzip file"},
        {"BZh", 3, "a bzip2 file"},
        {"\xFD"
         "7zXZ\0",
         6, "an xz file"},
        {"\x28\xB5\x2F\xFD", 4, "a Zstandard file"},
        {"7z\xBC\xAF\x27\x1C", 6, "a 7-Zip archive"},
        {"Rar!\x1A\7", 6, "a RAR archive"},
        {"\x7F"
         "ELF",
         4, "a program (ELF)"},
        {"MZ\x90\0", 4, "a Windows program"},
        {"SQLite format 3", 16, "an SQLite database"},
    };
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (len >= magic[i].len && memcmp(at, magic[i].bytes, magic[i].len) == 0)
            return magic[i].what;
    return NULL;
}

const char *detect_binary(const char *at, size_t len) {
    size_t sample = len < DETECT_SAMPLE ? len : DETECT_SAMPLE, controls = 0;
    struct guess certain;
    const char *what = by_magic(at, len);
    if (what || detect_certain(at, len, &certain))
        return what;
    for (size_t i = 0; i < sample; i++) {
        unsigned char c = (unsigned char)at[i];
        controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B;
    }
    return controls * 50 > sample ? "binary data" : NULL;
}
