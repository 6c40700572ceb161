/* SPDX-License-Identifier: MIT */
/*
 * validate/wording: what the wording itself gives away, without reckoning: stray characters inside a word, a character
 * twice, a company without a name, an item that nothing dates. Each check takes only what can be nothing else, since a
 * false alarm costs a reader more than a missed slip.
 */
#include "wording.h"

#include <stdio.h>
#include <string.h>

#include "codepoint.h"
#include "str.h"

enum {
    DIGITS_LEAST = 3, /* fewer may count something */
    SIDE = 3,         /* characters of a word on one side of a gap */
    SIDE_BYTES = SIDE * 4,
    LEAD_BYTES = 600 /* of an article, in which its date is looked for */
};

static int wording_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"words", WORD_GAP},       {"opening", WORD_OPENING}, {"once", WORD_ONCE},
                 {"company", WORD_COMPANY}, {"office", WORD_OFFICE},   {"acts", WORD_ACT}};
    struct wording *w = self;
    const struct siftd_node *section = host->pack(host, "wording");
    w->host = host;
    w->words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(w->words, host, host->node_get(section, lists[i].list), lists[i].word);
    runes_add(&w->never_last, host, host->node_get(section, "never_last"));
    runes_add(&w->surnames, host, host->node_get(section, "surnames"));
    misread_open(w, section);
    w->lexicon = lexicon_new(host);
    return w->lexicon ? SIFTD_OK : SIFTD_ERROR;
}

static void wording_close(void *self) {
    struct wording *w = self;
    words_free(w->words);
    lexicon_free(w->lexicon);
    tokens_deinit(&w->tokens);
}

int report(const struct place *place, const char *check, size_t start, size_t end, const char *message) {
    const struct siftd_host *host = place->wording->host;
    return host->emit(host->finding(place->doc, SIFTD_WARN, check, false, start, end, message));
}

/* Whether a word of the list stands across the gap [place->at, end). */
static bool spans_word(const struct place *place, size_t end) {
    const char *text = place->text.at, *from = text + place->at;
    for (int side = 0; side < SIDE && from > text; side++) {
        char joined[2 * SIDE_BYTES];
        size_t len;
        from = cp_before(text, from);
        if (!cp_is_han(cp_at(from, text + place->text.len, &len)))
            return false;
        size_t before = (size_t)(text + place->at - from), behind = place->text.len - end;
        behind = behind < SIDE_BYTES ? behind : SIDE_BYTES;
        memcpy(joined, from, before);
        memcpy(joined + before, text + end, behind);
        if (words_match(place->wording->words, (struct siftd_str){joined, before + behind}, &len) & WORD_GAP &&
            len > before)
            return true;
    }
    return false;
}

/* 和-谐, 招5316商: one hyphen or several digits where a word goes on. */
static int check_gap(const struct place *place) {
    const char *text = place->text.at, *end = text + place->text.len;
    size_t stop = place->at, len;
    while (stop < place->text.len && text[stop] >= '0' && text[stop] <= '9')
        stop++;
    bool digits = stop > place->at;
    if (place->at == 0 || (!digits && text[stop++] != '-') || stop >= place->text.len)
        return SIFTD_OK;
    const char *before = cp_before(text, text + place->at);
    bool bound = digits && runes_has(&place->wording->never_last, cp_at(before, end, &len));
    if (digits && !bound && stop - place->at < DIGITS_LEAST)
        return SIFTD_OK;
    uint32_t behind = cp_at(text + stop, end, &len);
    if (!bound && !(cp_is_han(behind) && spans_word(place, stop)))
        return SIFTD_OK;
    return report(place, "damage", (size_t)(before - text), cp_is_han(behind) ? stop + len : stop,
                  digits ? "digits inside a word" : "a hyphen inside a word");
}

static bool begins_phrase(const struct place *place) {
    uint32_t before = rune_before(place->text.at, place->text.at + place->at);
    return !before || before == '\n' || !(cp_is_han(before) || cp_is_latin(before) || cp_is_digit(before));
}

/* 关关于: behind punctuation the first character is no other word's last. */
static int check_doubled(const struct place *place) {
    const char *from = place->text.at + place->at, *end = place->text.at + place->text.len;
    size_t first, len;
    uint32_t c = cp_at(from, end, &first);
    if (!cp_is_han(c) || from + first >= end || cp_at(from + first, end, &len) != c || !begins_phrase(place) ||
        !(words_match(place->wording->words, str_from(from + first, end), &len) & WORD_OPENING) || len <= first)
        return SIFTD_OK;
    return report(place, "damage", place->at, place->at + first + len, "a character stands twice");
}

/* 带动带动就业: a word that no sentence says twice running. */
static int check_repeated(const struct place *place) {
    const char *from = place->text.at + place->at, *end = place->text.at + place->text.len;
    size_t len;
    if (!(words_match(place->wording->words, str_from(from, end), &len) & WORD_ONCE) ||
        !str_starts(str_from(from + len, end), (struct siftd_str){from, len}))
        return SIFTD_OK;
    return report(place, "damage", place->at, place->at + 2 * len, "a word stands twice");
}

/* 、有限公司: a kind of company where a name should be. */
static int check_company(const struct place *place) {
    const char *from = place->text.at + place->at, *end = place->text.at + place->text.len;
    size_t len;
    uint32_t before = rune_before(place->text.at, from);
    bool parted = before == 0x3001 || before == 0xFF0C || before == 0x3002 || before == 0xFF1B || before == 0xFF1A;
    if (!parted || !(words_match(place->wording->words, str_from(from, end), &len) & WORD_COMPANY))
        return SIFTD_OK;
    return report(place, "naming", place->at - 3, place->at + len, "a company without its name");
}

/* What may be wrong where a character of more than one byte stands. */
static int check_word(struct place *place) {
    static int (*const checks[])(const struct place *) = {check_doubled, check_repeated, check_company, check_misread};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i](place) < 0)
            return SIFTD_ERROR;
    note_person(place);
    return SIFTD_OK;
}

static bool is_null(const struct siftd_host *host, const struct siftd_record *record, const char *key) {
    return !host->field_text(record, key);
}

/* A news item whose date has no year, and that has no publisher, author or day of its own to tell it. */
static int check_date(struct wording *w, struct siftd_doc *doc, const struct siftd_record *record,
                      struct siftd_span article) {
    const struct siftd_host *host = w->host;
    const char *form = host->field_text(record, "form");
    if (!form || strcmp(form, "news") != 0 || !is_null(host, record, "published") ||
        !is_null(host, record, "publisher") || !is_null(host, record, "title"))
        return SIFTD_OK;
    size_t end = article.end - article.start > LEAD_BYTES ? article.start + LEAD_BYTES : article.end;
    while (end < article.end && ((unsigned char)host->text(doc).at[end] & 0xC0) == 0x80)
        end++;
    tokens_read(&w->tokens, w->lexicon, host->text(doc), article.start, end);
    for (size_t i = 0; i < w->tokens.count; i++) {
        const struct token *token = &w->tokens.at[i];
        if (token->kind != TOKEN_TIME)
            continue;
        const struct when *when = &w->tokens.when[token->index];
        if (when->kind != WHEN_DATE || when->from.year || when->relative || !when->from.day)
            return SIFTD_OK;
        struct place place = {w, doc, host->text(doc), 0};
        return report(&place, "provenance", token->start, token->end,
                      "a date without its year, and nothing that tells it");
    }
    return SIFTD_OK;
}

static int check_dates(struct wording *w, struct siftd_doc *doc) {
    const struct siftd_host *host = w->host;
    size_t article = 0, articles = host->mark_count(doc, "article");
    for (size_t i = 0; i < host->record_count(doc) && article < articles; i++) {
        const struct siftd_record *record = host->record_at(doc, i);
        if (strcmp(host->record_type(record), "article") == 0 &&
            check_date(w, doc, record, host->mark_at(doc, "article", article++).span) < 0)
            return SIFTD_ERROR;
    }
    return SIFTD_OK;
}

/* What holds for all of the text is said of its first line. */
static int report_all(const struct place *place, const char *message) {
    const char *line = memchr(place->text.at, '\n', place->text.len);
    return report(place, "damage", 0, line ? (size_t)(line - place->text.at) : place->text.len, message);
}

static int check_charset(const struct place *place) {
    const struct siftd_host *host = place->wording->host;
    const char *charset = host->get(place->doc, "charset"), *runner_up = host->get(place->doc, "charset_runner_up"),
               *confidence = host->get(place->doc, "charset_confidence");
    char message[200];
    if (!host->get(place->doc, "charset_doubtful") || !charset || place->text.len == 0)
        return SIFTD_OK;
    snprintf(message, sizeof message,
             "the text was read as %s with a confidence of only %s in 100%s%s; it may be misread", charset,
             confidence ? confidence : "0", runner_up ? ", the next guess is " : "", runner_up ? runner_up : "");
    return report_all(place, message);
}

static int check_recognition(const struct place *place) {
    const struct siftd_host *host = place->wording->host;
    const char *doubtful = host->get(place->doc, "words_doubtful"), *words = host->get(place->doc, "words_recognized"),
               *below = host->get(place->doc, "words_doubtful_below");
    char message[200];
    if (!doubtful || strcmp(doubtful, "0") == 0 || !words || !below || place->text.len == 0)
        return SIFTD_OK;
    snprintf(message, sizeof message,
             "%s of %s words were recognized with a confidence below %s in 100; they may be misread", doubtful, words,
             below);
    return report_all(place, message);
}

static int wording_run(void *self, struct siftd_doc *doc) {
    struct wording *w = self;
    struct place place = {w, doc, w->host->text(doc), 0};
    w->persons = 0;
    if (check_charset(&place) < 0 || check_recognition(&place) < 0)
        return SIFTD_ERROR;
    bool digits = false; /* a run of them has begun before */
    while (place.at < place.text.len) {
        char c = place.text.at[place.at];
        bool digit = c >= '0' && c <= '9';
        int done = SIFTD_OK;
        if (c == '-' || (digit && !digits))
            done = check_gap(&place);
        else if ((unsigned char)c >= 0x80)
            done = check_word(&place);
        if (done < 0)
            return SIFTD_ERROR;
        digits = digit;
        place.at += cp_length((unsigned char)c);
    }
    return report_persons(&place) < 0 ? SIFTD_ERROR : check_dates(w, doc);
}

static const struct siftd_plugin plugin = {
    .name = "wording",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "stray, doubled and misread characters, slips in names, companies without a name, items without a date",
    .content = SIFTD_PROSE,
    .instance_size = sizeof(struct wording),
    .open = wording_open,
    .close = wording_close,
    .run = wording_run,
};
SIFTD_PLUGIN(plugin)
