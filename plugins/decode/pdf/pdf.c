/* SPDX-License-Identifier: MIT */
/*
 * PDF documents, read by poppler: it tells columns apart and gives the characters of a page in the order they are
 * read, each with its box.
 */
#include <math.h>
#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siftd/plugin.h>

#include "memory.h"
#include "paper.h"

struct pdf {
    int64_t pages; /* option */
    const struct siftd_host *host;
    PopplerDocument *warm; /* keeps poppler's tables in memory: warm_up() */
};

void paper_grow(struct paper *paper) {
    paper->room = paper->room * 2 + 4096;
    paper->text = realloc(paper->text, paper->room);
    if (!paper->text)
        out_of_memory();
}

static void keep_text(struct paper *paper, const char *at, size_t len) {
    while (paper->room - paper->len < len)
        paper_grow(paper);
    memcpy(paper->text + paper->len, at, len);
    paper->len += len;
}

static void keep_line(struct paper *paper, const struct print_line *line) {
    if (paper->lines == paper->line_room) {
        paper->line_room = paper->line_room * 2 + 256;
        paper->line = realloc(paper->line, paper->line_room * sizeof *paper->line);
        if (!paper->line)
            out_of_memory();
    }
    paper->line[paper->lines++] = *line;
}

/* --- the lines of a page ------------------------------------------------------------------------------------------ */

static void widen(struct print_line *line, const PopplerRectangle *box) {
    bool first = line->size <= 0;
    float height = (float)(box->y2 - box->y1);
    line->x0 = first ? (float)box->x1 : fminf(line->x0, (float)box->x1);
    line->y0 = first ? (float)box->y1 : fminf(line->y0, (float)box->y1);
    line->x1 = first ? (float)box->x2 : fmaxf(line->x1, (float)box->x2);
    line->y1 = first ? (float)box->y2 : fmaxf(line->y1, (float)box->y2);
    line->size = first ? height : fmaxf(line->size, height);
}

static size_t character(const char *at, size_t len) {
    size_t n = 1;
    while (n < len && ((unsigned char)at[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* A gap that parts two pieces of a line: columns, cells. Words of an even right edge may stand far apart. */
static bool is_gap(const struct print_line *line, const PopplerRectangle *box, bool spaced) {
    float least = (spaced ? 1.8F : 0.7F) * line->size;
    return line->size > 0 && ((float)box->x1 > line->x1 + least || (float)box->x2 < line->x0);
}

static void end_piece(struct paper *paper, struct print_line *line) {
    while (line->len && paper->text[line->start + line->len - 1] == ' ')
        line->len--;
    if (line->size > 0 && line->len)
        keep_line(paper, line);
    *line = (struct print_line){.page = line->page, .start = paper->len};
}

/* One line of the page's text, with the boxes of its characters. */
static void add_line(struct paper *paper, const char *at, size_t len, const PopplerRectangle *box, unsigned page) {
    struct print_line line = {.page = page, .start = paper->len};
    bool space = false;
    for (size_t i = 0, n = 0, size; i < len; i += size, n++) {
        bool spaced = space;
        size = character(at + i, len - i);
        space = at[i] == ' ';
        if (!space && is_gap(&line, &box[n], spaced))
            end_piece(paper, &line);
        if (space && line.size <= 0)
            continue;
        if (!space)
            widen(&line, &box[n]);
        keep_text(paper, at + i, size);
        line.len += size;
    }
    end_piece(paper, &line);
}

static size_t characters(const char *at, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)at[i] & 0xC0) != 0x80;
    return n;
}

static void add_page(struct paper *paper, PopplerPage *page, unsigned number) {
    double width, height;
    PopplerRectangle *box = NULL;
    guint boxes = 0;
    size_t first = paper->lines;
    poppler_page_get_size(page, &width, &height);
    paper->height[number] = height > 0 ? (float)height : 1;
    char *text = poppler_page_get_text(page);
    if (text && g_utf8_validate(text, -1, NULL) && poppler_page_get_text_layout(page, &box, &boxes)) {
        size_t n = 0;
        for (const char *at = text; *at;) {
            size_t len = strcspn(at, "\n"), count = characters(at, len);
            if (n + count > boxes)
                break;
            add_line(paper, at, len, box + n, number);
            n += count + (at[len] == '\n');
            at += len + (at[len] == '\n');
        }
    }
    paper_order(paper, first);
    g_free(box);
    g_free(text);
}

/* --- the document ------------------------------------------------------------------------------------------------- */

static int refuse(const struct pdf *pdf, const GError *error) {
    const struct siftd_host *host = pdf->host;
    if (error && error->domain == POPPLER_ERROR && error->code == POPPLER_ERROR_ENCRYPTED)
        return host->error(host, "the PDF is encrypted and wants a password; drop a copy without one");
    return host->error(host, "the PDF cannot be read: %s", error ? error->message : "it is damaged");
}

static int write_paper(const struct pdf *pdf, struct siftd_doc *doc, struct paper *paper) {
    const struct siftd_host *host = pdf->host;
    struct page out = {.host = host, .doc = doc};
    if (paper->lines == 0)
        return host->error(
            host, "the PDF has %u pages and no text, only pictures of it; text recognition has to read it first",
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
    int pages = poppler_document_get_n_pages(document);
    if (pages <= 0)
        return pdf->host->error(pdf->host, "the PDF has no pages");
    if (pages > pdf->pages)
        return pdf->host->error(pdf->host, "the PDF has %d pages, and decode/pdf's option \"pages\" allows %lld", pages,
                                (long long)pdf->pages);
    struct paper paper = {.pages = (unsigned)pages, .height = calloc((size_t)pages, sizeof *paper.height)};
    if (!paper.height)
        out_of_memory();
    for (int i = 0; i < pages; i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        paper.height[i] = 1;
        if (!page)
            continue;
        size_t before = paper.lines;
        add_page(&paper, page, (unsigned)i);
        paper.empty += paper.lines == before;
        g_object_unref(page);
    }
    note_number(pdf, doc, "pages", paper.pages);
    if (paper.lines)
        note_number(pdf, doc, "pages_without_text", paper.empty);
    int r = write_paper(pdf, doc, &paper);
    free(paper.text);
    free(paper.line);
    free(paper.height);
    return r;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct pdf *pdf = self;
    struct siftd_str bytes = pdf->host->bytes(doc);
    GError *error = NULL;
    GBytes *whole = g_bytes_new_static(bytes.at, bytes.len);
    PopplerDocument *document = poppler_document_new_from_bytes(whole, NULL, &error);
    int r = document ? read_pages(pdf, document, doc) : refuse(pdf, error);
    if (document)
        g_object_unref(document);
    g_clear_error(&error);
    g_bytes_unref(whole);
    return r;
}

/* Fonts that are not in the document name a table of characters (poppler-data), which poppler reads when it meets one;
 * where the worker may open no file by then, only what poppler keeps is there: its last four tables of codes and four
 * of collections. So a document with the most common fonts is read before. */
static void warm_up(struct pdf *pdf) {
    static const char *const fonts[][2] = {
        {"GBK-EUC-H", "GB1"}, {"UniGB-UCS2-H", "GB1"}, {"GB-EUC-H", "GB1"}, {"ETen-B5-H", "CNS1"}};
    GString *text = g_string_new("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                 "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/"
                                 "MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<<");
    GString *shown = g_string_new("BT");
    for (unsigned i = 0; i < G_N_ELEMENTS(fonts); i++) {
        g_string_append_printf(text,
                               "/F%u<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/%s/DescendantFonts[<</Type/Font/"
                               "Subtype/CIDFontType0/BaseFont/F/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/"
                               "Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/F/Flags 4>>>>]>>",
                               i, fonts[i][0], fonts[i][1]);
        g_string_append_printf(shown, " /F%u 9 Tf 9 9 Td <B0A1> Tj", i);
    }
    g_string_append(shown, " ET");
    g_string_append_printf(text,
                           ">>>>>>endobj\n4 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n"
                           "trailer<</Root 1 0 R>>\n%%%%EOF\n",
                           shown->len, shown->str);
    g_string_free(shown, TRUE);
    GBytes *bytes = g_string_free_to_bytes(text);
    pdf->warm = poppler_document_new_from_bytes(bytes, NULL, NULL);
    PopplerPage *page = pdf->warm ? poppler_document_get_page(pdf->warm, 0) : NULL;
    g_bytes_unref(bytes);
    if (page) {
        g_free(poppler_page_get_text(page));
        g_object_unref(page);
    }
}

static int open_pdf(void *self, const struct siftd_host *host) {
    struct pdf *pdf = self;
    pdf->host = host;
    warm_up(pdf);
    return SIFTD_OK;
}

static void close_pdf(void *self) {
    struct pdf *pdf = self;
    if (pdf->warm)
        g_object_unref(pdf->warm);
}

/* The header may stand behind other bytes (ISO 32000-1, annex H.3.4.1: in the first 1,024). */
static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    size_t len = head.len < 1024 ? head.len : 1024;
    (void)self, (void)size, (void)name;
    if (len >= 5 && memcmp(head.at, "%PDF-", 5) == 0)
        return 95;
    return len && memmem(head.at, len, "%PDF-1.", 7) ? 60 : 0;
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
