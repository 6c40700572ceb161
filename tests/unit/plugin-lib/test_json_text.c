/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json_text.h"

static void says(const char *string, const char *wanted) {
    struct json_out out = {0};
    assert_true(json_text(&out, string, strlen(string)));
    assert_int_equal(out.len, strlen(wanted));
    if (out.len)
        assert_memory_equal(out.at, wanted, out.len);
    json_out_free(&out);
}

static void says_nothing(const char *string) {
    struct json_out out = {0};
    assert_false(json_text(&out, string, strlen(string)));
    json_out_free(&out);
}

static void escapes_become_characters(void **state) {
    (void)state;
    says("", "");
    says("plain 企业", "plain 企业");
    says("a\\n\\t\\\"\\\\\\/z", "a\n\t\"\\/z");
    says("\\u0041\\u00e9\\u4f01", "Aé企");
    says("x\\ud83d\\ude00y", "x😀y");
}

static void half_pairs_and_zeros_are_no_text(void **state) {
    (void)state;
    says_nothing("\\ud83d");
    says_nothing("\\ud83dx\\ude00");
    says_nothing("\\ude00");
    says_nothing("\\u0000");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_become_characters),
        cmocka_unit_test(half_pairs_and_zeros_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
