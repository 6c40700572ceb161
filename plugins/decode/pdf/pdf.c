/* SPDX-License-Identifier: MIT */
/*
 * PDF documents, read by poppler: it tells columns apart and gives the characters of a page in the order they are
 * read, each with its box.
 */
#include <stdio.h>

#include <siftd/plugin.h>

#include "paper/print.h"

struct pdf {
    int64_t pages; /* option */
    const struct siftd_host *host;
    PopplerDocument *warm; /* keeps poppler's tables in memory: print_warm_up() */
};

static int write_paper(const struct pdf *pdf, struct siftd_doc *doc, struct paper *paper) {
    const struct siftd_host *host = pdf->host;
    struct page out = {.host = host, .doc = doc};
    if (paper->lines == 0)
        return host->error(
            host,
            "the PDF has %u pages and no text, only pictures of it; decode/ocr, where it is enabled, recognizes it",
            paper->pages);
    paper_find_margins(paper);
    paper_write(paper, &out);
    return SIFTD_OK;
}

static void note_number(const struct pdf *pdf, struct siftd_doc *doc, const char *key, unsigned number) {
    char text[16];
    snprintf(text, sizeof text, "%u", number);
    pdf->host->set_json(doc, key, text);
}

static int read_pages(const struct pdf *pdf, PopplerDocument *document, struct siftd_doc *doc) {
    struct paper paper;
    if (!print_begin(pdf->host, "pdf", document, pdf->pages, &paper))
        return SIFTD_ERROR;
    for (unsigned i = 0; i < paper.pages; i++) {
        PopplerPage *page = poppler_document_get_page(document, (int)i);
        if (!page)
            continue;
        size_t before = paper.lines;
        print_page(&paper, page, i);
        paper.empty += paper.lines == before;
        g_object_unref(page);
    }
    note_number(pdf, doc, "pages", paper.pages);
    if (paper.lines)
        note_number(pdf, doc, "pages_without_text", paper.empty);
    int r = write_paper(pdf, doc, &paper);
    paper_free(&paper);
    return r;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct pdf *pdf = self;
    PopplerDocument *document = print_open(pdf->host, pdf->host->bytes(doc));
    if (!document)
        return SIFTD_ERROR;
    int r = read_pages(pdf, document, doc);
    g_object_unref(document);
    return r;
}

static int open_pdf(void *self, const struct siftd_host *host) {
    struct pdf *pdf = self;
    pdf->host = host;
    pdf->warm = print_warm_up();
    return SIFTD_OK;
}

static void close_pdf(void *self) {
    struct pdf *pdf = self;
    if (pdf->warm)
        g_object_unref(pdf->warm);
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self, (void)size, (void)name;
    return print_probe(head);
}

static const struct siftd_option options[] = {
    {.name = "pages",
     .type = SIFTD_INT,
     .offset = offsetof(struct pdf, pages),
     .preset = "5000",
     .min = 1,
     .max = 1000000,
     .help = "The most pages that a document may have."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "pdf",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "PDF documents: paragraphs in reading order, each line with its page and box",
    .options = options,
    .instance_size = sizeof(struct pdf),
    .open = open_pdf,
    .close = close_pdf,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
