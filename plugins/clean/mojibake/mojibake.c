/* SPDX-License-Identifier: MIT */
/* Text that was read in a wrong charset, once or several times over, back to what it was. Line by line, for lines that
 * hold something suspicious; every repair is sure or is not made. */
#include <stdlib.h>
#include <string.h>

#include <siftd/plugin.h>

#include "codepoint.h"
#include "memory.h"
#include "misread.h"
#include "utf8.h"

enum { TIMES = 4 /* that a text is misread over and over, at most */, LONGEST = 64 * 1024 };

struct mojibake {
    const struct siftd_host *host;
    struct tables tables;
    struct line line;
};

/* Whether UTF-8 in GBK may begin at `at`: its bytes begin with a lead byte, and go on in the next character. */
static bool is_pair(const struct mojibake *m, uint32_t rune, const char *next, const char *end) {
    unsigned both = m->tables.gbk[rune], lead = both >> 8, trail = both & 0xFF;
    if (lead < 0xE2 || lead > 0xEF || trail < 0x80 || trail > 0xBF || next == end)
        return false;
    size_t size;
    uint32_t second = cp_at(next, end, &size);
    unsigned after = second < 0x10000 ? m->tables.gbk[second] : 0;
    return after >> 8 >= 0x80 && after >> 8 <= 0xBF && (after & 0xFF) >= 0xE2 && (after & 0xFF) <= 0xEF;
}

/* Whether a line may hold misread text: two characters in a row that have the shape of it. */
static bool is_suspicious(const struct mojibake *m, const char *at, const char *end) {
    unsigned before = 0; /* role of the last character */
    for (size_t size; at < end; at += size) {
        unsigned char c = (unsigned char)*at;
        size = 1;
        if (c < 0x80) {
            if (before & LEADS && c == ' ' && at[-1] == '\x83' && at[-2] == '\xC3') /* a capital A with a tilde */
                return true;
            before = 0;
            continue;
        }
        uint32_t rune = cp_at(at, end, &size);
        unsigned role = rune < 0x10000 ? m->tables.role[rune] : 0;
        if ((before & LEADS && role & FOLLOWS) || (before & HALF && role & HALF) || rune < 0xA0)
            return true;
        if (rune >= 0x3000 && rune < 0x10000 && is_pair(m, rune, at + size, end))
            return true;
        before = role;
    }
    return false;
}

static void take_line(struct line *line, const char *text, size_t start, size_t end) {
    line->count = 0;
    for (size_t at = start, size; at < end; at += size) {
        if (line->count == line->room) {
            line->room = line->room ? line->room * 2 : 1024;
            line->unit = realloc(line->unit, line->room * sizeof *line->unit);
            if (!line->unit)
                out_of_memory();
        }
        uint32_t rune = cp_at(text + at, text + end, &size);
        line->unit[line->count++] = (struct unit){rune, at, at + size, false};
    }
}

static void give_edits(struct mojibake *m, struct siftd_doc *doc) {
    for (size_t i = 0; i < m->line.count; i++) {
        const struct unit *unit = &m->line.unit[i];
        char utf8[4];
        if (unit->changed)
            m->host->edit(doc, unit->start, unit->end, utf8, utf8_put(utf8, unit->rune), "mojibake");
    }
}

static void repair(struct mojibake *m, struct siftd_doc *doc, const char *text, size_t start, size_t end) {
    bool changed = false;
    take_line(&m->line, text, start, end);
    for (int times = 0; times < TIMES; times++) {
        bool now = misread_gbk(&m->tables, &m->line);
        now |= misread_utf8(&m->tables, &m->line);
        now |= misread_utf8_as_gbk(&m->tables, &m->line);
        changed |= now;
        if (!now)
            break;
    }
    changed |= misread_controls(&m->tables, &m->line);
    if (changed)
        give_edits(m, doc);
}

/* The end of a line, or of a piece of a very long one: between two characters. */
static size_t line_end(struct siftd_str text, size_t at) {
    size_t rest = text.len - at, end = at + LONGEST;
    const char *newline = memchr(text.at + at, '\n', rest > LONGEST ? LONGEST + 1 : rest);
    if (newline)
        return (size_t)(newline - text.at);
    if (rest <= LONGEST)
        return text.len;
    while (((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--;
    return end;
}

static int run(void *self, struct siftd_doc *doc) {
    struct mojibake *m = self;
    struct siftd_str text = m->host->text(doc);
    for (size_t at = 0; at < text.len;) {
        size_t end = line_end(text, at);
        if (is_suspicious(m, text.at + at, text.at + end))
            repair(m, doc, text.at, at, end);
        at = end + (end < text.len && text.at[end] == '\n');
    }
    return SIFTD_OK;
}

static int open_mojibake(void *self, const struct siftd_host *host) {
    struct mojibake *m = self;
    m->host = host;
    for (size_t i = 0; i < SETS; i++)
        m->tables.byte[i] = host->alloc(host, 0x10000);
    m->tables.gbk = host->alloc(host, 0x10000 * sizeof *m->tables.gbk);
    m->tables.rune = host->alloc(host, 0x8000 * sizeof *m->tables.rune);
    m->tables.role = host->alloc(host, 0x10000);
    return tables_fill(&m->tables) ? SIFTD_OK : host->error(host, "ICU lacks one of the charsets that are misread");
}

static void close_mojibake(void *self) {
    struct mojibake *m = self;
    free(m->line.unit);
}

static const struct siftd_plugin plugin = {
    .name = "mojibake",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "text that was read in a wrong charset, once or several times over",
    .instance_size = sizeof(struct mojibake),
    .open = open_mojibake,
    .close = close_mojibake,
    .run = run,
};
SIFTD_PLUGIN(plugin)
