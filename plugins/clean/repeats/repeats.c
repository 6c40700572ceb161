/* SPDX-License-Identifier: MIT */
/* Paragraphs that stand in a document a second time, but for quotation marks. Only long ones that end as sentences do:
 * lines of tables, refrains and headings may repeat. */
#include <string.h>

#include <siftd/plugin.h>

#include "seen.h"

struct repeats {
    const struct siftd_host *host;
    int64_t least; /* option: bytes */
};

static struct siftd_str trimmed(const char *at, size_t len) {
    while (len && (*at == ' ' || *at == '\t' || *at == '\r')) {
        at++;
        len--;
    }
    while (len && (at[len - 1] == ' ' || at[len - 1] == '\t' || at[len - 1] == '\r'))
        len--;
    return (struct siftd_str){at, len};
}

static bool ends_as_sentence(struct siftd_str line) {
    static const char *const ends[] = {"。", "！", "？", "”", "…", "）", ".", "!", "?", "\"", ")"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (line.len >= len && memcmp(line.at + line.len - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct repeats *repeats = self;
    struct siftd_str text = repeats->host->text(doc);
    struct seen seen = {0};
    for (size_t at = 0; at < text.len;) {
        const char *newline = memchr(text.at + at, '\n', text.len - at);
        size_t end = newline ? (size_t)(newline - text.at) + 1 : text.len;
        struct siftd_str line = trimmed(text.at + at, end - at - (newline != NULL));
        if ((int64_t)line.len >= repeats->least && ends_as_sentence(line) && !seen_add(&seen, line))
            repeats->host->edit(doc, at, end, "", 0, "repeated");
        at = end;
    }
    seen_deinit(&seen);
    return SIFTD_OK;
}

static int open_repeats(void *self, const struct siftd_host *host) {
    ((struct repeats *)self)->host = host;
    return SIFTD_OK;
}

static const struct siftd_option options[] = {
    {.name = "least",
     .type = SIFTD_INT,
     .offset = offsetof(struct repeats, least),
     .preset = "120",
     .min = 16,
     .max = 1000000,
     .help = "Shorter paragraphs, in bytes, may repeat."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "repeats",
    .stage = SIFTD_CLEAN,
    .version = "1.0",
    .summary = "paragraphs that stand in a document a second time",
    .options = options,
    .instance_size = sizeof(struct repeats),
    .open = open_repeats,
    .run = run,
};
SIFTD_PLUGIN(plugin)
