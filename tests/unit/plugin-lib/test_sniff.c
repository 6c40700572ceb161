/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sniff.h"

static enum shape shape(const char *text, const char *name) {
    return sniff(text, strlen(text), 1, name);
}

static void lines_of_objects_are_rows(void **state) {
    (void)state;
    assert_int_equal(shape("{\"a\":1}\n\n{\"a\":2}\n", "x.txt"), SHAPE_JSONL);
    assert_int_equal(shape("{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "x.jsonl"), SHAPE_JSONL);
    assert_int_equal(shape("{\n \"a\": 1\n}\n", "x.json"), SHAPE_PROSE);
    assert_int_equal(shape("[1]\n[2]\n", "x.txt"), SHAPE_PROSE);
}

static void tables_are_rows(void **state) {
    (void)state;
    assert_int_equal(shape("name,count\na,1\nb,2\n", "x.txt"), SHAPE_CSV);
    assert_int_equal(shape("name,note\na,\"b, c\"\n", "x.csv"), SHAPE_CSV);
    assert_int_equal(shape("名称\t类型\n甲\t园区\n乙\t基地\n丙\t基地\n", "x.txt"), SHAPE_CSV);
}

static void prose_with_commas_is_prose(void **state) {
    (void)state;
    assert_int_equal(shape("加强服务,提升能力\n优化环境,促进发展\n创新机制,激发活力\n", "x.txt"), SHAPE_PROSE);
    assert_int_equal(shape("Dear all, we met on Monday.\nIt was good, we think.\nMore soon, as ever.\n", "x.txt"),
                     SHAPE_PROSE);
    assert_int_equal(shape("园区服务更好,企业更多。\n下一步,园区将扩大。\n", "x.csv"), SHAPE_PROSE);
    assert_int_equal(shape("", "x.csv"), SHAPE_PROSE);
}

static void a_row_cut_by_the_sample_does_not_count(void **state) {
    static const char head[] = "name,count\na,1\nb,2\nc";
    (void)state;
    assert_int_equal(sniff(head, strlen(head), 0, "x.txt"), SHAPE_CSV);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_objects_are_rows),
        cmocka_unit_test(tables_are_rows),
        cmocka_unit_test(prose_with_commas_is_prose),
        cmocka_unit_test(a_row_cut_by_the_sample_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
