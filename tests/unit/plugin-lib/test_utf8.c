/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "utf8.h"

static size_t check(const char *text) {
    return utf8_check(text, strlen(text));
}

static void valid_text_is_valid_to_its_end(void **state) {
    (void)state;
    assert_int_equal(check(""), 0);
    assert_int_equal(check("plain text of more than eight bytes"), 35);
    assert_int_equal(check("青禾市孵化基地有企业四十三家"), 42);
    assert_int_equal(check("a é 中 \xF0\x9F\x8C\xB1 \xED\x9F\xBF \xEF\xBF\xBD"), 21);
}

static void broken_text_is_valid_up_to_the_break(void **state) {
    static const char *const broken[] = {"\xC0\xAF",         "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                                         "\xF4\x90\x80\x80", "\xF8\x88\x80", "\x80",         "\xE4\xB8",
                                         "\xE4\xB8x"};
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char text[64];
        for (size_t before = 0; before < 20; before++) {
            memset(text, 'x', before);
            strcpy(text + before, broken[i]);
            assert_int_equal(check(text), before);
        }
        strcpy(text, "中文中文中文");
        strcat(text, broken[i]);
        assert_int_equal(check(text), 18);
    }
}

static void every_code_point_is_written_as_it_is_read(void **state) {
    (void)state;
    for (uint32_t rune = 1; rune < 0x110000; rune++) {
        char at[8] = {0};
        size_t size = utf8_put(at, rune);
        bool surrogate = rune >= 0xD800 && rune < 0xE000;
        assert_int_equal(utf8_check(at, size), surrogate ? 0 : size);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_valid_to_its_end),
        cmocka_unit_test(broken_text_is_valid_up_to_the_break),
        cmocka_unit_test(every_code_point_is_written_as_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
