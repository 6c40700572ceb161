/* SPDX-License-Identifier: MIT */
/* Image files. The header tells the size before a pixel is read. */
#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "ocr.h"

enum { BYTES_MOST = 10 }; /* of a pixel: as it was packed, in colours, in gray */

static bool begins(struct siftd_str head, const char *with, size_t len) {
    return head.len >= len && memcmp(head.at, with, len) == 0;
}

/* "BM" and "P4" may begin a text: more of the header must be right. */
static bool is_bmp(struct siftd_str head) {
    static const unsigned char sizes[] = {12, 40, 52, 56, 64, 108, 124};
    return begins(head, "BM", 2) && head.len > 26 && memcmp(head.at + 6, "\0\0\0\0", 4) == 0 &&
           memchr(sizes, (unsigned char)head.at[14], sizeof sizes) && memcmp(head.at + 15, "\0\0\0", 3) == 0;
}

static bool is_pnm(struct siftd_str head) {
    size_t i = 3, digits = 0;
    if (head.len < 12 || head.at[0] != 'P' || head.at[1] < '1' || head.at[1] > '6' || !strchr(" \n\r\t", head.at[2]))
        return false;
    if (head.at[i] == '#')
        return true;
    while (i < head.len && head.at[i] >= '0' && head.at[i] <= '9')
        i++, digits++;
    return digits && i + 1 < head.len && strchr(" \n\r\t", head.at[i]) && head.at[i + 1] >= '0' &&
           head.at[i + 1] <= '9';
}

enum kind picture_kind(struct siftd_str head) {
    if (begins(head, "\x89PNG\r\n\x1a\n", 8))
        return KIND_PNG;
    if (begins(head, "\xff\xd8\xff", 3))
        return KIND_JPEG;
    if (begins(head, "II*\0", 4) || begins(head, "MM\0*", 4))
        return KIND_TIFF;
    if (is_bmp(head))
        return KIND_BMP;
    return is_pnm(head) ? KIND_PNM : KIND_NONE;
}

const char *picture_name(enum kind kind) {
    static const char *const name[] = {"", "bmp", "jpeg", "png", "pnm", "tiff"};
    return name[kind];
}

/* Gray, without transparency. */
static PIX *plain(PIX *pix) {
    PIX *opaque = pix ? pixRemoveAlpha(pix) : NULL;
    PIX *gray = opaque ? pixConvertTo8(opaque, 0) : NULL;
    pixDestroy(&opaque);
    pixDestroy(&pix);
    return gray;
}

/* The libraries do not say why they gave a picture up. The memory that it takes at most was there, or it was not. */
static void tell_damage_from_need(size_t pixels) {
    void *room = malloc(pixels * BYTES_MOST);
    if (!room)
        out_of_memory();
    free(room);
}

static int read_picture(struct job *job, PIX *read, unsigned page, size_t pixels) {
    const struct siftd_host *host = job->ocr->host;
    PIX *pix = plain(read);
    if (!pix)
        tell_damage_from_need(pixels);
    if (!pix)
        return host->error(host, "the picture of page %u is damaged or cut off", page + 1);
    job->paper.height[page] = (float)pixGetHeight(pix);
    int r = recognize(job, &(struct picture){pix, page, 1});
    pixDestroy(&pix);
    return r;
}

static unsigned tiff_pages(struct siftd_str bytes, int64_t most) {
    l_int32 width, height;
    unsigned n = 0;
    while (n <= most && readHeaderMemTiff((const l_uint8 *)bytes.at, bytes.len, (l_int32)n, &width, &height, NULL, NULL,
                                          NULL, NULL, NULL) == 0)
        n++;
    return n;
}

static int read_tiff(struct job *job, struct siftd_str bytes, unsigned page) {
    l_int32 width = 0, height = 0, n = (l_int32)page;
    const l_uint8 *at = (const l_uint8 *)bytes.at;
    readHeaderMemTiff(at, bytes.len, n, &width, &height, NULL, NULL, NULL, NULL, NULL);
    int r = allow_picture(job, page, width, height);
    return r == SIFTD_OK ? read_picture(job, pixReadMemTiff(at, bytes.len, n), page, (size_t)width * (size_t)height)
                         : r;
}

static int read_single(struct job *job, struct siftd_str bytes) {
    const struct siftd_host *host = job->ocr->host;
    l_int32 width = 0, height = 0;
    const l_uint8 *at = (const l_uint8 *)bytes.at;
    if (pixReadHeaderMem(at, bytes.len, NULL, &width, &height, NULL, NULL, NULL))
        return host->error(host, "the picture's header is damaged or cut off");
    int r = allow_picture(job, 0, width, height);
    return r == SIFTD_OK ? read_picture(job, pixReadMem(at, bytes.len), 0, (size_t)width * (size_t)height) : r;
}

int read_pictures(struct job *job, enum kind kind) {
    const struct siftd_host *host = job->ocr->host;
    struct siftd_str bytes = host->bytes(job->doc);
    unsigned pages = kind == KIND_TIFF ? tiff_pages(bytes, job->ocr->pages) : 1;
    if (pages == 0)
        return host->error(host, "the picture's header is damaged or cut off");
    if (pages > job->ocr->pages)
        return host->error(host, "the TIFF has more pages than the %lld that decode/ocr's option \"pages\" allows",
                           (long long)job->ocr->pages);
    paper_begin(&job->paper, pages);
    int r = SIFTD_OK;
    for (unsigned page = 0; r == SIFTD_OK && page < pages; page++) {
        size_t before = job->paper.lines;
        r = kind == KIND_TIFF ? read_tiff(job, bytes, page) : read_single(job, bytes);
        job->paper.empty += job->paper.lines == before;
    }
    return r;
}
