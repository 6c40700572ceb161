/* SPDX-License-Identifier: MIT */
/*
 * Text recognition by Tesseract: image files, and PDF documents with pages that hold no text. The models are loaded
 * once, by the process whose forks do the work; a worker that has given up its rights opens nothing for it any more.
 */
#include <leptonica/allheaders.h>
#include <stddef.h>
#include <string.h>

#include "ocr.h"

/* Of the library that Tesseract's threads come from, where it was built with it. */
extern void omp_set_max_active_levels(int levels) __attribute__((weak));

static int write_paper(struct job *job) {
    const struct siftd_host *host = job->ocr->host;
    struct page out = {.host = host, .doc = job->doc};
    tell_facts(job);
    if (job->paper.lines == 0)
        return host->error(host, "no text was recognized on %s", job->paper.pages == 1 ? "the page" : "any page");
    paper_find_margins(&job->paper);
    paper_write(&job->paper, &out);
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct ocr *ocr = self;
    struct job job = {.ocr = ocr, .doc = doc, .began = job_clock()};
    enum kind kind = picture_kind(ocr->host->bytes(doc));
    job.pages_in = ocr->host->doc_alloc(doc, ocr->languages.count * sizeof *job.pages_in);
    ocr->host->set(doc, "format", kind ? picture_name(kind) : "pdf");
    int r = kind ? read_pictures(&job, kind) : read_scans(&job);
    if (r == SIFTD_OK)
        r = write_paper(&job);
    paper_free(&job.paper);
    json_out_free(&job.doubted);
    return r;
}

static int probe(void *self, struct siftd_str head, uint64_t size, const char *name) {
    (void)self, (void)size, (void)name;
    int pdf = print_probe(head);
    if (pdf)
        return pdf + 1; /* before decode/pdf: pages with text are read the same way */
    return picture_kind(head) ? 90 : 0;
}

/* Its remarks go nowhere. Where they go is opened by the first of them, which a resolution without a picture gives.
 * What Tesseract makes late is made by an empty page. */
static void warm_up(TessBaseAPI *tesseract) {
    unsigned char white[64 * 64];
    memset(white, 255, sizeof white);
    TessBaseAPISetVariable(tesseract, "debug_file", "/dev/null");
    TessBaseAPISetSourceResolution(tesseract, 300);
    TessBaseAPISetImage(tesseract, white, 64, 64, 1, 64);
    TessBaseAPIRecognize(tesseract, NULL);
    TessBaseAPIClear(tesseract);
}

static int open_language(struct ocr *ocr, size_t i) {
    const struct siftd_host *host = ocr->host;
    TessBaseAPI *tesseract = ocr->tesseract[i] = TessBaseAPICreate();
    if (TessBaseAPIInit3(tesseract, ocr->data, ocr->languages.item[i]) != 0)
        return host->error(host,
                           "Tesseract cannot load its data for \"%s\" (decode/ocr's options \"languages\", \"data\"); "
                           "Debian has it in the packages tesseract-ocr-LANGUAGE",
                           ocr->languages.item[i]);
    /* Columns are found on the paper; Tesseract's own search for them loses lines. */
    TessBaseAPISetPageSegMode(tesseract, PSM_SINGLE_COLUMN);
    warm_up(tesseract);
    return SIFTD_OK;
}

static int open_ocr(void *self, const struct siftd_host *host) {
    struct ocr *ocr = self;
    int r = SIFTD_OK;
    ocr->host = host;
    if (ocr->languages.count == 0)
        return host->error(host, "decode/ocr's option \"languages\" names none");
    setMsgSeverity(L_SEVERITY_NONE);
    if (omp_set_max_active_levels)
        omp_set_max_active_levels(0); /* a worker has one thread */
    ocr->tesseract = host->alloc(host, ocr->languages.count * sizeof(TessBaseAPI *));
    for (size_t i = 0; r == SIFTD_OK && i < ocr->languages.count; i++)
        r = open_language(ocr, i);
    if (r == SIFTD_OK)
        ocr->warm = print_warm_up();
    return r;
}

static void close_ocr(void *self) {
    struct ocr *ocr = self;
    for (size_t i = 0; ocr->tesseract && i < ocr->languages.count; i++)
        if (ocr->tesseract[i])
            TessBaseAPIDelete(ocr->tesseract[i]);
    if (ocr->warm)
        g_object_unref(ocr->warm);
}

#define AT(member) .offset = offsetof(struct ocr, member)

static const struct siftd_option options[] = {
    {.name = "languages",
     .type = SIFTD_LIST,
     AT(languages),
     .preset = "chi_sim, eng",
     .help = "The languages to expect, as Tesseract names them, the likeliest first."},
    {.name = "data",
     .type = SIFTD_PATH,
     AT(data),
     .help = "The folder of Tesseract's data; without it, the one that Tesseract was built for."},
    {.name = "resolution",
     .type = SIFTD_INT,
     AT(resolution),
     .preset = "300",
     .min = 72,
     .max = 1200,
     .help = "Dots an inch of the picture that is made of a PDF's page."},
    {.name = "pixels",
     .type = SIFTD_INT,
     AT(pixels),
     .preset = "40000000",
     .min = 1,
     .max = 1000000000,
     .help = "The most pixels that a page's picture may have."},
    {.name = "pages",
     .type = SIFTD_INT,
     AT(pages),
     .preset = "5000",
     .min = 1,
     .max = 1000000,
     .help = "The most pages that a document may have."},
    {.name = "scans",
     .type = SIFTD_INT,
     AT(scans),
     .preset = "100",
     .min = 1,
     .max = 1000000,
     .help = "The most pages of a document that are recognized."},
    {.name = "time",
     .type = SIFTD_DURATION,
     AT(time),
     .preset = "25s",
     .min = 1,
     .max = 86400000,
     .help = "The longest that recognizing one document may take."},
    {.name = "doubt_below",
     .type = SIFTD_INT,
     AT(doubt_below),
     .preset = "60",
     .min = 0,
     .max = 100,
     .help = "Call a word doubtful when Tesseract's confidence in it is below this."},
    {0},
};

static const struct siftd_plugin plugin = {
    .name = "ocr",
    .stage = SIFTD_DECODE,
    .version = "1.0",
    .summary = "text recognition: images and scanned pages of PDF documents, each line with its page and box",
    .options = options,
    .instance_size = sizeof(struct ocr),
    .open = open_ocr,
    .close = close_ocr,
    .probe = probe,
    .run = run,
};
SIFTD_PLUGIN(plugin)
