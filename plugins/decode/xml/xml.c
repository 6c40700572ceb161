/* SPDX-License-Identifier: MIT */
#include "xml.h"

#include <stdio.h>
#include <string.h>

#include "charset/charset.h"
#include "charset/convert.h"
#include "json_out.h"

struct xml {
    const struct siftd_host *host;
};

static int gather(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit, uint32_t byte_unit) {
    (void)start, (void)text_unit, (void)byte_unit;
    json_out_raw(user, utf8, len);
    return 0;
}

/* The document as UTF-8 without its XML declaration, which names the charset that it is no longer in. */
static int as_utf8(const struct xml *xml, struct siftd_doc *doc, struct json_out *out, struct siftd_str *ret) {
    struct siftd_str bytes = xml->host->bytes(doc);
    struct convert work = {.put = gather, .user = out};
    struct guess guess;
    char label[CHARSET_LABEL];
    charset_declared(bytes.at, bytes.len, label);
    charset_judge(bytes.at, bytes.len, label, &guess);
    convert(&work, charset_table(guess.charset), bytes.at, bytes.len, guess.bom);
    if (work.error[0])
        return xml->host->error(xml->host, "%s", work.error);
    charset_note(xml->host, doc, &guess, work.replaced, 0);
    json_out_raw(out, "", 1);
    const char *close = strncmp(out->at, "<?xml", 5) == 0 ? strstr(out->at, "?>") : NULL;
    size_t skip = close ? (size_t)(close + 2 - out->at) : 0;
    *ret = (struct siftd_str){out->at + skip, out->len - 1 - skip};
    return SIFTD_OK;
}

static int read_text(const struct xml *xml, struct siftd_doc *doc, struct siftd_str text) {
    struct page page = {.host = xml->host, .doc = doc};
    struct survey survey;
    char why[XML_WHY];
    bool sound = survey_read(text, &survey, why);
    if (sound) {
        page_place(&page, "\"element\":\"/\"");
        write_text(text, &survey, &page);
    }
    survey_free(&survey);
    return sound ? SIFTD_OK : xml->host->error(xml->host, "%s", why);
}

static int run(void *self, struct siftd_doc *doc) {
    const struct xml *xml = self;
    struct json_out utf8 = {0};
    struct siftd_str text = {0};
    int r = as_utf8(xml, doc, &utf8, &text);
    if (r == SIFTD_OK)
        r = read_text(xml, doc, text);
    json_out_free(&utf8);
    return r;
}

static int open_xml(void *self, const struct siftd_host *host) {
    ((struct xml *)self)->host = host;
    xml_begin();
    return SIFTD_OK;
}

enum { PROBED = 1024 };

/* An XML declaration, in whatever width; without one, a first element with a namespace. */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    char plain[PROBED + 1];
    size_t len = 0;
    (void)self;
    (void)size;
    (void)name;
    for (size_t i = 0; i < head.len && len < PROBED; i++)
        if (head.at[i] > 0 && (len || !strchr(" \t\r\n", head.at[i]))) /* no zeros of UTF-16, no mark before */
            plain[len++] = head.at[i];
    plain[len] = 0;
    if (strncmp(plain, "<?xml ", 6) == 0)
        return 75;
    const char *close = *plain == '<' ? strchr(plain, '>') : NULL, *space = strstr(plain, " xmlns");
    return close && space && space < close ? 60 : 0;
}

static const struct siftd_plugin plugin = {
    .name = "xml",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "XML of any vocabulary: running text as lines, records as rows of a table",
    .instance_size = sizeof(struct xml),
    .open = open_xml,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
