/* SPDX-License-Identifier: MIT */
/*
 * Text recognition. ocr.c is the plugin; pictures.c reads images (leptonica), scans.c the pages of a PDF (poppler),
 * read.c has Tesseract read one picture and puts its lines on the paper, facts.c tells what was recognized.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <tesseract/capi.h>

#include <siftd/plugin.h>

#include "json_out.h"
#include "paper/print.h"

struct ocr {
    /* options */
    struct siftd_list languages;
    const char *data;
    int64_t resolution, pixels, pages, scans, time, doubt_below;

    const struct siftd_host *host;
    TessBaseAPI **tesseract; /* one a language */
    PopplerDocument *warm;   /* keeps poppler's tables in memory */
};

/* One document. */
struct job {
    const struct ocr *ocr;
    struct siftd_doc *doc;
    struct paper paper;
    int64_t began;           /* milliseconds */
    unsigned recognized;     /* pages */
    unsigned *pages_in;      /* of them, in each language */
    size_t words, doubtful;  /* what was recognized on them */
    double sure;             /* sum of the words' confidence */
    struct json_out doubted; /* the first doubtful words */
};

/* The picture of a page. */
struct picture {
    struct Pix *pix; /* gray */
    unsigned page;   /* from 0 */
    float scale;     /* the paper's units a pixel */
};

enum kind { KIND_NONE, KIND_BMP, KIND_JPEG, KIND_PNG, KIND_PNM, KIND_TIFF };

/* What kind of image the bytes begin; and its name. */
enum kind picture_kind(struct siftd_str head);
const char *picture_name(enum kind kind);

int64_t job_clock(void); /* milliseconds */
/* All of these: SIFTD_OK, or SIFTD_ERROR after host->error(). */
int read_pictures(struct job *job, enum kind kind); /* the pages of an image file */
int read_scans(struct job *job);                    /* the pages of a PDF: those without text are recognized */
/* Whether a picture of that size may be made; and one page more be recognized. */
int allow_picture(const struct job *job, unsigned page, double width, double height);
/* Adds what the picture says to the paper. */
int recognize(struct job *job, const struct picture *picture);
void tell_facts(struct job *job);
