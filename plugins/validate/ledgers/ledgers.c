/* SPDX-License-Identifier: MIT */
/*
 * validate/ledgers: the checks that the packs' ledgers ask for, on every record of their types, whether it came from a
 * table or from a sentence. Lines are checked as they come; what needs several of them (too few on duty, again and
 * again) when all are there.
 */
#include "ledgers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ledgers_open(void *self, const struct siftd_host *host) {
    struct ledgers *l = self;
    l->host = host;
    return ledgers_compile(l);
}

static void ledgers_close(void *self) {
    struct ledgers *l = self;
    free(l->low);
    json_out_free(&l->object);
}

static const struct ledger *ledger_of(const struct ledgers *l, const char *type) {
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->ledger[i].type, type) == 0)
            return &l->ledger[i];
    return NULL;
}

/* The members of a bulk record, as an object. */
static struct siftd_str with_braces(struct ledgers *l, struct siftd_str members) {
    l->object.len = 0;
    json_out_raw(&l->object, "{", 1);
    json_out_raw(&l->object, members.at, members.len);
    json_out_raw(&l->object, "}", 1);
    return (struct siftd_str){l->object.at, l->object.len};
}

static int ledgers_check(void *self, struct siftd_doc *doc, const struct siftd_record *record, const char *type,
                         struct siftd_str members) {
    struct ledgers *l = self;
    const struct ledger *ledger = ledger_of(l, type);
    if (!ledger || !ledger->checks)
        return SIFTD_OK;
    if (l->doc != doc)
        l->lows = 0;
    l->doc = doc;
    struct entry entry = {.host = l->host, .doc = doc, .record = record};
    entry.span = record ? l->host->record_span(record) : l->host->row_span(doc);
    if (!record)
        entry.members = with_braces(l, members);
    for (size_t i = 0; i < ledger->checks; i++)
        if (check_entry(l, &ledger->check[i], &entry) < 0)
            return SIFTD_ERROR;
    return SIFTD_OK;
}

/* By check, by whose line it is, by date. */
static int by_owner(const void *a, const void *b) {
    const struct low *x = a, *y = b;
    int order = x->check < y->check ? -1 : x->check > y->check;
    if (!order)
        order = strcmp(x->each, y->each);
    if (!order)
        order = strcmp(x->by, y->by);
    return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

static bool same_owner(const struct low *a, const struct low *b) {
    return a->check == b->check && strcmp(a->each, b->each) == 0;
}

static int report_run(const struct ledgers *l, struct siftd_doc *doc, const struct low *first, const struct low *end) {
    const struct ledger_check *c = first->check;
    char message[MESSAGE_BYTES];
    size_t len = (size_t)snprintf(message, sizeof message, "%s of %s is below %.10g%% of %s %td times in a row (",
                                  c->field[0], first->each, c->least, c->of, end - first);
    for (const struct low *at = first; at < end && len < sizeof message; at++)
        len += (size_t)snprintf(message + len, sizeof message - len, "%s%s: %.0f%%", at > first ? ", " : "", at->by,
                                at->share);
    if (len < sizeof message)
        snprintf(message + len, sizeof message - len, ")%s%s", c->ask ? "; it asks for " : "", c->ask ? c->ask : "");
    struct siftd_record *finding =
        l->host->finding(doc, SIFTD_WARN, "threshold", false, end[-1].span.start, end[-1].span.end, message);
    for (const struct low *at = first; at < end; at++)
        if (at->record)
            l->host->finding_ref(finding, at->record);
    return l->host->emit(finding);
}

int report_lows(struct ledgers *l, struct siftd_doc *doc) {
    if (l->lows)
        qsort(l->low, l->lows, sizeof *l->low, by_owner);
    for (size_t i = 0; i < l->lows;) {
        size_t end = i;
        while (end < l->lows && same_owner(&l->low[i], &l->low[end]) && l->low[end].share < l->low[end].check->least)
            end++;
        if ((int)(end - i) >= l->low[i].check->times && end > i && report_run(l, doc, &l->low[i], &l->low[end]) < 0)
            return SIFTD_ERROR;
        i = end > i ? end : i + 1;
    }
    return SIFTD_OK;
}

static int ledgers_run(void *self, struct siftd_doc *doc) {
    struct ledgers *l = self;
    int result = l->doc == doc ? report_lows(l, doc) : SIFTD_OK;
    l->doc = NULL;
    l->lows = 0;
    return result;
}

static const struct siftd_plugin plugin = {
    .name = "ledgers",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "the checks and thresholds of the packs' ledgers",
    .content = SIFTD_PROSE | SIFTD_ROWS,
    .instance_size = sizeof(struct ledgers),
    .open = ledgers_open,
    .close = ledgers_close,
    .run = ledgers_run,
    .check = ledgers_check,
};
SIFTD_PLUGIN(plugin)
