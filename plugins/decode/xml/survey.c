/* SPDX-License-Identifier: MIT */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "xml.h"

struct frame {
    struct kind *kind;                    /* NULL: not told apart */
    size_t text, inside;                  /* bytes of its own text; elements in it */
    const struct kind *seen[COLUMNS_MAX]; /* that stand in it, the first of them */
};

struct walk {
    struct survey *survey;
    struct frame *frame;
    size_t depth, room;
};

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct kind *)a)->name, ((const struct kind *)b)->name);
}

static struct kind *find(const struct survey *survey, const char *name) {
    struct kind key = {.name = (char *)name};
    struct kind **node = tfind(&key, &survey->kinds, by_name);
    return node ? *node : NULL;
}

const struct kind *survey_kind(const struct survey *survey, const char *name) {
    return find(survey, name);
}

static void *or_abort(void *memory) {
    if (!memory)
        out_of_memory();
    return memory;
}

static struct kind *kind_of(struct survey *survey, const char *name) {
    struct kind *kind = find(survey, name);
    if (kind || survey->count == KINDS_MAX)
        return kind;
    kind = or_abort(calloc(1, sizeof *kind));
    kind->name = or_abort(strdup(name));
    or_abort(tsearch(kind, &survey->kinds, by_name));
    survey->count++;
    return kind;
}

size_t kind_column(const struct kind *kind, const char *name) {
    size_t i = 0;
    while (i < kind->columns && strcmp(kind->column[i], name) != 0)
        i++;
    return i;
}

static void add_column(struct kind *kind, const char *name) {
    if (kind_column(kind, name) < kind->columns)
        return;
    if (kind->columns == COLUMNS_MAX) {
        kind->deep = true;
        return;
    }
    if (!kind->column)
        kind->column = or_abort(malloc(COLUMNS_MAX * sizeof *kind->column));
    kind->column[kind->columns++] = or_abort(strdup(name));
}

bool kind_is_record(const struct kind *kind) {
    return kind && kind->times >= 2 && kind->columns >= 2 && !kind->mixed && !kind->deep;
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

/* Notes in the element around that this one stands in it. */
static void enter(struct frame *outer, const struct kind *kind) {
    if (outer->text)
        outer->kind->mixed = true;
    for (size_t i = 0; i < outer->inside && i < COLUMNS_MAX; i++)
        outer->kind->deep |= outer->seen[i] == kind;
    if (outer->inside < COLUMNS_MAX)
        outer->seen[outer->inside] = kind;
    outer->inside++;
    add_column(outer->kind, kind->name);
}

static void start(void *user, const struct xml_element *element) {
    struct walk *walk = user;
    struct kind *kind = kind_of(walk->survey, element->name);
    if (walk->depth == walk->room) {
        walk->room = walk->room ? walk->room * 2 : 16;
        walk->frame = or_abort(realloc(walk->frame, walk->room * sizeof *walk->frame));
    }
    if (kind && walk->depth && walk->frame[walk->depth - 1].kind)
        enter(&walk->frame[walk->depth - 1], kind);
    if (walk->depth > 1 && walk->frame[walk->depth - 2].kind)
        walk->frame[walk->depth - 2].kind->deep = true;
    struct frame *frame = &walk->frame[walk->depth++];
    frame->kind = kind;
    frame->text = frame->inside = 0;
    if (!kind)
        return;
    kind->times++;
    for (int i = 0; i < element->attributes; i++)
        add_column(kind, (const char *)element->attribute[(ptrdiff_t)i * 5]);
}

static void end(void *user, const char *name) {
    struct walk *walk = user;
    struct frame *frame = &walk->frame[--walk->depth];
    (void)name;
    if (frame->kind && frame->text && frame->inside)
        frame->kind->mixed = true;
    if (frame->text > CELL_LONGEST && walk->depth && walk->frame[walk->depth - 1].kind)
        walk->frame[walk->depth - 1].kind->deep = true;
}

static void text(void *user, const char *at, size_t len) {
    struct walk *walk = user;
    for (size_t i = 0; i < len && walk->depth; i++)
        walk->frame[walk->depth - 1].text += !strchr(" \t\r\n", at[i]);
}

bool survey_read(struct siftd_str xml, struct survey *ret, char why[XML_WHY]) {
    struct walk walk = {.survey = ret};
    struct xml_calls calls = {&walk, start, end, text};
    *ret = (struct survey){0};
    bool whole = xml_walk(xml, &calls, why);
    free(walk.frame);
    return whole;
}

static void free_kind(void *node) {
    struct kind *kind = node;
    for (size_t i = 0; i < kind->columns; i++)
        free(kind->column[i]);
    free(kind->column);
    free(kind->name);
    free(kind);
}

void survey_free(struct survey *survey) {
    tdestroy(survey->kinds, free_kind);
    *survey = (struct survey){0};
}
