/* SPDX-License-Identifier: MIT */
#include "odf.h"

#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "str.h"

struct odf {
    uint64_t unpacked; /* option */
    const struct siftd_host *host;
};

bool odf_leaves_out(const struct xml_element *element) {
    static const char *const names[] = {
        "tracked-changes", "annotation",       "note-citation", "hidden-text",
        "ruby-text",       "sequence-decls",   "forms",         "table-of-content-source",
        "font-face-decls", "automatic-styles", "scripts",       "desc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(element->name, names[i]) == 0)
            return true;
    return false;
}

unsigned odf_count(const struct xml_element *element, const char *name, unsigned most) {
    char value[XML_VALUE];
    unsigned long n = xml_attribute(element, name, value) ? strtoul(value, NULL, 10) : 1;
    return n < 1 ? 1 : n > most ? most : (unsigned)n;
}

const char *odf_sign(const struct xml_element *element) {
    static const char spaces[] = "                                ";
    if (strcmp(element->name, "s") == 0)
        return spaces + (sizeof spaces - 1) - odf_count(element, "c", sizeof spaces - 1);
    return strcmp(element->name, "tab") == 0 ? "\t" : strcmp(element->name, "line-break") == 0 ? "\n" : "";
}

static bool wants(void *user, const char *name) {
    (void)user;
    return strcmp(name, "content.xml") == 0 || strcmp(name, "mimetype") == 0;
}

static int read_content(const struct odf *odf, const struct parts *parts, struct siftd_doc *doc) {
    const struct siftd_host *host = odf->host;
    const struct part *content = parts_find(parts, "content.xml"), *kind = parts_find(parts, "mimetype");
    struct page page = {.host = host, .doc = doc};
    char why[XML_WHY];
    if (!content || !kind)
        return host->error(host, "it has no content.xml: no OpenDocument file, or a damaged one");
    bool sheets = str_find(kind->bytes, str("spreadsheet")) != NULL;
    host->set(doc, "format", sheets ? "ods" : "odt");
    if (sheets ? odf_read_sheets(content->bytes, &page, why) : odf_read_text(content->bytes, &page, why))
        return SIFTD_OK;
    return host->error(host, "%s of content.xml", why);
}

static int run(void *self, struct siftd_doc *doc) {
    const struct odf *odf = self;
    struct parts parts;
    char why[UNPACK_WHY];
    bool whole =
        parts_read(odf->host->bytes(doc), wants, NULL, odf->unpacked, "decode/odf's option \"unpacked\"", &parts, why);
    int r = whole ? read_content(odf, &parts, doc) : odf->host->error(odf->host, "%s", why);
    parts_free(&parts);
    return r;
}

static int open_odf(void *self, const struct siftd_host *host) {
    ((struct odf *)self)->host = host;
    unpack_begin();
    xml_begin();
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    static const char *const first[] = {"mimetype", NULL};
    (void)self;
    (void)size;
    (void)name;
    return parts_sniff(head, first, "application/vnd.oasis.opendocument.text") ||
                   parts_sniff(head, first, "application/vnd.oasis.opendocument.spreadsheet")
               ? 90
               : 0;
}

static const struct siftd_option options[] = {
    {.name = "unpacked",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct odf, unpacked),
     .preset = "256MiB",
     .min = 1,
     .max = INT64_MAX,
     .help = "The most bytes that the parts of a document may unpack to."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "odf",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "OpenDocument texts (ODT) and spreadsheets (ODS), each paragraph and cell with its place",
    .options = options,
    .instance_size = sizeof(struct odf),
    .open = open_odf,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
