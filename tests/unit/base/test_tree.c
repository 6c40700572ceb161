/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/tree.h"

static struct tree_node *parse(const char *text) {
    struct tree_node *tree = NULL;
    struct error err = {0};
    assert_int_equal(tree_parse(text, strlen(text), "t.yaml", &tree, &err), 0);
    return tree;
}

static void refused(const char *text, const char *place) {
    struct tree_node *tree = NULL;
    struct error err = {0};
    assert_true(tree_parse(text, strlen(text), "t.yaml", &tree, &err) < 0);
    assert_null(tree);
    if (strncmp(err.text, place, strlen(place)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", err.text, place);
}

static void knows_places(void **state) {
    (void)state;
    struct tree_node *tree = parse("a: 1\nb:\n  - x\n  - \"2\"\n");
    const struct tree_node *b = tree_get(tree, "b");
    assert_int_equal(b->count, 2);
    assert_int_equal(b->child[1]->line, 4);
    assert_int_equal(b->child[1]->column, 5);
    assert_true(b->child[0]->plain);
    assert_false(b->child[1]->plain);
    assert_int_equal(tree->key_mark[1]->line, 2);
    tree_free(tree);
}

static void refuses(void **state) {
    (void)state;
    refused("a: 1\na: 2\n", "t.yaml:2:1: ");
    refused("a: &x 1\nb: *x\n", "t.yaml:2:4: ");
    refused("a: 1\n---\nb: 2\n", "t.yaml:2:1: ");
    refused("a: [1, 2\n", "t.yaml:");
    refused("? [x]\n: 1\n", "t.yaml:1:3: ");
    char deep[256] = "";
    memset(deep, '[', 200);
    refused(deep, "t.yaml:1:");
}

static void empty_is_a_mapping(void **state) {
    (void)state;
    struct tree_node *tree = parse("# nothing\n");
    assert_int_equal(tree->type, TREE_MAPPING);
    assert_int_equal(tree->count, 0);
    assert_null(tree_get(tree, "a"));
    tree_free(tree);
}

static void merges(void **state) {
    (void)state;
    struct error err = {0};
    struct tree_node *into = parse("l: [a]\nm: {x: 1, y: 2}\n"), *more = parse("l: [b, c]\nm: {y: 3, z: 4}\nn: 5\n");
    assert_int_equal(tree_merge(into, more, &err), 0);
    assert_int_equal(tree_get(into, "l")->count, 3);
    assert_string_equal(tree_get(into, "l")->child[2]->text, "c");
    assert_string_equal(tree_get(tree_get(into, "m"), "y")->text, "3");
    assert_string_equal(tree_get(tree_get(into, "m"), "z")->text, "4");
    assert_string_equal(tree_get(into, "n")->text, "5");
    struct tree_node *wrong = parse("l: {q: 1}\n");
    assert_true(tree_merge(into, wrong, &err) < 0);
    tree_free(wrong);
    tree_free(into);
    tree_free(more);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_places), cmocka_unit_test(refuses),
                                       cmocka_unit_test(empty_is_a_mapping), cmocka_unit_test(merges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
