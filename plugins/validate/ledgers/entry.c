/* SPDX-License-Identifier: MIT */
/* One line of a ledger against the checks that need no other. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"
#include "json_text.h"
#include "ledgers.h"
#include "memory.h"
#include "str.h"

bool entry_text(const struct entry *entry, const char *key, char ret[FIELD_BYTES]) {
    struct siftd_str value = {NULL, 0};
    struct json_out text = {0};
    size_t len = strlen(key);
    if (entry->record)
        value = entry->host->field(entry->record, key);
    struct json_member m;
    for (size_t pos = 0; !entry->record && json_next_member(entry->members.at, entry->members.len, &pos, &m);)
        if (m.key.end - m.key.start == len && memcmp(entry->members.at + m.key.start, key, len) == 0)
            value = str_from(entry->members.at + m.value.start, entry->members.at + m.value.end);
    if (!value.at || str_equal(value, str("null")))
        return false;
    bool string = value.at[0] == '"';
    bool good = !string || json_text(&text, value.at + 1, value.len - 2);
    if (good)
        snprintf(ret, FIELD_BYTES, "%.*s", (int)(string ? text.len : value.len),
                 string ? text.at ? text.at : "" : value.at);
    json_out_free(&text);
    return good && *ret;
}

bool entry_number(const struct entry *entry, const char *key, double *ret) {
    char text[FIELD_BYTES], *end;
    if (!key || !entry_text(entry, key, text))
        return false;
    *ret = strtod(text, &end);
    return end > text && *end == 0;
}

static int report(const struct entry *entry, const char *check, int severity, const char *format, ...)
    SIFTD_PRINTF(4, 5);

static int report(const struct entry *entry, const char *check, int severity, const char *format, ...) {
    const struct siftd_host *host = entry->host;
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct siftd_record *finding =
        host->finding(entry->doc, severity, check, false, entry->span.start, entry->span.end, message);
    if (entry->record)
        host->finding_ref(finding, entry->record);
    return host->emit(finding);
}

static int check_sum(const struct ledger_check *c, const struct entry *entry) {
    double sum = 0, part, whole;
    char said[MESSAGE_BYTES / 2] = "";
    for (size_t i = 0; i < c->fields; i++) {
        if (!entry_number(entry, c->field[i], &part))
            return SIFTD_OK;
        sum += part;
        size_t len = strlen(said);
        snprintf(said + len, sizeof said - len, "%s%s %.10g", i ? " + " : "", c->field[i], part);
    }
    if (!entry_number(entry, c->of, &whole) || fabs(sum - whole) <= 1e-9 * fabs(whole) + 1e-9)
        return SIFTD_OK;
    return report(entry, "sum", SIFTD_WARN, "%s is %.10g; %s is %.10g", said, sum, c->of, whole);
}

static int check_part(const struct ledger_check *c, const struct entry *entry) {
    double part, whole;
    if (!entry_number(entry, c->field[0], &part) || !entry_number(entry, c->of, &whole) || part <= whole)
        return SIFTD_OK;
    return report(entry, "subset", SIFTD_WARN, "%s %.10g is more than %s %.10g", c->field[0], part, c->of, whole);
}

static int check_ratio(const struct ledger_check *c, const struct entry *entry) {
    double percent, part, whole;
    if (!entry_number(entry, c->field[0], &percent) || !entry_number(entry, c->field[1], &part) ||
        !entry_number(entry, c->of, &whole) || whole <= 0)
        return SIFTD_OK;
    double is = 100 * part / whole;
    if (fabs(is - percent) <= 0.5 + 1e-9)
        return SIFTD_OK;
    return report(entry, "ratio", SIFTD_WARN, "%s %.10g / %s %.10g is %.2f%%; %s is %.10g%%", c->field[1], part, c->of,
                  whole, is, c->field[0], percent);
}

/* Dates of one form compare as text. */
static int check_order(const struct ledger_check *c, const struct entry *entry) {
    char first[FIELD_BYTES], second[FIELD_BYTES];
    if (!entry_text(entry, c->field[0], first) || !entry_text(entry, c->field[1], second))
        return SIFTD_OK;
    size_t len = strlen(first) < strlen(second) ? strlen(first) : strlen(second);
    if (strncmp(first, second, len) <= 0)
        return SIFTD_OK;
    return report(entry, "timeline", SIFTD_WARN, "%s %s is later than %s %s", c->field[0], first, c->field[1], second);
}

static int check_between(const struct ledger_check *c, const struct entry *entry) {
    double value;
    if (!entry_number(entry, c->field[0], &value) || (value >= c->least && value <= c->most))
        return SIFTD_OK;
    return report(entry, "cap", SIFTD_WARN, "%s is %.10g; it can only lie between %.10g and %.10g", c->field[0], value,
                  c->least, c->most);
}

static int check_given(const struct ledger_check *c, const struct entry *entry) {
    double value;
    char text[FIELD_BYTES];
    if (!entry_number(entry, c->of, &value) || value <= c->least || entry_text(entry, c->field[0], text))
        return SIFTD_OK;
    return report(entry, "provenance", SIFTD_NOTE, "%s is %.10g, and no %s is given", c->of, value, c->field[0]);
}

static int check_target(const struct ledger_check *c, const struct entry *entry) {
    double value, target;
    if (!entry_number(entry, c->field[0], &value) || !entry_number(entry, c->of, &target) || value >= target)
        return SIFTD_OK;
    return report(entry, "target", SIFTD_NOTE, "%s %.10g so far; %s is %.10g", c->field[0], value, c->of, target);
}

/* The word of the highest step that the score reaches. */
static int check_grade(const struct ledger_check *c, const struct entry *entry) {
    const struct siftd_host *host = entry->host;
    double score, best = 0;
    char grade[FIELD_BYTES];
    const char *due = NULL;
    bool known = false;
    if (!entry_number(entry, c->field[0], &score) || !entry_text(entry, c->of, grade))
        return SIFTD_OK;
    for (size_t i = 0; i < host->node_count(c->steps); i++) {
        double step = strtod(host->node_text(host->node_at(c->steps, i)), NULL);
        known |= strcmp(host->node_key(c->steps, i), grade) == 0;
        if (score >= step && (!due || step > best)) {
            best = step;
            due = host->node_key(c->steps, i);
        }
    }
    if (!known || !due || strcmp(due, grade) == 0)
        return SIFTD_OK;
    return report(entry, "conflict", SIFTD_WARN, "%s %.10g gives %s (from %.10g); %s is %s", c->field[0], score, due,
                  best, c->of, grade);
}

/* Notes the line; what is low is judged when all of them are there. */
static int note_low(struct ledgers *l, const struct ledger_check *c, const struct entry *entry) {
    double part, whole;
    char each[FIELD_BYTES], by[FIELD_BYTES];
    if (!entry_number(entry, c->field[0], &part) || !entry_number(entry, c->of, &whole) || whole <= 0 ||
        !entry_text(entry, c->each, each) || !entry_text(entry, c->by, by))
        return SIFTD_OK;
    if (l->lows == l->low_room) {
        l->low_room = l->low_room ? l->low_room * 2 : 64;
        l->low = realloc(l->low, l->low_room * sizeof *l->low);
        if (!l->low)
            out_of_memory();
    }
    char *texts = entry->host->doc_alloc(entry->doc, strlen(each) + strlen(by) + 2);
    memcpy(texts, each, strlen(each) + 1);
    memcpy(texts + strlen(each) + 1, by, strlen(by) + 1);
    l->low[l->lows] =
        (struct low){c, texts, texts + strlen(each) + 1, 100 * part / whole, entry->span, entry->record, l->lows};
    l->lows++;
    return SIFTD_OK;
}

int check_entry(struct ledgers *l, const struct ledger_check *check, const struct entry *entry) {
    static int (*const checks[])(const struct ledger_check *, const struct entry *) = {
        [CHECK_SUM] = check_sum,       [CHECK_PART] = check_part,       [CHECK_RATIO] = check_ratio,
        [CHECK_ORDER] = check_order,   [CHECK_BETWEEN] = check_between, [CHECK_GIVEN] = check_given,
        [CHECK_TARGET] = check_target, [CHECK_GRADE] = check_grade};
    return check->kind == CHECK_LOW ? note_low(l, check, entry) : checks[check->kind](check, entry);
}
