/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"

static struct config *config;
static struct buf mistakes;
static struct host *host;

static int setup(void **state) {
    (void)state;
    static const char text[] = "plugin_dirs: [" ABI_DIR "]\npacks: []\nstate_dir: /tmp/none\n";
    mistakes.len = 0;
    if (config_parse(text, strlen(text), "/tmp/test.yaml", false, &config, &mistakes) < 0) {
        fwrite(mistakes.at, 1, mistakes.len, stderr);
        return -1;
    }
    host = host_new(config);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    host = host_free(host);
    config = config_free(config);
    buf_free(&mistakes);
    return 0;
}

static void refused(const char *name, const char *words) {
    const struct library *library = NULL;
    struct error err = {0};
    assert_true(host_find(host, SIFTD_EXTRACT, name, &library, &err) < 0);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void refuses_by_name(void **state) {
    (void)state;
    refused("major", "built for plugin ABI 2.0, this siftd has 1.1");
    refused("missing", "lacks the required member \"run\"");
    refused("noentry", "does not export siftd_plugin_entry");
    refused("small", "too few for ABI 1");
    refused("steps", "for the stage decode, not extract");
    refused("absent", "searched: " ABI_DIR);
}

static void older_descriptor_is_completed(void **state) {
    (void)state;
    const struct library *library = NULL;
    struct error err = {0};
    assert_int_equal(host_find(host, SIFTD_EXTRACT, "short", &library, &err), 0);
    assert_string_equal(library->plugin.version, "0.9");
    assert_null(library->plugin.check); /* not the bytes that happen to follow */
    assert_null(library->plugin.idle);
}

static int open_good(const char *options, struct instance **ret) {
    struct tree_node *tree = NULL;
    struct error err = {0};
    char name[] = "good";
    assert_int_equal(tree_parse(options, strlen(options), "o.yaml", &tree, &err), 0);
    struct config_use use = {SIFTD_EXTRACT, name, tree, tree};
    mistakes.len = 0;
    int r = instance_open(host, &use, NULL, ret, &mistakes);
    buf_char(&mistakes, 0);
    tree_free(tree);
    return r;
}

static void says(const char *words) {
    if (!strstr(mistakes.at, words))
        fail_msg("\"%s\" does not say \"%s\"", mistakes.at, words);
}

static void options_are_checked(void **state) {
    (void)state;
    struct instance *instance = NULL;
    assert_int_equal(open_good("number: 9\nwait: 1m\nlist: [q]\n", &instance), 0);
    instance = instance_close(instance);
    assert_true(open_good("nmber: 9\nwait: soon\nsize: 1\n", &instance) < 0);
    says("o.yaml:1:1: extract \"good\" has no option \"nmber\"; it has: flag, number");
    says("o.yaml:2:7: \"wait\" must be a duration such as 30s, not \"soon\"");
    assert_true(open_good("number: 101\n", &instance) < 0);
    says("must lie between 1 and 100");
    assert_true(open_good("word: three\n", &instance) < 0);
    says("must be one of one|two");
    assert_true(open_good("list: {a: 1}\n", &instance) < 0);
    says("must be a list of words");
    assert_true(open_good("number: 13\n", &instance) < 0);
    says("cannot begin: 13 brings no luck");
    assert_null(instance);
}

static void count(void *user, const char *path, const struct library *library, const struct error *err) {
    (void)path;
    (void)err;
    ((int *)user)[library ? 0 : 1]++;
}

static void walks_folders(void **state) {
    (void)state;
    int n[2] = {0, 0};
    host_walk(host, 0, count, n);
    assert_int_equal(n[0], 7); /* box, good, letters, picky, short, steps, upper */
    assert_int_equal(n[1], 4); /* major, missing, noentry, small */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(older_descriptor_is_completed, setup, teardown),
        cmocka_unit_test_setup_teardown(options_are_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(walks_folders, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
