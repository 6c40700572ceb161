/* SPDX-License-Identifier: MIT */
/*
 * Checks JSON texts (RFC 8259) in one pass, without building anything: what passes can be handed on as the bytes it is,
 * so that every number keeps its digits and every string its escapes. Used where rows come by the million.
 *
 * The text must be valid UTF-8 already (all text in siftd is). Stricter than the grammar in one thing only: arrays and
 * objects nest at most JSON_DEPTH_MAX deep. Escapes of lone surrogates and repeated keys are valid, as in the grammar.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <siftd/plugin.h>

enum { JSON_DEPTH_MAX = 512 };

/* Where a text stops being JSON. */
struct json_fault {
    size_t at;        /* offset of the byte that cannot stand there; the length when the text ends too early */
    const char *what; /* what was wanted there, as words that follow "column N: " */
};

/* What a valid text is. */
struct json_shape {
    struct siftd_span value; /* the value without the whitespace around it */
    bool object;             /* the value is an object: its members are what stands between the braces */
    bool flagged;            /* `flag` said yes to a key of the outermost object */
};

/* Looks at one key of the outermost object, as it stands between its quotes. */
typedef bool json_flag_fn(const char *key, size_t len);

/* Checks that [at, at+len) is one JSON value; true with *ret_shape, or false with *ret_fault. `flag` may be NULL. */
bool json_check(const char *at, size_t len, json_flag_fn *flag, struct json_shape *ret_shape,
                struct json_fault *ret_fault);

/* One member of an object. Both are offsets into the object's text: the key between its quotes, the value as it stands.
 */
struct json_member {
    struct siftd_span key, value;
};

/*
 * Walks over the members of an object that json_check() passed. `at` is the object's text with its braces; *pos is 0 at
 * first and moves on with every call; false after the last member.
 */
bool json_next_member(const char *at, size_t len, size_t *pos, struct json_member *ret);

/* The length of the longest beginning of valid UTF-8 text that can stand inside a JSON string as it is. */
size_t json_plain_run(const char *at, size_t len);

/* Whether a key, as it stands between its quotes, spells `word` (ASCII) once its escapes are read. */
bool json_key_is(const char *key, size_t len, const char *word);
