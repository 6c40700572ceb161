/* SPDX-License-Identifier: MIT */
/*
 * Tesseract reads the picture that it was given. Its words become the pieces of lines of the paper, which are put into
 * order as those of a printed page. Nothing is added to what it gives, and nothing of it is left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ocr.h"

enum {
    DOUBTED_MOST = 50, /* words that are told one by one */
    WIDE_SHARE = 10
};
#define GAP 1.8F   /* of the characters' height: it parts columns and cells */
#define ALIKE 0.3F /* of the height: boxes are as high as the characters that happen to stand in them */

struct word {
    const char *at;
    size_t len;
    float x0, y0, x1, y1; /* the paper's units */
    float confidence;
};

int64_t job_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int allow_picture(const struct job *job, unsigned page, double width, double height) {
    const struct siftd_host *host = job->ocr->host;
    if (job->recognized >= job->ocr->scans)
        return host->error(host,
                           "more than %u pages are pictures, by page %u, and decode/ocr's option \"scans\" allows %lld",
                           job->recognized, page + 1, (long long)job->ocr->scans);
    if (!(width >= 1 && height >= 1))
        return host->error(host, "the picture of page %u has no pixels", page + 1);
    if (width * height > (double)job->ocr->pixels || width > INT16_MAX || height > INT16_MAX)
        return host->error(host,
                           "the picture of page %u has %.0f x %.0f pixels, and decode/ocr's option \"pixels\" allows "
                           "%lld, and %d on a side",
                           page + 1, width, height, (long long)job->ocr->pixels, INT16_MAX);
    return SIFTD_OK;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static void place_box(struct json_out *out, const struct word *word) {
    char text[120];
    int n = snprintf(text, sizeof text, "\"box\":[%.1f,%.1f,%.1f,%.1f]}", (double)word->x0, (double)word->y0,
                     (double)word->x1, (double)word->y1);
    json_out_raw(out, text, (size_t)n);
}

static void note_word(struct job *job, const struct word *word, unsigned page) {
    char text[80];
    job->words++;
    job->sure += (double)word->confidence;
    if (word->confidence >= (float)job->ocr->doubt_below || job->doubtful++ >= DOUBTED_MOST)
        return;
    json_out_raw(&job->doubted, ",", job->doubtful > 1);
    json_out_raw(&job->doubted, "{\"text\":", 8);
    json_out_string(&job->doubted, word->at, word->len);
    int n = snprintf(text, sizeof text, ",\"confidence\":%.0f,\"page\":%u,", (double)word->confidence, page + 1);
    json_out_raw(&job->doubted, text, (size_t)n);
    place_box(&job->doubted, word);
}

static void end_piece(struct paper *paper, struct print_line *line) {
    if (line->len)
        paper_line(paper, line);
    *line = (struct print_line){.page = line->page, .start = paper->len};
}

static void add_word(struct paper *paper, struct print_line *line, const struct word *word) {
    if (line->len && (word->x0 > line->x1 + GAP * line->size || word->x1 < line->x0))
        end_piece(paper, line);
    bool first = line->len == 0;
    if (!first && paper_spaced(paper->text + line->start, line->len, word->at, word->len)) {
        paper_text(paper, " ", 1);
        line->len++;
    }
    paper_text(paper, word->at, word->len);
    line->len += word->len;
    line->x0 = first ? word->x0 : fminf(line->x0, word->x0);
    line->y0 = first ? word->y0 : fminf(line->y0, word->y0);
    line->x1 = first ? word->x1 : fmaxf(line->x1, word->x1);
    line->y1 = first ? word->y1 : fmaxf(line->y1, word->y1);
    line->size = line->y1 - line->y0;
}

/* Its text without blanks around, its box; false when it has none. */
static bool word_at(const TessResultIterator *it, const struct picture *picture, char *text, struct word *ret) {
    int x0, y0, x1, y1;
    size_t len = text ? strlen(text) : 0;
    while (len && strchr(" \n\t\r", text[len - 1]))
        len--;
    while (len && strchr(" \n\t\r", *text))
        text++, len--;
    if (len == 0 || !g_utf8_validate(text, (gssize)len, NULL) ||
        !TessPageIteratorBoundingBox(TessResultIteratorGetPageIteratorConst(it), RIL_WORD, &x0, &y0, &x1, &y1))
        return false;
    float scale = picture->scale, sure = TessResultIteratorConfidence(it, RIL_WORD);
    *ret = (struct word){text, len, (float)x0 * scale, (float)y0 * scale, (float)x1 * scale, (float)y1 * scale, sure};
    return true;
}

static void add_words(struct job *job, TessResultIterator *it, const struct picture *picture) {
    struct print_line line = {.page = picture->page, .start = job->paper.len};
    do {
        struct word word;
        char *text = TessResultIteratorGetUTF8Text(it, RIL_WORD);
        if (TessPageIteratorIsAtBeginningOf(TessResultIteratorGetPageIteratorConst(it), RIL_TEXTLINE))
            end_piece(&job->paper, &line);
        if (word_at(it, picture, text, &word)) {
            add_word(&job->paper, &line, &word);
            note_word(job, &word, picture->page);
        }
        if (text)
            TessDeleteText(text);
    } while (TessResultIteratorNext(it, RIL_WORD));
    end_piece(&job->paper, &line);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Lines that are nearly as high as most have characters of the same size: paragraphs are told by it. */
static void even_sizes(struct job *job, size_t first) {
    struct paper *paper = &job->paper;
    size_t count = paper->lines - first;
    float *size = job->ocr->host->doc_alloc(job->doc, (count + 1) * sizeof *size);
    for (size_t i = 0; i < count; i++)
        size[i] = paper->line[first + i].size;
    qsort(size, count, sizeof *size, by_size);
    float most = size[count / 2];
    for (size_t i = first; i < paper->lines; i++)
        if (fabsf(paper->line[i].size - most) <= ALIKE * most)
            paper->line[i].size = most;
}

static int too_long(const struct job *job, unsigned page, int64_t spent) {
    const struct siftd_host *host = job->ocr->host;
    return host->error(host,
                       "recognizing took %lld ms by page %u of %u, and decode/ocr's option \"time\" allows %lld ms; "
                       "with a longer one, workers.timeout and workers.cpu must be longer, too",
                       (long long)spent, page + 1, job->paper.pages, (long long)job->ocr->time);
}

static int read_in(const struct job *job, size_t language, const struct picture *picture) {
    TessBaseAPI *tesseract = job->ocr->tesseract[language];
    int64_t left = job->began + job->ocr->time - job_clock();
    if (left <= 0)
        return -1;
    ETEXT_DESC *monitor = TessMonitorCreate();
    TessMonitorSetDeadlineMSecs(monitor, left < INT32_MAX ? (int)left : INT32_MAX);
    TessBaseAPISetImage2(tesseract, picture->pix);
    int failed = TessBaseAPIRecognize(tesseract, monitor);
    TessMonitorDelete(monitor);
    return failed;
}

/* Whether the reading has characters of a script that writes no spaces: one in so many at least. */
static bool reads_wide(TessBaseAPI *tesseract) {
    size_t all = 0, wide = 0;
    char *text = TessBaseAPIGetUTF8Text(tesseract);
    for (const char *at = text; at && *at; at = g_utf8_find_next_char(at, NULL)) {
        gunichar c = g_utf8_get_char_validated(at, -1);
        all += c > ' ';
        wide += c >= 0x3000 && c < 0xE000;
    }
    if (text)
        TessDeleteText(text);
    return wide * WIDE_SHARE >= all;
}

/* The first language stands for itself where it has a script of its own; else the surest reading of all counts. */
static int choose(const struct job *job, const struct picture *picture, size_t *ret_language) {
    TessBaseAPI **tesseract = job->ocr->tesseract;
    size_t count = job->ocr->languages.count;
    int failed = read_in(job, 0, picture);
    *ret_language = 0;
    if (failed || count == 1 || reads_wide(tesseract[0]))
        return failed;
    for (size_t i = 1; i < count && !failed; i++) {
        failed = read_in(job, i, picture);
        if (!failed && TessBaseAPIMeanTextConf(tesseract[i]) > TessBaseAPIMeanTextConf(tesseract[*ret_language]))
            *ret_language = i;
    }
    return failed;
}

static void forget(const struct job *job) {
    for (size_t i = 0; i < job->ocr->languages.count; i++)
        TessBaseAPIClear(job->ocr->tesseract[i]);
}

int recognize(struct job *job, const struct picture *picture) {
    size_t first = job->paper.lines, language;
    int failed = choose(job, picture, &language);
    TessResultIterator *it = failed ? NULL : TessBaseAPIGetIterator(job->ocr->tesseract[language]);
    if (it) {
        add_words(job, it, picture);
        TessResultIteratorDelete(it);
    }
    forget(job);
    int64_t spent = job_clock() - job->began;
    if (spent >= job->ocr->time)
        return too_long(job, picture->page, spent);
    if (failed)
        return job->ocr->host->error(job->ocr->host, "Tesseract cannot read the picture of page %u", picture->page + 1);
    job->recognized++;
    job->pages_in[language]++;
    even_sizes(job, first);
    paper_order(&job->paper, first);
    return SIFTD_OK;
}
