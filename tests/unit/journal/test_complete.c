/* SPDX-License-Identifier: MIT */
#include "journal_test.h"

static struct journal_doc document(void) {
    struct journal_doc doc = {.name = "a \"b\".txt", .body_fd = -1};
    for (int i = 0; i < SHA256_SIZE; i++)
        doc.sha256[i] = (uint8_t)(i * 7);
    return doc;
}

static void complete_is(const char *line, const char *want) {
    struct journal_doc doc = document();
    struct buf out = {0};
    journal_complete(&doc, line, strlen(line), &out);
    buf_char(&out, 0);
    assert_string_equal(out.at, want);
    buf_free(&out);
}

#define DOC                                                                                                            \
    "\"doc\":{\"name\":\"a \\\"b\\\".txt\",\"sha256\":"                                                                \
    "\"00070e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9\"}"

static void a_line_gets_its_id_and_document(void **state) {
    (void)state;
    complete_is("{\"type\":\"row\",\"id\":\"12.0\",\"n\":5}",
                "{\"type\":\"row\",\"id\":\"00070e151c232a31383f-12.0\"," DOC ",\"n\":5}");
    complete_is("{\"type\":\"row\",\"id\":\"\"}", "{\"type\":\"row\",\"id\":\"00070e151c232a31383f-\"," DOC "}");
}

static void other_lines_stay_as_they_are(void **state) {
    static const char *const lines[] = {"",
                                        "{}",
                                        "{\"type\":\"row\"}",
                                        "{\"type\":\"row",
                                        "{\"type\":\"\",\"id\":\"x\"}",
                                        "{\"type\":\"row\",\"id\":\"x",
                                        "{\"id\":\"x\",\"type\":\"row\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        complete_is(lines[i], lines[i]);
}

static void the_parts_are_told(void **state) {
    const char line[] = "{\"type\":\"finding\",\"id\":\"7\",\"x\":1}";
    struct journal_completer completer = {0};
    struct journal_doc doc = document();
    struct journal_parts parts;
    struct buf out = {0};
    size_t len;
    (void)state;
    buf_str(&out, "before");
    journal_completer_begin(&completer, &doc);
    journal_completer_add(&completer, line, sizeof line - 1, &out, &parts);
    assert_int_equal(parts.type_len, 7);
    assert_memory_equal(out.at + parts.type, "finding", 7);
    assert_int_equal(parts.id_len, 22);
    assert_memory_equal(out.at + parts.id, "00070e151c232a31383f-7", 22);
    assert_memory_equal(journal_line_type(line, sizeof line - 1, &len), "finding", 7);
    assert_int_equal(len, 7);
    journal_completer_free(&completer);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_gets_its_id_and_document),
        cmocka_unit_test(other_lines_stay_as_they_are),
        cmocka_unit_test(the_parts_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
