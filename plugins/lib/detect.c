/* SPDX-License-Identifier: MIT */
#include "detect.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static struct guess guess_of(const char *name, int confidence, size_t bom) {
    return (struct guess){.charset = name, .confidence = confidence, .bom = bom};
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
            return true;
        }
    return false;
}

static bool within(uint32_t unit, uint32_t low, uint32_t high) {
    return unit >= low && unit <= high;
}

/* Chinese and kana, their punctuation, full-width forms. */
static bool is_east(uint32_t unit) {
    return within(unit, 0x3000, 0x30FF) || within(unit, 0x4E00, 0x9FFF) || within(unit, 0xFF01, 0xFFEF) ||
           within(unit, 0x2010, 0x2027);
}

/* Units of running text: ASCII, the alphabets that are written much, hangul, and the above. */
static bool plausible(uint32_t unit) {
    return within(unit, 0x20, 0x7E) || within(unit, 0xA0, 0x52F) || within(unit, 0x590, 0x6FF) ||
           within(unit, 0x900, 0xEFF) || within(unit, 0x1E00, 0x20CF) || within(unit, 0xAC00, 0xD7A3) ||
           is_east(unit) || unit == 0xA || unit == 0xD || unit == 9;
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

/* A file that was cut may end in the middle of a unit: this is believed of longer ones only. */
static bool by_width(const char *at, size_t len, size_t size, struct guess *ret) {
    static const struct {
        const char *charset;
        size_t width;
        bool big;
    } wide[] = {{"UTF-32LE", 4, false}, {"UTF-32BE", 4, true}, {"UTF-16LE", 2, false}, {"UTF-16BE", 2, true}};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        size_t whole = len / wide[i].width * wide[i].width;
        unsigned fit = wide_fit(at, whole, wide[i].width, wide[i].big);
        if (fit >= 90 && (size % wide[i].width == 0 || (fit >= 95 && whole >= 64))) {
            *ret = guess_of(wide[i].charset, (int)fit, 0);
            return true;
        }
    }
    return false;
}

/* Pairs of bytes of another charset fall among Chinese characters one time in three: five in a row settle it. But for
 * Shift_JIS, whose lead bytes begin at 81, where the rarer half of the characters stands. */
bool detect_wide(const char *at, size_t len, struct guess *ret) {
    size_t units = (len < DETECT_SAMPLE ? len : DETECT_SAMPLE) / 2;
    if (units < 5 || len % 2)
        return false;
    for (int big = 0; big < 2; big++) {
        size_t good = 0, low = 0;
        for (size_t i = 0; i < units; i++) {
            uint32_t unit = unit_at((const unsigned char *)at + 2 * i, 2, big);
            good += is_east(unit);
            low += unit < 0x8100;
        }
        if (good * 20 >= units * 19 && low * 2 >= units) {
            *ret = guess_of(big ? "UTF-16BE" : "UTF-16LE", (int)(good * 95 / units), 0);
            return true;
        }
    }
    return false;
}

static const char *find(const char *at, size_t len, const char *what) {
    return memmem(at, len, what, strlen(what));
}

/* Between ~{ and ~}, on one line, stand pairs of bytes of a table of 87 rows. */
static bool has_hz(const char *at, size_t len) {
    const char *open = find(at, len, "~{");
    if (!open)
        return false;
    size_t left = len - (size_t)(open - at), i = 2;
    while (i + 1 < left && open[i] >= 0x21 && open[i] <= 0x77 && open[i + 1] >= 0x21 && open[i + 1] <= 0x7E)
        i += 2;
    return i > 2 && i + 1 < left && open[i] == '~' && open[i + 1] == '}';
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
    if (!name && has_hz(at, len))
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
        return by_width(at, sample, len, ret);
    return (memchr(at, 0x1B, sample) || memchr(at, '~', sample)) && seven_bit(at, sample) && by_escape(at, sample, ret);
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

/* Zero bytes alone make no binary data: files that were set aside before they were written are full of them. */
const char *detect_binary(const char *at, size_t len) {
    size_t sample = len < DETECT_SAMPLE ? len : DETECT_SAMPLE, controls = 0, zeros = 0;
    struct guess certain;
    const char *what = by_magic(at, len);
    if (what || detect_certain(at, len, &certain) || detect_wide(at, len, &certain))
        return what;
    for (size_t i = 0; i < sample; i++) {
        unsigned char c = (unsigned char)at[i];
        zeros += c == 0;
        controls += c && c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B;
    }
    return controls * 50 > sample - zeros + 100 || (zeros && zeros == sample) ? "binary data" : NULL;
}
