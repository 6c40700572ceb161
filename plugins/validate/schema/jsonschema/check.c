/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "schema_impl.h"
#include "str.h"

/* Schemas may refer to themselves without getting any further into the value; this deep, no useful check goes on. */
enum { CHECK_DEPTH_MAX = 4096 };

/* --- what went wrong ---------------------------------------------------------------------------------------------- */

struct text {
    char *at;
    size_t len, room;
};

static void text_char(struct text *text, char c) {
    if (text->len + 1 < text->room)
        text->at[text->len++] = c;
    text->at[text->len] = 0;
}

static void text_token(struct text *text, struct siftd_str key) {
    text_char(text, '/');
    for (size_t i = 0; i < key.len; i++) {
        bool escaped = key.at[i] == '~' || key.at[i] == '/';
        text_char(text, escaped ? '~' : key.at[i]);
        if (escaped)
            text_char(text, key.at[i] == '~' ? '0' : '1');
    }
}

/* The pointer to the value at hand, its outermost part first. */
static void text_pointer(struct text *text, const struct step *step) {
    if (!step)
        return;
    text_pointer(text, step->outer);
    char number[24];
    snprintf(number, sizeof number, "%zu", step->value->index);
    text_token(text, step->value->key.at ? step->value->key : str(number));
}

/* Cuts what a full buffer left of a character. */
static void drop_half_character(char *text) {
    size_t len = strlen(text), at = len;
    while (at > 0 && (text[at - 1] & 0xc0) == 0x80)
        at--;
    unsigned char lead = at ? (unsigned char)text[at - 1] : 0;
    size_t whole = lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (whole && at - 1 + whole > len)
        text[at - 1] = 0;
}

bool refuse(struct check *check, const struct rule *rule, const char *format, ...) {
    if (check->quiet)
        return false;
    struct schema_fault *fault = check->fault;
    struct text place = {.at = fault->place, .room = sizeof fault->place};
    char words[SCHEMA_TEXT_MAX - 32];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    drop_half_character(words);
    text_pointer(&place, check->step);
    drop_half_character(fault->place);
    snprintf(fault->rule, sizeof fault->rule, "%s (%s)", words, rule ? rule->keyword->name : "false");
    return false;
}

/* --- running the rules -------------------------------------------------------------------------------------------- */

static unsigned char *new_seen(struct check *check, const struct value *value) {
    bool wanted = check->schema->tracks && value->kind & (VALUE_ARRAY | VALUE_OBJECT);
    return wanted ? pool_alloc(&check->schema->scratch, value->count) : NULL;
}

static bool run_rules(struct check *check, const struct node *node, const struct value *value, unsigned char *seen) {
    for (size_t i = 0; i < node->rules; i++) {
        const struct rule *rule = &node->rule[i];
        if (rule->keyword->kinds & (int)value->kind && rule->keyword->apply &&
            !rule->keyword->apply(check, rule, value, seen))
            return false;
    }
    return true;
}

static bool check_node(struct check *check, const struct node *node, const struct value *value, unsigned char *seen) {
    if (node->always)
        return node->always > 0 || refuse(check, NULL, "is not allowed");
    if (check->depth == CHECK_DEPTH_MAX)
        return refuse(check, NULL, "leads the schema round in circles");
    struct scope scope = {.outer = check->scope, .resource = node->resource};
    check->depth++;
    check->scope = &scope;
    bool fits = run_rules(check, node, value, seen);
    check->scope = scope.outer;
    check->depth--;
    return fits;
}

bool check_here(struct check *check, const struct node *node, const struct value *value, unsigned char *seen) {
    unsigned char *own = new_seen(check, value);
    bool fits = check_node(check, node, value, own);
    for (size_t i = 0; fits && seen && own && i < value->count; i++)
        seen[i] |= own[i];
    return fits;
}

bool check_quietly(struct check *check, const struct node *node, const struct value *value, unsigned char *seen) {
    check->quiet++;
    bool fits = check_here(check, node, value, seen);
    check->quiet--;
    return fits;
}

bool check_child(struct check *check, const struct node *node, const struct value *child) {
    struct step step = {.outer = check->step, .value = child};
    check->step = &step;
    bool fits = check_node(check, node, child, new_seen(check, child));
    check->step = step.outer;
    return fits;
}

const struct rule *sibling(const struct rule *rule, const char *keyword) {
    const struct node *owner = rule->owner;
    for (size_t i = 0; i < owner->rules; i++)
        if (strcmp(owner->rule[i].keyword->name, keyword) == 0)
            return &owner->rule[i];
    return NULL;
}

bool pattern_matches(struct check *check, const pcre2_code *pattern, struct siftd_str text) {
    const struct schema *schema = check->schema;
    const char *at = text.len ? text.at : "";
    return pcre2_match(pattern, (PCRE2_SPTR)at, text.len, 0, PCRE2_NO_UTF_CHECK, schema->match,
                       schema->match_context) >= 0;
}

bool schema_check(struct schema *schema, const struct value *value, struct schema_fault *ret_fault) {
    struct check check = {.schema = schema, .fault = ret_fault};
    *ret_fault = (struct schema_fault){0};
    bool fits = check_node(&check, schema->root, value, new_seen(&check, value));
    pool_reset(&schema->scratch);
    return fits;
}
