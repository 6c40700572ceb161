/* SPDX-License-Identifier: MIT */
/* Where a sink stands, as text: what plugins are given with commit(), and where the host keeps it for those that
 * cannot. */
#pragma once
#include "journal/journal.h"

struct cursor {
    struct journal_place place; /* the frame */
    uint64_t byte;              /* of its body: the next line to deliver */
    struct {
        uint64_t id;             /* of the last stretch that was to be given once more; 0: there was none */
        uint64_t sequence, byte; /* where it goes on; sequence 0: it is done */
    } again;                     /* again.h */
};

enum { CURSOR_MAX = 192 };

/* "JOURNAL SEQUENCE SEGMENT OFFSET BYTE", the first in hexadecimal, the others in decimal digits; then, when there is
 * one, " AGAIN ID SEQUENCE BYTE". */
void cursor_format(const struct cursor *cursor, char text[CURSOR_MAX]);
/* An empty text is the beginning. 0, or -EINVAL. */
int cursor_parse(const char *text, struct cursor *ret, struct error *err);

/* Keeps a position in a file with a check, replaced in one step. */
int cursor_save(const char *path, const char *position, struct error *err);
/* Reads it into `position` (`size` bytes); an absent file gives an empty text. -EBADMSG: it was damaged, was put aside
 * as PATH.damaged-TIME, and the text is empty. */
int cursor_load(const char *path, char *position, size_t size, struct error *err);
