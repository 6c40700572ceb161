/* SPDX-License-Identifier: MIT */
/* The reserve holds room that is really taken, and no failing call leaves a piece of it behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "supervisor/reserve.h"

enum { SIZE = 128 * 1024 };

static char dir[64], path[96];
static struct os_calls real;

static int set_up(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/siftd-test-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/reserve", dir);
    real = os;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    os = real;
    unlink(path);
    return rmdir(dir);
}

static long long taken(void) {
    struct stat st;
    return stat(path, &st) < 0 ? -1 : (long long)st.st_blocks * 512;
}

static void it_is_taken_given_and_taken_again(void **state) {
    (void)state;
    struct reserve r = {0};
    struct error err;
    reserve_open(&r, dir, SIZE);
    assert_false(reserve_there(&r));
    assert_false(reserve_give(&r));
    assert_int_equal(reserve_take(&r, &err), 0);
    assert_int_equal(reserve_take(&r, &err), 0);
    assert_true(taken() >= SIZE);
    reserve_close(&r);

    reserve_open(&r, dir, SIZE);
    assert_true(reserve_there(&r));
    assert_true(reserve_give(&r));
    assert_false(reserve_give(&r));
    assert_int_equal(taken(), -1);
    assert_int_equal(reserve_take(&r, &err), 0);
    reserve_close(&r);
}

static void one_that_is_not_whole_or_not_wanted_is_removed(void **state) {
    (void)state;
    struct reserve r = {0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), SIZE), 0); /* a hole */
    fclose(file);
    reserve_open(&r, dir, SIZE);
    assert_false(reserve_there(&r));
    assert_int_equal(taken(), -1);
    assert_int_equal(reserve_take(&r, NULL), 0);
    reserve_close(&r);
    reserve_open(&r, dir, 0);
    assert_true(reserve_there(&r));
    assert_false(reserve_give(&r));
    assert_int_equal(taken(), -1);
    reserve_close(&r);
}

static int no_open(const char *name, int flags, mode_t mode) {
    (void)name, (void)flags, (void)mode;
    errno = ENOSPC;
    return -1;
}

static void a_failure_is_told_and_leaves_nothing(void **state) {
    (void)state;
    struct reserve r = {0};
    struct error err;
    reserve_open(&r, dir, SIZE);
    os.open = no_open;
    assert_int_equal(reserve_take(&r, &err), -ENOSPC);
    assert_false(reserve_there(&r));
    os = real;
    r.size = (uint64_t)1 << 60;
    assert_true(reserve_take(&r, &err) < 0);
    assert_false(reserve_there(&r));
    assert_int_equal(taken(), -1);
    reserve_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_taken_given_and_taken_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_is_not_whole_or_not_wanted_is_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_is_told_and_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
