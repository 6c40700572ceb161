/* SPDX-License-Identifier: MIT */
/* The instance of validate/arithmetic, the finding it builds, and its checks: each looks at the figure i of the
 * document. */
#pragma once
#include <string.h>

#include "figures.h"

enum { MESSAGE_BYTES = 700, PARTS_MAX = 24, SLIP_PERCENT = 25 /* further off, numbers do not belong together */ };

struct arithmetic {
    int passing; /* option */
    const struct siftd_host *host;
    struct figures figures;
    struct words *grants; /* words of support that a stated cap limits */
    /* of the document at hand */
    struct siftd_record **grant; /* its funding records, in the document's memory */
    size_t grants_found;
};

/* One finding: what was checked on which figures. */
struct check {
    const char *name;
    bool holds;
    struct siftd_span span;
    const struct figure *figure[PARTS_MAX + 1];
    size_t count;
    const struct siftd_record *record; /* one more that it is about, or NULL */
    char message[MESSAGE_BYTES];
};

/* Adds to the message; what does not fit is left out. */
void say(struct check *check, const char *format, ...) SIFTD_PRINTF(2, 3);
void say_amount(struct check *check, int64_t amount, const char *unit);
/* Names a figure that the finding is about. */
void use(struct check *check, const struct figure *figure);
/* Emits the finding; one that holds only where the option asks for it. */
int report(const struct arithmetic *a, struct siftd_doc *doc, const struct check *check);

static inline bool same_unit(const struct figure *a, const struct figure *b) {
    return strcmp(a->unit, b->unit) == 0;
}

int check_ratio(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_share(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_growth(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_average(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_subset(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_total(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_parts(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_count(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_list(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
int check_cap(const struct arithmetic *a, struct siftd_doc *doc, size_t i);
