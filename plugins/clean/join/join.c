/* SPDX-License-Identifier: MIT */
/*
 * Method: every pair of neighbouring lines that are not blank is either one paragraph or two. In a text without wrapped
 * lines a line is joined with the next only where it cannot have ended: a sentence is open, or prose stops without a
 * mark. In a text that was wrapped at a width (most lines of about one length, seldom ending with a sentence) full
 * lines are joined and short ones end a paragraph. Headings, list items and rows of tables are never joined to what
 * stands before them.
 */
#include <string.h>

#include "line.h"

enum { WIDTHS = 256, WRAPPED_LINES = 6, SHORT = 60, LONG = 100, RECENT = 2048, AROUND = 4 * 1024, SEEN_TWICE = 2 };

struct join {
    int lines, trim; /* options */
    const struct siftd_host *host;
    struct manner manner;
};

/* How a page is laid out. */
struct layout {
    unsigned width;  /* columns of a full line; 0: lines are not wrapped */
    unsigned slack;  /* how much shorter a full line may be */
    bool paragraphs; /* told by indents or blank lines */
    bool gaps;       /* paragraphs have blank lines between them */
    bool spaced;     /* every line is followed by a blank one */
};

/* --- layout ------------------------------------------------------------------------------------------------------- */

struct census {
    size_t lines, closed, indented, blank, single;
    size_t width[WIDTHS], closed_at[WIDTHS];
    size_t han;
};

static void count_line(struct census *census, const struct manner *manner, const struct line *line) {
    if (line_blank(line)) {
        census->blank++;
        return;
    }
    unsigned width = line->width < WIDTHS ? line->width : WIDTHS - 1;
    bool closed = line_is_closed(manner, line);
    census->lines++;
    census->width[width]++;
    census->closed_at[width] += closed;
    census->indented += line->indent >= 2;
    census->han += cp_is_han(rune_at(line->begin, line->end));
}

/* The width that at most one line in twenty exceeds. */
static unsigned full_width(const struct census *census) {
    size_t wider = 0;
    for (unsigned w = WIDTHS - 1; w > 0; w--) {
        wider += census->width[w];
        if (wider * 20 > census->lines)
            return w;
    }
    return 0;
}

static struct layout layout_of(const struct manner *manner, struct siftd_str text) {
    const char *end = text.at + text.len;
    struct census census = {0};
    struct line line;
    for (const char *at = text.at; at < end; at = line.next) {
        line_read(&line, at, end);
        count_line(&census, manner, &line);
    }
    struct layout layout = {.width = full_width(&census)};
    layout.slack = census.han * 2 >= census.lines ? 5 : 14;
    layout.paragraphs =
        census.blank * 2 < census.lines && census.indented < census.lines && census.blank + census.indented > 0;
    size_t full = 0, closed = 0;
    for (unsigned w = layout.width > layout.slack ? layout.width - layout.slack : 0; w <= layout.width; w++) {
        full += census.width[w];
        closed += census.closed_at[w];
    }
    bool wrapped = layout.width >= 20 && layout.width < 200 && census.lines >= WRAPPED_LINES &&
                   full * 5 >= census.lines * 2 && closed * 2 < full;
    if (!wrapped)
        layout.width = 0;
    layout.spaced = census.blank * 4 >= census.lines * 3;
    layout.gaps = census.blank * 4 >= census.lines;
    return layout;
}

/* --- the decision ------------------------------------------------------------------------------------------------- */

/* Two lines and what is between them. `begin` is where the paragraph that ends with `a` begins. */
struct pair {
    const struct line *a, *b;
    struct siftd_str text; /* the whole */
    const char *begin;
    bool indented; /* that paragraph begins with an indent */
    bool gap;      /* blank lines between them */
};

/* A short line that ends without a mark: a title, not the second half of a sentence. */
static bool is_title(const struct manner *manner, const struct line *line) {
    return line->width <= SHORT && !line_is_closed(manner, line);
}

static bool is_lower(uint32_t c) {
    return c >= 'a' && c <= 'z';
}

/* The paragraph so far, but not more of it than a sentence can be long: the whole stays linear. */
static const char *recent(const struct pair *pair) {
    const char *begin = pair->begin, *end = pair->a->end;
    if (end - begin > RECENT)
        for (begin = end - RECENT; ((unsigned char)*begin & 0xC0) == 0x80;)
            begin++;
    return begin;
}

static const char *inside(struct siftd_str text, const char *at, ptrdiff_t offset) {
    ptrdiff_t place = at - text.at + offset;
    return place < 0 ? text.at : place > (ptrdiff_t)text.len ? text.at + text.len : text.at + place;
}

/* Whether the line's last and the next one's first character are a word that the text around uses elsewhere. */
static bool splits_word(const struct pair *pair) {
    const char *tail = cp_before(pair->a->begin, pair->a->end), *head = pair->b->begin;
    size_t first = (size_t)(pair->a->end - tail), second = cp_length((unsigned char)*head), n = 0;
    char word[8];
    if (first != 3 || second != 3 || !cp_is_han(rune_at(tail, tail + 3)) || !cp_is_han(rune_at(head, head + 3)))
        return false;
    memcpy(word, tail, first);
    memcpy(word + first, head, second);
    const char *at = inside(pair->text, tail, -AROUND), *end = inside(pair->text, tail, AROUND);
    while (n < SEEN_TWICE && (at = memmem(at, (size_t)(end - at), word, 6)) != NULL) {
        at += 6;
        n++;
    }
    return n == SEEN_TWICE;
}

/* Not a sentence yet, but it began as one: with the words of one, at a length no heading has, or it stops inside a
 * word. */
static bool is_unfinished(const struct manner *manner, const struct pair *pair, const char *begin) {
    const char *end = pair->a->end;
    bool clauses = memmem(begin, (size_t)(end - begin), "，", 3) || memchr(begin, ',', (size_t)(end - begin));
    return clauses && (line_opens_sentence(manner, begin, end) || pair->a->width > LONG || splits_word(pair));
}

static bool joins_loose(const struct manner *manner, const struct pair *pair) {
    const struct line *a = pair->a, *b = pair->b;
    const char *begin = recent(pair);
    bool prose = line_has_sentence(begin, a->end), heading = !prose && a->width <= SHORT;
    if (line_is_open(manner, begin, a->end))
        return !(heading && pair->gap && is_title(manner, b));
    if (line_ends_weakly(manner, a))
        return !heading;
    if (line_has_byline(manner, a) || is_title(manner, b) || !(prose || is_unfinished(manner, pair, begin)))
        return false;
    return !cp_is_latin(rune_before(a->begin, a->end)) || is_lower(rune_at(b->begin, b->end));
}

static bool joins_wrapped(const struct layout *layout, const struct manner *manner, const struct pair *pair) {
    const struct line *a = pair->a, *b = pair->b;
    bool full = a->width + layout->slack >= layout->width;
    if (pair->gap && !layout->spaced)
        return false;
    if (!full || b->indent > a->indent + 1)
        return false;
    return layout->paragraphs || !line_is_closed(manner, a);
}

/* The page shows where paragraphs begin, by an indent or a blank line, and none begins here. */
static bool joins_shown(const struct layout *layout, const struct pair *pair) {
    if (pair->gap || pair->b->indent > 1)
        return false;
    return pair->indented || (layout->gaps && pair->a->width > SHORT);
}

/* A small letter begins no paragraph, and no heading ends with half a sentence's mark. */
static bool goes_on_in_small(const struct pair *pair) {
    uint32_t last = rune_before(pair->a->begin, pair->a->end);
    return is_lower(rune_at(pair->b->begin, pair->b->end)) && (last == ',' || last == ';' || is_lower(last)) &&
           pair->a->width > SHORT / 2;
}

static bool joins(const struct layout *layout, const struct manner *manner, const struct pair *pair) {
    if (line_is_row(pair->a) || line_is_row(pair->b))
        return false;
    if (line_goes_on(manner, pair->b))
        return true;
    if (line_is_head(manner, pair->b))
        return false;
    if (goes_on_in_small(pair))
        return true;
    if (layout->width && joins_wrapped(layout, manner, pair))
        return true;
    return !line_is_closed(manner, pair->a) && (joins_shown(layout, pair) || joins_loose(manner, pair));
}

/* --- edits -------------------------------------------------------------------------------------------------------- */

/* What stands between two joined lines: a space between words of Latin letters, nothing in Chinese. */
static const char *seam(const struct line *a, const struct line *b) {
    uint32_t left = rune_before(a->begin, a->end), right = rune_at(b->begin, b->end);
    bool words = left < 0x2E80 && right < 0x2E80 && left != '-';
    return words && !(left >= 0x2010 && left < 0x2030) ? " " : "";
}

static void replace(const struct join *join, struct siftd_doc *doc, const char *text, struct siftd_str old,
                    const char *with, const char *repair) {
    size_t len = strlen(with);
    if (old.len == len && memcmp(old.at, with, len) == 0)
        return;
    size_t at = (size_t)(old.at - text);
    join->host->edit(doc, at, at + old.len, with, len, repair);
}

/* The space between two lines, with all line ends and blank lines in it. */
static struct siftd_str between(const struct line *a, const struct line *b) {
    return (struct siftd_str){a->end, (size_t)(b->begin - a->end)};
}

/* Without trimming only the line ends of joined lines change. */
static void settle(const struct join *join, struct siftd_doc *doc, const char *text, const struct pair *pair,
                   bool one) {
    if (one)
        replace(join, doc, text, between(pair->a, pair->b), seam(pair->a, pair->b), "broken_line");
    else if (join->trim)
        replace(join, doc, text, between(pair->a, pair->b), "\n", pair->gap ? "blank_line" : "line_space");
}

static int run(void *self, struct siftd_doc *doc) {
    const struct join *join = self;
    struct siftd_str text = join->host->text(doc);
    const char *end = text.at + text.len;
    struct layout layout = layout_of(&join->manner, text);
    struct line last = {.begin = text.at, .end = text.at, .next = text.at}, line;
    struct pair pair = {.a = &last, .b = &line, .text = text};
    bool first = true;
    for (const char *at = text.at; at < end; at = line.next) {
        line_read(&line, at, end);
        if (line_blank(&line)) {
            pair.gap = true;
            continue;
        }
        bool one = !first && join->lines && joins(&layout, &join->manner, &pair);
        if (first && join->trim)
            replace(join, doc, text.at, between(&last, &line), "", "line_space");
        else if (!first)
            settle(join, doc, text.at, &pair, one);
        if (!one) {
            pair.begin = line.begin;
            pair.indented = line.indent > 1;
        }
        last = line;
        first = pair.gap = false;
    }
    if (join->trim)
        replace(join, doc, text.at, (struct siftd_str){last.end, (size_t)(end - last.end)},
                last.ended && !first ? "\n" : "", "line_space");
    return SIFTD_OK;
}

static int open_join(void *self, const struct siftd_host *host) {
    struct join *join = self;
    join->host = host;
    manner_open(&join->manner, host, host->pack(host, "join"));
    return SIFTD_OK;
}

static void close_join(void *self) {
    manner_close(&((struct join *)self)->manner);
}

static const struct siftd_option options[] = {
    {.name = "lines",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct join, lines),
     .preset = "true",
     .help = "Join lines that a page's layout broke in mid-sentence."},
    {.name = "trim",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct join, trim),
     .preset = "true",
     .help = "Remove blank lines and the spaces around lines; end every line with LF."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "join",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "joins lines broken by page layout; one paragraph a line, no blank lines",
    .options = options,
    .instance_size = sizeof(struct join),
    .open = open_join,
    .close = close_join,
    .run = run,
};
SIFTD_PLUGIN(plugin)
