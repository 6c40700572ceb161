/* SPDX-License-Identifier: MIT */
/*
 * XML of any vocabulary (W3C, XML 1.0): what the plugin's files share. The document is walked twice. The survey learns
 * of each element's name how it is used; then the text is written: elements that stand inside running text go on with
 * the line, others are lines of their own, and records (several elements of one name, each with several short members)
 * are rows of a table.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <siftd/plugin.h>

#include "page.h"
#include "xml_walk.h"

enum {
    COLUMNS_MAX = 256, /* of a record */
    KINDS_MAX = 4096,  /* names of elements that are told apart; others are lines of their own */
    CELL_LONGEST = 300 /* bytes of a record's member; with a longer one it is no record */
};

/* All elements of one name. */
struct kind {
    char *name;
    size_t times;  /* how often it stands in a row of its own kind, or alone */
    bool mixed;    /* text of its own beside elements */
    bool deep;     /* an element inside has elements, or stands there twice, or is long */
    char **column; /* names of attributes and elements inside, in the order they were met */
    size_t columns;
};

struct survey {
    void *kinds; /* tree (tsearch) */
    size_t count;
};

/* False, and why, when the document is no well-formed XML. The caller frees, also then. */
bool survey_read(struct siftd_str xml, struct survey *ret, char why[XML_WHY]);
void survey_free(struct survey *survey);
/* NULL: one that was met beyond KINDS_MAX. */
const struct kind *survey_kind(const struct survey *survey, const char *name);
bool kind_is_record(const struct kind *kind);
/* The column of a member's name; kind->columns when there is none. */
size_t kind_column(const struct kind *kind, const char *name);

/* Writes the text of a document that the survey found sound. */
void write_text(struct siftd_str xml, const struct survey *survey, struct page *page);
