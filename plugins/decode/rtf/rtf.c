/* SPDX-License-Identifier: MIT */
#include "rtf.h"

#include <string.h>

#include "charset/charset.h"

struct rtf {
    const struct siftd_host *host;
};

enum { SAMPLE = 64 * 1024 };

/* What is read for the document's own code page: what it declares, unless the bytes are of another charset. */
static void judge(struct siftd_str bytes, struct guess *guess) {
    struct json_out sample = {0};
    int declared = rtf_sample(bytes, SAMPLE, &sample);
    const char *label = rtf_codepage_label(declared);
    charset_judge(sample.at ? sample.at : "", sample.len, label, guess);
    if (strcmp(guess->charset, "UTF-8") == 0 && guess->confidence == 100) /* ASCII says nothing */
        *guess = (struct guess){.charset = charset_name(label), .confidence = 100};
    json_out_free(&sample);
}

static int run(void *self, struct siftd_doc *doc) {
    const struct rtf *rtf = self;
    const struct siftd_host *host = rtf->host;
    struct siftd_str bytes = host->bytes(doc);
    struct page page = {.host = host, .doc = doc};
    struct rtf_result result;
    struct guess guess;
    judge(bytes, &guess);
    page_place(&page, "\"paragraph\":1");
    rtf_read(bytes, guess.charset, &page, &result);
    if (result.why)
        return host->error(host, "%s", result.why);
    if (result.cut && page.at == 0)
        return host->error(host, "it is cut off before its text");
    if (result.cut)
        host->log(host, SIFTD_WARNING, "the file is cut off: its last group does not end");
    charset_note(host, doc, &guess, result.replaced, 0);
    return SIFTD_OK;
}

static int open_rtf(void *self, const struct siftd_host *host) {
    ((struct rtf *)self)->host = host;
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self;
    (void)size;
    (void)name;
    return head.len >= 6 && memcmp(head.at, "{\\rtf", 5) == 0 ? 90 : 0;
}

static const struct siftd_plugin plugin = {
    .name = "rtf",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "Rich Text Format: paragraphs, tables, notes, in whatever code pages",
    .instance_size = sizeof(struct rtf),
    .open = open_rtf,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
