/* SPDX-License-Identifier: MIT */
#include "paper/print.h"

#include <math.h>
#include <string.h>

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
        paper_line(paper, line);
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
        paper_text(paper, at + i, size);
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

void print_page(struct paper *paper, PopplerPage *page, unsigned number) {
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

static int refuse(const struct siftd_host *host, const GError *error) {
    if (error && error->domain == POPPLER_ERROR && error->code == POPPLER_ERROR_ENCRYPTED)
        return host->error(host, "the PDF is encrypted and wants a password; drop a copy without one");
    return host->error(host, "the PDF cannot be read: %s", error ? error->message : "it is damaged");
}

PopplerDocument *print_open(const struct siftd_host *host, struct siftd_str bytes) {
    GError *error = NULL;
    GBytes *whole = g_bytes_new_static(bytes.at, bytes.len);
    PopplerDocument *document = poppler_document_new_from_bytes(whole, NULL, &error);
    if (!document)
        refuse(host, error);
    g_clear_error(&error);
    g_bytes_unref(whole);
    return document;
}

bool print_begin(const struct siftd_host *host, const char *plugin, PopplerDocument *document, int64_t most,
                 struct paper *paper) {
    int pages = poppler_document_get_n_pages(document);
    if (pages <= 0) {
        host->error(host, "the PDF has no pages");
        return false;
    }
    if (pages > most) {
        host->error(host, "the PDF has %d pages, and decode/%s's option \"pages\" allows %lld", pages, plugin,
                    (long long)most);
        return false;
    }
    paper_begin(paper, (unsigned)pages);
    return true;
}

PopplerDocument *print_warm_up(void) {
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
    PopplerDocument *warm = poppler_document_new_from_bytes(bytes, NULL, NULL);
    PopplerPage *page = warm ? poppler_document_get_page(warm, 0) : NULL;
    g_bytes_unref(bytes);
    if (page) {
        g_free(poppler_page_get_text(page));
        g_object_unref(page);
    }
    return warm;
}

int print_probe(struct siftd_str head) {
    size_t len = head.len < 1024 ? head.len : 1024;
    if (len >= 5 && memcmp(head.at, "%PDF-", 5) == 0)
        return 95;
    return len && memmem(head.at, len, "%PDF-1.", 7) ? 60 : 0;
}
