/* SPDX-License-Identifier: MIT */
/* The keywords that look at one value alone. */
#include <string.h>

#include "codepoint.h"
#include "decimal.h"
#include "schema_impl.h"
#include "str.h"

static const struct {
    const char *name;
    int kind;
} types[] = {
    {"null", VALUE_NULL},     {"boolean", VALUE_BOOL}, {"number", VALUE_NUMBER},
    {"string", VALUE_STRING}, {"array", VALUE_ARRAY},  {"object", VALUE_OBJECT},
};

static const char *type_name(const struct value *value) {
    size_t i = 0;
    while (types[i].kind != (int)value->kind)
        i++;
    return types[i].name;
}

static bool has_type(const struct value *value, struct siftd_str type) {
    if (str_equal(type, str("integer")))
        return value->kind == VALUE_NUMBER && decimal_is_integer(value->text);
    return str_equal(type, str(type_name(value)));
}

bool rule_type(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    const struct value *wanted = rule->value;
    if (wanted->kind == VALUE_STRING)
        return has_type(value, wanted->text) ||
               refuse(check, rule, "is of type %s, not %.*s", type_name(value), (int)wanted->text.len, wanted->text.at);
    for (const struct value *type = wanted->first; type; type = type->next)
        if (has_type(value, type->text))
            return true;
    return refuse(check, rule, "is of type %s, which is none of the allowed ones", type_name(value));
}

bool rule_enum(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    for (const struct value *allowed = rule->value->first; allowed; allowed = allowed->next)
        if (value_equal(allowed, value))
            return true;
    if (value->kind == VALUE_STRING || value->kind == VALUE_NUMBER)
        return refuse(check, rule, "is %.*s, which is none of the allowed values",
                      value->text.len > 80 ? 0 : (int)value->text.len, value->text.at);
    return refuse(check, rule, "is none of the allowed values");
}

bool rule_const(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return value_equal(rule->value, value) || refuse(check, rule, "is not the one allowed value");
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static bool refuse_number(struct check *check, const struct rule *rule, const struct value *value, const char *words) {
    return refuse(check, rule, "is %.*s, %s %.*s", (int)value->text.len, value->text.at, words,
                  (int)rule->value->text.len, rule->value->text.at);
}

bool rule_minimum(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return decimal_compare(value->text, rule->value->text) >= 0 || refuse_number(check, rule, value, "less than");
}

bool rule_maximum(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return decimal_compare(value->text, rule->value->text) <= 0 || refuse_number(check, rule, value, "more than");
}

bool rule_above(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return decimal_compare(value->text, rule->value->text) > 0 || refuse_number(check, rule, value, "not more than");
}

bool rule_below(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return decimal_compare(value->text, rule->value->text) < 0 || refuse_number(check, rule, value, "not less than");
}

bool rule_multiple(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return decimal_is_multiple(value->text, rule->value->text) || refuse_number(check, rule, value, "no multiple of");
}

/* --- sizes -------------------------------------------------------------------------------------------------------- */

static bool at_least(struct check *check, const struct rule *rule, size_t count, const char *what) {
    return count >= rule->count || refuse(check, rule, "has %zu %s, fewer than %zu", count, what, rule->count);
}

static bool at_most(struct check *check, const struct rule *rule, size_t count, const char *what) {
    return count <= rule->count || refuse(check, rule, "has %zu %s, more than %zu", count, what, rule->count);
}

bool rule_min_length(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return at_least(check, rule, cp_count(value->text.at, value->text.len), "characters");
}

bool rule_max_length(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return at_most(check, rule, cp_count(value->text.at, value->text.len), "characters");
}

bool rule_min_items(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return at_least(check, rule, value->count, "items");
}

bool rule_max_items(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return at_most(check, rule, value->count, "items");
}

bool rule_min_properties(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return at_least(check, rule, value->count, "members");
}

bool rule_max_properties(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return at_most(check, rule, value->count, "members");
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

bool rule_pattern(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return pattern_matches(check, rule->pattern, value->text) ||
           refuse(check, rule, "does not match %.*s", (int)rule->value->text.len, rule->value->text.at);
}

bool rule_unique(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    if (!rule->value->truth)
        return true;
    for (const struct value *item = value->first; item; item = item->next)
        for (const struct value *other = item->next; other; other = other->next)
            if (value_equal(item, other))
                return refuse(check, rule, "holds the same item twice, at %zu and %zu", item->index, other->index);
    return true;
}

bool rule_required(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    for (const struct value *name = rule->value->first; name; name = name->next)
        if (!value_get(value, name->text))
            return refuse(check, rule, "has no member %.*s", (int)name->text.len, name->text.at);
    return true;
}
