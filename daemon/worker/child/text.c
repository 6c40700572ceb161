/* SPDX-License-Identifier: MIT */
#include "worker/child/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t run_end(const struct text *text, size_t i) {
    return i + 1 < text->runs ? text->run[i + 1].text : text->len;
}

/* Adds a run for the text that is about to follow, unless it goes on where the last run ends. `length` is the text's.
 */
static void push_run(struct text *text, size_t at, size_t source, uint32_t text_unit, uint32_t byte_unit,
                     size_t length) {
    if (length == 0)
        return;
    if (text->runs) {
        const struct run *last = &text->run[text->runs - 1];
        size_t units = (at - last->text) / last->text_unit;
        if (last->text_unit == text_unit && last->byte_unit == byte_unit && byte_unit != 0 &&
            last->source + units * byte_unit == source)
            return;
    }
    mem_push(text->run, text->runs, text->run_room);
    text->run[text->runs++] = (struct run){at, source, text_unit, byte_unit};
}

static char *reserve(struct text *text, size_t more) {
    if (text->own_room - text->len < more) {
        size_t room = text->own_room ? text->own_room : 4096;
        while (room - text->len < more)
            room *= 2;
        text->own = mem_grow(text->own, room);
        text->own_room = room;
    }
    return text->own + text->len;
}

/* Text that so far borrowed the file's bytes becomes its own copy. */
static void make_own(struct text *text) {
    if (text->at == text->own && text->own)
        return;
    const char *borrowed = text->at;
    size_t len = text->len;
    text->len = 0;
    reserve(text, len + 1);
    if (len)
        memcpy(text->own, borrowed, len);
    text->len = len;
    text->at = text->own;
}

void text_append_bytes(struct text *text, const char *bytes, size_t start, size_t end) {
    if (end <= start)
        return;
    if (text->len == 0 && text->runs == 0) {
        text->at = bytes + start;
        push_run(text, 0, start, 1, 1, end - start);
        text->len = end - start;
        return;
    }
    text_append(text, bytes + start, end - start, start, 1, 1);
}

void text_append(struct text *text, const char *utf8, size_t len, size_t source, uint32_t text_unit,
                 uint32_t byte_unit) {
    if (len == 0)
        return;
    make_own(text);
    push_run(text, text->len, source, text_unit, byte_unit, len);
    memcpy(reserve(text, len), utf8, len);
    text->len += len;
    text->at = text->own;
}

/* The run that covers offset `at` (at < len). */
static size_t find_run(const struct text *text, size_t at) {
    size_t low = 0, high = text->runs;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (text->run[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static size_t source_start(const struct text *text, size_t at) {
    const struct run *run = &text->run[find_run(text, at)];
    return run->source + (at - run->text) / run->text_unit * run->byte_unit;
}

static size_t source_end(const struct text *text, size_t last) {
    const struct run *run = &text->run[find_run(text, last)];
    return run->source + ((last - run->text) / run->text_unit + 1) * run->byte_unit;
}

struct siftd_span text_source(const struct text *text, size_t start, size_t end) {
    if (text->runs == 0)
        return (struct siftd_span){0, 0};
    if (start > text->len)
        start = text->len;
    if (end > text->len)
        end = text->len;
    if (start >= end) {
        size_t point = start < text->len ? source_start(text, start) : source_end(text, text->len - 1);
        return (struct siftd_span){point, point};
    }
    size_t from = source_start(text, start), to = source_end(text, end - 1);
    return (struct siftd_span){from, to < from ? from : to};
}

static struct siftd_span run_source(const struct text *text, size_t i, size_t size) {
    const struct run *run = &text->run[i];
    size_t end = run->source + (run_end(text, i) - run->text) / run->text_unit * run->byte_unit;
    return (struct siftd_span){run->source < size ? run->source : size, end < size ? end : size};
}

static int by_source(const void *a, const void *b) {
    const struct siftd_span *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

uint64_t text_coverage(const struct text *text, size_t size) {
    struct siftd_span *span = mem_alloc((text->runs + 1) * sizeof *span);
    bool ordered = true;
    uint64_t covered = 0;
    size_t upto = 0;
    for (size_t i = 0; i < text->runs; i++) {
        span[i] = run_source(text, i, size);
        ordered &= i == 0 || span[i].start >= span[i - 1].start;
    }
    if (!ordered)
        qsort(span, text->runs, sizeof *span, by_source);
    for (size_t i = 0; i < text->runs; i++) {
        size_t from = span[i].start > upto ? span[i].start : upto;
        covered += span[i].end > from ? span[i].end - from : 0;
        upto = span[i].end > upto ? span[i].end : upto;
    }
    free(span);
    return covered;
}

/* --- edits -------------------------------------------------------------------------------------------------------- */

void edit_add(struct edit_list *list, size_t start, size_t end, const char *with, size_t len) {
    mem_push(list->edit, list->edits, list->edit_room);
    if (list->with_room - list->with_len < len) {
        list->with_room = (list->with_room + len) * 2;
        list->with = mem_grow(list->with, list->with_room);
    }
    if (len)
        memcpy(list->with + list->with_len, with, len);
    list->edit[list->edits++] = (struct edit){start, end, list->with_len, len};
    list->with_len += len;
}

static int by_start(const void *a, const void *b) {
    const struct edit *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return x->with < y->with ? -1 : x->with > y->with; /* insertions at one place: in the order they were noted */
}

int edit_check(struct edit_list *list, size_t text_len, size_t *ret_bad) {
    bool sorted = true;
    for (size_t i = 1; i < list->edits && sorted; i++)
        sorted = by_start(&list->edit[i - 1], &list->edit[i]) <= 0;
    if (!sorted)
        qsort(list->edit, list->edits, sizeof *list->edit, by_start);
    for (size_t i = 0; i < list->edits; i++) {
        const struct edit *edit = &list->edit[i];
        if (edit->end < edit->start || edit->end > text_len || (i && edit->start < list->edit[i - 1].end)) {
            *ret_bad = i;
            return -EINVAL;
        }
    }
    return 0;
}

/* Whether two pieces of UTF-8 of one length have their characters at the same offsets. */
static bool same_shape(const char *a, const char *b, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)a[i] & 0xc0) == 0x80 ? ((unsigned char)b[i] & 0xc0) != 0x80
                                                 : ((unsigned char)b[i] & 0xc0) == 0x80)
            return false;
    return true;
}

/* The pass: `old` is read front to back by [run], `out` grows. */
struct pass {
    const struct text *old;
    struct text *out;
    size_t run; /* of the old text, never goes back */
};

/* Continues the map for old text [from, to), whose bytes are copied elsewhere. Pieces that cut a unit keep the whole
 * unit's source. */
static void carry_runs(struct pass *pass, size_t from, size_t to, size_t at) {
    const struct text *old = pass->old;
    while (from < to) {
        while (run_end(old, pass->run) <= from)
            pass->run++;
        const struct run *run = &old->run[pass->run];
        size_t stop = run_end(old, pass->run) < to ? run_end(old, pass->run) : to;
        size_t unit = (from - run->text) / run->text_unit, unit_start = run->text + unit * run->text_unit;
        size_t source = run->source + unit * run->byte_unit;
        size_t whole = (stop - unit_start) / run->text_unit * run->text_unit; /* bytes of whole units from unit_start */
        size_t piece;
        if (from == unit_start && whole) {
            piece = whole;
            push_run(pass->out, at, source, run->text_unit, run->byte_unit, piece);
        } else {
            size_t unit_end = unit_start + run->text_unit;
            piece = (unit_end < stop ? unit_end : stop) - from;
            push_run(pass->out, at, source, (uint32_t)piece, run->byte_unit, piece);
        }
        from += piece;
        at += piece;
    }
}

static void put(struct text *out, const char *at, size_t len) {
    if (len)
        memcpy(reserve(out, len), at, len);
    out->len += len;
}

static void put_replacement(struct pass *pass, const struct edit *edit, const char *with) {
    struct text *out = pass->out;
    if (edit->len == edit->end - edit->start && same_shape(pass->old->at + edit->start, with, edit->len)) {
        carry_runs(pass, edit->start, edit->end, out->len);
    } else if (edit->len) {
        struct siftd_span source = text_source(pass->old, edit->start, edit->end);
        push_run(out, out->len, source.start, (uint32_t)edit->len, (uint32_t)(source.end - source.start), edit->len);
    }
    put(out, with, edit->len);
}

void text_apply(struct text *text, const struct edit_list *list) {
    if (list->edits == 0)
        return;
    struct text out = {0};
    reserve(&out, text->len + list->with_len + 1);
    out.at = out.own;
    struct pass pass = {text, &out, 0};
    size_t from = 0;
    for (size_t i = 0; i <= list->edits; i++) {
        const struct edit *edit = i < list->edits ? &list->edit[i] : NULL;
        size_t to = edit ? edit->start : text->len;
        carry_runs(&pass, from, to, out.len);
        put(&out, text->at + from, to - from);
        if (!edit)
            break;
        put_replacement(&pass, edit, edit->len ? list->with + edit->with : "");
        from = edit->end;
    }
    out.at = out.own;
    text_free(text);
    *text = out;
}

size_t edit_moved(const struct edit_list *list, struct edit_cursor *cursor, size_t offset, int is_end) {
    while (cursor->i < list->edits && list->edit[cursor->i].end <= offset) {
        const struct edit *edit = &list->edit[cursor->i];
        if (edit->start == edit->end && edit->start == offset && is_end)
            break; /* an insertion at a mark's end stands behind it */
        cursor->shift += (int64_t)edit->len - (int64_t)(edit->end - edit->start);
        cursor->i++;
    }
    const struct edit *edit = cursor->i < list->edits ? &list->edit[cursor->i] : NULL;
    if (edit && edit->start < offset)
        return (size_t)((int64_t)edit->start + cursor->shift) + (is_end ? edit->len : 0);
    return (size_t)((int64_t)offset + cursor->shift);
}

void edit_clear(struct edit_list *list) {
    list->edits = 0;
    list->with_len = 0;
}

void edit_free(struct edit_list *list) {
    free(list->edit);
    free(list->with);
    *list = (struct edit_list){0};
}

void text_clear(struct text *text) {
    text->at = NULL;
    text->len = 0;
    text->runs = 0;
}

void text_free(struct text *text) {
    free(text->own);
    free(text->run);
    *text = (struct text){0};
}
