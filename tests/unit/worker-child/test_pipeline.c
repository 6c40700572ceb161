/* SPDX-License-Identifier: MIT */
/* A document's way through real plugins (tests/abi): order, ids, sources, repairs, findings, rejections, bulk rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/child.h"
#include "worker/child/process.h"

static struct config *config;
static struct processor *processor;
static struct buf mistakes;
static struct process_result result;
static size_t flushes;

static int setup(void **state) {
    (void)state;
    static const char text[] =
        "plugin_dirs: [" ABI_DIR "]\npacks: []\nstate_dir: /tmp/none\n"
        "pipelines: {default: [{decode: [steps, box]}, {clean: [upper]}, {extract: [letters, good]}],\n"
        " picky: [{decode: steps}, {extract: [letters]}, {validate: [picky]}]}\n";
    if (config_parse(text, strlen(text), "/tmp/test.yaml", false, &config, &mistakes) < 0 ||
        processor_open(config, &processor, &mistakes) < 0) {
        fwrite(mistakes.at, 1, mistakes.len, stderr);
        return -1;
    }
    return 0;
}

static int teardown(void **state) {
    (void)state;
    process_result_free(&result);
    processor = processor_close(processor);
    config = config_free(config);
    buf_free(&mistakes);
    return 0;
}

static int count_flush(void *user, const char *at, size_t len) {
    (void)user;
    (void)at;
    flushes += len;
    return 0;
}

static void run_in(size_t pipeline, const char *text, size_t flush_at) {
    struct process_calls calls = {.flush = count_flush, .flush_at = flush_at};
    struct error err = {0};
    int fd = child_text_fd(text, strlen(text));
    assert_true(fd >= 0);
    flushes = 0;
    assert_int_equal(processor_run(processor, pipeline, fd, "d.txt", &calls, 0, &result, &err), 0);
    close(fd);
    buf_char(&result.body, 0);
    result.body.len--;
}

static void run(const char *text, size_t flush_at) {
    run_in(0, text, flush_at);
}

static void has(const char *words) {
    if (!strstr(result.body.at, words))
        fail_msg("%s\n does not hold \"%s\"", result.body.at, words);
}

static void records_in_order_with_sources(void **state) {
    (void)state;
    run("axybx", SIZE_MAX);
    /* text: axxbxx; the first x and its double come from byte 1, the y is gone, the last from byte 4 */
    const char *first = strstr(result.body.at, "\"id\":\"letter-1\""),
               *second = strstr(result.body.at, "\"id\":\"letter-1.2\"");
    const char *third = strstr(result.body.at, "\"id\":\"letter-4\"");
    (void)second;
    assert_non_null(first);
    assert_non_null(third);
    assert_true(first < third);
    has("\"source\":{\"bytes\":[0,5]},\"quote\":\"axxbxx\",\"at\":[1,2],\"n\":1,\"none\":null}");
    has("\"repairs\":{\"double\":2,\"drop\":1}");
    has("\"charset\":\"UTF-8\"");
    has("\"status\":\"ok\"");
    const char *last = strrchr(result.body.at, '{');
    (void)last;
    has("{\"type\":\"document\",\"id\":\"document\"");
}

static void findings_set_the_status(void **state) {
    (void)state;
    run("abcd", SIZE_MAX);
    assert_int_equal(result.status, 1);
    has("\"check\":\"damage\",\"holds\":false,\"message\":\"four letters\",\"refs\":[]}");
    has("\"status\":\"findings\"");
}

static void faulty_edits_are_a_finding(void **state) {
    (void)state;
    run("clash!", SIZE_MAX);
    has("clean/upper failed: its edit of text bytes 2 to 4 overlaps");
    has("\"quote\":\"clash!\"");
}

static void rejects(void **state) {
    (void)state;
    run("binary...", SIZE_MAX);
    assert_int_equal(result.status, 2);
    assert_int_equal(result.records, 1);
    has("\"status\":\"rejected\"");
    has("\"error\":\"decode/steps: this is binary\"");
    run("\x7f"
        "ELF",
        SIZE_MAX);
    has("none of the 2 decoders reads this kind of file");
}

static void limits_of_plugins_name_their_key(void **state) {
    (void)state;
    run("packed", SIZE_MAX);
    assert_int_equal(result.status, 2);
    has("\"error\":\"decode/steps: it has 10001 members, more than the 10000 that limits.members allows\"");
    has("\"limit\":\"members\"");
    run("binary", SIZE_MAX);
    assert_null(strstr(result.body.at, "\"limit\""));
}

static void rows_keep_their_digits(void **state) {
    (void)state;
    run("rows", SIZE_MAX);
    has("{\"type\":\"row\",\"id\":\"row-1\",\"source\":{\"bytes\":[1,2]},\"n\":9007199254740993}");
    has("\"records\":{\"row\":3,\"options\":1}");
    run("rows", 10); /* every line is flushed */
    assert_int_equal(result.body.len, 0);
    assert_int_equal(flushes, result.flushed);
}

static void options_have_their_defaults(void **state) {
    (void)state;
    run("abc", SIZE_MAX);
    has("\"text\":\"1 7 2000 4096 one 2:a \"");
}

static void same_content_same_ids(void **state) {
    (void)state;
    run("axb", SIZE_MAX);
    uint8_t sha[SHA256_SIZE];
    char *body = strdup(result.body.at);
    memcpy(sha, result.sha256, sizeof sha);
    run("other", SIZE_MAX);
    run("axb", SIZE_MAX);
    assert_memory_equal(sha, result.sha256, sizeof sha);
    char *end = strstr(body, "{\"type\":\"document\"");
    assert_memory_equal(body, result.body.at, (size_t)(end - body));
    free(body);
}

static void places_stand_for_bytes(void **state) {
    (void)state;
    run("/ax/xb", SIZE_MAX);
    has("\"id\":\"letter-2\",\"source\":{\"page\":1},\"quote\":\"axxxxb\",\"n\":");
    has("\"id\":\"letter-4\",\"source\":{\"page\":1}");
    has("{\"type\":\"document\",\"id\":\"document\",\"source\":{\"bytes\":[0,6]}");
}

static void documents_inside_are_documents(void **state) {
    (void)state;
    run("[axb][[row][/x]][binary...]", SIZE_MAX);
    has("\"id\":\"m1-letter-1\",\"source\":{\"member\":\"1\",\"bytes\":[0,3]}");
    has("\"id\":\"m1-document\",\"source\":{\"member\":\"1\",\"bytes\":[0,3]},\"status\":\"findings\"");
    has("{\"type\":\"row\",\"id\":\"m2.1-row-2\",\"source\":{\"member\":\"2/1\",\"bytes\":[2,3]}");
    has("\"id\":\"m2.2-letter-1\",\"source\":{\"member\":\"2/2\",\"page\":1}");
    has("\"id\":\"m3-document\",\"source\":{\"member\":\"3\",\"bytes\":[0,9]},\"status\":\"rejected\"");
    has("\"document\":5");
    const char *last = strstr(result.body.at, "{\"type\":\"document\",\"id\":\"document\"");
    assert_non_null(last);
    assert_null(strchr(strchr(last, '\n') + 1, '\n'));
    assert_int_equal(result.status, 1);
    unsigned lines = 0;
    for (const char *at = result.body.at; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(result.records, lines);
}

static void lost_members_are_told(void **state) {
    (void)state;
    run("[?][x]", SIZE_MAX);
    has("\"id\":\"m1-document\",\"source\":{\"member\":\"1\",\"bytes\":[0,0]},\"status\":\"rejected\"");
    has("\"error\":\"it is locked\"");
    has("\"id\":\"m2-letter-0\"");
    assert_int_equal(result.status, 1);
}

static void too_deep_is_a_finding(void **state) {
    (void)state;
    run("[[[[[[[[x]]]]]]]]", SIZE_MAX);
    has("\"id\":\"m1.1.1.1.1-document\"");
    has("\"check\":\"plugin\",\"holds\":false,\"message\":\"1 of 1 documents inside were not read: the file has "
        "documents inside documents, 6 deep, more than "
        "the 5 that limits.depth allows");
    assert_null(strstr(result.body.at, "m1.1.1.1.1.1-"));
}

static void accounts_are(uint64_t bytes, uint64_t bytes_delivered, uint64_t read, uint64_t delivered, uint64_t rejected,
                         uint64_t filtered) {
    assert_int_equal(result.bytes.read, bytes);
    assert_int_equal(result.bytes.delivered, bytes_delivered);
    assert_true(account_balances(&result.bytes));
    assert_int_equal(result.records_account.read, read);
    assert_int_equal(result.records_account.delivered, delivered);
    assert_int_equal(result.records_account.rejected, rejected);
    assert_int_equal(result.records_account.filtered, filtered);
    assert_true(account_balances(&result.records_account));
    assert_int_equal(result.refused, rejected);
}

/* The second of three is refused and kept aside, the third is left out: rows and records alike. */
static void what_is_kept_out_is_accounted_for(void **state) {
    (void)state;
    run_in(1, "rows", SIZE_MAX);
    accounts_are(4, 4, 3, 1, 1, 1);
    has("{\"type\":\"refused\",\"id\":\"refused-1.1\",\"source\":{\"bytes\":[1,2]},\"of\":\"row\",\"stage\":"
        "\"validate\","
        "\"plugin\":\"picky\",\"version\":\"1.0\",\"reason\":\"the second row is not "
        "wanted\",\"record\":{\"type\":\"row\","
        "\"n\":9007199254740993}}");
    has("\"records\":{\"row\":1},");
    has("\"account\":{\"bytes\":{\"read\":4,\"delivered\":4,\"rejected\":0,\"filtered\":0},\"records\":{\"read\":3,"
        "\"delivered\":1,\"rejected\":1,\"filtered\":1}}");
    assert_int_equal(result.records, 3);
    run_in(1, "xxxx!", SIZE_MAX);
    accounts_are(5, 5, 4, 2, 1, 1);
    has("\"of\":\"letter\"");
    has("\"reason\":\"the second letter is not wanted\"");
    run_in(1, "rows", 10); /* flushed line by line */
    accounts_are(4, 4, 3, 1, 1, 1);
}

static void every_byte_is_accounted_for(void **state) {
    (void)state;
    run("axbyb", SIZE_MAX); /* the y is taken out; two letters and the options */
    accounts_are(5, 4, 3, 3, 0, 0);
    run("binary...", SIZE_MAX);
    accounts_are(9, 0, 0, 0, 0, 0);
    assert_int_equal(result.bytes.rejected, 9);
    run("", SIZE_MAX);
    assert_int_equal(result.bytes.read, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_in_order_with_sources),
        cmocka_unit_test(findings_set_the_status),
        cmocka_unit_test(faulty_edits_are_a_finding),
        cmocka_unit_test(rejects),
        cmocka_unit_test(rows_keep_their_digits),
        cmocka_unit_test(options_have_their_defaults),
        cmocka_unit_test(same_content_same_ids),
        cmocka_unit_test(places_stand_for_bytes),
        cmocka_unit_test(documents_inside_are_documents),
        cmocka_unit_test(too_deep_is_a_finding),
        cmocka_unit_test(what_is_kept_out_is_accounted_for),
        cmocka_unit_test(every_byte_is_accounted_for),
        cmocka_unit_test(lost_members_are_told),
        cmocka_unit_test(lost_members_are_told),
        cmocka_unit_test(limits_of_plugins_name_their_key),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
