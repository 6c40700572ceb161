/* SPDX-License-Identifier: MIT */
/* Character references of HTML that were left in running text (AT&amp;T, &ldquo;, &#8212;), once or twice over. Lines
 * with tags are about HTML and stay. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <siftd/plugin.h>

#include "utf8.h"

struct entities {
    const struct siftd_host *host;
};

enum { NAME_MAX_LEN = 10 };

static const struct {
    const char *name;
    uint32_t rune;
} known[] = {
    {"nbsp", 0xA0},    {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},      {"apos", '\''},
    {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"sbquo", 0x201A},  {"bdquo", 0x201E},
    {"laquo", 0xAB},   {"raquo", 0xBB},   {"mdash", 0x2014},  {"ndash", 0x2013}, {"hellip", 0x2026}, {"middot", 0xB7},
    {"bull", 0x2022},  {"copy", 0xA9},    {"reg", 0xAE},      {"trade", 0x2122}, {"times", 0xD7},    {"divide", 0xF7},
    {"deg", 0xB0},     {"plusmn", 0xB1},  {"yen", 0xA5},      {"euro", 0x20AC},  {"pound", 0xA3},    {"sect", 0xA7},
    {"emsp", 0x2003},  {"ensp", 0x2002},  {"thinsp", 0x2009}, {"shy", 0xAD},     {"permil", 0x2030}, {"le", 0x2264},
    {"ge", 0x2265},    {"ne", 0x2260},    {"radic", 0x221A},  {"rarr", 0x2192},  {"larr", 0x2190},   {"zwnj", 0x200C},
    {"eacute", 0xE9},  {"egrave", 0xE8},  {"agrave", 0xE0},   {"aacute", 0xE1},  {"iacute", 0xED},   {"oacute", 0xF3},
    {"uacute", 0xFA},  {"ntilde", 0xF1},  {"ccedil", 0xE7},   {"auml", 0xE4},    {"ouml", 0xF6},     {"uuml", 0xFC},
    {"Auml", 0xC4},    {"Ouml", 0xD6},    {"Uuml", 0xDC},     {"szlig", 0xDF},   {"mu", 0x3BC},      {"micro", 0xB5},
};

static uint32_t named(const char *at, size_t len) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == len && memcmp(known[i].name, at, len) == 0)
            return known[i].rune;
    return 0;
}

static uint32_t numbered(const char *at, size_t len) {
    char digits[NAME_MAX_LEN + 1] = {0}, *end;
    memcpy(digits, at, len);
    bool hex = digits[0] == 'x' || digits[0] == 'X';
    unsigned long rune = strtoul(digits + hex, &end, hex ? 16 : 10);
    bool whole = end > digits + hex && !*end && digits[hex] != '-' && digits[hex] != '+';
    return whole && rune >= 0x20 && rune <= 0x10FFFF && !(rune >= 0xD800 && rune < 0xE000) &&
                   !(rune >= 0x7F && rune < 0xA0)
               ? (uint32_t)rune
               : 0;
}

/* The reference behind a '&': what it means (0: none), and its length with the semicolon. */
static uint32_t reference(const char *at, size_t left, size_t *ret_len) {
    const char *end = memchr(at, ';', left < NAME_MAX_LEN ? left : NAME_MAX_LEN);
    if (!end || end == at)
        return 0;
    *ret_len = (size_t)(end - at) + 1;
    return *at == '#' ? numbered(at + 1, *ret_len - 2) : named(at, *ret_len - 1);
}

static void line(const struct siftd_host *host, struct siftd_doc *doc, struct siftd_str text, size_t start,
                 size_t end) {
    for (const char *at = text.at + start, *stop = text.at + end; (at = memchr(at, '&', (size_t)(stop - at)));) {
        size_t len = 0, more = 0, begin = (size_t)(at - text.at);
        at++;
        uint32_t rune = reference(at, (size_t)(stop - at), &len);
        if (!rune)
            continue;
        at += len;
        uint32_t inner = rune == '&' ? reference(at, (size_t)(stop - at), &more) : 0; /* &amp;nbsp; */
        if (inner) {
            rune = inner;
            at += more;
        }
        char utf8[4];
        host->edit(doc, begin, (size_t)(at - text.at), utf8, utf8_put(utf8, rune), "entity");
    }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct entities *)self)->host;
    struct siftd_str text = host->text(doc);
    const char *next = text.len ? memchr(text.at, '&', text.len) : NULL;
    while (next) {
        const char *begin = memrchr(text.at, '\n', (size_t)(next - text.at));
        size_t start = begin ? (size_t)(begin - text.at) + 1 : 0;
        const char *newline = memchr(next, '\n', text.len - (size_t)(next - text.at));
        size_t end = newline ? (size_t)(newline - text.at) : text.len;
        if (!memchr(text.at + start, '<', end - start))
            line(host, doc, text, start, end);
        next = end < text.len ? memchr(text.at + end, '&', text.len - end) : NULL;
    }
    return SIFTD_OK;
}

static int open_entities(void *self, const struct siftd_host *host) {
    ((struct entities *)self)->host = host;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "entities",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "HTML's character references left in running text",
    .instance_size = sizeof(struct entities),
    .open = open_entities,
    .run = run,
};
SIFTD_PLUGIN(plugin)
