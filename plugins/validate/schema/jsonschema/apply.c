/* SPDX-License-Identifier: MIT */
/* The keywords that hold other schemas. */
#include <string.h>

#include "schema_impl.h"
#include "str.h"

static void mark(unsigned char *seen, size_t index) {
    if (seen)
        seen[index] = 1;
}

/* --- the same value against other schemas ------------------------------------------------------------------------- */

static const struct node *dynamic_target(const struct check *check, const struct rule *rule) {
    const struct node *found = rule->node;
    for (const struct scope *scope = check->scope; scope && rule->dynamic.at; scope = scope->outer)
        for (const struct anchor *anchor = scope->resource->anchors; anchor; anchor = anchor->next)
            if (anchor->dynamic && str_equal(anchor->name, rule->dynamic))
                found = anchor->value->note;
    return found;
}

bool rule_ref(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    return check_here(check, dynamic_target(check, rule), value, seen);
}

bool rule_all(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    for (size_t i = 0; i < rule->branches; i++)
        if (!check_here(check, rule->branch[i].node, value, seen))
            return false;
    return true;
}

bool rule_any(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    bool fits = false;
    for (size_t i = 0; i < rule->branches && (!fits || seen); i++)
        fits |= check_quietly(check, rule->branch[i].node, value, seen);
    return fits || refuse(check, rule, "fits none of %zu alternatives", rule->branches);
}

bool rule_one(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    size_t fits = 0;
    for (size_t i = 0; i < rule->branches && fits < 2; i++)
        fits += check_quietly(check, rule->branch[i].node, value, seen);
    return fits == 1 ||
           refuse(check, rule, "fits %s of %zu alternatives, not one", fits ? "more than one" : "none", rule->branches);
}

bool rule_not(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    return !check_quietly(check, rule->node, value, NULL) || refuse(check, rule, "fits what is excluded");
}

bool rule_if(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    bool fits = check_quietly(check, rule->node, value, seen);
    const struct rule *next = sibling(rule, fits ? "then" : "else");
    return !next || check_here(check, next->node, value, seen);
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static const struct branch *branch_of(const struct rule *rule, struct siftd_str key) {
    for (size_t i = 0; rule && i < rule->branches; i++)
        if (str_equal(rule->branch[i].key, key))
            return &rule->branch[i];
    return NULL;
}

bool rule_properties(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    for (const struct value *member = value->first; member; member = member->next) {
        const struct branch *branch = branch_of(rule, member->key);
        if (!branch)
            continue;
        if (!check_child(check, branch->node, member))
            return false;
        mark(seen, member->index);
    }
    return true;
}

bool rule_pattern_properties(struct check *check, const struct rule *rule, const struct value *value,
                             unsigned char *seen) {
    for (const struct value *member = value->first; member; member = member->next)
        for (size_t i = 0; i < rule->branches; i++) {
            if (!pattern_matches(check, rule->branch[i].pattern, member->key))
                continue;
            if (!check_child(check, rule->branch[i].node, member))
                return false;
            mark(seen, member->index);
        }
    return true;
}

static bool is_named(struct check *check, const struct rule *rule, struct siftd_str key) {
    if (branch_of(sibling(rule, "properties"), key))
        return true;
    const struct rule *patterns = sibling(rule, "patternProperties");
    for (size_t i = 0; patterns && i < patterns->branches; i++)
        if (pattern_matches(check, patterns->branch[i].pattern, key))
            return true;
    return false;
}

/* A member that only a catch-all keyword looks at. */
static bool check_extra(struct check *check, const struct rule *rule, const struct value *child, const char *what) {
    if (rule->node->always < 0)
        return refuse(check, rule, "has the %s %.*s, which is not allowed", what, (int)child->key.len, child->key.at);
    return check_child(check, rule->node, child);
}

bool rule_additional_properties(struct check *check, const struct rule *rule, const struct value *value,
                                unsigned char *seen) {
    for (const struct value *member = value->first; member; member = member->next) {
        if (is_named(check, rule, member->key))
            continue;
        if (!check_extra(check, rule, member, "member"))
            return false;
        mark(seen, member->index);
    }
    return true;
}

bool rule_unevaluated_properties(struct check *check, const struct rule *rule, const struct value *value,
                                 unsigned char *seen) {
    for (const struct value *member = value->first; member; member = member->next) {
        if (seen[member->index])
            continue;
        if (!check_extra(check, rule, member, "member"))
            return false;
        mark(seen, member->index);
    }
    return true;
}

bool rule_property_names(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    (void)seen;
    for (const struct value *member = value->first; member; member = member->next) {
        struct value name = {.kind = VALUE_STRING, .text = member->key};
        if (!check_quietly(check, rule->node, &name, NULL))
            return refuse(check, rule, "has a member of a name that is not allowed, %.*s", (int)member->key.len,
                          member->key.at);
    }
    return true;
}

bool rule_dependent(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    for (size_t i = 0; i < rule->branches; i++) {
        const struct branch *branch = &rule->branch[i];
        if (!value_get(value, branch->key))
            continue;
        if (branch->node && !check_here(check, branch->node, value, seen))
            return false;
        for (const struct value *name = branch->names ? branch->names->first : NULL; name; name = name->next)
            if (!value_get(value, name->text))
                return refuse(check, rule, "has %.*s but no member %.*s", (int)branch->key.len, branch->key.at,
                              (int)name->text.len, name->text.at);
    }
    return true;
}

/* --- items -------------------------------------------------------------------------------------------------------- */

/* The items that a list of schemas looks at, one each. */
static bool check_in_turn(struct check *check, const struct rule *rule, const struct value *value,
                          unsigned char *seen) {
    for (const struct value *item = value->first; item && item->index < rule->branches; item = item->next) {
        if (!check_child(check, rule->branch[item->index].node, item))
            return false;
        mark(seen, item->index);
    }
    return true;
}

static bool check_from(struct check *check, const struct rule *rule, const struct value *value, size_t first,
                       unsigned char *seen) {
    for (const struct value *item = value_at(value, first); item; item = item->next) {
        if (rule->node->always < 0)
            return refuse(check, rule, "has %zu items, more than %zu", value->count, first);
        if (!check_child(check, rule->node, item))
            return false;
        mark(seen, item->index);
    }
    return true;
}

bool rule_prefix_items(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    return check_in_turn(check, rule, value, seen);
}

bool rule_items(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    if (!rule->node)
        return check_in_turn(check, rule, value, seen);
    const struct rule *prefix = sibling(rule, "prefixItems");
    return check_from(check, rule, value, prefix ? prefix->branches : 0, seen);
}

bool rule_additional_items(struct check *check, const struct rule *rule, const struct value *value,
                           unsigned char *seen) {
    const struct rule *items = sibling(rule, "items");
    return !items || items->node || check_from(check, rule, value, items->branches, seen);
}

bool rule_contains(struct check *check, const struct rule *rule, const struct value *value, unsigned char *seen) {
    const struct rule *least = sibling(rule, "minContains"), *most = sibling(rule, "maxContains");
    size_t found = 0, min = least ? least->count : 1;
    for (const struct value *item = value->first; item; item = item->next)
        if (check_quietly(check, rule->node, item, NULL)) {
            found++;
            mark(seen, item->index);
        }
    if (found < min)
        return refuse(check, rule, "has %zu items of the kind wanted, fewer than %zu", found, min);
    if (most && found > most->count)
        return refuse(check, rule, "has %zu items of the kind wanted, more than %zu", found, most->count);
    return true;
}

bool rule_unevaluated_items(struct check *check, const struct rule *rule, const struct value *value,
                            unsigned char *seen) {
    for (const struct value *item = value->first; item; item = item->next) {
        if (seen[item->index])
            continue;
        if (rule->node->always < 0)
            return refuse(check, rule, "has an item that is not allowed, at %zu", item->index);
        if (!check_child(check, rule->node, item))
            return false;
        mark(seen, item->index);
    }
    return true;
}
