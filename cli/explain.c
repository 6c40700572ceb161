/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

enum { QUOTED_MOST = 90 /* bytes of a finding's passage that are repeated below */ };

struct painter {
    const struct process_result *result;
    bool colour;
    struct buf *out;
    size_t next; /* fact whose mark comes next, in the order of places */
};

static int by_place(const void *a, const void *b) {
    const struct process_fact *x = *(const struct process_fact *const *)a, *y = *(const struct process_fact *const *)b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

static const char *paint(const struct painter *p, const char *code) {
    return p->colour ? code : "";
}

static void field(const struct painter *p, const struct process_fact *fact, const char *key, const char *before) {
    size_t len;
    const char *value = json_find(fact->json, strlen(fact->json), key, &len);
    if (!value || (len == 4 && memcmp(value, "null", 4) == 0))
        return;
    buf_str(p->out, before);
    if (value[0] == '"')
        json_unquote(p->out, value, len);
    else
        buf_add(p->out, value, len);
}

static bool has_key(const struct json_pair *pair, const char *key) {
    return pair->key_len == strlen(key) && memcmp(pair->key, key, pair->key_len) == 0;
}

/* A type without an order of its own: its fields as they come. */
static void all_fields(const struct painter *p, const struct process_fact *fact) {
    static const char *const common[] = {"type", "id", "doc", "source", "quote", "at"};
    struct json_pair pair;
    const char *before = ": ";
    for (size_t pos = 0; json_next(fact->json, strlen(fact->json), &pos, &pair);) {
        bool skip = pair.value_len == 4 && memcmp(pair.value, "null", 4) == 0;
        for (size_t i = 0; i < sizeof common / sizeof *common; i++)
            skip |= has_key(&pair, common[i]);
        if (skip)
            continue;
        buf_printf(p->out, "%s%.*s ", before, (int)pair.key_len, pair.key);
        if (*pair.value == '"')
            json_unquote(p->out, pair.value, pair.value_len);
        else
            buf_add(p->out, pair.value, pair.value_len);
        before = ", ";
    }
}

static bool is_type(const struct process_fact *fact, const char *const types[], size_t count) {
    size_t len;
    const char *type = json_find(fact->json, strlen(fact->json), "type", &len);
    for (size_t i = 0; type && i < count; i++)
        if (len == strlen(types[i]) + 2 && memcmp(type + 1, types[i], len - 2) == 0)
            return true;
    return false;
}

static const char *severity_paint(const struct painter *p, const struct process_fact *fact) {
    size_t len;
    const char *severity = json_find(fact->json, strlen(fact->json), "severity", &len);
    if (!fact->is_finding)
        return paint(p, "\033[36m");
    return paint(p, severity && severity[1] == 'e'   ? "\033[31m"
                    : severity && severity[1] == 'w' ? "\033[33m"
                                                     : "\033[35m");
}

static void finding_legend(const struct painter *p, const struct process_fact *fact) {
    field(p, fact, "severity", "");
    field(p, fact, "check", " ");
    field(p, fact, "message", ": ");
    const char *text = p->result->text.at;
    size_t len = fact->end - fact->start;
    if (len && len <= QUOTED_MOST && !memchr(text + fact->start, '\n', len))
        buf_printf(p->out, "  \xE2\x86\x90 %.*s", (int)len, text + fact->start);
}

/* One line below the paragraph that says what a mark means. */
static void legend(const struct painter *p, const struct process_fact *fact, size_t number) {
    static const char *const known[] = {"article", "indicator", "funding", "recognition", "policy"};
    static const char *const keys[] = {"name",   "title",   "recipient", "value",  "value_max", "unit", "qualifier",
                                       "status", "subject", "period",    "amount", "level",     "form"};
    static const char *const before[] = {": ", ": ",    ": ", " = ", " to ", " ", ", ",
                                         ", ", ", of ", ", ", ", ",  ", ",   ", "};
    buf_printf(p->out, "    %s%zu%s ", severity_paint(p, fact), number, paint(p, "\033[0m"));
    if (fact->is_finding) {
        finding_legend(p, fact);
    } else {
        field(p, fact, "type", "");
        if (is_type(fact, known, sizeof known / sizeof *known))
            for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
                field(p, fact, keys[i], before[i]);
        else
            all_fields(p, fact);
    }
    buf_char(p->out, '\n');
}

/* Whether another fact stands inside this one: then its own mark is a point, so that the other's can be seen. */
static bool holds_others(const struct process_fact *const *fact, size_t count, size_t i) {
    for (size_t k = i + 1; k < count && fact[k]->start < fact[i]->end; k++)
        if (!fact[k]->is_finding)
            return true;
    return false;
}

/* The paragraph [from, to) with its facts. Findings are about facts: they, too, are points where they begin. */
static void paragraph(struct painter *p, const struct process_fact *const *fact, size_t count, size_t from, size_t to) {
    const char *text = p->result->text.at;
    size_t first = p->next, at = from;
    for (; p->next < count && fact[p->next]->start < to; p->next++) {
        const struct process_fact *f = fact[p->next];
        size_t start = f->start > at ? f->start : at, end = f->end < to ? f->end : to;
        if (f->is_finding || holds_others(fact, count, p->next))
            end = start;
        buf_add(p->out, text + at, start - at);
        buf_printf(p->out, "%s[%zu%s", severity_paint(p, f), p->next + 1, end > start ? " " : "");
        if (end > start)
            buf_add(p->out, text + start, end - start);
        buf_printf(p->out, "]%s", paint(p, "\033[0m"));
        at = end > start ? end : start;
    }
    buf_add(p->out, text + at, to - at);
    buf_char(p->out, '\n');
    for (size_t i = first; i < p->next; i++)
        legend(p, fact[i], i + 1);
}

void explain_print(const struct process_result *result, bool colour, struct buf *out) {
    struct painter p = {.result = result, .colour = colour, .out = out};
    const struct process_fact **fact = mem_alloc((result->facts + 1) * sizeof *fact);
    for (size_t i = 0; i < result->facts; i++)
        fact[i] = &result->fact[i];
    qsort(fact, result->facts, sizeof *fact, by_place);
    for (size_t from = 0; from < result->text.len;) {
        const char *end = memchr(result->text.at + from, '\n', result->text.len - from);
        size_t to = end ? (size_t)(end - result->text.at) : result->text.len;
        paragraph(&p, fact, result->facts, from, to);
        from = to + 1;
    }
    for (; p.next < result->facts; p.next++) /* facts without a place in the text */
        legend(&p, fact[p.next], p.next + 1);
    free(fact);
}
