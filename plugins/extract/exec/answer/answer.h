/* SPDX-License-Identifier: MIT */
/*
 * What a program answers: one JSON object a line. The reader takes any bytes and says what they are, or what is wrong
 * with them; it keeps nothing and checks nothing against a document.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "json_out.h"
#include "siftd/plugin.h"

enum answer_kind {
    ANSWER_WRONG,        /* `text` says why */
    ANSWER_HELLO,        /* {"hello":"siftd-exec","version":1}: `number` */
    ANSWER_CAPABILITIES, /* {"capabilities":["text",…],"offsets":"characters"}: `wants`, `offsets` */
    ANSWER_READY,        /* {"ready":true} */
    ANSWER_RECORD,       /* {"record":{…},"type":…,"span":[…],"place":[…]} */
    ANSWER_LOG,          /* {"log":"…"}: `text` */
    ANSWER_DONE,         /* {"done":true} */
    ANSWER_ERROR         /* {"error":"…"}: `text` */
};

enum offsets { OFFSETS_CHARACTERS, OFFSETS_BYTES, OFFSETS_UTF16 };
enum { WANTS_TEXT = 1, WANTS_RECORDS = 2, ANSWER_TEXT = 400, ANSWER_TYPE = 64 };

struct answer {
    enum answer_kind kind;
    int number;
    unsigned wants;
    enum offsets offsets;
    char type[ANSWER_TYPE];        /* of a record */
    struct siftd_span span, place; /* of a record, in the program's offsets */
    bool has_place;
    struct siftd_str fields; /* of a record: the object, inside the line */
    char text[ANSWER_TEXT];
};

/* Reads a line without its newline. */
void answer_read(const char *line, size_t len, struct answer *ret);
