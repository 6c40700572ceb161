/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "charset.h"
#include "convert.h"

/* "孵化基地有企业。" and its kin, written out in the charsets they are tested in. */
static const char gb[] = "\xB7\xF5\xBB\xAF\xBB\xF9\xB5\xD8\xD3\xD0\xC6\xF3\xD2\xB5\xA1\xA3";
static const char big5[] = "\xA4\xA4\xA4\xE5\xBD\x73\xBD\x58\xAA\xBA\xB4\xFA\xB8\xD5\xA1\x43";
static const char sjis[] = "\x82\xB1\x82\xEA\x82\xCD\x8E\x8E\x8C\xB1\x82\xC5\x82\xB7\x81\x42";
static const char eucjp[] = "\xA4\xB3\xA4\xEC\xA4\xCF\xBB\xEE\xB8\xB3\xA4\xC7\xA4\xB9\xA1\xA3";

static void judged(const char *at, const char *label, const char *charset) {
    struct guess guess;
    charset_judge(at, strlen(at), label, &guess);
    assert_string_equal(guess.charset, charset);
    assert_in_range(guess.confidence, 1, 100);
}

static void short_text_is_judged_by_its_rows(void **state) {
    (void)state;
    judged(gb, NULL, "GB18030");
    judged(big5, NULL, "Big5-HKSCS");
    judged(sjis, NULL, "Shift_JIS");
    judged(eucjp, NULL, "EUC-JP");
}

static void a_declaration_settles_what_the_bytes_leave_open(void **state) {
    (void)state;
    judged("\xC7\xD1\xB1\xB9\xBE\xEE \xBD\xC3\xC7\xE8 \xB9\xAE\xC0\xE5", "ks_c_5601-1987", "EUC-KR");
    judged("caf\xE9", "iso-8859-1", "windows-1252");
}

static void a_wrong_declaration_is_not_believed(void **state) {
    (void)state;
    judged(gb, "utf-8", "GB18030");
    judged(gb, "iso-8859-1", "GB18030");
    judged(gb, "no such set", "GB18030");
    judged("孵化基地有企业。", "gb2312", "UTF-8");
    judged(big5, "gb2312", "Big5-HKSCS");
}

static void letters_tell_sets_of_single_bytes_apart(void **state) {
    (void)state;
    judged("L'\xE9tude a \xE9t\xE9 cr\xE9\xE9"
           "e",
           NULL, "windows-1252");
    judged("don\xD5t", NULL, "macintosh"); /* an apostrophe, no capital inside a word */
    judged("he said \x93no\x94", "iso-8859-7", "windows-1253");
}

static void labels_mean_the_larger_set(void **state) {
    (void)state;
    assert_string_equal(charset_name("GB2312"), "GB18030");
    assert_string_equal(charset_name("x-sjis"), "Shift_JIS");
    assert_string_equal(charset_name("iso-8859-1"), "windows-1252");
    assert_string_equal(charset_name("koi8-r"), "KOI8-R");
    assert_null(charset_name("klingon"));
    assert_null(charset_name(""));
}

static void declared(const char *head, const char *label) {
    char found[CHARSET_LABEL];
    charset_declared(head, strlen(head), found);
    assert_string_equal(found, label);
}

static void declarations_are_found(void **state) {
    (void)state;
    declared("<?xml version='1.0' encoding='GBK'?>", "GBK");
    declared("<html><META http-equiv=x content=\"text/html; charset=gb2312\">", "gb2312");
    declared("<meta charset=big5>", "big5");
    declared("# -*- coding: euc-jp -*-", "euc-jp");
    declared("the charset of this text = unknown", "");
    declared("<meta name=a content=b>charset=gbk", "");
    declared("<meta charset=", "");
}

struct copy {
    char text[256];
    size_t len, end; /* where the bytes of the last piece end */
};

static int put(void *user, const char *utf8, size_t len, size_t start, uint32_t text_unit, uint32_t byte_unit) {
    struct copy *copy = user;
    assert_true(start == copy->end);
    memcpy(copy->text + copy->len, utf8, len);
    copy->len += len;
    copy->text[copy->len] = 0;
    copy->end = start + len / text_unit * byte_unit;
    return 0;
}

static void reads(const char *label, const char *bytes, const char *text, size_t replaced) {
    struct copy copy = {0};
    struct convert work = {.put = put, .user = &copy};
    assert_int_equal(convert(&work, charset_table(charset_name(label)), bytes, strlen(bytes), 0), 0);
    assert_string_equal(copy.text, text);
    assert_int_equal(copy.end, strlen(bytes));
    assert_int_equal(work.replaced, replaced);
}

static void codes_are_read_as_the_standard_has_them(void **state) {
    (void)state;
    reads("gbk", "\xFE\x59\xA6\xD9\x81\x30\x84\x36", "\xE9\xBE\xB4\xEF\xB8\x90\xC2\xA5", 0);
    reads("big5", "\x88\x62\xA4\xA4", "\xC3\x8A\xCC\x84中", 0);
    reads("johab", "\xD0\x65\x8A\x82 \xD9\x31", "한국 　", 0);
    reads("gb2312", "a\xFF\xB7\xF5", "a\xEF\xBF\xBD孵", 1);
    reads("utf-8", "a\xFF孵", "a\xEF\xBF\xBD孵", 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_text_is_judged_by_its_rows),
        cmocka_unit_test(a_declaration_settles_what_the_bytes_leave_open),
        cmocka_unit_test(a_wrong_declaration_is_not_believed),
        cmocka_unit_test(letters_tell_sets_of_single_bytes_apart),
        cmocka_unit_test(labels_mean_the_larger_set),
        cmocka_unit_test(declarations_are_found),
        cmocka_unit_test(codes_are_read_as_the_standard_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
