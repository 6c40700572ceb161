/* SPDX-License-Identifier: MIT */
/* The checks that a pack's ledgers ask for, as read from YAML, and the lines they look at. */
#pragma once
#include <stdbool.h>

#include "json_out.h"
#include "siftd/plugin.h"

enum { PARTS_MAX = 12, FIELD_BYTES = 256, MESSAGE_BYTES = 600 };

enum ledger_check_kind {
    CHECK_SUM,     /* parts add up to a whole */
    CHECK_PART,    /* a part is no larger than its whole */
    CHECK_RATIO,   /* a percentage of two numbers */
    CHECK_ORDER,   /* two dates */
    CHECK_BETWEEN, /* bounds */
    CHECK_GIVEN,   /* a field that is needed when another is above a bound */
    CHECK_TARGET,  /* a value and its target */
    CHECK_GRADE,   /* a word that follows from a score */
    CHECK_LOW,     /* a share that is too small several times in a row */
    CHECK_KINDS
};

struct ledger_check {
    enum ledger_check_kind kind;
    const char *field[PARTS_MAX]; /* in the order of the message */
    size_t fields;
    const char *of; /* whole, target, second date, grade, condition */
    double least, most;
    int times;
    const char *each, *by, *ask;
    const struct siftd_node *steps;
};

struct ledger {
    const char *type, *title;
    struct ledger_check *check;
    size_t checks;
};

/* One line of a ledger: a record, or the members of a bulk one. */
struct entry {
    const struct siftd_host *host;
    struct siftd_doc *doc;
    const struct siftd_record *record; /* or NULL */
    struct siftd_str members;
    struct siftd_span span;
};

/* A line of those that are too low, kept until the whole ledger was seen. */
struct low {
    const struct ledger_check *check;
    const char *each, *by; /* in the document's memory */
    double share;
    struct siftd_span span;
    const struct siftd_record *record;
    size_t order;
};

struct ledgers {
    const struct siftd_host *host;
    struct ledger *ledger;
    size_t count;
    const struct siftd_doc *doc; /* that the lows are of */
    struct low *low;             /* every line that a low check looked at; kept for its memory */
    size_t lows, low_room;
    struct json_out object; /* the bulk record at hand */
};

int ledgers_compile(struct ledgers *ledgers);

/* A field of a line as text; false when it is absent, null or too long. */
bool entry_text(const struct entry *entry, const char *key, char ret[FIELD_BYTES]);
bool entry_number(const struct entry *entry, const char *key, double *ret);

/* Each looks at one line, and reports what does not come out. */
int check_entry(struct ledgers *ledgers, const struct ledger_check *check, const struct entry *entry);
/* The findings on lines that were too low several times in a row. */
int report_lows(struct ledgers *ledgers, struct siftd_doc *doc);
