/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void expect(struct buf *b, const char *want) {
    assert_int_equal(b->len, strlen(want));
    assert_memory_equal(b->at, want, b->len);
    b->len = 0;
}

static void escapes(void **state) {
    (void)state;
    struct buf b = {0};
    json_string(&b, "a\"b\\c\n\x01 \xe4\xb8\x9a", strlen("a\"b\\c\n\x01 \xe4\xb8\x9a"));
    expect(&b, "\"a\\\"b\\\\c\\n\\u0001 \xe4\xb8\x9a\"");
    json_string(&b, "x\xff\xe4\xb8", 4); /* broken UTF-8 never leaves */
    expect(&b, "\"x\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    json_string(&b, "", 0);
    expect(&b, "\"\"");
    buf_free(&b);
}

static void finds_members(void **state) {
    (void)state;
    const char *object = "{\"a\":\"x,}\\\"\",\"b\":{\"c\":[1,2]},\"n\":-1.50e3}";
    size_t len;
    const char *value = json_find(object, strlen(object), "b", &len);
    assert_non_null(value);
    assert_memory_equal(value, "{\"c\":[1,2]}", len);
    value = json_find(object, strlen(object), "n", &len);
    assert_int_equal(len, 7);
    assert_null(json_find(object, strlen(object), "c", &len));
    assert_null(json_find("{\"a\"", 4, "b", &len));
    assert_null(json_find("", 0, "b", &len));
    (void)value;
}

static void unquotes(void **state) {
    (void)state;
    struct buf b = {0};
    const char *text = "\"a\\n\\u4e1a\\ud83d\\ude00\\ud800\"";
    json_unquote(&b, text, strlen(text));
    expect(&b, "a\n\xe4\xb8\x9a\xf0\x9f\x98\x80\xef\xbf\xbd");
    buf_free(&b);
}

static void builds_objects(void **state) {
    (void)state;
    struct buf b = {0};
    buf_char(&b, '{');
    json_field(&b, "name", NULL);
    json_field_u64(&b, "n", UINT64_MAX);
    buf_char(&b, '}');
    expect(&b, "{\"name\":null,\"n\":18446744073709551615}");
    buf_free(&b);
}

static void members_come_one_by_one(void **state) {
    static const char object[] = "{\"a\":[1,{\"x\":2}],\"b\":\"q\\\"z\",\"c\":null}";
    static const char *const wanted[] = {"a", "[1,{\"x\":2}]", "b", "\"q\\\"z\"", "c", "null"};
    struct json_pair pair;
    size_t pos = 0, n = 0;
    (void)state;
    for (; json_next(object, sizeof object - 1, &pos, &pair); n += 2) {
        assert_true(n < 6);
        assert_memory_equal(pair.key, wanted[n], pair.key_len);
        assert_int_equal(pair.value_len, strlen(wanted[n + 1]));
        assert_memory_equal(pair.value, wanted[n + 1], pair.value_len);
    }
    assert_int_equal(n, 6);
    pos = 0;
    assert_false(json_next("{}", 2, &pos, &pair));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(escapes), cmocka_unit_test(finds_members),
                                       cmocka_unit_test(unquotes), cmocka_unit_test(builds_objects),
                                       cmocka_unit_test(members_come_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
