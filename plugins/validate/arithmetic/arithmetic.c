/* SPDX-License-Identifier: MIT */
/*
 * validate/arithmetic: reckons again what a text reckons. Which numbers belong together is taken from the text's own
 * words and only within a sentence or the one behind; where more than one reading is possible the one that holds is
 * believed, since a false alarm costs a reader more than a missed slip.
 */
#include "arithmetic.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "str.h"

static const struct siftd_option options[] = {
    {"passing", SIFTD_BOOL, offsetof(struct arithmetic, passing), "false", 0, 0, NULL,
     "also report, as notes, the sums that hold"},
    {0},
};

static int arithmetic_open(void *self, const struct siftd_host *host) {
    static const struct {
        const char *list;
        uint64_t word;
    } lists[] = {{"part", WORD_PART},     {"total", WORD_TOTAL}, {"ratio", WORD_RATIO},   {"rate", WORD_RATE},
                 {"list_end", WORD_LIST}, {"share", WORD_SHARE}, {"growth", WORD_GROWTH}, {"fall", WORD_FALL},
                 {"from", WORD_FROM},     {"level", WORD_LEVEL}, {"each", WORD_EACH}};
    struct arithmetic *a = self;
    const struct siftd_node *section = host->pack(host, "arithmetic");
    a->host = a->figures.host = host;
    a->figures.words = words_new();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        words_add_list(a->figures.words, host, host->node_get(section, lists[i].list), lists[i].word);
    a->figures.averages = host->node_get(section, "average");
    for (size_t i = 0; i < host->node_count(a->figures.averages); i++)
        words_add(a->figures.words, str(host->node_key(a->figures.averages, i)), WORD_AVERAGE);
    a->grants = words_new();
    words_add_list(a->grants, host, host->node_get(section, "grant"), 1);
    return SIFTD_OK;
}

static void arithmetic_close(void *self) {
    struct arithmetic *a = self;
    figures_deinit(&a->figures);
    words_free(a->grants);
}

void say(struct check *check, const char *format, ...) {
    size_t len = strlen(check->message);
    va_list args;
    va_start(args, format);
    vsnprintf(check->message + len, sizeof check->message - len, format, args);
    va_end(args);
}

void use(struct check *check, const struct figure *figure) {
    if (check->count < PARTS_MAX + 1)
        check->figure[check->count++] = figure;
}

void say_amount(struct check *check, int64_t amount, const char *unit) {
    char digits[40];
    int len = snprintf(digits, sizeof digits, "%" PRId64 ".%04" PRId64, amount / SCALE, amount % SCALE);
    while (digits[len - 1] == '0')
        digits[--len] = 0;
    if (digits[len - 1] == '.')
        digits[--len] = 0;
    say(check, "%s%s", digits, unit);
}

int report(const struct arithmetic *a, struct siftd_doc *doc, const struct check *check) {
    if (check->holds && !a->passing)
        return SIFTD_OK;
    struct siftd_record *finding = a->host->finding(doc, check->holds ? SIFTD_NOTE : SIFTD_WARN, check->name,
                                                    check->holds, check->span.start, check->span.end, check->message);
    for (size_t i = 0; i < check->count; i++)
        a->host->finding_ref(finding, check->figure[i]->record);
    if (check->record)
        a->host->finding_ref(finding, check->record);
    return a->host->emit(finding);
}

static void gather_grants(struct arithmetic *a, struct siftd_doc *doc) {
    size_t count = a->host->record_count(doc);
    a->grants_found = 0;
    a->grant = a->host->doc_alloc(doc, (count + 1) * sizeof *a->grant);
    for (size_t i = 0; i < count; i++) {
        struct siftd_record *record = a->host->record_at(doc, i);
        if (strcmp(a->host->record_type(record), "funding") == 0)
            a->grant[a->grants_found++] = record;
    }
}

static int arithmetic_run(void *self, struct siftd_doc *doc) {
    static int (*const checks[])(const struct arithmetic *, struct siftd_doc *,
                                 size_t) = {check_ratio, check_share, check_growth, check_average, check_subset,
                                            check_total, check_parts, check_count,  check_list,    check_cap};
    struct arithmetic *a = self;
    figures_read(&a->figures, doc);
    gather_grants(a, doc);
    for (size_t i = 0; i < a->figures.count; i++)
        for (size_t k = 0; k < sizeof checks / sizeof *checks; k++)
            if (checks[k](a, doc, i) < 0)
                return SIFTD_ERROR;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "arithmetic",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "ratios, sums, parts, averages and counted lists, reckoned again",
    .content = SIFTD_PROSE,
    .options = options,
    .instance_size = sizeof(struct arithmetic),
    .open = arithmetic_open,
    .close = arithmetic_close,
    .run = arithmetic_run,
};
SIFTD_PLUGIN(plugin)
