/* SPDX-License-Identifier: MIT */
/*
 * Method: a line with a page's number (第 3 页, - 3 -) ends a page. What stands next to such lines, or at the text's
 * beginning or end, more than once and but for its numbers alike, is a running head or foot. All of it goes, with the
 * blank lines around, so that a sentence that the page broke stands on two neighbouring lines for `join`.
 */
#include <string.h>

#include <siftd/plugin.h>

#include "runes.h"
#include "str.h"
#include "words.h"

enum { NUMBER_BYTES = 40, RUNNING_BYTES = 120, DIGITS_MAX = 4, LINES_MAX = 4096 };

/* A line that is not blank and stands next to a page's number, or is one. */
struct line {
    const char *raw, *begin, *end, *next;
    bool number, head, foot, gone;
};

struct lines {
    struct line item[LINES_MAX];
    size_t count;
};

struct pages {
    const struct siftd_host *host;
    struct words *words; /* that stand with a page's number: 第 页 */
    struct lines *lines; /* of the document in work */
    struct runes around; /* marks around it */
};

static struct line line_at(const char *at, const char *end) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    struct line line = {.raw = at, .begin = at, .end = newline ? newline : end, .next = newline ? newline + 1 : end};
    size_t size;
    while (line.begin < line.end && rune_is_space(cp_at(line.begin, line.end, &size)))
        line.begin += size;
    while (line.end > line.begin && (line.end[-1] == '\r' || rune_is_space(rune_before(line.begin, line.end))))
        line.end = cp_before(line.begin, line.end);
    return line;
}

/* --- a page's number ---------------------------------------------------------------------------------------------- */

/* A number by itself may be a table's; one with words or marks around it is a page's. */
static bool is_number(const struct pages *pages, const struct line *line) {
    size_t digits = 0, numbers = 0, others = 0, size;
    if (line->end - line->begin > NUMBER_BYTES || line->begin == line->end)
        return false;
    for (const char *at = line->begin; at < line->end; at += size) {
        uint32_t c = cp_at(at, line->end, &size);
        if (cp_is_digit(c)) {
            numbers += digits++ == 0;
            if (digits > DIGITS_MAX)
                return false;
            continue;
        }
        digits = 0;
        if (rune_is_space(c))
            continue;
        others++;
        if (!words_match(pages->words, str_from(at, line->end), &size) && !runes_has(&pages->around, c))
            return false;
    }
    return (numbers == 1 || numbers == 2) && others >= 2;
}

/* --- running heads and feet --------------------------------------------------------------------------------------- */

static size_t digits_at(const char *at, const char *end) {
    const char *p = at;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return (size_t)(p - at);
}

/* Alike but for their numbers. */
static bool is_alike(const struct line *a, const struct line *b) {
    const char *p = a->begin, *q = b->begin;
    while (p < a->end && q < b->end) {
        size_t m = digits_at(p, a->end), n = digits_at(q, b->end);
        if (!m != !n || (!m && *p != *q))
            return false;
        p += m ? m : 1;
        q += n ? n : 1;
    }
    return p == a->end && q == b->end;
}

static bool runs(const struct lines *lines, size_t i) {
    const struct line *line = &lines->item[i];
    if (line->number || !(line->head || line->foot) || line->end - line->begin > RUNNING_BYTES)
        return false;
    for (size_t k = 0; k < lines->count; k++) {
        const struct line *other = &lines->item[k];
        if (k != i && !other->number && ((line->head && other->head) || (line->foot && other->foot)) &&
            is_alike(line, other))
            return true;
    }
    return false;
}

/* A running head may be the title: the first one stays unless it has a number, as a bulletin's head does. */
static bool is_title(const struct line *line, const char *text) {
    if (line->number || line_at(text, line->end).begin != line->begin)
        return false;
    for (const char *at = line->begin; at < line->end; at++)
        if (*at >= '0' && *at <= '9')
            return false;
    return true;
}

/* --- repairs ------------------------------------------------------------------------------------------------------ */

static void add(struct lines *lines, const struct line *line) {
    if (lines->count < LINES_MAX && (!lines->count || lines->item[lines->count - 1].raw < line->raw))
        lines->item[lines->count++] = *line;
    else if (lines->count && lines->item[lines->count - 1].raw == line->raw)
        lines->item[lines->count - 1].head |= line->head;
}

/* Gathers the pages' numbers with the lines before and behind them; false when there is none. */
static bool gather(const struct pages *pages, struct siftd_str text, struct lines *lines) {
    const char *end = text.at + text.len;
    struct line line, last = {.raw = NULL};
    bool any = false, behind = true;
    for (const char *at = text.at; at < end; at = line.next) {
        line = line_at(at, end);
        if (line.begin == line.end)
            continue;
        line.number = is_number(pages, &line);
        line.head = behind;
        if (line.number && last.raw && !last.number) {
            last.foot = true;
            add(lines, &last);
        }
        if (line.number || line.head)
            add(lines, &line);
        if (line.number && lines->count > 1 && lines->item[lines->count - 2].raw == last.raw)
            lines->item[lines->count - 2].foot = true;
        any |= behind = line.number;
        last = line;
    }
    return any;
}

static const char *skip_blank(const char *at, const char *end) {
    while (at < end) {
        struct line line = line_at(at, end);
        if (line.begin < line.end)
            return line.raw;
        at = line.next;
    }
    return end;
}

static const char *back_over_blank(const char *begin, const char *at) {
    while (at > begin) {
        const char *newline = memrchr(begin, '\n', (size_t)(at - 1 - begin)), *raw = newline ? newline + 1 : begin;
        struct line line = line_at(raw, at);
        if (line.begin < line.end)
            return at;
        at = raw;
    }
    return at;
}

static void cut(const struct pages *pages, struct siftd_doc *doc, struct siftd_str text, const struct lines *lines) {
    const char *end = text.at + text.len, *from = NULL, *to = NULL;
    for (size_t i = 0; i <= lines->count; i++) {
        const struct line *line = i < lines->count ? &lines->item[i] : NULL;
        if (line && !line->gone)
            continue;
        if (from && (!line || line->raw > to)) {
            pages->host->edit(doc, (size_t)(from - text.at), (size_t)(to - text.at), "", 0, "page_break");
            from = NULL;
        }
        if (!line)
            return;
        if (!from)
            from = back_over_blank(text.at, line->raw);
        to = skip_blank(line->next, end);
    }
}

static int run(void *self, struct siftd_doc *doc) {
    const struct pages *pages = self;
    struct siftd_str text = pages->host->text(doc);
    struct lines *lines = pages->lines;
    lines->count = 0;
    if (!gather(pages, text, lines))
        return SIFTD_SKIP;
    for (size_t i = 0; i < lines->count; i++)
        lines->item[i].gone = lines->item[i].number || (runs(lines, i) && !is_title(&lines->item[i], text.at));
    cut(pages, doc, text, lines);
    return SIFTD_OK;
}

static int open_pages(void *self, const struct siftd_host *host) {
    struct pages *pages = self;
    const struct siftd_node *pack = host->pack(host, "pages");
    pages->host = host;
    pages->words = words_new();
    pages->lines = host->alloc(host, sizeof *pages->lines);
    words_add_list(pages->words, host, host->node_get(pack, "words"), 1);
    runes_add(&pages->around, host, host->node_get(pack, "around"));
    return SIFTD_OK;
}

static void close_pages(void *self) {
    struct pages *pages = self;
    pages->words = words_free(pages->words);
}

static const struct siftd_option options[] = {{0}};

static const struct siftd_plugin plugin = {
    .name = "pages",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "removes page numbers, running heads and feet, and the gaps that page breaks left",
    .options = options,
    .instance_size = sizeof(struct pages),
    .open = open_pages,
    .close = close_pages,
    .run = run,
};
SIFTD_PLUGIN(plugin)
