/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "paragraph.h"
#include "seen.h"
#include "str.h"
#include "words.h"

static void test_longest_match(void **state) {
    (void)state;
    struct words *words = words_new();
    size_t len = 0;
    words_add(words, str("创业"), 1);
    words_add(words, str("创业基地"), 2);
    words_add(words, str("创业基地"), 4);
    words_add(words, str(""), 8);
    assert_int_equal(words_match(words, str("创业基地建设"), &len), 6);
    assert_int_equal(len, strlen("创业基地"));
    assert_int_equal(words_match(words, str("创业园"), &len), 1);
    assert_int_equal(len, strlen("创业"));
    assert_int_equal(words_match(words, str("创"), &len), 0);
    assert_int_equal(words_match(words, str("基地"), &len), 0);
    assert_null(words_free(words));
}

static void test_paragraphs(void **state) {
    (void)state;
    struct siftd_str text = str("\n 　一 \r\n\n　\n二");
    struct siftd_span span;
    size_t at = 0;
    assert_true(paragraph_next(text, &at, &span));
    assert_true(str_equal(str_from(text.at + span.start, text.at + span.end), str("一")));
    assert_true(paragraph_next(text, &at, &span));
    assert_true(str_equal(str_from(text.at + span.start, text.at + span.end), str("二")));
    assert_false(paragraph_next(text, &at, &span));
}

static void test_seen(void **state) {
    (void)state;
    struct seen seen = {0};
    assert_true(seen_add(&seen, str("“青禾之星”计划")));
    assert_false(seen_add(&seen, str("青禾之星计划")));
    assert_true(seen_add(&seen, str("青禾之星")));
    char many[200][4];
    for (int i = 0; i < 200; i++) {
        many[i][0] = (char)('a' + i % 26);
        many[i][1] = (char)('a' + i / 26);
        many[i][2] = 0;
        assert_true(seen_add(&seen, str(many[i])));
    }
    for (int i = 0; i < 200; i++)
        assert_false(seen_add(&seen, str(many[i])));
    seen_clear(&seen);
    assert_true(seen_add(&seen, str("青禾之星")));
    seen_deinit(&seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longest_match),
        cmocka_unit_test(test_paragraphs),
        cmocka_unit_test(test_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
