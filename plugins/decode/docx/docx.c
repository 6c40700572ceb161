/* SPDX-License-Identifier: MIT */
/*
 * WordprocessingML (ECMA-376 part 1, 17): the paragraphs and tables of the body, then the foot- and endnotes. What a
 * reader does not see stays out: hidden runs, deleted and moved-away text, field codes, comments, the fall-back forms
 * of drawings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siftd/plugin.h>

#include "page.h"
#include "parts.h"
#include "str.h"
#include "xml_walk.h"

struct docx {
    uint64_t unpacked; /* option */
    const struct siftd_host *host;
};

struct reading {
    struct page page;
    const char *part;
    size_t paragraph;
    unsigned column;
    unsigned skipped;    /* elements open that leave the text, this one included */
    unsigned properties; /* run properties open */
    bool hidden;         /* the run is */
    bool in_text;        /* inside a w:t */
    unsigned paragraphs; /* open: a text box's stand inside another */
};

/* Elements whose inside no reader sees. */
static bool leaves_out(const struct xml_element *element) {
    static const char *const names[] = {"del",      "moveFrom",  "instrText", "delText", "delInstrText",
                                        "Fallback", "pPrChange", "rPrChange", "sectPr",  "pPr",
                                        "tblPr",    "trPr",      "tcPr",      "tblGrid", "rt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(element->name, names[i]) == 0)
            return true;
    return (strcmp(element->name, "footnote") == 0 || strcmp(element->name, "endnote") == 0) &&
           xml_attribute_is(element, "type", "separator|continuationSeparator|continuationNotice");
}

static void begin_paragraph(struct reading *r) {
    char members[160];
    if (r->paragraphs++)
        page_line(&r->page);
    snprintf(members, sizeof members, "\"part\":\"%s\",\"paragraph\":%zu", r->part, ++r->paragraph);
    page_place(&r->page, members);
}

static void put_sign(struct reading *r, const char *sign) {
    if (!r->hidden)
        page_text(&r->page, sign, strlen(sign));
}

static void start_property(struct reading *r, const struct xml_element *element) {
    if (strcmp(element->name, "vanish") == 0 || strcmp(element->name, "webHidden") == 0)
        r->hidden = !xml_attribute_is(element, "val", "0|false|off");
}

static void start_block(struct reading *r, const char *name) {
    if (strcmp(name, "p") == 0)
        begin_paragraph(r);
    else if (strcmp(name, "tbl") == 0)
        page_table_begin(&r->page);
    else if (strcmp(name, "tr") == 0) {
        page_row_begin(&r->page);
        r->column = r->page.depth == 1 ? 0 : r->column;
    } else if (strcmp(name, "tc") == 0 && r->page.depth == 1)
        page_cell_begin(&r->page, r->column++);
}

static void start_inline(struct reading *r, const char *name) {
    if (strcmp(name, "r") == 0)
        r->hidden = false;
    else if (strcmp(name, "rPr") == 0)
        r->properties++;
    else if (strcmp(name, "t") == 0)
        r->in_text = true;
    else if (strcmp(name, "tab") == 0 || strcmp(name, "ptab") == 0)
        put_sign(r, "\t");
    else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
        put_sign(r, "\n");
    else if (strcmp(name, "noBreakHyphen") == 0)
        put_sign(r, "-");
}

static void start(void *user, const struct xml_element *element) {
    struct reading *r = user;
    if (r->skipped || leaves_out(element)) {
        r->skipped++;
        return;
    }
    if (r->properties) {
        start_property(r, element);
        r->properties++;
        return;
    }
    start_block(r, element->name);
    start_inline(r, element->name);
}

static void end_block(struct reading *r, const char *name) {
    if (strcmp(name, "p") == 0) {
        r->paragraphs -= r->paragraphs > 0;
        page_line(&r->page);
    } else if (strcmp(name, "tbl") == 0)
        page_table_end(&r->page, "");
    else if (strcmp(name, "tr") == 0)
        page_row_end(&r->page);
    else if (strcmp(name, "tc") == 0)
        page_cell_end(&r->page);
}

static void end(void *user, const char *name) {
    struct reading *r = user;
    if (r->skipped) {
        r->skipped--;
        return;
    }
    if (r->properties) {
        r->properties--;
        return;
    }
    if (strcmp(name, "t") == 0)
        r->in_text = false;
    end_block(r, name);
}

static void text(void *user, const char *at, size_t len) {
    struct reading *r = user;
    if (r->in_text && !r->skipped && !r->hidden)
        page_text(&r->page, at, len);
}

static bool wants(void *user, const char *name) {
    (void)user;
    return strcmp(name, "word/document.xml") == 0 || strcmp(name, "word/footnotes.xml") == 0 ||
           strcmp(name, "word/endnotes.xml") == 0;
}

static int read_part(const struct docx *docx, const struct parts *parts, const char *name, struct page *page) {
    const struct part *part = parts_find(parts, name);
    char why[XML_WHY];
    if (!part)
        return SIFTD_OK;
    struct reading reading = {.page = *page, .part = name};
    struct xml_calls calls = {&reading, start, end, text};
    bool whole = xml_walk(part->bytes, &calls, why);
    *page = reading.page;
    return whole ? SIFTD_OK : docx->host->error(docx->host, "%s of %s", why, name);
}

static int read_parts(const struct docx *docx, const struct parts *parts, struct siftd_doc *doc) {
    struct page page = {.host = docx->host, .doc = doc};
    if (!parts_find(parts, "word/document.xml"))
        return docx->host->error(docx->host, "it has no word/document.xml: no Word document, or a damaged one");
    int r = read_part(docx, parts, "word/document.xml", &page);
    if (r == SIFTD_OK)
        r = read_part(docx, parts, "word/footnotes.xml", &page);
    return r == SIFTD_OK ? read_part(docx, parts, "word/endnotes.xml", &page) : r;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct docx *docx = self;
    struct parts parts;
    char why[UNPACK_WHY];
    bool whole = parts_read(docx->host->bytes(doc), wants, NULL, docx->unpacked, "decode/docx's option \"unpacked\"",
                            &parts, why);
    int r = whole ? read_parts(docx, &parts, doc) : docx->host->error(docx->host, "%s", why);
    parts_free(&parts);
    return r;
}

static int open_docx(void *self, const struct siftd_host *host) {
    ((struct docx *)self)->host = host;
    unpack_begin();
    xml_begin();
    return SIFTD_OK;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    static const char *const first[] = {"[Content_Types].xml", "_rels/.rels", "word/", "docProps/", NULL};
    (void)self;
    (void)size;
    (void)name;
    return parts_sniff(head, first, "word/") ? 90 : 0;
}

static const struct siftd_option options[] = {
    {.name = "unpacked",
     .type = SIFTD_SIZE,
     .offset = offsetof(struct docx, unpacked),
     .preset = "256MiB",
     .min = 1,
     .max = INT64_MAX,
     .help = "The most bytes that the parts of a document may unpack to."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "docx",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "Word documents (DOCX): paragraphs, tables, notes, each with its part and paragraph",
    .options = options,
    .instance_size = sizeof(struct docx),
    .open = open_docx,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
