/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_out.h"
#include "json_scan.h"

/* A copy that ends where its memory ends, so that a sanitizer sees a byte read too far. */
static bool check(const char *text, size_t len, json_flag_fn *flag, struct json_shape *shape,
                  struct json_fault *fault) {
    char *copy = malloc(len + !len);
    memcpy(copy, text, len);
    bool good = json_check(copy, len, flag, shape, fault);
    free(copy);
    return good;
}

static void valid_texts_pass(void **state) {
    static const char *const texts[] = {
        "{}",
        "[]",
        "0",
        "-0",
        "-0.0e-0",
        "1E+9",
        "123456789012345678901234567890",
        "true",
        "false",
        "null",
        "\"\"",
        " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \r\n",
        "\"\\u00e9\\ud800\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"1234567\\n1234567812345678\"",
        "{\"a\":1,\"a\":2}",
        "\"\xe5\xad\xb5\xe5\x8c\x96\xe5\x99\xa8\x7f\"",
    };
    struct json_shape shape;
    struct json_fault fault;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!check(texts[i], strlen(texts[i]), NULL, &shape, &fault))
            fail_msg("%s: refused at %zu: %s", texts[i], fault.at, fault.what);
}

static void faults_are_placed(void **state) {
    static const struct {
        const char *text;
        size_t at;
    } cases[] = {
        {"", 0},
        {" ", 1},
        {"{\"x\": oops}", 6},
        {"{\"a\":1,}", 7},
        {"[1,]", 3},
        {"[1 2]", 3},
        {"01", 1},
        {"-", 1},
        {"1.", 2},
        {".5", 0},
        {"1e", 2},
        {"+1", 0},
        {"\"a", 2},
        {"\"\\x\"", 2},
        {"\"\\u12g4\"", 5},
        {"\"\\u12", 5},
        {"\"a\tb\"", 2},
        {"{\"a\" 1}", 5},
        {"{a:1}", 1},
        {"{\"a\":1", 6},
        {"[1", 2},
        {"{} {}", 3},
        {"nul", 0},
        {"truex", 4},
        {"\"12345678\n", 9},
        {"\"\\", 2},
        {"NaN", 0},
        {"'a'", 0},
        {"]", 0},
        {"{\"a\":}", 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_shape shape;
        struct json_fault fault = {0};
        if (check(cases[i].text, strlen(cases[i].text), NULL, &shape, &fault))
            fail_msg("%s: passed", cases[i].text);
        if (fault.at != cases[i].at)
            fail_msg("%s: refused at %zu, not at %zu: %s", cases[i].text, fault.at, cases[i].at, fault.what);
    }
}

static void every_control_character_ends_a_string(void **state) {
    (void)state;
    for (size_t place = 1; place < 20; place++)
        for (int c = 0; c < 256; c++) {
            char text[] = "\"ABCDEFGHIJKLMNOPQRSTUVWXYZ\"";
            struct json_shape shape;
            struct json_fault fault;
            text[place] = (char)c;
            bool wanted = c >= 0x20 && c != '"' && c != '\\';
            if (check(text, sizeof text - 1, NULL, &shape, &fault) != wanted)
                fail_msg("byte 0x%02x at %zu", c, place);
        }
}

static void nesting_has_a_limit(void **state) {
    char text[2 * (JSON_DEPTH_MAX + 1)];
    struct json_shape shape;
    struct json_fault fault;
    (void)state;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    assert_true(check(text, (size_t)JSON_DEPTH_MAX * 2, NULL, &shape, &fault));
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_false(check(text, sizeof text, NULL, &shape, &fault));
    assert_int_equal(fault.at, JSON_DEPTH_MAX);
}

static bool is_id(const char *key, size_t len) {
    return json_key_is(key, len, "id");
}

static void only_outer_keys_are_flagged(void **state) {
    struct json_shape shape;
    struct json_fault fault;
    (void)state;
    assert_true(json_check("{\"a\":{\"id\":1}}", 14, is_id, &shape, &fault));
    assert_false(shape.flagged);
    assert_true(json_check("{\"a\":1,\"id\":2}", 14, is_id, &shape, &fault));
    assert_true(shape.flagged);
    assert_true(json_check("[{\"id\":1}]", 10, is_id, &shape, &fault));
    assert_false(shape.flagged);
}

static void keys_are_read_through_escapes(void **state) {
    (void)state;
    assert_true(json_key_is("\\u0069d", 7, "id"));
    assert_true(json_key_is("i\\u0064", 7, "id"));
    assert_false(json_key_is("i\\u0164", 7, "id"));
    assert_false(json_key_is("id\\u0000", 8, "id"));
    assert_false(json_key_is("i", 1, "id"));
    assert_true(json_key_is("a\\/b", 4, "a/b"));
}

static void members_are_walked(void **state) {
    static const char text[] = "{ \"a\" : [1,{\"b\":2}] ,\"c,\\\"\":\"}\" , \"d\":9007199254740993 }";
    static const char *const wanted[] = {"a", "[1,{\"b\":2}]", "c,\\\"", "\"}\"", "d", "9007199254740993"};
    struct json_member member;
    size_t pos = 0, n = 0;
    (void)state;
    for (; json_next_member(text, sizeof text - 1, &pos, &member); n += 2) {
        assert_int_equal(member.key.end - member.key.start, strlen(wanted[n]));
        assert_memory_equal(text + member.key.start, wanted[n], strlen(wanted[n]));
        assert_int_equal(member.value.end - member.value.start, strlen(wanted[n + 1]));
        assert_memory_equal(text + member.value.start, wanted[n + 1], strlen(wanted[n + 1]));
    }
    assert_int_equal(n, 6);
    pos = 0;
    assert_false(json_next_member("{ }", 3, &pos, &member));
}

static void strings_are_escaped(void **state) {
    struct json_out out = {0};
    (void)state;
    json_out_string(&out, "a\"b\\c\n\x01\x1f\t\xe5\x9b\xad", 12);
    static const char wanted[] = "\"a\\\"b\\\\c\\n\\u0001\\u001f\\t\xe5\x9b\xad\"";
    assert_int_equal(out.len, sizeof wanted - 1);
    assert_memory_equal(out.at, wanted, out.len);
    json_out_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_texts_pass),
        cmocka_unit_test(faults_are_placed),
        cmocka_unit_test(every_control_character_ends_a_string),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(only_outer_keys_are_flagged),
        cmocka_unit_test(keys_are_read_through_escapes),
        cmocka_unit_test(members_are_walked),
        cmocka_unit_test(strings_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
