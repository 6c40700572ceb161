/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

/* Every code point, encoded by the definition, is read back; surrogates are not UTF-8. */
static void every_code_point(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        char at[4];
        size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
        static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
        for (size_t i = n; i-- > 1;)
            at[i] = (char)(0x80 | (cp >> (6 * (n - 1 - i)) & 0x3f));
        at[0] = (char)(lead[n] | cp >> (6 * (n - 1)));
        uint32_t got;
        size_t used = utf8_next(at, n, &got);
        if (cp >= 0xd800 && cp < 0xe000) {
            assert_int_equal(used, 1);
            assert_int_equal(got, 0xfffd);
            assert_int_equal(utf8_valid(at, n), 0);
        } else {
            assert_int_equal(used, n);
            assert_int_equal(got, cp);
            assert_int_equal(utf8_valid(at, n), n);
        }
    }
}

static void refuses_broken(void **state) {
    (void)state;
    static const char *const broken[] = {
        "\x80",     "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xe4\xb8", "\xff"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(utf8_valid(broken[i], strlen(broken[i])), 0);
    assert_int_equal(utf8_valid("abcdefgh\xffijk", 12), 8);
    assert_int_equal(utf8_count("a\xe4\xb8\x9a!", 5), 3);
}

/* Long texts are counted in words of eight bytes: every offset and length around them. */
static void counts_long_text(void **state) {
    (void)state;
    static char text[9000];
    size_t chars = 0, len = 0;
    while (len < sizeof text - 4) {
        const char *next = chars % 3 ? "\xe4\xb8\x9a" : "a";
        memcpy(text + len, next, strlen(next));
        len += strlen(next);
        chars++;
    }
    assert_int_equal(utf8_count(text, len), chars);
    for (size_t n = 0; n < 64; n++) {
        size_t want = 0;
        for (size_t i = 0; i < n; i++)
            want += (text[i] & 0xc0) != 0x80;
        assert_int_equal(utf8_count(text, n), want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_point), cmocka_unit_test(refuses_broken),
                                       cmocka_unit_test(counts_long_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
