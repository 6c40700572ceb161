/* SPDX-License-Identifier: MIT */
#include "schema_impl.h"

#define OBJECT VALUE_OBJECT
#define ARRAY VALUE_ARRAY
#define STRING VALUE_STRING
#define NUMBER VALUE_NUMBER
#define ANY VALUE_ANY

/* The order is that of the checks: what is cheap and tells most comes first, what asks for others' findings last. */
const struct keyword keywords[] = {
    {"type", DRAFT_ALL, ANY, SHAPE_ANY, rule_type},
    {"const", DRAFT_ALL, ANY, SHAPE_ANY, rule_const},
    {"enum", DRAFT_ALL, ANY, SHAPE_ARRAY, rule_enum},
    {"required", DRAFT_ALL, OBJECT, SHAPE_NAMES, rule_required},
    {"minimum", DRAFT_ALL, NUMBER, SHAPE_NUMBER, rule_minimum},
    {"maximum", DRAFT_ALL, NUMBER, SHAPE_NUMBER, rule_maximum},
    {"exclusiveMinimum", DRAFT_ALL, NUMBER, SHAPE_NUMBER, rule_above},
    {"exclusiveMaximum", DRAFT_ALL, NUMBER, SHAPE_NUMBER, rule_below},
    {"multipleOf", DRAFT_ALL, NUMBER, SHAPE_NUMBER, rule_multiple},
    {"minLength", DRAFT_ALL, STRING, SHAPE_COUNT, rule_min_length},
    {"maxLength", DRAFT_ALL, STRING, SHAPE_COUNT, rule_max_length},
    {"pattern", DRAFT_ALL, STRING, SHAPE_PATTERN, rule_pattern},
    {"minItems", DRAFT_ALL, ARRAY, SHAPE_COUNT, rule_min_items},
    {"maxItems", DRAFT_ALL, ARRAY, SHAPE_COUNT, rule_max_items},
    {"uniqueItems", DRAFT_ALL, ARRAY, SHAPE_ANY, rule_unique},
    {"minProperties", DRAFT_ALL, OBJECT, SHAPE_COUNT, rule_min_properties},
    {"maxProperties", DRAFT_ALL, OBJECT, SHAPE_COUNT, rule_max_properties},
    {"dependentRequired", DRAFT_2020, OBJECT, SHAPE_DEPENDENT, rule_dependent},
    {"properties", DRAFT_ALL, OBJECT, SHAPE_MAP, rule_properties},
    {"patternProperties", DRAFT_ALL, OBJECT, SHAPE_PATTERNS, rule_pattern_properties},
    {"additionalProperties", DRAFT_ALL, OBJECT, SHAPE_SCHEMA, rule_additional_properties},
    {"propertyNames", DRAFT_ALL, OBJECT, SHAPE_SCHEMA, rule_property_names},
    {"dependencies", DRAFT_ALL, OBJECT, SHAPE_DEPENDENT, rule_dependent},
    {"dependentSchemas", DRAFT_2020, OBJECT, SHAPE_DEPENDENT, rule_dependent},
    {"prefixItems", DRAFT_2020, ARRAY, SHAPE_LIST, rule_prefix_items},
    {"items", DRAFT_ALL, ARRAY, SHAPE_ITEMS, rule_items},
    {"additionalItems", DRAFT_7, ARRAY, SHAPE_SCHEMA, rule_additional_items},
    {"minContains", DRAFT_2020, ARRAY, SHAPE_COUNT, NULL},
    {"maxContains", DRAFT_2020, ARRAY, SHAPE_COUNT, NULL},
    {"contains", DRAFT_ALL, ARRAY, SHAPE_SCHEMA, rule_contains},
    {"$ref", DRAFT_ALL, ANY, SHAPE_REF, rule_ref},
    {"$dynamicRef", DRAFT_2020, ANY, SHAPE_REF, rule_ref},
    {"allOf", DRAFT_ALL, ANY, SHAPE_LIST, rule_all},
    {"anyOf", DRAFT_ALL, ANY, SHAPE_LIST, rule_any},
    {"oneOf", DRAFT_ALL, ANY, SHAPE_LIST, rule_one},
    {"not", DRAFT_ALL, ANY, SHAPE_SCHEMA, rule_not},
    {"then", DRAFT_ALL, ANY, SHAPE_SCHEMA, NULL},
    {"else", DRAFT_ALL, ANY, SHAPE_SCHEMA, NULL},
    {"if", DRAFT_ALL, ANY, SHAPE_SCHEMA, rule_if},
    {"definitions", DRAFT_ALL, 0, SHAPE_MAP, NULL},
    {"$defs", DRAFT_ALL, 0, SHAPE_MAP, NULL},
    {"unevaluatedItems", DRAFT_2020, ARRAY, SHAPE_SCHEMA, rule_unevaluated_items},
    {"unevaluatedProperties", DRAFT_2020, OBJECT, SHAPE_SCHEMA, rule_unevaluated_properties},
    {NULL, 0, 0, SHAPE_ANY, NULL},
};
