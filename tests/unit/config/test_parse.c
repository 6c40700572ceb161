/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config/config.h"
#include "siftd/plugin.h"

#define MINIMAL                                                                                                        \
    "state_dir: /srv/state\nwatch: [ { dir: /srv/drop } ]\nsinks: { out: { plugin: file, path: out.jsonl } }\n"

static struct config *parse(const char *text, const char *file, bool strict) {
    struct buf mistakes = {0};
    struct config *c = NULL;
    if (config_parse(text, strlen(text), file, strict, &c, &mistakes) < 0) {
        buf_char(&mistakes, 0);
        fail_msg("%s", mistakes.at);
    }
    assert_int_equal(mistakes.len, 0);
    buf_free(&mistakes);
    return c;
}

/* The very lines that the text must give, in this order. */
static void expect_mistakes(const char *text, bool strict, const char *lines) {
    struct buf mistakes = {0};
    struct config *c = (struct config *)-1;
    assert_int_equal(config_parse(text, strlen(text), "c.yaml", strict, &c, &mistakes), -EINVAL);
    assert_null(c);
    buf_char(&mistakes, 0);
    assert_string_equal(mistakes.at, lines);
    buf_free(&mistakes);
}

static void minimal_has_every_default(void **state) {
    (void)state;
    struct config *c = parse(MINIMAL, "/etc/siftd/siftd.yaml", true);
    assert_string_equal(c->state_dir, "/srv/state");
    assert_int_equal(c->watches, 1);
    const struct config_watch *w = &c->watch[0];
    assert_string_equal(w->dir, "/srv/drop");
    assert_string_equal(w->done_dir, "/srv/state/done");
    assert_false(w->recursive);
    assert_int_equal(w->quiet, 250);
    assert_int_equal(w->settle, 5000);
    assert_int_equal(w->poll, 2000);
    assert_null(w->marker);
    assert_int_equal(w->when_done, DONE_MOVE);
    assert_int_equal(w->include.count, 1);
    assert_string_equal(w->include.item[0], "*");
    assert_int_equal(c->workers.count, 0);
    assert_int_equal(c->workers.timeout, 30000);
    assert_int_equal(c->workers.memory, 1 << 30);
    assert_false(c->workers.per_document);
    assert_int_equal(c->journal.segment, 256 << 20);
    assert_int_equal(c->journal.retain, 86400000);
    assert_null(c->admin.listen);
    assert_string_equal(c->admin.socket, "/srv/state/admin.sock");
    assert_string_equal(c->packs.item[0], "incubator");
    config_free(c);
}

static bool is_used(const struct config_pipeline *pipeline, int stage, const char *name) {
    for (size_t i = 0; i < pipeline->count; i++)
        if (pipeline->use[i].stage == stage && strcmp(pipeline->use[i].name, name) == 0)
            return true;
    return false;
}

static void default_pipeline_is_made(void **state) {
    (void)state;
    struct config *c = parse(MINIMAL, "c.yaml", true);
    const struct config_pipeline *made = &c->pipeline[0];
    assert_int_equal(c->pipelines, 1);
    assert_string_equal(made->name, "default");
    assert_string_equal(made->use[0].name, "auto");
    assert_int_equal(made->use[0].stage, SIFTD_DECODE);
    assert_true(is_used(made, SIFTD_CLEAN, "gloss"));
    assert_true(is_used(made, SIFTD_EXTRACT, "quantities"));
    assert_true(is_used(made, SIFTD_EXTRACT, "rows"));
    assert_true(is_used(made, SIFTD_VALIDATE, "schema"));
    for (size_t i = 1; i < made->count; i++) {
        assert_true(made->use[i].stage >= made->use[i - 1].stage);
        assert_null(made->use[i].options);
    }
    config_free(c);
}

static void relative_paths_start_at_the_file(void **state) {
    (void)state;
    struct config *c = parse("state_dir: state\n"
                             "plugin_dirs: [./plugins//mine/, /opt/plugins]\n"
                             "watch: [ { dir: ./drop/, done_dir: done } ]\n"
                             "admin: { socket: run/a.sock, listen: '[::1]:8740' }\n",
                             "/etc/siftd/siftd.yaml", false);
    assert_string_equal(c->state_dir, "/etc/siftd/state");
    assert_string_equal(c->plugin_dirs.item[0], "/etc/siftd/plugins/mine");
    assert_string_equal(c->plugin_dirs.item[1], "/opt/plugins");
    assert_true(c->plugin_dirs.count >= 3);
    assert_non_null(strstr(c->plugin_dirs.item[c->plugin_dirs.count - 1], "/siftd/plugins"));
    assert_string_equal(c->watch[0].dir, "/etc/siftd/drop");
    assert_string_equal(c->watch[0].done_dir, "/etc/siftd/done");
    assert_string_equal(c->admin.socket, "/etc/siftd/run/a.sock");
    assert_string_equal(c->admin.listen, "[::1]:8740");
    config_free(c);
}

static void plugins_carry_their_options(void **state) {
    (void)state;
    struct config *c = parse("pipelines:\n"
                             "  tables:\n"
                             "    - decode: text\n"
                             "    - extract: [rows, { rules: { file: mine.yaml } }]\n"
                             "watch: [ { dir: /drop, pipeline: tables } ]\n"
                             "sinks:\n"
                             "  out: { plugin: file, path: out.jsonl, types: [row, document], rotate: day }\n",
                             "c.yaml", true);
    assert_int_equal(c->pipelines, 1);
    const struct config_use *rules = &c->pipeline[0].use[2];
    assert_string_equal(rules->name, "rules");
    assert_string_equal(tree_get(rules->options, "file")->text, "mine.yaml");
    assert_int_equal(rules->mark->line, 4);
    const struct config_sink *out = &c->sink[0];
    assert_string_equal(out->use.name, "file");
    assert_int_equal(out->use.stage, SIFTD_SINK);
    assert_int_equal(out->types.count, 2);
    assert_int_equal(out->use.options->count, 2);
    assert_string_equal(tree_get(out->use.options, "rotate")->text, "day");
    assert_null(tree_get(out->use.options, "plugin"));
    config_free(c);
}

static void own_default_replaces_siftds(void **state) {
    (void)state;
    struct config *c =
        parse("pipelines: { default: [ { decode: text } ] }\nwatch: [ { dir: /drop } ]\n", "c.yaml", false);
    assert_int_equal(c->pipelines, 1);
    assert_int_equal(c->pipeline[0].count, 1);
    config_free(c);
}

static void unfinished_names_are_always_excluded(void **state) {
    (void)state;
    struct config *c = parse("watch: [ { dir: /drop, exclude: ['*.bak'] } ]\n", "c.yaml", false);
    assert_string_equal(c->watch[0].exclude.item[0], "*.bak");
    assert_int_equal(c->watch[0].exclude.count, 6);
    config_free(c);
}

static void builtin_runs_without_a_file(void **state) {
    (void)state;
    struct buf text = {0}, mistakes = {0};
    struct config *c = NULL, *again = NULL;
    assert_int_equal(config_builtin(&c, &text, &mistakes), 0);
    assert_int_equal(config_parse(text.at, text.len, c->file, false, &again, &mistakes), 0);
    assert_int_equal(again->pipeline[0].count, c->pipeline[0].count);
    config_free(c);
    config_free(again);
    buf_free(&text);
}

static void every_mistake_is_named(void **state) {
    (void)state;
    expect_mistakes("state_dri: /srv/state\n"
                    "watch:\n"
                    "  - dir: /drop\n"
                    "    quite: 1s\n"
                    "    quiet: fast\n"
                    "    recursive: maybe\n"
                    "    when_done: burn\n"
                    "workers: { count: 0, memory: 1GB, timeout: 1ms }\n",
                    true,
                    "c.yaml:1:1: \"state_dri\" is no key of the configuration; did you mean \"state_dir\"?\n"
                    "c.yaml:1:1: there is no sink; add `sinks: { out: { plugin: file, path: records.jsonl } }`\n"
                    "c.yaml:4:5: \"quite\" is no key of a watched folder; did you mean \"quiet\"?\n"
                    "c.yaml:5:12: quiet wants a duration such as 250ms, 30s, 5m, 24h or 7d, not \"fast\"\n"
                    "c.yaml:6:16: recursive wants true or false, not \"maybe\"\n"
                    "c.yaml:7:16: when_done wants move, delete or keep, not \"burn\"\n"
                    "c.yaml:8:19: count wants auto or a number from 1 to 64, not \"0\"\n"
                    "c.yaml:8:30: memory wants a size such as 65536, 64KiB, 256MiB or 1GiB, not \"1GB\"\n"
                    "c.yaml:8:44: timeout is 1ms; it may be from 10 to 86400000 milliseconds\n");
}

static void limits_have_bounds(void **state) {
    (void)state;
    char text[256];
    struct config *c = parse(MINIMAL "limits: { ratio: 50, text: 3MiB }\n", "c.yaml", true);
    assert_int_equal(c->limits.ratio, 50);
    assert_int_equal(c->limits.text, 3 << 20);
    assert_int_equal(c->limits.members, 10000);
    config_limit_text(&c->limits, "text", (3 << 20) + 1, text, sizeof text);
    assert_string_equal(text, "has a text of 3145729 bytes, more than the 3 MiB that limits.text allows");
    config_limit_text(&c->limits, "ratio", 51, text, sizeof text);
    assert_string_equal(text, "unpacks to 51 times its size, more than the 50 that limits.ratio allows");
    config_free(c);
    expect_mistakes("limits: { ratio: 1, depht: 3, records: many, output: 1 }\n", false,
                    "c.yaml:1:18: ratio is 1; it may be from 2 to 9223372036854775807\n"
                    "c.yaml:1:21: \"depht\" is no key of limits; did you mean \"depth\"?\n"
                    "c.yaml:1:40: records wants a whole number, not \"many\"\n"
                    "c.yaml:1:54: output is 1; it may be from 1024 to 9223372036854775807 bytes\n");
}

static void wrong_types_say_what_is_wanted(void **state) {
    (void)state;
    expect_mistakes(
        "state_dir: [a]\npacks: incubator\nadmin: here\njournal:\nwatch: {}\nsinks: []\n", false,
        "c.yaml:1:12: state_dir wants a path, not a list\n"
        "c.yaml:2:8: packs wants a list such as [one, two], not \"incubator\"\n"
        "c.yaml:3:8: admin wants a mapping (key: value), not \"here\"\n"
        "c.yaml:4:9: journal has no value; it wants a mapping (key: value)\n"
        "c.yaml:5:8: watch wants a list of folders: `- dir: /path/of/the/folder`, not an empty mapping\n"
        "c.yaml:6:8: sinks wants a mapping of names to sinks: `out: { plugin: file, path: records.jsonl }`, "
        "not an empty list\n");
    expect_mistakes("- a list\n", false, "c.yaml:1:1: the configuration wants a mapping (key: value), not a list\n");
    expect_mistakes("a: [\n", false, "c.yaml:2:1: did not find expected node content\n");
}

static void pipelines_are_checked(void **state) {
    (void)state;
    expect_mistakes(
        "pipelines:\n"
        "  a: [ { clean: gloss } ]\n"
        "  b: [ { decode: auto }, { validate: [] }, { clean: [gloss] } ]\n"
        "  c: [ { decode: auto }, { xtract: rows } ]\n"
        "  d: [ decode, { decode: [ [a] ] } ]\n"
        "  e: []\n"
        "  f: [ { decode: { a: 1, b: 2 } } ]\n"
        "  g: [ { decode: { text: 1 } } ]\n"
        "  h: [ { decode: ../x } ]\n"
        "watch: [ { dir: /drop, pipeline: defualt } ]\n",
        false,
        "c.yaml:2:8: pipeline a does not begin with decode; put `- decode: auto` before it\n"
        "c.yaml:3:38: validate is an empty list; name at least one plugin, or leave the line out\n"
        "c.yaml:3:46: clean stands behind validate; the order is decode, clean, extract, validate\n"
        "c.yaml:4:28: \"xtract\" is no stage of a pipeline; did you mean \"extract\"?\n"
        "c.yaml:5:8: a step of a pipeline is one stage with its plugins, such as `- clean: [gloss, simplify]`\n"
        "c.yaml:5:28: a plugin is a name, or a name with its options: { name: { option: value } }\n"
        "c.yaml:6:6: e wants a list of stages that begins with `- decode: auto`, not an empty list\n"
        "c.yaml:7:18: a plugin is a name, or a name with its options: { name: { option: value } }\n"
        "c.yaml:8:26: the options of text are a mapping: { text: { option: value } }\n"
        "c.yaml:9:18: \"../x\" cannot be a plugin's name; names are letters, digits, '-' and '_'\n"
        "c.yaml:10:34: there is no pipeline \"defualt\"; did you mean \"default\"?\n");
}

static void folders_that_would_loop_are_refused(void **state) {
    (void)state;
    expect_mistakes(
        "state_dir: /srv/siftd\n"
        "watch:\n"
        "  - { dir: /srv/drop, recursive: true, done_dir: /srv/drop/done }\n"
        "  - { dir: /srv/drop/inner }\n"
        "  - { dir: /srv/drop/ }\n"
        "  - { dir: /srv/siftd/drop }\n"
        "  - { dir: /srv/other, done_dir: /srv/other }\n"
        "  - { recursive: true }\n"
        "  - { dir: /srv/k, when_done: keep, done_dir: /srv/d }\n",
        false,
        "c.yaml:3:50: done_dir /srv/drop/done is itself watched, so that files would be taken again and again; "
        "put it elsewhere\n"
        "c.yaml:4:12: /srv/drop/inner and /srv/drop lie in each other, so that a file would be taken by both; "
        "set recursive: false on the outer one\n"
        "c.yaml:5:12: /srv/drop is watched twice; leave one of the two out\n"
        "c.yaml:6:12: /srv/siftd/drop and the state_dir /srv/siftd lie in each other; keep them apart\n"
        "c.yaml:7:34: done_dir /srv/other is itself watched, so that files would be taken again and again; put it "
        "elsewhere\n"
        "c.yaml:8:5: a watched folder has no dir; add `dir: /path/of/the/folder`\n"
        "c.yaml:9:47: done_dir is used with `when_done: move` only; leave it out\n");
}

static void flat_folders_may_hold_their_done_dir(void **state) {
    (void)state;
    config_free(parse("watch: [ { dir: /srv/drop, done_dir: /srv/drop/done } ]\n", "c.yaml", false));
}

static void sinks_are_checked(void **state) {
    (void)state;
    expect_mistakes("sinks:\n"
                    "  a: { path: x }\n"
                    "  b: file\n"
                    "  c/d: { plugin: file }\n"
                    "  e: { plugin: [file] }\n"
                    "  f: { plugin: file, types: [] }\n"
                    "  g: { plugin: file, backlog: 0, backlog_age: soon }\n",
                    false,
                    "c.yaml:2:3: sink a names no plugin; add `plugin: file` or another\n"
                    "c.yaml:3:6: sink b is a mapping such as { plugin: file, path: records.jsonl }\n"
                    "c.yaml:4:3: \"c/d\" cannot be a sink's name; names are letters, digits, '-' and '_'\n"
                    "c.yaml:5:16: sink e names no plugin; add `plugin: file` or another\n"
                    "c.yaml:6:29: types is an empty list; name at least one, or leave the line out\n"
                    "c.yaml:7:31: backlog is 0; it may be from 1 to 9223372036854775807 bytes\n"
                    "c.yaml:7:47: backlog_age wants a duration such as 250ms, 30s, 5m, 24h or 7d, not \"soon\"\n");
}

static void limits_of_disk_and_backlog_are_read(void **state) {
    (void)state;
    struct config *c = parse("disk: { free: 1MiB, reserve: 0 }\n"
                             "sinks: { a: { plugin: file, path: x, backlog: 2KiB, backlog_age: 5s },"
                             " b: { plugin: file, path: y, backlog: none } }\n",
                             "c.yaml", false);
    assert_int_equal(c->disk.free, 1 << 20);
    assert_int_equal(c->disk.reserve, 0);
    assert_int_equal(c->sink[0].backlog, 2048);
    assert_int_equal(c->sink[0].backlog_age, 5000);
    assert_int_equal(c->sink[0].use.options->count, 1);
    assert_int_equal(c->sink[1].backlog, 0);
    config_free(c);
    c = parse("disk: {}\n", "c.yaml", false);
    assert_int_equal(c->disk.free, CONFIG_AUTO);
    assert_int_equal(c->disk.reserve, CONFIG_AUTO);
    config_free(c);
    expect_mistakes("disk: { free: much }\n", false,
                    "c.yaml:1:15: free wants a size such as 65536, 64KiB, 256MiB or 1GiB, not \"much\"\n");
}

static void admin_stays_on_this_machine(void **state) {
    (void)state;
    expect_mistakes(
        "admin: { listen: '0.0.0.0:8740' }\n", false,
        "c.yaml:1:18: listen is 0.0.0.0:8740, which other machines could reach without a password; use 127.0.0.1 "
        "or [::1]\n");
    expect_mistakes(
        "admin: { listen: '127.0.0.1' }\n", false,
        "c.yaml:1:18: listen wants an address and a port such as 127.0.0.1:8740 or [::1]:8740, or none, not "
        "\"127.0.0.1\"\n");
    config_free(parse("admin: { listen: '127.0.0.1:8740' }\n", "c.yaml", false));
    config_free(parse("admin: { listen: none }\n", "c.yaml", false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimal_has_every_default),
        cmocka_unit_test(default_pipeline_is_made),
        cmocka_unit_test(relative_paths_start_at_the_file),
        cmocka_unit_test(plugins_carry_their_options),
        cmocka_unit_test(own_default_replaces_siftds),
        cmocka_unit_test(unfinished_names_are_always_excluded),
        cmocka_unit_test(builtin_runs_without_a_file),
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(limits_have_bounds),
        cmocka_unit_test(wrong_types_say_what_is_wanted),
        cmocka_unit_test(pipelines_are_checked),
        cmocka_unit_test(folders_that_would_loop_are_refused),
        cmocka_unit_test(flat_folders_may_hold_their_done_dir),
        cmocka_unit_test(sinks_are_checked),
        cmocka_unit_test(limits_of_disk_and_backlog_are_read),
        cmocka_unit_test(admin_stays_on_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
