/* SPDX-License-Identifier: MIT */
/* How far behind a place of the journal is: exact at the groups' borders, between them by shares, in bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "supervisor/backlog.h"

static void nothing_is_behind_the_end(void **state) {
    (void)state;
    struct backlog b = {.end = {.sequence = 1}};
    assert_int_equal(backlog_behind(&b, 0).documents, 0);
    backlog_add(&b, &(struct backlog_sum){2, 20, 200, 1000});
    assert_int_equal(backlog_behind(&b, 3).documents, 0);
    assert_int_equal(backlog_behind(&b, 3).oldest, 0);
    assert_int_equal(backlog_behind(&b, 99).bytes, 0);
    backlog_close(&b);
}

static void groups_are_told_exactly_and_shared_inside(void **state) {
    (void)state;
    struct backlog b = {.end = {.sequence = 1}};
    backlog_add(&b, &(struct backlog_sum){2, 20, 200, 1000});
    backlog_add(&b, &(struct backlog_sum){4, 4, 4000, 2000});
    struct backlog_sum all = backlog_behind(&b, 0), second = backlog_behind(&b, 3), half = backlog_behind(&b, 5);
    assert_int_equal(all.documents, 6);
    assert_int_equal(all.records, 24);
    assert_int_equal(all.bytes, 4200);
    assert_int_equal(all.oldest, 1000);
    assert_int_equal(second.documents, 4);
    assert_int_equal(second.bytes, 4000);
    assert_int_equal(second.oldest, 2000);
    assert_int_equal(half.documents, 2);
    assert_int_equal(half.records, 2);
    assert_int_equal(half.bytes, 2000);
    assert_int_equal(half.oldest, 2000);
    backlog_close(&b);
}

static void many_groups_take_no_more_memory(void **state) {
    (void)state;
    struct backlog b = {.end = {.sequence = 1}};
    enum { GROUPS = 100000 };
    for (uint64_t i = 0; i < GROUPS; i++)
        backlog_add(&b, &(struct backlog_sum){3, 6, 30, i + 1});
    assert_true(b.count <= BACKLOG_POINTS);
    assert_int_equal(backlog_behind(&b, 1).bytes, GROUPS * 30);
    for (uint64_t at = 1; at < GROUPS; at += 997) {
        struct backlog_sum behind = backlog_behind(&b, 1 + at * 3);
        assert_int_equal(behind.documents, (GROUPS - at) * 3);
        assert_in_range(behind.bytes, (GROUPS - at) * 30, (GROUPS - at) * 30 + 1);
        assert_in_range(behind.oldest, 1, at + 1); /* never younger than it is */
    }
    backlog_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_behind_the_end),
        cmocka_unit_test(groups_are_told_exactly_and_shared_inside),
        cmocka_unit_test(many_groups_take_no_more_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
