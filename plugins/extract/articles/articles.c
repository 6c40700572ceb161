/* SPDX-License-Identifier: MIT */
/*
 * extract/articles: one `article` record for each article of a file, and a mark over its range for the extractors
 * behind.
 *
 * An article begins at the file's beginning; at a title line before a news item's first paragraph, or behind an article
 * that was signed; at a caption that stands by itself; and where the numbering of sections starts anew, with the
 * paragraphs above that are not numbered.
 */
#include <stdlib.h>
#include <string.h>

#include "codepoint.h"
#include "paper.h"
#include "siftd/plugin.h"
#include "str.h"

enum { TITLE_LINES = 3, HEAD_LINES = 5, TAIL_LINES = 2, BYLINE_NAMES = 8, HEAD_BYTES = 240 };

struct articles {
    const struct siftd_host *host;
    struct lexicon *lexicon;
    struct words *words;
    struct paper paper; /* kept between documents for its memory */
};

/* One article: lines [first, end) of the paper, and what its head and tail say. */
struct item {
    size_t first, end;
    size_t title, title_end; /* lines of the title; equal when there is none */
    struct siftd_str byline[BYLINE_NAMES];
    size_t bylines;
    struct siftd_str publisher;
    const char *published;
};

static int articles_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"lead", WORD_LEAD},       {"original_title", WORD_ORIGINAL}, {"source", WORD_SOURCE},
                 {"intro", WORD_INTRO},     {"byline", WORD_BYLINE},           {"press", WORD_PRESS},
                 {"caption", WORD_CAPTION}, {"opinion", WORD_OPINION},         {"not_title", WORD_NOT_TITLE}};
    struct articles *a = self;
    a->host = host;
    a->words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(a->words, host, host->node_get(host->pack(host, "articles"), lists[i].list), lists[i].word);
    a->lexicon = lexicon_new(host);
    return a->lexicon ? SIFTD_OK : SIFTD_ERROR;
}

static void articles_close(void *self) {
    struct articles *a = self;
    words_free(a->words);
    lexicon_free(a->lexicon);
    paper_deinit(&a->paper);
}

static bool is(const struct paper *paper, size_t i, unsigned flags) {
    return i < paper->count && (paper->line[i].flags & flags);
}

/* A title before a news item's first paragraph; by-lines and a second title line may stand between. */
static bool heads_news(const struct paper *paper, size_t i) {
    if (!is(paper, i, LINE_TITLE) || is(paper, i - 1, LINE_TITLE))
        return false;
    for (size_t k = i + 1; k < paper->count && k <= i + TITLE_LINES; k++) {
        if (is(paper, k, LINE_LEAD))
            return true;
        if (!is(paper, k, LINE_TITLE | LINE_NAME | LINE_DATE | LINE_SOURCE | LINE_ISSUE))
            return false;
    }
    return false;
}

static bool is_caption_item(const struct paper *paper, size_t i) {
    return is(paper, i, LINE_CAPTION) && (i + 1 == paper->count || is(paper, i + 1, LINE_TITLE)) &&
           !is(paper, i - 1, LINE_TITLE);
}

/* Behind line i - 1 nothing of its article can come. */
static bool ended(const struct paper *paper, size_t i) {
    return is(paper, i - 1, LINE_SIGNED) || is_caption_item(paper, i - 1);
}

/* 三、工作计划: a section's heading by itself, whose text stands below. */
static bool is_bare_heading(const struct paper *paper, size_t i) {
    return is(paper, i, LINE_SECTION) && !str_find(line_text(paper, &paper->line[i]), str("。"));
}

/* The first of the lines above a restarted numbering that belong to it; what a heading is about does not. */
static size_t above_restart(const struct paper *paper, size_t i, size_t first) {
    size_t start = i;
    while (start > first && !is(paper, start - 1, LINE_NUMBERED))
        start--;
    if (start > first && start + 1 < i && is_bare_heading(paper, start - 1))
        start++;
    return start > first ? start : i;
}

/* The line where the article that begins at `first` ends. */
static size_t end_of(const struct paper *paper, size_t first) {
    bool numbered = false;
    for (size_t i = first; i < paper->count; i++) {
        if (i > first && (heads_news(paper, i) || ended(paper, i) || is_caption_item(paper, i)))
            return i;
        if (!is(paper, i, LINE_SECTION))
            continue;
        if (paper->line[i].number == 1 && numbered)
            return above_restart(paper, i, first + 1);
        numbered |= paper->line[i].number > 1;
    }
    return paper->count;
}

static void read_title(const struct paper *paper, struct item *item) {
    size_t i = item->first;
    while (i < item->end && is(paper, i, LINE_ORIGINAL | LINE_DATE | LINE_SOURCE | LINE_ISSUE))
        i++;
    item->title = item->title_end = i;
    while (item->title_end < item->end && item->title_end < i + TITLE_LINES && is(paper, item->title_end, LINE_TITLE))
        item->title_end++;
    if (item->title_end == item->end && item->end - i > 1)
        item->title_end = i + 1;
}

static void add_byline(struct item *item, struct siftd_str name) {
    for (size_t i = 0; i < item->bylines; i++)
        if (str_equal(item->byline[i], name))
            return;
    if (item->bylines < BYLINE_NAMES)
        item->byline[item->bylines++] = name;
}

static bool separates(uint32_t c) {
    return c == ' ' || c == 0x3000 || c == 0x3001 || c == ':' || c == 0xFF1A || c == '/' || c == 0xFF0F;
}

/* 记者 张三 李四: names of two to four characters behind the word. Returns whether there was one. */
static bool read_names(struct item *item, const struct words *words, const char *at, const char *end) {
    bool any = false;
    size_t len, word;
    uint32_t c = at < end ? cp_at(at, end, &len) : 0;
    while (separates(c)) {
        while (at < end && separates(cp_at(at, end, &len)))
            at += len;
        const char *name = at;
        while (at < end && cp_is_han(cp_at(at, end, &len)))
            at += len;
        size_t characters = cp_count(name, (size_t)(at - name));
        uint32_t next = at < end ? cp_at(at, end, &len) : 0;
        if (next == ':' || next == 0xFF1A) /* 编辑：, another one's part */
            break;
        if (words_match(words, str_from(name, end), &word) & WORD_BYLINE || characters < 2 || characters > 4)
            break;
        add_byline(item, str_from(name, at));
        any = true;
        c = at < end ? cp_at(at, end, &len) : 0;
    }
    return any;
}

/* The paper whose reporter it is: 某某日报记者. */
static struct siftd_str press_before(const struct words *words, const char *begin, const char *at) {
    const char *from = at;
    size_t len;
    while (from > begin) {
        const char *before = cp_before(begin, from);
        if (!cp_is_han(cp_at(before, at, &len)))
            break;
        from = before;
    }
    const char *last = at > from ? cp_before(from, at) : at;
    bool press = last < at && words_match(words, str_from(last, at), &len) & WORD_PRESS;
    return press && cp_count(from, (size_t)(at - from)) > 2 ? str_from(from, at) : (struct siftd_str){0};
}

static void read_bylines(struct item *item, const struct words *words, struct siftd_str text) {
    const char *end = text.at + text.len;
    for (const char *p = text.at; p < end;) {
        size_t len;
        if (words_match(words, str_from(p, end), &len) & WORD_BYLINE) {
            bool any = read_names(item, words, p + len, end);
            struct siftd_str press = press_before(words, text.at, p);
            if (any && press.len && !item->publisher.len)
                item->publisher = press;
            p += len;
        } else
            p += cp_length((unsigned char)*p);
    }
}

/* 来源：某某报, at the beginning of the line or behind its date. */
static void read_source(struct item *item, const struct words *words, struct siftd_str text) {
    size_t len = 0;
    const char *at = text.at, *end = text.at + text.len;
    while (at < end && !(words_match(words, str_from(at, end), &len) & WORD_SOURCE))
        at += cp_length((unsigned char)*at);
    if (at == end)
        return;
    at += len;
    while (at < end && *at == ' ')
        at++;
    const char *stop = at;
    while (stop < end && *stop != ' ' && memcmp(stop, "\xE3\x80\x80", end - stop < 3 ? (size_t)(end - stop) : 3) != 0)
        stop += cp_length((unsigned char)*stop);
    if (stop > at)
        item->publisher = str_from(at, stop);
}

/* What the lines of the head and the tail say of who wrote it, where and when. */
static void read_credits(const struct articles *a, struct item *item) {
    const struct paper *paper = &a->paper;
    for (size_t i = item->first; i < item->end; i++) {
        if (i >= item->first + HEAD_LINES && i + TAIL_LINES < item->end)
            continue;
        const struct line *line = &paper->line[i];
        struct siftd_str text = line_text(paper, line);
        bool head = i < item->first + HEAD_LINES;
        if (line->flags & LINE_SOURCE || (head && line->flags & LINE_DATE))
            read_source(item, a->words, text);
        if (head && line->flags & LINE_ISSUE && !item->publisher.len)
            item->publisher = str_from(paper->text.at + line->name.start, paper->text.at + line->name.end);
        if (line->flags & LINE_DATE && !item->published && (head || i + 1 == item->end))
            item->published = line->date;
        if (text.len > HEAD_BYTES)
            text.len = line->flags & LINE_LEAD ? HEAD_BYTES : 0;
        read_bylines(item, a->words, text);
        if ((line->flags & LINE_NAME && head && i >= item->title_end) ||
            (line->flags & LINE_SIGNED && i + 1 == item->end))
            add_byline(item, str_from(paper->text.at + line->name.start, paper->text.at + line->name.end));
    }
}

static const char *form_of(const struct paper *paper, const struct item *item) {
    size_t headings = 0;
    bool news = item->published || item->publisher.len;
    if (item->end == item->first + 1 && is(paper, item->first, LINE_CAPTION))
        return "caption";
    for (size_t i = item->first; i < item->end; i++) {
        if (is(paper, i, LINE_OPINION) && i < item->title_end)
            return "opinion";
        if (is(paper, i, LINE_SECTION) && i >= item->title_end)
            return "report";
        news |= is(paper, i, LINE_LEAD | LINE_SIGNED);
        headings += i > item->title_end && is(paper, i, LINE_TITLE);
    }
    return !news && headings && item->title_end > item->title ? "report" : "news";
}

static void put_title(const struct siftd_host *host, struct siftd_doc *doc, struct siftd_record *record,
                      const struct paper *paper, const struct item *item) {
    size_t len = 0;
    for (size_t i = item->title; i < item->title_end; i++)
        len += line_text(paper, &paper->line[i]).len + 1;
    if (!len) {
        host->put_null(record, "title");
        return;
    }
    char *title = host->doc_alloc(doc, len), *at = title;
    for (size_t i = item->title; i < item->title_end; i++) {
        struct siftd_str line = line_text(paper, &paper->line[i]);
        memcpy(at, line.at, line.len);
        at[line.len] = ' ';
        at += line.len + 1;
    }
    host->put_text(record, "title", title, len - 1);
}

static int emit(const struct articles *a, struct siftd_doc *doc, const struct item *item) {
    const struct siftd_host *host = a->host;
    const struct paper *paper = &a->paper;
    struct siftd_span quote = paper->line[item->title < item->end ? item->title : item->first].span;
    struct siftd_record *record = host->record(doc, "article", quote.start, quote.end);
    put_title(host, doc, record, paper, item);
    host->put_list(record, "byline", item->byline, item->bylines);
    if (item->publisher.len)
        host->put_text(record, "publisher", item->publisher.at, item->publisher.len);
    else
        host->put_null(record, "publisher");
    host->put_string(record, "published", item->published);
    host->put_string(record, "form", form_of(paper, item));
    struct siftd_span range = {paper->line[item->first].span.start, paper->line[item->end - 1].span.end};
    host->mark(doc, "article", range.start, range.end, item->published ? item->published : "");
    return host->emit(record);
}

static int articles_run(void *self, struct siftd_doc *doc) {
    struct articles *a = self;
    paper_read(&a->paper, a->lexicon, a->words, a->host->text(doc));
    for (size_t first = 0; first < a->paper.count;) {
        struct item item = {.first = first, .end = end_of(&a->paper, first)};
        read_title(&a->paper, &item);
        read_credits(a, &item);
        if (emit(a, doc, &item) < 0)
            return SIFTD_ERROR;
        first = item.end;
    }
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "articles",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "the articles of a file: title, by-line, publisher, date, form",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct articles),
    .open = articles_open,
    .close = articles_close,
    .run = articles_run,
};
SIFTD_PLUGIN(plugin)
