/* SPDX-License-Identifier: MIT */
#include "xlsx.h"

#include <string.h>

#include "str.h"

struct xlsx {
    uint64_t unpacked; /* option */
    const struct siftd_host *host;
};

static bool wants(void *user, const char *name) {
    (void)user;
    return strcmp(name, "xl/workbook.xml") == 0 || strcmp(name, "xl/_rels/workbook.xml.rels") == 0 ||
           strcmp(name, "xl/styles.xml") == 0 || strcmp(name, "xl/sharedStrings.xml") == 0 ||
           strncmp(name, "xl/worksheets/", 14) == 0;
}

static int read_sheets(const struct xlsx *xlsx, const struct parts *parts, const struct book *book,
                       struct siftd_doc *doc) {
    struct page page = {.host = xlsx->host, .doc = doc};
    char why[XML_WHY];
    for (size_t i = 0; i < book->sheets; i++) {
        const struct part *part = parts_find(parts, book->sheet[i].part);
        if (part && !sheet_read(book, &book->sheet[i], part->bytes, &page, why))
            return xlsx->host->error(xlsx->host, "%s of the sheet \"%s\"", why, book->sheet[i].name);
    }
    return SIFTD_OK;
}

static int read_book(const struct xlsx *xlsx, const struct parts *parts, struct siftd_doc *doc) {
    struct book book;
    char why[XML_WHY];
    if (!parts_find(parts, "xl/workbook.xml"))
        return xlsx->host->error(xlsx->host, "it has no xl/workbook.xml: no Excel workbook, or a damaged one");
    int r =
        book_read(parts, &book, why) ? read_sheets(xlsx, parts, &book, doc) : xlsx->host->error(xlsx->host, "%s", why);
    book_free(&book);
    return r;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct xlsx *xlsx = self;
    struct parts parts;
    char why[UNPACK_WHY];
    bool whole = parts_read(xlsx->host->bytes(doc), wants, NULL, xlsx->unpacked, "decode/xlsx's option \"unpacked\"",
                            &parts, why);
    int r = whole ? read_book(xlsx, &parts, doc) : xlsx->host->error(xlsx->host, "%s", why);
    parts_free(&parts);
    return r;
}

static int open_xlsx(void *self, const struct siftd_host *host) {
    ((struct xlsx *)self)->host = host;
    unpack_begin();
    xml_begin();
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    static const char *const first[] = {"[Content_Types].xml", "_rels/.rels", "xl/", "docProps/", NULL};
    (void)self;
    (void)size;
    (void)name;
    return parts_sniff(head, first, "xl/") ? 90 : 0;
}

static const struct siftd_option options[] = {
    {.name = "unpacked",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct xlsx, unpacked),
     .preset = "256MiB",
     .min = 1,
     .max = INT64_MAX,
     .help = "The most bytes that the parts of a workbook may unpack to."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "xlsx",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "Excel workbooks (XLSX): each sheet a table, each cell with its sheet and name",
    .options = options,
    .instance_size = sizeof(struct xlsx),
    .open = open_xlsx,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
