/* SPDX-License-Identifier: MIT */
/* The instance of validate/timeline, and what its files give each other. */
#pragma once
#include "siftd/plugin.h"
#include "token.h"
#include "words.h"

enum { MESSAGE_BYTES = 300 };

struct figure { /* what of an indicator is compared; texts are the host's, NULL where it has none */
    struct siftd_record *record;
    const char *name, *subject, *unit, *status;
    double value;
};

struct timeline {
    const struct siftd_host *host;
    struct lexicon *lexicon;
    struct words *validity; /* the pack's words for how long something holds: 有效期 */
    struct tokens tokens;   /* of the article; this and the figures are kept between documents for their memory */
    struct figure *figure;  /* the document's indicators, in the text's order */
    size_t figures, room;
    size_t first, end; /* those of the article */
};

int timeline_report(const struct timeline *t, struct siftd_doc *doc, int severity, struct siftd_span span,
                    const char *message);

void dates_open(struct timeline *t);
/* Intervals that end before they begin, periods of validity against their dates, reports up to a day behind the page's
 * own (`published`, an ISO date, or NULL). Looks at t->tokens. */
int check_dates(const struct timeline *t, struct siftd_doc *doc, const char *published);
/* Section numbers (一、 二、) that come twice, leave one out or begin anew. */
int check_numbering(const struct timeline *t, struct siftd_doc *doc, struct siftd_span article);
