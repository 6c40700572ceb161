/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <siftd/plugin.h>

#include "charset/charset.h"
#include "charset/convert.h"
#include "sniff.h"
#include "utf8.h"

struct text {
    const char *charset; /* option: read everything as this */
    int rows;            /* option: tell rows of data from prose */
    int64_t doubt_below; /* option: confidence under which the charset is called doubtful */
    const struct siftd_host *host;
};

static int open_text(void *self, const struct siftd_host *host) {
    struct text *text = self;
    text->host = host;
    if (!*text->charset)
        return SIFTD_OK;
    const char *name = charset_name(text->charset), *table = name ? charset_table(name) : NULL;
    if (!name || (table && !convert_knows(table)))
        return host->error(host, "there is no decoder for the charset %s", text->charset);
    text->charset = name;
    return SIFTD_OK;
}

/* Anything may be text. What is none gets the lowest mark: run() then says what it is, if no other plugin reads it. */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return detect_binary(head.at, head.len) ? 1 : 40;
}

/* The text's first CONVERT_HEAD bytes, for those who look at its shape. */
enum { HEAD = 64 * 1024 };

struct output {
    const struct siftd_host *host;
    struct siftd_doc *doc;
    char *head;
    size_t len;
};

static void note_shape(const struct text *text, struct siftd_doc *doc, const char *head, size_t len, int whole) {
    const struct siftd_host *host = text->host;
    enum shape shape = text->rows ? sniff(head, len, whole, host->name(doc)) : SHAPE_PROSE;
    host->set(doc, "format", shape == SHAPE_JSONL ? "jsonl" : shape == SHAPE_CSV ? "csv" : "text");
    host->set_content(doc, shape == SHAPE_PROSE ? SIFTD_PROSE : SIFTD_ROWS);
}

/* Whole characters only: the text's first HEAD bytes, cut before a character that goes on behind them. */
static size_t head_of(const char *at, size_t len) {
    return len <= HEAD ? len : utf8_check(at, HEAD);
}

static void keep_head(struct output *out, const char *utf8, size_t len) {
    size_t room = HEAD - out->len, take = len <= room ? len : utf8_check(utf8, room);
    memcpy(out->head + out->len, utf8, take);
    out->len += take;
}

static int put(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit, uint32_t byte_unit) {
    struct output *out = user;
    keep_head(out, utf8, len);
    return text_unit == 1 && byte_unit == 1 ? out->host->text_bytes(out->doc, start, start + len)
                                            : out->host->text_units(out->doc, utf8, len, start, text_unit, byte_unit);
}

/* Valid UTF-8 is passed as it stands, and borrowed by the host instead of copied. */
static int run_valid(const struct text *text, struct siftd_doc *doc, const struct guess *guess) {
    struct siftd_str bytes = text->host->bytes(doc);
    int result = text->host->text_bytes(doc, guess->bom, bytes.len);
    charset_note(text->host, doc, guess, 0, text->doubt_below);
    size_t len = bytes.len - guess->bom, head = head_of(bytes.at + guess->bom, len);
    note_shape(text, doc, bytes.at + guess->bom, head, head == len);
    return result;
}

static int run_converted(const struct text *text, struct siftd_doc *doc, const struct guess *guess) {
    struct output out = {text->host, doc, text->host->doc_alloc(doc, HEAD), 0};
    struct convert work = {.put = put, .user = &out};
    struct siftd_str bytes = text->host->bytes(doc);
    int result = convert(&work, charset_table(guess->charset), bytes.at, bytes.len, guess->bom);
    if (work.error[0])
        return text->host->error(text->host, "%s", work.error);
    charset_note(text->host, doc, guess, work.replaced, text->doubt_below);
    note_shape(text, doc, out.head, out.len, out.len + 8 < HEAD);
    return result;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct text *text = self;
    struct siftd_str bytes = text->host->bytes(doc);
    const char *binary = detect_binary(bytes.at, bytes.len);
    char label[CHARSET_LABEL];
    struct guess guess;
    if (binary)
        return text->host->error(text->host, "looks like %s, not text", binary);
    charset_declared(bytes.at, bytes.len, label);
    charset_judge(bytes.at, bytes.len, label, &guess);
    if (*text->charset)
        guess = (struct guess){.charset = text->charset, .confidence = 100, .bom = guess.bom};
    if (label[0])
        text->host->set(doc, "charset_declared", label);
    bool valid = strcmp(guess.charset, "UTF-8") == 0 && guess.confidence == 100 && !*text->charset;
    return valid && utf8_check(bytes.at, bytes.len) == bytes.len ? run_valid(text, doc, &guess)
                                                                 : run_converted(text, doc, &guess);
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
    {.name = "doubt_below",
     .type = SIFTD_INT,
     .offset = offsetof(struct text, doubt_below),
     .preset = "40",
     .max = 100,
     .help = "Call a charset doubtful when the confidence in it is below this."},
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
