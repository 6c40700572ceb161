/* SPDX-License-Identifier: MIT */
/* The lines of a PDF document's pages, by poppler: it gives the characters of a page, each with its box. */
#pragma once
#include <poppler.h>

#include "paper/paper.h"

/* How sure it is that this is a PDF, as a decode plugin's probe() says it. The header may stand behind other bytes
 * (ISO 32000-1, annex H.3.4.1: in the first 1,024). */
int print_probe(struct siftd_str head);
/* The document in `bytes`, which stay until it is unreferenced; NULL after host->error() said why not. */
PopplerDocument *print_open(const struct siftd_host *host, struct siftd_str bytes);
/* An empty paper of the document's pages; false after host->error() said that it has none, or more than the `most` of
 * the plugin's option "pages". */
bool print_begin(const struct siftd_host *host, const char *plugin, PopplerDocument *document, int64_t most,
                 struct paper *paper);
/* Adds the lines of a page's text, in the order of reading. */
void print_page(struct paper *paper, PopplerPage *page, unsigned number);
/* Fonts that are not in the document name a table of characters (poppler-data), which poppler reads when it meets one;
 * where the worker may open no file by then, only what poppler keeps is there: its last four tables of codes and four
 * of collections. So a document with the most common fonts is read before. */
PopplerDocument *print_warm_up(void);
