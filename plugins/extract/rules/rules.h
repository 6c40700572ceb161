/* SPDX-License-Identifier: MIT */
/* Rules as read from YAML, and what the plugin's files give each other. */
#pragma once
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>

#include "lexicon.h"
#include "siftd/plugin.h"

/* What a field's text becomes. */
enum conversion { AS_TEXT, AS_NUMBER, AS_DATE, AS_LIST, AS_LOWER, AS_UPPER, CONVERSIONS };

struct field {
    const char *name;
    uint32_t group;               /* of the pattern; 0: `value` stands for the text */
    const char *value;            /* a constant, or NULL */
    const struct siftd_node *map; /* text: what is written for it; NULL: the text itself */
    const char *otherwise;        /* for a text that is not in the map; NULL: the text itself */
    enum conversion as;
    bool required; /* without it there is no record */
};

/* Where a condition looks: from the match to the end of its sentence or paragraph, in either direction or both. */
enum side { BEFORE, BEHIND, AROUND };
enum reach { SENTENCE, PARAGRAPH, CHARACTERS };

struct condition {
    enum side side;
    enum reach reach;
    size_t characters;
    pcre2_code *has, *has_not; /* each may be NULL */
};

struct rule {
    const struct siftd_node *node; /* for messages */
    const char *type;
    const struct siftd_node *needs; /* words of which one must stand in a paragraph that is looked at; or NULL */
    pcre2_code *pattern;
    enum reach quote;
    uint32_t place; /* group that the record's place is; 0: the match */
    bool once;      /* of records with the same fields only the first */
    struct field *field;
    size_t fields;
    struct condition *condition;
    size_t conditions;
};

struct rules {
    const struct siftd_node *file; /* option */
    int64_t limit, most;           /* options */
    const struct siftd_host *host;
    struct lexicon *lexicon; /* for dates */
    struct rule *rule;
    size_t rules;
    pcre2_match_data *match, *side_match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

/* Reads and compiles the rules of a tree; SIFTD_ERROR after host->error() with the mistake's file, line and column. */
int rules_compile(struct rules *rules, const struct siftd_node *tree);
/* Frees the compiled patterns. */
void rules_discard(struct rules *rules);

/* Writes a field of the record from its text (at NULL: the group took no part); false when a required one has no value.
 * `year` is the document's own, or 0. With `record` NULL only looks whether it has one. */
bool field_put(const struct rules *rules, const struct field *field, struct siftd_str text, int year,
               struct siftd_record *record);
