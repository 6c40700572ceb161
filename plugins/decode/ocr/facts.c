/* SPDX-License-Identifier: MIT */
/* What stands in the document's record about the recognition: how it was read, and how sure that is. */
#include <stdio.h>
#include <string.h>

#include "ocr.h"

static void tell_number(const struct job *job, const char *key, size_t number) {
    char text[24];
    snprintf(text, sizeof text, "%zu", number);
    job->ocr->host->set_json(job->doc, key, text);
}

static void tell_doubts(struct job *job) {
    struct json_out list = {0};
    if (job->doubtful == 0)
        return;
    json_out_raw(&list, "[", 1);
    json_out_raw(&list, job->doubted.at, job->doubted.len);
    json_out_raw(&list, "]", 2); /* with its final zero */
    job->ocr->host->set_json(job->doc, "words_doubted", list.at);
    json_out_free(&list);
}

static void tell_languages(struct job *job) {
    struct json_out list = {0};
    for (size_t i = 0; i < job->ocr->languages.count; i++) {
        if (job->pages_in[i] == 0)
            continue;
        json_out_raw(&list, list.len ? "," : "[", 1);
        json_out_string(&list, job->ocr->languages.item[i], strlen(job->ocr->languages.item[i]));
    }
    json_out_raw(&list, "]", 2); /* with its final zero */
    job->ocr->host->set_json(job->doc, "recognized_languages", list.at);
    json_out_free(&list);
}

void tell_facts(struct job *job) {
    const struct siftd_host *host = job->ocr->host;
    char by[80];
    tell_number(job, "pages", job->paper.pages);
    if (job->paper.lines)
        tell_number(job, "pages_without_text", job->paper.empty);
    if (job->recognized == 0)
        return;
    snprintf(by, sizeof by, "Tesseract %s", TessVersion());
    host->set(job->doc, "recognized_by", by);
    tell_languages(job);
    tell_number(job, "pages_recognized", job->recognized);
    tell_number(job, "words_recognized", job->words);
    if (job->words)
        tell_number(job, "words_confidence", (size_t)(job->sure / (double)job->words + 0.5));
    tell_number(job, "words_doubtful", job->doubtful);
    tell_number(job, "words_doubtful_below", (size_t)job->ocr->doubt_below);
    tell_doubts(job);
}
