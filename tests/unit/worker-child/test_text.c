/* SPDX-License-Identifier: MIT */
/* The map from text back to bytes, against a model that keeps the source of every single byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/child/text.h"

enum { MODEL_MAX = 4096, ROUNDS = 400 };

struct model {
    char text[MODEL_MAX];
    struct siftd_span source[MODEL_MAX];
    size_t len;
};

static uint32_t seed = 1;

static uint32_t random_below(uint32_t n) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void model_add(struct model *model, const char *at, size_t len, size_t start, size_t end) {
    for (size_t i = 0; i < len; i++) {
        model->text[model->len] = at[i];
        model->source[model->len++] = (struct siftd_span){start, end};
    }
}

/* Chinese and ASCII as a decoder of a two-byte charset would hand them in. */
static size_t build(struct text *text, struct model *model) {
    static const char *const han[] = {"\xe4\xb8\x9a", "\xe5\x9f\xba", "\xe5\x9c\xb0"};
    size_t source = 0;
    for (int i = 0; i < 120; i++) {
        if (random_below(3)) {
            const char *at = han[random_below(3)];
            text_append(text, at, 3, source, 3, 2);
            model_add(model, at, 3, source, source + 2);
            source += 2;
        } else {
            char c = (char)('a' + random_below(26));
            text_append(text, &c, 1, source, 1, 1);
            model_add(model, &c, 1, source, source + 1);
            source++;
        }
    }
    return source;
}

static void model_edit(struct model *model, const struct edit_list *list) {
    struct model out = {.len = 0};
    size_t from = 0;
    for (size_t i = 0; i <= list->edits; i++) {
        const struct edit *edit = i < list->edits ? &list->edit[i] : NULL;
        for (size_t to = edit ? edit->start : model->len; from < to; from++)
            model_add(&out, &model->text[from], 1, model->source[from].start, model->source[from].end);
        if (!edit)
            break;
        const char *with = list->with + edit->with;
        int same = edit->len == edit->end - edit->start;
        for (size_t k = 0; same && k < edit->len; k++)
            same = ((with[k] & 0xc0) == 0x80) == ((model->text[edit->start + k] & 0xc0) == 0x80);
        size_t last = edit->end - 1;
        for (size_t k = 0; k < edit->len; k++)
            model_add(&out, &with[k], 1, model->source[same ? edit->start + k : edit->start].start,
                      model->source[same ? edit->start + k : last].end);
        from = edit->end;
    }
    *model = out;
}

static size_t next_char(const struct model *model, size_t at) {
    do
        at++;
    while (at < model->len && (model->text[at] & 0xc0) == 0x80);
    return at;
}

static void random_edits(const struct model *model, struct edit_list *list) {
    static const char *const with[] = {"", "x", "\xe4\xb8\x9a", "\xe4\xb8\x9axyz", "ab"};
    for (size_t at = 0; at < model->len;) {
        size_t end = next_char(model, at);
        if (random_below(6) == 0) {
            if (random_below(2) && end < model->len)
                end = next_char(model, end);
            const char *w = with[random_below(5)];
            edit_add(list, at, end, w, strlen(w));
        }
        at = end;
    }
}

static void compare(const struct text *text, const struct model *model) {
    assert_int_equal(text->len, model->len);
    assert_memory_equal(text->at, model->text, model->len);
    for (int i = 0; i < 200 && model->len; i++) {
        size_t a = random_below((uint32_t)model->len), b = a + 1 + random_below((uint32_t)(model->len - a));
        struct siftd_span span = text_source(text, a, b);
        assert_int_equal(span.start, model->source[a].start);
        assert_int_equal(span.end, model->source[b - 1].end);
    }
}

static void maps_through_any_edits(void **state) {
    (void)state;
    static struct model model;
    for (int round = 0; round < ROUNDS; round++) {
        struct text text = {0};
        struct edit_list list = {0};
        model.len = 0;
        build(&text, &model);
        compare(&text, &model);
        for (int pass = 0; pass < 4; pass++) {
            size_t bad;
            edit_clear(&list);
            random_edits(&model, &list);
            assert_int_equal(edit_check(&list, text.len, &bad), 0);
            text_apply(&text, &list);
            model_edit(&model, &list);
            compare(&text, &model);
        }
        edit_free(&list);
        text_free(&text);
    }
}

static void same_shape_keeps_one_run(void **state) {
    (void)state;
    struct text text = {0};
    struct edit_list list = {0};
    const char *traditional = "\xe6\xa5\xad\xe5\x8b\x99\xe6\xa5\xad";
    size_t bad;
    text_append_bytes(&text, traditional, 0, 9);
    edit_add(&list, 3, 6, "\xe5\x8a\xa1", 3);
    assert_int_equal(edit_check(&list, text.len, &bad), 0);
    text_apply(&text, &list);
    assert_int_equal(text.runs, 1);
    struct siftd_span span = text_source(&text, 3, 6);
    assert_int_equal(span.start, 3);
    assert_int_equal(span.end, 6);
    edit_free(&list);
    text_free(&text);
}

static void refuses_overlaps(void **state) {
    (void)state;
    struct edit_list list = {0};
    size_t bad;
    edit_add(&list, 4, 8, "", 0);
    edit_add(&list, 2, 5, "", 0);
    assert_true(edit_check(&list, 10, &bad) < 0);
    edit_clear(&list);
    edit_add(&list, 4, 11, "", 0);
    assert_true(edit_check(&list, 10, &bad) < 0);
    edit_free(&list);
}

static void borrows_plain_text(void **state) {
    (void)state;
    struct text text = {0};
    const char *bytes = "\xef\xbb\xbfhello";
    text_append_bytes(&text, bytes, 3, 8);
    assert_ptr_equal(text.at, bytes + 3);
    assert_int_equal(text_source(&text, 0, 5).start, 3);
    text_append(&text, "!", 1, 8, 1, 1); /* now it must own its text */
    assert_memory_equal(text.at, "hello!", 6);
    text_free(&text);
}

static void moves_offsets(void **state) {
    (void)state;
    struct edit_list list = {0};
    struct edit_cursor cursor = {0};
    edit_add(&list, 2, 4, "", 0);
    edit_add(&list, 6, 7, "xyz", 3);
    assert_int_equal(edit_moved(&list, &cursor, 1, 0), 1);
    assert_int_equal(edit_moved(&list, &cursor, 3, 0), 2); /* inside what is gone */
    assert_int_equal(edit_moved(&list, &cursor, 5, 0), 3);
    assert_int_equal(edit_moved(&list, &cursor, 7, 0), 7);
    edit_free(&list);
}

static void coverage_counts_each_byte_once(void **state) {
    (void)state;
    struct text text = {0};
    assert_int_equal(text_coverage(&text, 10), 0);
    text_append(&text, "ab", 2, 4, 1, 1);   /* bytes 4, 5 */
    text_append(&text, "xyz", 3, 0, 3, 2);  /* bytes 0, 1 */
    text_append(&text, "b", 1, 5, 1, 1);    /* byte 5 once more */
    text_append(&text, "long", 4, 8, 4, 5); /* beyond the end */
    assert_int_equal(text_coverage(&text, 10), 6);
    struct edit_list list = {0};
    size_t bad;
    edit_add(&list, 0, 2, "", 0);
    assert_int_equal(edit_check(&list, text.len, &bad), 0);
    text_apply(&text, &list);
    assert_int_equal(text_coverage(&text, 10), 5); /* 0, 1, 5, 8, 9 */
    edit_free(&list);
    text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_through_any_edits), cmocka_unit_test(same_shape_keeps_one_run),
        cmocka_unit_test(refuses_overlaps),       cmocka_unit_test(borrows_plain_text),
        cmocka_unit_test(moves_offsets),          cmocka_unit_test(coverage_counts_each_byte_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
