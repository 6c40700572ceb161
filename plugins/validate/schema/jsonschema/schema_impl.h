/* SPDX-License-Identifier: MIT */
/*
 * Inside the validator. compile.c turns the tree of a schema document into nodes, one for each schema in it, each a
 * list of rules; keywords.c is the table of what each keyword is; assert.c and apply.c hold what the rules do; check.c
 * runs them.
 */
#pragma once
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "schema.h"

enum draft { DRAFT_7 = 1, DRAFT_2020 = 2, DRAFT_ALL = 3 };

/* What stands behind a keyword, and so how it is compiled and which schemas it holds. */
enum shape {
    SHAPE_ANY,       /* any value */
    SHAPE_SCHEMA,    /* a schema */
    SHAPE_LIST,      /* an array of schemas */
    SHAPE_MAP,       /* an object of schemas */
    SHAPE_PATTERNS,  /* an object of schemas, by regular expressions */
    SHAPE_ITEMS,     /* a schema or an array of them */
    SHAPE_DEPENDENT, /* an object of schemas and arrays of names */
    SHAPE_COUNT,     /* a whole number, 0 or more */
    SHAPE_NUMBER,    /* a number */
    SHAPE_NAMES,     /* an array of strings */
    SHAPE_ARRAY,     /* an array */
    SHAPE_PATTERN,   /* a regular expression */
    SHAPE_REF        /* a reference to a schema */
};

struct node;
struct rule;
struct check;

/* Applies a rule to a value of the keyword's kinds. `seen` has a byte for each child of the value, set once a rule has
 * looked at it; NULL where nobody asks. */
typedef bool rule_fn(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen);

struct keyword {
    const char *name;
    int drafts;
    int kinds; /* of values that the rule looks at: bits of enum value_kind */
    enum shape shape;
    rule_fn *apply; /* NULL: holds schemas or serves another keyword, rules nothing itself */
};

extern const struct keyword keywords[]; /* in the order the rules run; ends with a NULL name */

/* One of the schemas of a list or a map. */
struct branch {
    struct siftd_str key;
    pcre2_code *pattern;       /* PATTERNS */
    const struct value *names; /* DEPENDENT: an array of names in place of a schema */
    struct node *node;
};

struct rule {
    const struct keyword *keyword;
    const struct value *value; /* what stands behind the keyword */
    struct node *owner;
    struct node *node;     /* SCHEMA, REF */
    struct branch *branch; /* LIST, MAP, PATTERNS, DEPENDENT */
    size_t branches;
    size_t count;             /* COUNT */
    pcre2_code *pattern;      /* PATTERN */
    struct siftd_str dynamic; /* REF: the dynamic anchor to look for; at == NULL for none */
};

struct node {
    int always; /* 1 and -1: the schemas true and false; 0: what the rules say */
    struct rule *rule;
    size_t rules;
    const struct value *value;
    struct resource *resource;
    struct node *todo; /* while compiling */
};

struct anchor {
    struct siftd_str name;
    struct value *value;
    bool dynamic;
    struct anchor *next;
};

/* A schema with a URI of its own: the document, and what has an `$id` inside. */
struct resource {
    const char *uri;
    struct value *root;
    enum draft draft;
    struct anchor *anchors;
    struct resource *next;
};

struct schema {
    struct pool pool, scratch;
    struct node *root;
    bool tracks; /* an unevaluated… keyword stands somewhere: rules note what they have seen */
    pcre2_code **pattern;
    size_t patterns, pattern_room;
    pcre2_match_data *match;
    pcre2_match_context *match_context;
};

/* Where a check is, from the inside out. */
struct step {
    const struct step *outer;
    const struct value *value;
};
struct scope {
    const struct scope *outer;
    const struct resource *resource;
};

struct check {
    struct schema *schema;
    struct schema_fault *fault;
    const struct step *step;
    const struct scope *scope;
    int depth, quiet; /* quiet: a failure here is no failure of the whole yet */
};

/* Notes why the value fails, unless it is quiet; returns false. */
bool refuse(struct check *check, const struct rule *rule, const char *format, ...) SIFTD_PRINTF(3, 4);
/* The value itself against another schema: what that has seen counts when it passes. */
bool check_here(struct check *check, const struct node *node, const struct value *value, unsigned char *seen);
/* The same, where failing is no failure of the whole. */
bool check_quietly(struct check *check, const struct node *node, const struct value *value, unsigned char *seen);
/* A child of the value. */
bool check_child(struct check *check, const struct node *node, const struct value *child);
/* The rule of a keyword in the same schema; NULL when it has none. */
const struct rule *sibling(const struct rule *rule, const char *keyword);
bool pattern_matches(struct check *check, const pcre2_code *pattern, struct siftd_str text);

/* keywords of assert.c */
rule_fn rule_type, rule_enum, rule_const, rule_minimum, rule_maximum, rule_above, rule_below, rule_multiple,
    rule_min_length, rule_max_length, rule_pattern, rule_min_items, rule_max_items, rule_unique, rule_min_properties,
    rule_max_properties, rule_required;
/* keywords of apply.c */
rule_fn rule_ref, rule_all, rule_any, rule_one, rule_not, rule_if, rule_properties, rule_pattern_properties,
    rule_additional_properties, rule_property_names, rule_dependent, rule_prefix_items, rule_items,
    rule_additional_items, rule_contains, rule_unevaluated_items, rule_unevaluated_properties;
