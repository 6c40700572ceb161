/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema.h"

/* Checks a value; "" when it fits, else "PLACE RULE". In static memory. */
static const char *verdict(const char *schema_text, const char *value_text) {
    static char text[2 * SCHEMA_TEXT_MAX + 2];
    char why[SCHEMA_TEXT_MAX];
    struct pool pool = {0};
    struct json_fault broken;
    struct schema_fault fault;
    struct schema *schema = schema_compile(schema_text, strlen(schema_text), NULL, why);
    if (!schema)
        fail_msg("%s: %s", schema_text, why);
    struct value *value = value_parse(&pool, value_text, strlen(value_text), &broken);
    if (!value)
        fail_msg("%s: %s", value_text, broken.what);
    text[0] = 0;
    if (!schema_check(schema, value, &fault))
        snprintf(text, sizeof text, "%s %s", fault.place, fault.rule);
    schema_free(schema);
    pool_free(&pool);
    return text;
}

static void a_refusal_names_place_and_rule(void **state) {
    (void)state;
    assert_string_equal(verdict("{\"properties\":{\"a\":{\"items\":{\"type\":\"string\"}}}}", "{\"a\":[\"x\",1]}"),
                        "/a/1 is of type number, not string (type)");
    assert_string_equal(verdict("{\"required\":[\"unit\"]}", "{}"), " has no member unit (required)");
    assert_string_equal(verdict("{\"properties\":{\"a/b\":{\"minimum\":5}}}", "{\"a/b\":4.5}"),
                        "/a~1b is 4.5, less than 5 (minimum)");
    assert_string_equal(verdict("{\"additionalProperties\":false}", "{\"x\":1}"),
                        " has the member x, which is not allowed (additionalProperties)");
    assert_string_equal(verdict("{\"enum\":[\"actual\",\"target\"]}", "\"done\""),
                        " is done, which is none of the allowed values (enum)");
    assert_string_equal(verdict("{\"anyOf\":[{\"type\":\"null\"},{\"minLength\":2}]}", "\"a\""),
                        " fits none of 2 alternatives (anyOf)");
}

static void numbers_are_not_rounded(void **state) {
    (void)state;
    assert_string_not_equal(verdict("{\"const\":9007199254740992}", "9007199254740993"), "");
    assert_string_equal(verdict("{\"const\":9007199254740993}", "9007199254740993.0"), "");
    assert_string_equal(verdict("{\"enum\":[1e2]}", "100"), "");
    assert_string_equal(verdict("{\"type\":\"integer\"}", "1.50e1"), "");
    assert_string_not_equal(verdict("{\"type\":\"integer\"}", "1.5"), "");
    assert_string_equal(verdict("{\"multipleOf\":0.01}", "4.35"), "");
    assert_string_not_equal(verdict("{\"multipleOf\":0.01}", "4.355"), "");
    assert_string_not_equal(verdict("{\"multipleOf\":7}", "1e400000000"), "");
    assert_string_equal(verdict("{\"exclusiveMaximum\":-0.5}", "-0.50001"), "");
}

static void lengths_are_characters(void **state) {
    (void)state;
    assert_string_equal(verdict("{\"maxLength\":3}", "\"\xe5\xad\xb5\xe5\x8c\x96\xe5\x99\xa8\""), "");
    assert_string_equal(verdict("{\"maxLength\":1}", "\"\\ud83d\\ude00\""), "");
    assert_string_not_equal(verdict("{\"const\":\"a\"}", "\"a\\u0000\""), "");
}

static void references_may_go_round(void **state) {
    static const char list[] = "{\"properties\":{\"next\":{\"$ref\":\"#\"},\"n\":{\"type\":\"number\"}}}";
    (void)state;
    assert_string_equal(verdict(list, "{\"next\":{\"next\":{\"n\":1}}}"), "");
    assert_string_equal(verdict(list, "{\"next\":{\"next\":{\"n\":\"1\"}}}"),
                        "/next/next/n is of type string, not number (type)");
    assert_string_not_equal(verdict("{\"$ref\":\"#\"}", "1"), "");
}

static void drafts_differ(void **state) {
    (void)state;
    assert_string_equal(verdict("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"$ref\":\"#/definitions/a\","
                                "\"minimum\":5,\"definitions\":{\"a\":{}}}",
                                "1"),
                        "");
    assert_string_not_equal(verdict("{\"$ref\":\"#/$defs/a\",\"minimum\":5,\"$defs\":{\"a\":{}}}", "1"), "");
}

static void what_no_rule_saw_can_be_refused(void **state) {
    static const char schema[] = "{\"allOf\":[{\"properties\":{\"a\":true}}],\"unevaluatedProperties\":false}";
    (void)state;
    assert_string_equal(verdict(schema, "{\"a\":1}"), "");
    assert_string_not_equal(verdict(schema, "{\"b\":1}"), "");
}

static void a_hopeless_pattern_ends(void **state) {
    (void)state;
    assert_string_not_equal(
        verdict("{\"pattern\":\"^(a+)+$\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""), "");
}

static void wrong_schemas_are_told(void **state) {
    static const char *const texts[] = {
        "{",
        "[]",
        "{\"minLength\":-1}",
        "{\"minLength\":1.5}",
        "{\"required\":\"a\"}",
        "{\"properties\":{\"a\":1}}",
        "{\"pattern\":\"(\"}",
        "{\"$ref\":\"#/nowhere\"}",
        "{\"$ref\":\"other.json\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char why[SCHEMA_TEXT_MAX] = "";
        assert_null(schema_compile(texts[i], strlen(texts[i]), NULL, why));
        assert_string_not_equal(why, "");
    }
}

static struct siftd_str load(void *user, const char *uri) {
    const char *text = strcmp(uri, "schemas/common.json") == 0 ? "{\"$defs\":{\"n\":{\"type\":\"number\"}}}" : NULL;
    (void)user;
    return (struct siftd_str){text, text ? strlen(text) : 0};
}

static void other_documents_come_from_the_loader(void **state) {
    static const char text[] = "{\"$id\":\"schemas/a.json\",\"$ref\":\"common.json#/$defs/n\"}";
    struct schema_loader loader = {.load = load};
    char why[SCHEMA_TEXT_MAX];
    struct pool pool = {0};
    struct json_fault broken;
    struct schema_fault fault;
    struct schema *schema = schema_compile(text, sizeof text - 1, &loader, why);
    (void)state;
    assert_non_null(schema);
    assert_true(schema_check(schema, value_parse(&pool, "1", 1, &broken), &fault));
    assert_false(schema_check(schema, value_parse(&pool, "\"1\"", 3, &broken), &fault));
    schema_free(schema);
    pool_free(&pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_names_place_and_rule),
        cmocka_unit_test(numbers_are_not_rounded),
        cmocka_unit_test(lengths_are_characters),
        cmocka_unit_test(references_may_go_round),
        cmocka_unit_test(drafts_differ),
        cmocka_unit_test(what_no_rule_saw_can_be_refused),
        cmocka_unit_test(a_hopeless_pattern_ends),
        cmocka_unit_test(wrong_schemas_are_told),
        cmocka_unit_test(other_documents_come_from_the_loader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
