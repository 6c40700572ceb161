/* SPDX-License-Identifier: MIT */
/*
 * Method: one pass over each line, after a count of what it is made of (a Chinese line with some Latin, or the
 * reverse). Plain Chinese characters and Latin letters are stepped over; only marks, spaces and characters with another
 * form are looked at.
 */
#include "width.h"

#include <string.h>

void line_edit(struct line *line, const char *start, const char *end, const char *with, size_t len,
               const char *repair) {
    if (start < line->edited)
        return;
    line->width->host->edit(line->doc, (size_t)(start - line->text), (size_t)(end - line->text), with, len, repair);
    line->edited = end;
}

static void measure(struct line *line) {
    const char *end = line->end;
    for (const char *at = line->begin; at < end;) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x80) {
            line->latin += (c | 0x20U) - 'a' < 26;
            line->quotes += c == '"';
            at++;
        } else {
            line->han += c >= 0xE4 && c <= 0xE9;
            at += cp_length(c);
        }
    }
}

/* Letters, digits and the bulk of Chinese: nothing to do. */
static bool is_plain(unsigned char c) {
    return (c >= 0xE4 && c <= 0xE9) || (c | 0x20U) - 'a' < 26 || (c >= '0' && c <= '9');
}

static size_t step(struct line *line, const char *at) {
    size_t size;
    if (is_plain((unsigned char)*at))
        return cp_length((unsigned char)*at);
    uint32_t c = cp_at(at, line->end, &size);
    if (rune_is_space(c))
        return gaps(line, at);
    size_t taken = marks(line, at);
    if (taken)
        return taken;
    line->sentence |= c == 0xFF0C || c == 0x3002 || c == 0xFF1B || c == 0x3001;
    return c < 0x80 ? 1 : forms(line, at);
}

static void scan(struct line *line) {
    for (const char *at = line->begin; at < line->end;) {
        bool gap = rune_is_space(rune_at(at, line->end));
        if (!gap)
            line->wide = false;
        at += step(line, at);
    }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct width *width = self;
    struct siftd_str text = width->host->text(doc);
    const char *end = text.at + text.len;
    struct line line = {.width = width, .doc = doc, .text = text.at, .edited = text.at};
    for (const char *at = text.at; at < end; at = line.end + 1) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        line = (struct line){
            .width = width, .doc = doc, .text = text.at, .edited = line.edited, .begin = at, .spaced = at};
        line.end = newline ? newline : end;
        measure(&line);
        scan(&line);
    }
    return SIFTD_OK;
}

static int open_width(void *self, const struct siftd_host *host) {
    struct width *width = self;
    UErrorCode code = U_ZERO_ERROR;
    width->host = host;
    runes_add(&width->numbered, host, host->node_get(host->pack(host, "width"), "numbered"));
    width->nfc = unorm2_getNFCInstance(&code);
    return U_FAILURE(code) ? host->error(host, "ICU has no tables for NFC: %s", u_errorName(code)) : SIFTD_OK;
}

static const struct siftd_option options[] = {
    {.name = "punctuation",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct width, punctuation),
     .preset = "true",
     .help = "Make ASCII punctuation inside Chinese text full-width."},
    {.name = "digits",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct width, digits),
     .preset = "true",
     .help = "Make full-width digits and letters half-width."},
    {.name = "spaces",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct width, spaces),
     .preset = "true",
     .help = "Remove spaces that layout or conversion left inside Chinese text."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "width",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "full-width punctuation in Chinese, half-width digits and letters, stray spaces, NFC",
    .options = options,
    .instance_size = sizeof(struct width),
    .open = open_width,
    .run = run,
};
SIFTD_PLUGIN(plugin)
