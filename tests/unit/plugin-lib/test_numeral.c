/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "numeral.h"
#include "str.h"

static void reads(const char *text, const char *digits, size_t len) {
    struct numeral n;
    if (!numeral_read(str(text), &n))
        fail_msg("%s is no numeral", text);
    assert_string_equal(n.digits, digits);
    assert_int_equal(n.len, len);
}

static void reads_all(const char *text, const char *digits) {
    reads(text, digits, strlen(text));
}

static void refuses(const char *text) {
    struct numeral n;
    if (numeral_read(str(text), &n))
        fail_msg("%s was read as %s", text, n.digits);
}

static void test_digits(void **state) {
    (void)state;
    reads_all("0", "0");
    reads_all("1,234,567.50", "1234567.5");
    reads_all("３５．５", "35.5");
    reads_all("12，345", "12345");
    reads("3,45", "3", 1);
    reads("2.3.4", "2.3", 3);
    reads("9007199254740993.1", "9007199254740993.1", 18);
}

static void test_multipliers(void **state) {
    (void)state;
    reads_all("4.8万", "48000");
    reads_all("1.06亿", "106000000");
    reads_all("2.296亿", "229600000");
    reads_all("67893.05万", "678930500");
    reads_all("0.00001万", "0.1");
    reads_all("3万5千", "35000");
    reads_all("1万亿", "1000000000000");
    reads_all("20多万", "200000");
    reads_all("8亿余", "800000000");
}

static void test_characters(void **state) {
    (void)state;
    reads_all("十", "10");
    reads_all("二十三", "23");
    reads_all("一百零五", "105");
    reads_all("一千二百余", "1200");
    reads_all("两万余", "20000");
    reads_all("两万五", "25000");
    reads_all("三千五百万", "35000000");
    reads_all("一亿零三十万", "100300000");
    reads_all("二〇二三", "2023");
    refuses("十三五");
    refuses("三五");
    reads_all("一千一百零五万亿", "1105000000000000");
    reads_all("三百五十一万亿", "351000000000000");
    reads_all("四千五百六十九万八千三百一十一亿", "4569831100000000");
    reads_all("10万万", "1000000000");
    reads_all("一万三", "13000");
    reads_all("百三", "130");
    reads_all("一百零十万三千", "1103000");
}

static void test_formal(void **state) {
    (void)state;
    reads_all("叁佰贰拾", "320");
    reads_all("壹萬貳仟", "12000");
    reads_all("廿三", "23");
    reads_all("卅", "30");
    reads_all("参拾", "30");
    refuses("参加");
    refuses("陆地");
    refuses("伍");
    refuses("五卅");
}

static void test_points(void **state) {
    (void)state;
    reads_all("二点五", "2.5");
    reads_all("三点五万", "35000");
    reads_all("十万点三三", "100000.33");
    reads("三点二十分", "3", strlen("三"));
    reads("一点两小时", "1", strlen("一"));
    reads_all("负0.2", "-0.2");
    reads_all("负三十二", "-32");
    refuses("负责");
}

static void test_mixed(void **state) {
    (void)state;
    reads_all("7万5千4百", "75400");
    reads_all("3万4000", "34000");
    reads("3万2023年", "30000", strlen("3万"));
    reads_all("1千零20", "1020");
    reads_all("2千零30万", "20300000");
    reads_all("20个亿", "2000000000");
    reads("20个", "20", 2);
    reads_all("六百来万", "6000000");
    reads_all("四十几", "40");
    reads_all("130来", "130");
    reads("12k元", "12000", 3);
    reads("12km", "12", 2);
}

static void range(const char *text, const char *lower, const char *upper) {
    struct numeral n;
    assert_true(numeral_read(str(text), &n));
    assert_string_equal(n.digits, lower);
    assert_string_equal(n.upper, upper);
    assert_int_equal(n.len, strlen(text));
}

static void test_ranges(void **state) {
    (void)state;
    range("两三", "2", "3");
    range("三四十", "30", "40");
    range("三五百", "300", "500");
    range("十五六", "15", "16");
    range("两三万", "20000", "30000");
    refuses("二四十");
}

static void test_flags(void **state) {
    (void)state;
    struct numeral n;
    assert_true(numeral_read(str("两三"), &n));
    assert_string_equal(n.digits, "2");
    assert_string_equal(n.upper, "3");
    assert_true(numeral_read(str("万"), &n));
    assert_true(n.bare);
    assert_string_equal(n.digits, "10000");
    assert_true(numeral_read(str("十余"), &n));
    assert_true(n.more && !n.bare);
}

static void test_shift(void **state) {
    (void)state;
    char out[NUMERAL_DIGITS];
    assert_true(numeral_shift("1.25", -3, out));
    assert_string_equal(out, "0.00125");
    assert_true(numeral_shift("007.10", 0, out));
    assert_string_equal(out, "7.1");
    assert_true(numeral_shift("5", 20, out));
    assert_string_equal(out, "500000000000000000000");
    assert_false(numeral_shift("1", 60, out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits), cmocka_unit_test(test_multipliers), cmocka_unit_test(test_characters),
        cmocka_unit_test(test_formal), cmocka_unit_test(test_points),      cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_ranges), cmocka_unit_test(test_flags),       cmocka_unit_test(test_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
