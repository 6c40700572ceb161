/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "detect.h"

/* "孵化基地有企业。" and its kin, written out in the charsets they are tested in. */
static const char gb[] = "\xB7\xF5\xBB\xAF\xBB\xF9\xB5\xD8\xD3\xD0\xC6\xF3\xD2\xB5\xA1\xA3";
static const char big5[] = "\xA4\xA4\xA4\xE5\xBD\x73\xBD\x58\xAA\xBA\xB4\xFA\xB8\xD5\xA1\x43";
static const char sjis[] = "\x82\xB1\x82\xEA\x82\xCD\x8E\x8E\x8C\xB1\x82\xC5\x82\xB7\x81\x42";
static const char eucjp[] = "\xA4\xB3\xA4\xEC\xA4\xCF\xBB\xEE\xB8\xB3\xA4\xC7\xA4\xB9\xA1\xA3";
static const char euckr[] = "\xC7\xD1\xB1\xB9\xBE\xEE \xBD\xC3\xC7\xE8 \xB9\xAE\xC0\xE5";

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

static void legacy(const char *at, const char *opinion, const char *charset) {
    struct guess guess;
    detect_legacy(at, strlen(at), opinion, &guess);
    assert_string_equal(guess.charset, charset);
}

static void short_text_is_judged_by_its_rows(void **state) {
    (void)state;
    legacy(gb, "windows-1252", "GB18030");
    legacy(gb, "", "GB18030");
    legacy(big5, "BIG5", "Big5-HKSCS");
    legacy(sjis, "SHIFT_JIS", "Shift_JIS");
    legacy(eucjp, "EUC-JP", "EUC-JP");
    legacy(euckr, "UHC", "EUC-KR");
}

static void other_languages_are_left_to_the_detector(void **state) {
    (void)state;
    legacy("L'\xE9tude a \xE9t\xE9 cr\xE9\xE9"
           "e",
           "WINDOWS-1252", "windows-1252");
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
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_tells_the_charset),
        cmocka_unit_test(zero_bytes_tell_the_width),
        cmocka_unit_test(escapes_tell_sets_of_seven_bits),
        cmocka_unit_test(short_text_is_judged_by_its_rows),
        cmocka_unit_test(other_languages_are_left_to_the_detector),
        cmocka_unit_test(what_is_no_text_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
