/* SPDX-License-Identifier: MIT */
/*
 * Web pages. The bytes become UTF-8 by the charset they are judged to be in; the page is parsed from there, and each
 * piece of text goes out with the bytes it came from: through the page's UTF-8, and through the map from that to the
 * bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <siftd/plugin.h>

#include "charset/charset.h"
#include "charset/convert.h"
#include "memory.h"
#include "utf8.h"
#include "webpage.h"
#include "words.h"

enum { NAME_ABOUT = 8, PROBED = 8192 };

struct html {
    const char *charset; /* option */
    int main_text;       /* option */
    int64_t doubt_below; /* option: confidence under which the charset is called doubtful */
    const struct siftd_host *host;
    struct words *names, *about;
};

/* --- words -------------------------------------------------------------------------------------------------------- */

static uint32_t name_of(void *user, const char *word, size_t len) {
    const struct html *html = user;
    size_t size = 0;
    uint32_t roles = (uint32_t)words_match(html->names, (struct siftd_str){word, len}, &size);
    if (len - size <= 1) /* the word, or its plural */
        return roles;
    return size >= 4 ? roles & (PAGE_NEVER | PAGE_ASIDE | PAGE_BODY) : 0;
}

static bool has_date(const char *line, size_t len) {
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        bool digit = line[i] >= '0' && line[i] <= '9';
        if (!digit && digits == 4)
            return true;
        digits = digit ? digits + 1 : 0;
    }
    return digits == 4;
}

/* Words of Latin letters begin the line, others may stand anywhere in it. */
static bool is_about(void *user, const char *line, size_t len) {
    const struct html *html = user;
    size_t size;
    char lower[200];
    if (len > sizeof lower)
        len = sizeof lower;
    for (size_t i = 0; i < len; i++)
        lower[i] = (char)(line[i] >= 'A' && line[i] <= 'Z' ? line[i] + 32 : line[i]);
    for (size_t i = 0; i < len; i++)
        if ((i == 0 || (unsigned char)lower[i] >= 0xE0) &&
            words_match(html->about, (struct siftd_str){lower + i, len - i}, &size))
            return true;
    return has_date(line, len);
}

static int open_html(void *self, const struct siftd_host *host) {
    struct html *html = self;
    const struct siftd_node *pack = host->pack(host, "html");
    html->host = host;
    html->names = words_new();
    html->about = words_new();
    words_add_list(html->names, host, host->node_get(pack, "never"), PAGE_NEVER);
    words_add_list(html->names, host, host->node_get(pack, "aside"), PAGE_ASIDE);
    words_add_list(html->names, host, host->node_get(pack, "body"), PAGE_BODY);
    words_add_list(html->about, host, host->node_get(pack, "about"), NAME_ABOUT);
    const char *name = charset_name(html->charset);
    if (*html->charset && !name)
        return host->error(host, "there is no decoder for the charset %s", html->charset);
    html->charset = name;
    return SIFTD_OK;
}

static void close_html(void *self) {
    struct html *html = self;
    words_free(html->names);
    words_free(html->about);
}

/* --- is it a page? ------------------------------------------------------------------------------------------------ */

static size_t count(const char *at, size_t len, const char *tag) {
    size_t n = 0, size = strlen(tag);
    for (size_t i = 0; i + size <= len; i++)
        n += at[i] == '<' && strncasecmp(at + i, tag, size) == 0;
    return n;
}

/* By what stands in it: a page says so at once; a piece of one has its tags. */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    static const char *const sure[] = {"<!doctype html", "<html", "<head>", "<body"};
    static const char *const likely[] = {"<p>", "<div", "<br",    "<a href", "<td", "<span",
                                         "<h1", "<h2",  "<meta ", "<title>", "</p>"};
    char plain[PROBED];
    size_t len = 0, tags = 0;
    (void)self;
    (void)size;
    (void)name;
    for (size_t i = 0; i < head.len && len < sizeof plain; i++)
        if (head.at[i]) /* UTF-16 as well */
            plain[len++] = head.at[i];
    const char *first = memchr(plain, '<', len);
    size_t before = first ? (size_t)(first - plain) : len;
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++)
        if (before <= 512 && count(plain, len, sure[i]))
            return 80;
    for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
        tags += count(plain, len, likely[i]);
    return before <= 16 && tags >= 4 ? 70 : 0;
}

/* --- the bytes as UTF-8, and back --------------------------------------------------------------------------------- */

struct piece {
    size_t text, source;
    uint32_t text_unit, byte_unit;
};

struct source {
    const struct siftd_host *host;
    struct siftd_doc *doc;
    char *utf8;
    size_t len, room, base; /* base: where a page that is UTF-8 as it stands begins */
    struct piece *piece;
    size_t pieces, piece_room, last; /* last: the piece that was looked up */
};

static void *grown(void *list, size_t *room, size_t size) {
    *room = *room ? *room * 2 : 256;
    list = realloc(list, *room * size);
    if (!list)
        out_of_memory();
    return list;
}

static int add_piece(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit, uint32_t byte_unit) {
    struct source *s = user;
    while (s->room - s->len < len)
        s->utf8 = grown(s->utf8, &s->room, 1);
    if (s->pieces == s->piece_room)
        s->piece = grown(s->piece, &s->piece_room, sizeof *s->piece);
    memcpy(s->utf8 + s->len, utf8, len);
    s->piece[s->pieces++] = (struct piece){s->len, start, text_unit, byte_unit};
    s->len += len;
    return 0;
}

/* The piece that holds a place: mostly the last one or the next. */
static const struct piece *piece_at(struct source *s, size_t at) {
    size_t low = 0, high = s->pieces;
    if (s->piece[s->last].text <= at)
        low = s->last;
    if (low + 1 < s->pieces && s->piece[low + 1].text <= at)
        low++;
    if (low + 1 == s->pieces || s->piece[low + 1].text > at)
        high = low + 1;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->piece[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    s->last = low;
    return &s->piece[low];
}

static size_t byte_of(struct source *s, size_t at) {
    if (!s->pieces)
        return s->base + at;
    const struct piece *piece = piece_at(s, at);
    return piece->source + (at - piece->text) / piece->text_unit * piece->byte_unit;
}

static size_t piece_end(const struct source *s, const struct piece *piece) {
    return piece + 1 < s->piece + s->pieces ? piece[1].text : s->len;
}

/* What stands in the page as it is: in as many parts as the map has. */
static int put_same(struct source *s, const char *utf8, size_t len, size_t start) {
    if (!s->pieces)
        return s->host->text_bytes(s->doc, s->base + start, s->base + start + len);
    int result = 0;
    for (size_t done = 0; done < len && result >= 0;) {
        const struct piece *piece = piece_at(s, start + done);
        size_t left = piece_end(s, piece) - (start + done), part = len - done < left ? len - done : left;
        result = s->host->text_units(s->doc, utf8 + done, part, byte_of(s, start + done), piece->text_unit,
                                     piece->byte_unit);
        done += part;
    }
    return result;
}

static int put(void *user, const char *utf8, size_t len, size_t start, size_t end) {
    struct source *s = user;
    if (end - start == len && utf8 >= s->utf8 && utf8 < s->utf8 + s->len)
        return put_same(s, utf8, len, start);
    size_t from = byte_of(s, start), to = end > start ? byte_of(s, end) : from;
    return s->host->text_add(s->doc, utf8, len, from, to);
}

static int put_mark(void *user, const char *kind, size_t start, size_t end, const char *value) {
    struct source *s = user;
    return s->host->mark(s->doc, kind, start, end, value);
}

/* --- the document ------------------------------------------------------------------------------------------------- */

/* Facts that pages tell of themselves: the first of the names that is there. */
static void note_facts(const struct html *html, struct siftd_doc *doc, const struct page *page) {
    static const struct {
        const char *fact, *names[6];
    } facts[] = {
        {"title", {"og:title", "ArticleTitle", "title"}},
        {"author", {"author", "article:author", "byl"}},
        {"published", {"article:published_time", "PubDate", "datePublished", "date", "pubdate"}},
        {"publisher", {"og:site_name", "ContentSource", "source", "publisher", "SiteName"}},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        for (size_t k = 0; k < 6 && facts[i].names[k]; k++) {
            const char *value = page_meta(page, facts[i].names[k]);
            if (value && *value) {
                html->host->set(doc, facts[i].fact, value);
                break;
            }
        }
}

static int read_bytes(const struct html *html, struct source *s) {
    struct siftd_str bytes = html->host->bytes(s->doc);
    char label[CHARSET_LABEL];
    struct guess guess;
    struct convert work = {.put = add_piece, .user = s};
    charset_declared(bytes.at, bytes.len, label);
    charset_judge(bytes.at, bytes.len, label, &guess);
    if (html->charset)
        guess = (struct guess){.charset = html->charset, .confidence = 100, .bom = guess.bom};
    if (label[0])
        html->host->set(s->doc, "charset_declared", label);
    const char *table = charset_table(guess.charset);
    if (!table && utf8_check(bytes.at + guess.bom, bytes.len - guess.bom) == bytes.len - guess.bom) {
        s->utf8 = (char *)bytes.at + guess.bom;
        s->len = bytes.len - guess.bom;
        s->base = guess.bom;
    } else if (convert(&work, table, bytes.at, bytes.len, guess.bom) < 0) {
        return html->host->error(html->host, "%s", work.error);
    }
    charset_note(html->host, s->doc, &guess, work.replaced, html->doubt_below);
    return SIFTD_OK;
}

static int read_page(struct html *html, struct source *s) {
    struct page page;
    struct page_words words = {name_of, is_about, html};
    if (page_parse(&page, s->utf8, s->len, &words) < 0)
        return html->host->error(html->host, "the page nests its elements too deep to be read");
    page_block(&page);
    page_tables(&page);
    bool found = page_choose(&page, &words, !html->main_text);
    html->host->set(s->doc, "main_text", found ? "found" : "whole page");
    note_facts(html, s->doc, &page);
    int result = page_write(&page, put, put_mark, s);
    page_free(&page);
    return result < 0 ? result : SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    struct html *html = self;
    struct source s = {.host = html->host, .doc = doc};
    int result = read_bytes(html, &s);
    if (result == SIFTD_OK && s.len)
        result = read_page(html, &s);
    if (s.pieces)
        free(s.utf8);
    free(s.piece);
    return result;
}

static const struct siftd_option options[] = {
    {.name = "charset",
     .type = SIFTD_STRING,
     .offset = offsetof(struct html, charset),
     .preset = "",
     .help = "Read every page in this charset instead of detecting it."},
    {.name = "main_text",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct html, main_text),
     .preset = "true",
     .help = "Leave navigation, side bars, comments and the like out; false: all that can be seen."},
    {.name = "doubt_below",
     .type = SIFTD_INT,
     .offset = offsetof(struct html, doubt_below),
     .preset = "40",
     .max = 100,
     .help = "Call a charset doubtful when the confidence in it is below this."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "html",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "web pages: their main text, every character with its place in the file",
    .options = options,
    .instance_size = sizeof(struct html),
    .open = open_html,
    .close = close_html,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
