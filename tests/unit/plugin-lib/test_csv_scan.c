/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "csv_scan.h"

/* All rows of a table as one text: fields in <>, a row a line, "!" and its raw text for a broken one. */
static char *render(const char *text, char delimiter) {
    char *out = NULL;
    size_t len = 0;
    struct csv csv;
    struct csv_row row;
    FILE *f = open_memstream(&out, &len);
    csv_init(&csv, text, strlen(text), delimiter);
    while (csv_next(&csv, &row)) {
        fprintf(f, "%zu", row.line);
        if (row.fault)
            fprintf(f, "!%.*s", (int)(row.span.end - row.span.start), text + row.span.start);
        for (size_t i = 0; i < row.fields; i++)
            fprintf(f, "<%.*s>", (int)(row.field[i].span.end - row.field[i].span.start),
                    text + row.field[i].span.start);
        fputc('\n', f);
    }
    csv_deinit(&csv);
    fclose(f);
    return out;
}

static void expect(const char *text, const char *wanted) {
    char *got = render(text, ',');
    assert_string_equal(got, wanted);
    free(got);
}

static void plain_rows(void **state) {
    (void)state;
    expect("a,b\n1,2\n", "1<a><b>\n2<1><2>\n");
    expect("a,b\r\n1,2\r\n", "1<a><b>\n2<1><2>\n");
    expect("a,b\n1,2", "1<a><b>\n2<1><2>\n");
    expect("a,\n,b\n,", "1<a><>\n2<><b>\n3<><>\n");
    expect("a\rb,c\n", "1<a\rb><c>\n");
    expect("5\" pipe,\"x\" \n", "1!5\" pipe,\"x\" \n");
    expect("5\" pipe,x\n", "1<5\" pipe><x>\n");
    expect("", "");
    expect("\n\r\n\na\n\n", "4<a>\n");
}

static void quoted_rows(void **state) {
    (void)state;
    expect("\"a\",\"b,c\"\n", "1<a><b,c>\n");
    expect("\"a\"\"b\",\"\"\n", "1<a\"\"b><>\n");
    expect("\"a\nb\r\nc\",d\ne,f\n", "1<a\nb\r\nc><d>\n4<e><f>\n");
    expect("\"\"\"\"\n", "1<\"\">\n");
    expect("\"a\"\r\n\"b\"", "1<a>\n2<b>\n");
}

static void broken_rows_end_with_their_line(void **state) {
    (void)state;
    expect("a,\"b\nc,d\ne,f\n", "1!a,\"b\n2<c><d>\n3<e><f>\n");
    expect("a,\"b\nc,\"d\"x\ne,f\n", "1!a,\"b\n2!c,\"d\"x\n3<e><f>\n");
    expect("\"a\nb\nc\"x,\"y\n1,2\n", "1!\"a\n2<b>\n3!c\"x,\"y\n4<1><2>\n");
}

static void stray_quotes_stay_linear(void **state) {
    (void)state;
    size_t lines = 200000, len = lines * 4;
    char *text = malloc(len + 1);
    struct csv csv;
    struct csv_row row;
    size_t broken = 0;
    for (size_t i = 0; i < lines; i++)
        memcpy(text + 4 * i, "a,\"\n", 4);
    memcpy(text + len - 4, "a,b\n", 4);
    text[len] = 0;
    csv_init(&csv, text, len, ',');
    while (csv_next(&csv, &row))
        broken += row.fault != NULL;
    csv_deinit(&csv);
    free(text);
    assert_true(broken > 0);
}

static void many_fields_are_counted(void **state) {
    (void)state;
    size_t len = CSV_FIELDS_MAX + 5;
    char *text = malloc(len);
    struct csv csv;
    struct csv_row row;
    memset(text, ',', len);
    csv_init(&csv, text, len, ',');
    assert_true(csv_next(&csv, &row));
    assert_int_equal(row.fields, len + 1);
    assert_false(csv_next(&csv, &row));
    csv_deinit(&csv);
    free(text);
}

static void delimiters_are_found(void **state) {
    (void)state;
    assert_int_equal(csv_delimiter("a,b\n1;2;3;4", 11), ',');
    assert_int_equal(csv_delimiter("a;b;c,d", 7), ';');
    assert_int_equal(csv_delimiter("\"a,b,c\"\td", 9), '\t');
    assert_int_equal(csv_delimiter("a|b", 3), '|');
    assert_int_equal(csv_delimiter("a", 1), ',');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_rows),
        cmocka_unit_test(quoted_rows),
        cmocka_unit_test(broken_rows_end_with_their_line),
        cmocka_unit_test(stray_quotes_stay_linear),
        cmocka_unit_test(many_fields_are_counted),
        cmocka_unit_test(delimiters_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
