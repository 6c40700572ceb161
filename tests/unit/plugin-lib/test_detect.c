/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "detect.h"

/* "孵化基地有企业。" in GB18030. */
static const char gb[] = "\xB7\xF5\xBB\xAF\xBB\xF9\xB5\xD8\xD3\xD0\xC6\xF3\xD2\xB5\xA1\xA3";

static void certain(const char *at, size_t len, const char *charset, size_t bom) {
    struct guess guess;
    assert_true(detect_certain(at, len, &guess));
    assert_string_equal(guess.charset, charset);
    assert_int_equal(guess.bom, bom);
}

static void a_mark_tells_the_charset(void **state) {
    (void)state;
    certain("\xEF\xBB\xBF"
            "a",
            4, "UTF-8", 3);
    certain("\xFF\xFE"
            "a\0",
            4, "UTF-16LE", 2);
    certain("\xFE\xFF\0a", 4, "UTF-16BE", 2);
    certain("\xFF\xFE\0\0a\0\0\0", 8, "UTF-32LE", 4);
    certain("\0\0\xFE\xFF\0\0\0a", 8, "UTF-32BE", 4);
}

static void zero_bytes_tell_the_width(void **state) {
    (void)state;
    certain("a\0b\0-N\n\0", 8, "UTF-16LE", 0);
    certain("\0a\0bN-\0\n", 8, "UTF-16BE", 0);
    certain("a\0\0\0b\0\0\0", 8, "UTF-32LE", 0);
    certain("\0\0\0a\0\0\0b", 8, "UTF-32BE", 0);
}

static void escapes_tell_sets_of_seven_bits(void **state) {
    static const char jp[] = "\x1B$B$3$l\x1B(B", kr[] = "\x1B$)C\x0EGQ\x0F", hz[] = "see ~{VPND~}.";
    struct guess guess;
    (void)state;
    certain(jp, strlen(jp), "ISO-2022-JP", 0);
    certain(kr, strlen(kr), "ISO-2022-KR", 0);
    certain(hz, strlen(hz), "HZ-GB-2312", 0);
    assert_false(detect_certain("~/path and ~{brace", 18, &guess));
}

static void wide_text_without_a_zero_byte_is_found(void **state) {
    static const char le[] = "\x75\x5B\x16\x53\xFA\x57\x30\x57\x09\x67\x01\x4F",
                      gb_only[] = "\xB7\xF5\xBB\xAF\xBB\xF9\xB5\xD8\xD3\xD0";
    struct guess guess;
    (void)state;
    assert_true(detect_wide(le, 12, &guess));
    assert_string_equal(guess.charset, "UTF-16LE");
    assert_false(detect_wide(gb_only, 10, &guess));
    assert_false(detect_wide(le, 4, &guess));
}

static void a_cut_unit_at_the_end_is_no_hindrance(void **state) {
    char cut[129];
    struct guess guess;
    (void)state;
    for (size_t i = 0; i < sizeof cut; i++)
        cut[i] = i % 2 ? 0 : 'a';
    assert_true(detect_certain(cut, sizeof cut, &guess));
    assert_string_equal(guess.charset, "UTF-16LE");
}

static void what_is_no_text_is_named(void **state) {
    char noise[512];
    (void)state;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 7);
    assert_string_equal(detect_binary("%PDF-1.4\n", 9), "a PDF file");
    assert_string_equal(detect_binary(noise, sizeof noise), "binary data");
    assert_null(detect_binary("text\n", 5));
    assert_null(detect_binary(gb, strlen(gb)));
    assert_null(detect_binary("", 0));
    assert_string_equal(detect_binary("\0\0\0\0\0", 5), "binary data");
    assert_null(detect_binary("\0\0\0\0\0\0\0\0set aside before it was written", 40));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_tells_the_charset),
        cmocka_unit_test(zero_bytes_tell_the_width),
        cmocka_unit_test(escapes_tell_sets_of_seven_bits),
        cmocka_unit_test(wide_text_without_a_zero_byte_is_found),
        cmocka_unit_test(a_cut_unit_at_the_end_is_no_hindrance),
        cmocka_unit_test(what_is_no_text_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
