/* SPDX-License-Identifier: MIT */
/* The pages of a PDF. One with text is read as decode/pdf reads it; of the others a picture is made. */
#include <cairo.h>
#include <leptonica/allheaders.h>
#include <math.h>

#include "memory.h"
#include "ocr.h"

#define POINTS 72.0 /* an inch */

/* The surface in gray; NULL when all of it is the same. */
static PIX *gray_of(cairo_surface_t *surface, int width, int height) {
    const unsigned char *from = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    PIX *gray = pixCreate(width, height, 8);
    l_uint32 least = 255, most = 0;
    if (!gray)
        out_of_memory();
    for (int y = 0; y < height; y++) {
        const uint32_t *pixel = (const uint32_t *)(const void *)(from + (ptrdiff_t)y * stride);
        l_uint32 *line = pixGetData(gray) + (ptrdiff_t)y * pixGetWpl(gray);
        for (int x = 0; x < width; x++) {
            l_uint32 c = pixel[x], value = (77 * (c >> 16 & 255) + 151 * (c >> 8 & 255) + 28 * (c & 255)) >> 8;
            SET_DATA_BYTE(line, x, value);
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
    }
    if (least == most)
        pixDestroy(&gray);
    return gray;
}

static cairo_surface_t *draw(PopplerPage *page, int width, int height, double scale) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    if (cairo_status(cairo) == CAIRO_STATUS_NO_MEMORY)
        out_of_memory();
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    return surface;
}

static int recognize_page(struct job *job, PopplerPage *page, unsigned number) {
    double scale = (double)job->ocr->resolution / POINTS, width, height;
    poppler_page_get_size(page, &width, &height);
    width = ceil(width * scale);
    height = ceil(height * scale);
    int r = allow_picture(job, number, width, height);
    if (r != SIFTD_OK)
        return r;
    cairo_surface_t *surface = draw(page, (int)width, (int)height, scale);
    bool drawn = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    PIX *gray = drawn ? gray_of(surface, (int)width, (int)height) : NULL;
    cairo_surface_destroy(surface);
    if (!drawn)
        return job->ocr->host->error(job->ocr->host, "no picture of page %u can be made", number + 1);
    if (!gray)
        return SIFTD_OK;
    pixSetResolution(gray, (l_int32)job->ocr->resolution, (l_int32)job->ocr->resolution);
    r = recognize(job, &(struct picture){gray, number, (float)(1 / scale)});
    pixDestroy(&gray);
    return r;
}

static int read_page(struct job *job, PopplerPage *page, unsigned number) {
    size_t before = job->paper.lines;
    print_page(&job->paper, page, number);
    int r = job->paper.lines == before ? recognize_page(job, page, number) : SIFTD_OK;
    job->paper.empty += job->paper.lines == before;
    return r;
}

int read_scans(struct job *job) {
    const struct siftd_host *host = job->ocr->host;
    PopplerDocument *document = print_open(host, host->bytes(job->doc));
    if (!document)
        return SIFTD_ERROR;
    int r = print_begin(host, "ocr", document, job->ocr->pages, &job->paper) ? SIFTD_OK : SIFTD_ERROR;
    for (unsigned i = 0; r == SIFTD_OK && i < job->paper.pages; i++) {
        PopplerPage *page = poppler_document_get_page(document, (int)i);
        if (!page)
            continue;
        r = read_page(job, page, i);
        g_object_unref(page);
    }
    g_object_unref(document);
    return r;
}
