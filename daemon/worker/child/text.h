/* SPDX-License-Identifier: MIT */
/*
 * A document's text and the map from it back to the dropped bytes.
 *
 * The map is a list of runs in the order of the text. A run covers the text from its start to the next run's start and
 * says that every `text_unit` bytes of it came from `byte_unit` bytes of the file, beginning at `source`. UTF-8 as it
 * stands is one run (1, 1); GB18030 Chinese is (3, 2); a repaired piece is a single unit. Invariants: runs are sorted,
 * none is empty, each begins at a unit's border of itself; a run's length is a multiple of its text_unit.
 *
 * Edits are collected and applied together, in one pass over text and runs. What replaces a piece comes from the bytes
 * of the piece; a replacement with the same characters' lengths (traditional by simplified) leaves the runs as they
 * are.
 */
#pragma once
#include <siftd/plugin.h>
#include <stddef.h>
#include <stdint.h>

struct run {
    size_t text, source;
    uint32_t text_unit, byte_unit;
};

struct edit {
    size_t start, end;
    size_t with, len; /* the replacement's place in the edit list's buffer */
};

struct text {
    const char *at; /* `own` or a piece of the file's bytes */
    size_t len;
    char *own;
    size_t own_room;
    struct run *run;
    size_t runs, run_room;
};

struct edit_list {
    struct edit *edit;
    size_t edits, edit_room;
    char *with;
    size_t with_len, with_room;
};

/* Appends a piece made by decoding: see text_bytes, text_add and text_units in siftd/plugin.h. */
void text_append_bytes(struct text *text, const char *bytes, size_t start, size_t end);
void text_append(struct text *text, const char *utf8, size_t len, size_t source, uint32_t text_unit,
                 uint32_t byte_unit);
/* Where [start, end) of the text stands in the bytes. */
struct siftd_span text_source(const struct text *text, size_t start, size_t end);

/* How many of the file's first `size` bytes stand behind the text, each counted once. */
uint64_t text_coverage(const struct text *text, size_t size);

void edit_add(struct edit_list *list, size_t start, size_t end, const char *with, size_t len);
/* Sorts and checks: 0, or -EINVAL with *ret_bad the index of an edit that overlaps or leaves the text. */
int edit_check(struct edit_list *list, size_t text_len, size_t *ret_bad);
/* Applies a checked list; it stays, for text_moved(). */
void text_apply(struct text *text, const struct edit_list *list);
/* Where an offset of the old text is in the new one: inside a replaced piece, the piece's new start (end: its new end).
 * Offsets must come in ascending order; *cursor and *shift begin at 0. */
struct edit_cursor {
    size_t i;
    int64_t shift;
};
size_t edit_moved(const struct edit_list *list, struct edit_cursor *cursor, size_t offset, int is_end);
void edit_clear(struct edit_list *list); /* empties, keeps the memory */
void edit_free(struct edit_list *list);
void text_clear(struct text *text);
void text_free(struct text *text);
