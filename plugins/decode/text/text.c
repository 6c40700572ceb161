/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include <siftd/plugin.h>

#include "convert.h"
#include "detect.h"
#include "sniff.h"
#include "utf8.h"

struct text {
    const char *charset; /* option: read everything as this */
    int rows;            /* option: tell rows of data from prose */
    const struct siftd_host *host;
};

static int open_text(void *self, const struct siftd_host *host) {
    ((struct text *)self)->host = host;
    return SIFTD_OK;
}

/* Anything may be text. What is none gets the lowest mark: run() then says what it is, if no other plugin reads it. */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return detect_binary(head.at, head.len) ? 1 : 40;
}

/* The general detector's opinion, owned by `detector`. */
static const char *ask(uchardet_t detector, const char *at, size_t len) {
    if (uchardet_handle_data(detector, at, len < DETECT_SAMPLE ? len : DETECT_SAMPLE) != 0)
        return "";
    uchardet_data_end(detector);
    return uchardet_get_charset(detector);
}

static size_t high_bytes(const char *at, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += (unsigned char)at[i] >= 0x80;
    return n;
}

/* Broken UTF-8 is still UTF-8 when far more of it reads well than does not. */
static int mostly_utf8(const char *at, size_t len) {
    size_t sample = len < DETECT_SAMPLE ? len : DETECT_SAMPLE, bad = 0, i = 0;
    while ((i += utf8_check(at + i, sample - i)) < sample) {
        bad++;
        i++;
    }
    return bad * 20 < high_bytes(at, sample);
}

static const struct guess utf8 = {"UTF-8", NULL, NULL, 100, 0};

/* `buffer` keeps a foreign detector's answer alive for the caller. */
static struct guess judge(const char *at, size_t len, char buffer[64]) {
    struct guess guess;
    if (detect_certain(at, len, &guess))
        return guess;
    if (utf8_check(at, len) == len)
        return utf8;
    if (mostly_utf8(at, len)) {
        guess = utf8;
        guess.confidence = 90;
        return guess;
    }
    uchardet_t detector = uchardet_new();
    snprintf(buffer, 64, "%s", ask(detector, at, len));
    uchardet_delete(detector);
    detect_legacy(at, len, buffer, &guess);
    if (!convert_knows(guess.converter))
        detect_legacy(at, len, "", &guess);
    return guess;
}

static void note(const struct siftd_host *host, struct siftd_doc *doc, const struct guess *guess, size_t replaced) {
    char number[24];
    host->set(doc, "charset", guess->charset);
    snprintf(number, sizeof number, "%d", guess->confidence);
    host->set_json(doc, "charset_confidence", number);
    if (guess->runner_up)
        host->set(doc, "charset_runner_up", guess->runner_up);
    snprintf(number, sizeof number, "%zu", replaced);
    host->set_json(doc, "replaced", number);
    if (replaced)
        host->repaired(doc, "replaced", replaced);
}

static void note_shape(const struct text *text, struct siftd_doc *doc, const char *head, size_t len, int whole) {
    const struct siftd_host *host = text->host;
    enum shape shape = text->rows ? sniff(head, len, whole, host->name(doc)) : SHAPE_PROSE;
    host->set(doc, "format", shape == SHAPE_JSONL ? "jsonl" : shape == SHAPE_CSV ? "csv" : "text");
    host->set_content(doc, shape == SHAPE_PROSE ? SIFTD_PROSE : SIFTD_ROWS);
}

/* Whole characters only: the text's first CONVERT_HEAD bytes, cut before a character that goes on behind them. */
static size_t head_of(const char *at, size_t len) {
    return len <= CONVERT_HEAD ? len : utf8_check(at, CONVERT_HEAD);
}

static int run_utf8(const struct text *text, struct siftd_doc *doc, const struct guess *guess) {
    struct siftd_str bytes = text->host->bytes(doc);
    size_t replaced = 0, start = guess->bom, len = bytes.len - start;
    bool known = guess->confidence == 100 && !start; /* judged as a whole, no need to look again */
    int result = known ? text->host->text_bytes(doc, 0, len) : convert_utf8(text->host, doc, start, &replaced);
    note(text->host, doc, guess, replaced);
    size_t head = head_of(bytes.at + start, len);
    note_shape(text, doc, bytes.at + start, head, head == len);
    return result;
}

static int run_other(const struct text *text, struct siftd_doc *doc, const struct guess *guess) {
    struct convert_head *head = text->host->doc_alloc(doc, sizeof *head);
    size_t replaced = 0;
    int result = convert(text->host, doc, guess->converter, guess->bom, head, &replaced);
    note(text->host, doc, guess, replaced);
    note_shape(text, doc, head->at, head->len, head->len + 8 < CONVERT_HEAD);
    return result;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct text *text = self;
    struct siftd_str bytes = text->host->bytes(doc);
    const char *binary = detect_binary(bytes.at, bytes.len);
    char name[64];
    if (binary)
        return text->host->error(text->host, "looks like %s, not text", binary);
    struct guess guess = judge(bytes.at, bytes.len, name);
    if (*text->charset)
        guess =
            (struct guess){.charset = text->charset, .converter = text->charset, .confidence = 100, .bom = guess.bom};
    return guess.converter ? run_other(text, doc, &guess) : run_utf8(text, doc, &guess);
}

static const struct siftd_option options[] = {
    {.name = "charset",
     .type = SIFTD_STRING,
     .offset = offsetof(struct text, charset),
     .preset = "",
     .help = "Read every document in this charset instead of detecting it."},
    {.name = "rows",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct text, rows),
     .preset = "true",
     .help = "Tell JSON Lines and tables from running text, and leave their rows untouched."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "text",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "text in any charset, found by detection, every character with its place in the file",
    .options = options,
    .instance_size = sizeof(struct text),
    .open = open_text,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
