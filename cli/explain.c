/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

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

/* One line below the paragraph that says what a mark means. */
static void legend(const struct painter *p, const struct process_fact *fact, size_t number) {
    buf_printf(p->out, "    %s%zu%s ", paint(p, "\033[1m"), number, paint(p, "\033[0m"));
    if (fact->is_finding) {
        field(p, fact, "severity", "");
        field(p, fact, "check", " ");
        field(p, fact, "message", ": ");
    } else {
        static const char *const keys[] = {"name",   "title",   "recipient", "value",  "value_max", "unit", "qualifier",
                                           "status", "subject", "period",    "amount", "level",     "form"};
        static const char *const before[] = {": ", ": ",    ": ", " = ", " to ", " ", ", ",
                                             ", ", ", of ", ", ", ", ",  ", ",   ", "};
        field(p, fact, "type", "");
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            field(p, fact, keys[i], before[i]);
    }
    buf_char(p->out, '\n');
}

/* The paragraph [from, to) with its facts; facts inside one another are closed innermost first by giving only the
 * outer's text. */
static void paragraph(struct painter *p, const struct process_fact *const *fact, size_t count, size_t from, size_t to) {
    const char *text = p->result->text.at;
    size_t first = p->next, at = from;
    for (; p->next < count && fact[p->next]->start < to; p->next++) {
        const struct process_fact *f = fact[p->next];
        size_t start = f->start > at ? f->start : at, end = f->end < to ? f->end : to;
        if (f->is_finding) /* it is about facts: it must not hide their marks */
            end = start;
        buf_add(p->out, text + at, start - at);
        buf_printf(p->out, "%s[%zu%s", paint(p, f->is_finding ? "\033[33m" : "\033[36m"), p->next + 1,
                   end > start ? " " : "");
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
