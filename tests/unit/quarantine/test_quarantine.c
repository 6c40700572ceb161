/* SPDX-License-Identifier: MIT */
/* Reasons and refused records on disk: what is written is found again, by everything that can be asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "quarantine/quarantine.h"

static int set_up(void **state) {
    char *dir = mem_strdup("/tmp/siftd-quarantine-XXXXXX");
    *state = mkdtemp(dir);
    return *state == NULL;
}

static int tear_down(void **state) {
    char *command = mem_format("rm -rf '%s'", (char *)*state);
    int r = system(command);
    free(command);
    free(*state);
    return r;
}

static void put(const char *dir, const char *name) {
    char *path = mem_format("%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    free(path);
}

static void note(const char *dir, const char *entry, const char *name, const char *plugin, unsigned attempts) {
    static const uint8_t hash[SHA256_SIZE] = {0xab, 0xcd, 0xef, 0x01, 0x23};
    struct error err = {0};
    const struct quarantine_case refused = {.entry = entry,
                                            .name = name,
                                            .watch = "/drop",
                                            .kind = "died",
                                            .reason = "took its worker down",
                                            .stage = "extract",
                                            .plugin = plugin,
                                            .signal = 11,
                                            .claim = 0x1234,
                                            .size = 5,
                                            .sequence = 7,
                                            .sha256 = hash,
                                            .attempts = attempts,
                                            .next = 1000000000};
    if (quarantine_note(dir, &refused, &err) < 0)
        fail_msg("%s", err.text);
}

static int count(void *user, const char *entry, cJSON *reason) {
    assert_non_null(entry);
    ++*(int *)user;
    cJSON_Delete(reason);
    return 0;
}

static int found(const char *dir, struct quarantine_filter filter) {
    struct error err = {0};
    int n = 0;
    assert_int_equal(quarantine_each(dir, &filter, count, &n, &err), 0);
    return n;
}

static void a_reason_is_found_by_what_it_says(void **state) {
    const char *dir = *state;
    note(dir, "0001.a", "in/a.txt", "crash", 1);
    note(dir, "0002.b", "b.txt", NULL, 2);
    put(dir, "0001.a");
    assert_int_equal(found(dir, (struct quarantine_filter){0}), 2);
    assert_int_equal(found(dir, (struct quarantine_filter){.what = "in/a.txt"}), 1);
    assert_int_equal(found(dir, (struct quarantine_filter){.what = "0002.b"}), 1);
    assert_int_equal(found(dir, (struct quarantine_filter){.what = "abcdef0123"}), 2);
    assert_int_equal(found(dir, (struct quarantine_filter){.what = "abcdef0123000000000-row-5"}), 2);
    assert_int_equal(found(dir, (struct quarantine_filter){.what = "abcdef99"}), 0);
    assert_int_equal(found(dir, (struct quarantine_filter){.plugin = "crash"}), 1);
    assert_int_equal(found(dir, (struct quarantine_filter){.reason = "worker down", .stage = "extract"}), 2);
    assert_int_equal(found(dir, (struct quarantine_filter){.kind = "rejected"}), 0);
    int64_t now = (int64_t)time(NULL);
    assert_int_equal(found(dir, (struct quarantine_filter){.since = now - 100, .until = now + 100}), 2);
    assert_int_equal(found(dir, (struct quarantine_filter){.until = now - 100}), 0);

    cJSON *reason = quarantine_read(dir, "0001.a");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(reason, "state")), "held");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(reason, "next")), "2001-09-09T01:46:40Z");
    assert_int_equal(cJSON_GetObjectItem(reason, "sequence")->valueint, 7);
    cJSON_Delete(reason);
    reason = quarantine_read(dir, "0002.b");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(reason, "state")), "out");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(reason, "plugin")));
    cJSON_Delete(reason);
}

static void attempts_go_with_a_new_entry(void **state) {
    const char *dir = *state;
    struct error err = {0};
    note(dir, "0001.a", "a.txt", "crash", 3);
    assert_int_equal(quarantine_rename(dir, "0001.a", "0009.a", &err), 0);
    assert_int_equal(quarantine_forget(dir, "0001.a", &err), 0);
    assert_int_equal(quarantine_forget(dir, "0001.a", &err), 0);
    assert_null(quarantine_read(dir, "0001.a"));
    cJSON *reason = quarantine_read(dir, "0009.a");
    assert_int_equal(cJSON_GetObjectItem(reason, "attempts")->valueint, 3);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(reason, "entry")), "0009.a");
    cJSON_Delete(reason);
    put(dir, "0009.a");
    assert_int_equal(quarantine_drop(dir, "0009.a", &err), 0);
    assert_int_equal(found(dir, (struct quarantine_filter){0}), 0);
    assert_true(quarantine_rename(dir, "0009.a", "0010.a", &err) < 0);
}

static void a_name_as_long_as_can_be_has_its_reason(void **state) {
    const char *dir = *state;
    char entry[256];
    memset(entry, 'n', 255);
    entry[255] = 0;
    note(dir, entry, "n.txt", NULL, 1);
    put(dir, entry);
    cJSON *reason = quarantine_read(dir, entry);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(reason, "entry")), entry);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(reason, "state")), "held");
    cJSON_Delete(reason);
}

static void a_damaged_reason_does_not_hide_the_others(void **state) {
    const char *dir = *state;
    note(dir, "0001.a", "a.txt", "crash", 1);
    put(dir, "0000.x.reason.json");
    assert_int_equal(found(dir, (struct quarantine_filter){0}), 1);
}

static int records(const char *dir, struct quarantine_filter filter) {
    struct error err = {0};
    int n = 0;
    assert_int_equal(quarantine_each_record(dir, &filter, count, &n, &err), 0);
    return n;
}

static void refused_records_are_kept_and_dropped_one_by_one(void **state) {
    static const char lines[] =
        "{\"type\":\"refused\",\"id\":\"abcdef01-refused-0.1\",\"doc\":{\"name\":\"a.csv\",\"sha256\":"
        "\"abcdef01\"},\"plugin\":\"schema\",\"version\":\"1.0\",\"reason\":\"too long\"}\n"
        "no JSON\n"
        "{\"type\":\"refused\",\"id\":\"abcdef01-refused-9.2\",\"doc\":{\"name\":\"a.csv\",\"sha256\":"
        "\"abcdef01\"},\"plugin\":\"schema\",\"version\":\"1.1\",\"reason\":\"too short\"}\n";
    const char *dir = *state;
    struct error err = {0};
    size_t dropped = 0;
    assert_int_equal(records(dir, (struct quarantine_filter){0}), 0);
    assert_int_equal(quarantine_note_records(dir, 77, lines, sizeof lines - 1, &err), 0);
    assert_int_equal(quarantine_note_records(dir, 77, lines, sizeof lines - 1, &err), 0); /* the same again: once */
    assert_int_equal(records(dir, (struct quarantine_filter){0}), 2);
    assert_int_equal(records(dir, (struct quarantine_filter){.what = "a.csv"}), 2);
    assert_int_equal(records(dir, (struct quarantine_filter){.what = "abcdef01-refused-9.2"}), 2); /* one document's */
    assert_int_equal(records(dir, (struct quarantine_filter){.plugin = "schema", .version = "1.1"}), 1);
    const struct quarantine_filter one = {.reason = "too long"}, all = {0};
    assert_int_equal(quarantine_drop_records(dir, &one, &dropped, &err), 0);
    assert_int_equal(dropped, 1);
    assert_int_equal(records(dir, all), 1);
    assert_int_equal(quarantine_drop_records(dir, &all, &dropped, &err), 0);
    assert_int_equal(records(dir, all), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reason_is_found_by_what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attempts_go_with_a_new_entry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_as_long_as_can_be_has_its_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_reason_does_not_hide_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused_records_are_kept_and_dropped_one_by_one, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
