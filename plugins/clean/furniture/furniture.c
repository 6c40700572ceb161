/* SPDX-License-Identifier: MIT */
/*
 * Method: every line is folded and compared with the pack's patterns; a few things are told by structure: runs of bare
 * dates, breadcrumbs, menus, lines of labels and values. Lists of other pages behind the text are known by their
 * headings, and only behind the last paragraph, so that nothing of a second article is lost.
 */
#include "furniture.h"

#include <string.h>

#include "str.h"

enum {
    LINE_RUNES = 80,
    NOTICE_RUNES = 300,
    PROSE_RUNES = 30,
    CRUMBS = 2,
    CRUMB_RUNES = 60,
    BULLETED_RUNES = 14,
    HEADING_RUNES = 6
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

static bool is_address(const struct folded *folded) {
    return !folded->han && folded->len > 4 &&
           (memcmp(folded->at, "http", 4) == 0 || memcmp(folded->at, "www.", 4) == 0);
}

/* Whether a line that is not blank is furniture, whatever stands around it. */
static bool is_furniture(const struct furniture *f, const struct line *line, const struct folded *folded) {
    if (folded->cut || folded->runes > NOTICE_RUNES)
        return false;
    if (patterns_fit(&f->notice, folded))
        return true;
    if (folded->sentence || folded->runes > LINE_RUNES)
        return false;
    if (folded->len == 0)
        return folded->bullet;
    if (folded->bullet && folded->runes <= BULLETED_RUNES && patterns_fit(&f->bulleted, folded))
        return true;
    bool crumbs = folded->arrows >= CRUMBS && folded->runes <= CRUMB_RUNES && !memchr(folded->at, '<', folded->len);
    return crumbs || is_address(folded) || patterns_fit(&f->line, folded) || is_menu(f, line);
}

/* A paragraph: what a list of other pages never has. */
static bool is_prose(const struct furniture *f, const struct line *line, const struct folded *folded) {
    return folded->sentence && folded->runes >= PROSE_RUNES && !is_furniture(f, line, folded);
}

/* Where the last paragraph begins: found from the end, a line at a time. */
static const char *last_paragraph(const struct furniture *f, struct siftd_str text) {
    struct folded folded;
    for (const char *end = text.at + text.len; end > text.at;) {
        const char *newline = memrchr(text.at, '\n', (size_t)(end - text.at));
        struct line line = line_at(newline ? newline + 1 : text.at, end);
        fold(&folded, &f->bullet, line.begin, line.end);
        if (folded.cut || is_prose(f, &line, &folded))
            return line.raw;
        end = newline ? newline : text.at;
    }
    return text.at;
}

/* --- repairs ------------------------------------------------------------------------------------------------------ */

struct walk {
    const struct furniture *f;
    struct siftd_doc *doc;
    struct siftd_str text;
    const char *last_paragraph;
    bool in_dates, in_menu, in_tail;
    bool bar_before; /* the line before has bars */
    struct folded folded;
};

static void cut(const struct walk *walk, const char *begin, const char *end, const char *repair) {
    if (begin < end)
        walk->f->host->edit(walk->doc, (size_t)(begin - walk->text.at), (size_t)(end - walk->text.at), "", 0, repair);
}

/* The line behind `line` that is not blank; a line at the text's end when there is none. */
static struct line next_line(const struct walk *walk, const struct line *line) {
    const char *end = walk->text.at + walk->text.len;
    struct line next = *line;
    do
        next = line_at(next.next, end);
    while (next.begin == next.end && next.next < end);
    return next;
}

/* A line of links by itself: several lines with bars are a table. */
static bool is_link_line(const struct walk *walk, const struct line *line) {
    if (walk->bar_before || !is_links(walk->f, line))
        return false;
    struct line next = next_line(walk, line);
    return next.begin == line->begin || !has_bar(&next);
}

typedef bool listed_fn(const struct furniture *furniture, const struct folded *folded);

static bool listed_date(const struct furniture *furniture, const struct folded *folded) {
    (void)furniture;
    return is_bare_date(folded);
}

/* Whether the line is one of several of its kind, one below the other. A bare date dates the text and a word may be a
 * title; several are a list of other pages, or a menu. */
static bool is_listed(struct walk *walk, const struct line *line, listed_fn *listed, bool *in_list) {
    if (!listed(walk->f, &walk->folded)) {
        *in_list = false;
        return false;
    }
    if (!*in_list && line->next < walk->text.at + walk->text.len) {
        struct folded folded;
        struct line next = next_line(walk, line);
        fold(&folded, &walk->f->bullet, next.begin, next.end);
        *in_list = listed(walk->f, &folded);
    }
    return *in_list;
}

/* Of a line of labels what is not kept goes, each piece with the space before it. */
static void cut_labels(const struct walk *walk, const struct line *line, const struct kept *kept) {
    const char *at = line->begin;
    for (size_t i = 0; i < kept->count; i++) {
        const char *piece = kept->piece[i].at;
        bool space = i > 0 && piece > at && rune_is_space(rune_before(at, piece));
        cut(walk, at, space && piece - at > 1 ? cp_before(at, piece) : space ? at : piece, "furniture");
        at = piece + kept->piece[i].len;
    }
    cut(walk, at, line->end, "furniture");
}

static void cut_bullet(const struct walk *walk, const struct line *line) {
    const char *at = line->begin;
    size_t size;
    while (at < line->end) {
        uint32_t c = cp_at(at, line->end, &size);
        if (!runes_has(&walk->f->bullet, c) && !rune_is_space(c))
            break;
        at += size;
    }
    cut(walk, line->begin, at, "bullet");
}

static void repair(struct walk *walk, const struct line *line) {
    struct kept kept;
    bool behind = walk->f->blocks && line->raw > walk->last_paragraph;
    bool heading = walk->folded.runes <= LINE_RUNES && patterns_fit(&walk->f->tail, &walk->folded);
    walk->in_tail |= behind && heading;
    bool labels = walk->folded.colons >= 2 && read_labels(walk->f, line, &kept);
    bool list =
        is_listed(walk, line, listed_date, &walk->in_dates) || is_listed(walk, line, is_menu_word, &walk->in_menu);
    if (list || walk->in_tail || (heading && walk->folded.runes <= HEADING_RUNES) ||
        (labels ? !kept.count : is_furniture(walk->f, line, &walk->folded)) || is_link_line(walk, line)) {
        cut(walk, line->raw, line->next, "furniture");
        return;
    }
    if (walk->folded.bullet && walk->f->bullets && !(labels && !kept.all))
        cut_bullet(walk, line);
    if (labels && !kept.all)
        cut_labels(walk, line, &kept);
    else
        cut(walk, signature(walk->f, line), line->end, "furniture");
}

static int run(void *self, struct siftd_doc *doc) {
    const struct furniture *f = self;
    struct siftd_str text = f->host->text(doc);
    const char *end = text.at + text.len;
    struct walk walk = {.f = f, .doc = doc, .text = text, .last_paragraph = last_paragraph(f, text)};
    struct line line;
    for (const char *at = text.at; at < end; at = line.next) {
        line = line_at(at, end);
        if (line.begin == line.end)
            continue;
        fold(&walk.folded, &f->bullet, line.begin, line.end);
        repair(&walk, &line);
        walk.bar_before = has_bar(&line);
    }
    return SIFTD_OK;
}

static int open_furniture(void *self, const struct siftd_host *host) {
    struct furniture *f = self;
    const struct siftd_node *pack = host->pack(host, "furniture"), *labels = host->node_get(pack, "labels");
    f->host = host;
    f->menu = words_new();
    f->label = words_new();
    f->nobody = words_new();
    runes_add(&f->bullet, host, host->node_get(pack, "bullets"));
    patterns_read(&f->line, host, host->node_get(pack, "lines"));
    patterns_read(&f->bulleted, host, host->node_get(pack, "bulleted"));
    patterns_read(&f->notice, host, host->node_get(pack, "notices"));
    patterns_read(&f->tail, host, host->node_get(pack, "tail"));
    words_add_list(f->menu, host, host->node_get(pack, "menu"), 1);
    words_add_list(f->nobody, host, host->node_get(pack, "nobody"), 1);
    words_add_list(f->label, host, host->node_get(labels, "date"), LABEL_DATE);
    words_add_list(f->label, host, host->node_get(labels, "name"), LABEL_NAME);
    words_add_list(f->label, host, host->node_get(labels, "drop"), LABEL_DROP);
    return SIFTD_OK;
}

static void close_furniture(void *self) {
    struct furniture *f = self;
    f->menu = words_free(f->menu);
    f->label = words_free(f->label);
    f->nobody = words_free(f->nobody);
}

static const struct siftd_option options[] = {
    {.name = "bullets",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct furniture, bullets),
     .preset = "true",
     .help = "Remove the signs of layout before lines that stay."},
    {.name = "blocks",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct furniture, blocks),
     .preset = "true",
     .help = "Remove the lists of other pages behind the last paragraph."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "furniture",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "removes what a page puts around a text: breadcrumbs, buttons, counters, notices",
    .options = options,
    .instance_size = sizeof(struct furniture),
    .open = open_furniture,
    .close = close_furniture,
    .run = run,
};
SIFTD_PLUGIN(plugin)
