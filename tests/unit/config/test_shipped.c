/* SPDX-License-Identifier: MIT */
/* The configurations that siftd ships: they parse as a daemon's, name every key, and state the defaults as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "config/config.h"

static struct config *load(const char *path, struct buf *text) {
    struct buf mistakes = {0};
    struct config *c = NULL;
    if (config_load(path, true, &c, text, &mistakes) < 0) {
        buf_char(&mistakes, 0);
        fail_msg("%s", mistakes.at);
    }
    buf_char(text, 0);
    return c;
}

static void the_whole_one_names_every_key(void **state) {
    (void)state;
    static const char *const keys[] = {
        "state_dir", "plugin_dirs", "pack_dirs", "packs",       "watch",       "dir",         "recursive", "include",
        "exclude",   "quiet",       "when_done", "done_dir",    "pipeline",    "workers",     "count",     "timeout",
        "memory",    "isolation",   "pipelines", "sinks",       "plugin",      "types",       "journal",   "segment",
        "retain",    "admin",       "listen",    "socket",      "backlog",     "backlog_age", "disk",      "free",
        "reserve",   "quarantine",  "retries",   "backoff",     "longest",     "receipts",    "health",    "stalled",
        "oldest",    "limits",      "size",      "unpacked",    "ratio",       "depth",       "members",   "text",
        "records",   "output",      "cpu",       "descriptors", "bench_after", "bench_for",   "read_only"};
    struct buf text = {0};
    struct config *c = load(SIFTD_SOURCE_DIR "/conf/siftd.yaml", &text);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s: ", keys[i]);
        line[strlen(line) - 1] = 0;
        assert_non_null(strstr(text.at, line));
    }
    config_free(c);
    buf_free(&text);
}

static void the_whole_one_names_when_files_are_taken(void **state) {
    (void)state;
    struct buf text = {0};
    struct config *c = load(SIFTD_SOURCE_DIR "/conf/siftd.yaml", &text);
    assert_non_null(strstr(text.at, "\n    settle: "));
    assert_non_null(strstr(text.at, "\n    # marker: "));
    assert_non_null(strstr(text.at, "\n    poll: "));
    config_free(c);
    buf_free(&text);
}

static void assert_same_words(const struct config_words *a, const struct config_words *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_string_equal(a->item[i], b->item[i]);
}

static void assert_same_pipeline(const struct config_pipeline *a, const struct config_pipeline *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->use[i].stage, b->use[i].stage);
        assert_string_equal(a->use[i].name, b->use[i].name);
    }
}

static void both_mean_the_same_defaults(void **state) {
    (void)state;
    struct buf text = {0}, least_text = {0};
    struct config *whole = load(SIFTD_SOURCE_DIR "/conf/siftd.yaml", &text);
    struct config *least = load(SIFTD_SOURCE_DIR "/conf/minimal.yaml", &least_text);
    assert_int_equal(whole->workers.count, least->workers.count);
    assert_int_equal(whole->workers.timeout, least->workers.timeout);
    assert_int_equal(whole->workers.bench_after, least->workers.bench_after);
    assert_int_equal(whole->workers.bench_for, least->workers.bench_for);
    assert_int_equal(whole->workers.cpu, least->workers.cpu);
    assert_int_equal(whole->workers.descriptors, least->workers.descriptors);
    assert_int_equal(whole->workers.memory, least->workers.memory);
    assert_same_words(&whole->workers.read_only, &least->workers.read_only);
    assert_int_equal(whole->workers.per_document, least->workers.per_document);
    assert_memory_equal(&whole->limits, &least->limits, sizeof whole->limits);
    assert_int_equal(whole->journal.segment, least->journal.segment);
    assert_int_equal(whole->journal.retain, least->journal.retain);
    assert_int_equal(whole->health.stalled, least->health.stalled);
    assert_int_equal(whole->disk.free, least->disk.free);
    assert_int_equal(whole->disk.reserve, least->disk.reserve);
    assert_int_equal(whole->sink[0].backlog, least->sink[0].backlog);
    assert_int_equal(whole->sink[0].backlog_age, least->sink[0].backlog_age);
    assert_int_equal(whole->watch[0].recursive, least->watch[0].recursive);
    assert_int_equal(whole->watch[0].quiet, least->watch[0].quiet);
    assert_int_equal(whole->watch[0].settle, least->watch[0].settle);
    assert_int_equal(whole->watch[0].poll, least->watch[0].poll);
    assert_int_equal(whole->watch[0].when_done, least->watch[0].when_done);
    assert_same_words(&whole->watch[0].include, &least->watch[0].include);
    assert_same_words(&whole->packs, &least->packs);
    assert_same_pipeline(&whole->pipeline[0], &least->pipeline[0]);
    config_free(whole);
    config_free(least);
    buf_free(&text);
    buf_free(&least_text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_one_names_every_key),
        cmocka_unit_test(the_whole_one_names_when_files_are_taken),
        cmocka_unit_test(both_mean_the_same_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
