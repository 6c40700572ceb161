/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config/config.h"

static void durations_are_milliseconds(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {{"0", 0},       {"0ms", 0},        {"250ms", 250},   {"30s", 30000},
                 {"5m", 300000}, {"24h", 86400000}, {"7d", 604800000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = -1;
        assert_int_equal(config_duration(cases[i].text, &value), 0);
        assert_int_equal(value, cases[i].value);
    }
}

static void other_durations_are_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"",
                                        "30",
                                        "s",
                                        "-1s",
                                        "1.5s",
                                        " 1s",
                                        "1 s",
                                        "1S",
                                        "1sec",
                                        "250 ms",
                                        "+5s",
                                        "0x1s",
                                        "99999999999999999999s",
                                        "9223372036854775807d"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = 7;
        assert_int_equal(config_duration(cases[i], &value), -EINVAL);
        assert_int_equal(value, 7);
    }
}

static void sizes_are_bytes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } cases[] = {{"0", 0}, {"4096", 4096}, {"7B", 7}, {"64KiB", 65536}, {"256MiB", 268435456}, {"1GiB", 1073741824}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t value = 1;
        assert_int_equal(config_size(cases[i].text, &value), 0);
        assert_int_equal(value, cases[i].value);
    }
}

static void other_sizes_are_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"",           "KiB", "1kb", "1 GiB", "-4", "1.5GiB", "18446744073709551615TiB",
                                        "16777216TiB"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t value = 7;
        assert_int_equal(config_size(cases[i], &value), -EINVAL);
        assert_int_equal(value, 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_milliseconds),
        cmocka_unit_test(other_durations_are_refused),
        cmocka_unit_test(sizes_are_bytes),
        cmocka_unit_test(other_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
