/* SPDX-License-Identifier: MIT */
/* Intake on real folders: what is taken, what waits, what stays, and what a restart does. */
#include "bench.h"

static void test_renamed_in(void **state) {
    struct bench *b = *state;
    start(b);
    put(b, "x", "text");
    rename(at(b, "x"), at(b, "drop/report.txt"));
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_string_equal(b->taken[0]->name, "report.txt");
    assert_int_equal(b->taken[0]->size, 4);
    assert_false(there(b, "drop/report.txt"));
    finish(b, 0);
    assert_true(there(b, "done/report.txt"));
}

static void test_held_by_writer(void **state) {
    struct bench *b = *state;
    start(b);
    int fd = open(at(b, "drop/slow"), O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(fd, "part", 4), 4);
    run(b, 1, 150);
    assert_int_equal(b->count, 0);
    unsigned held = 0;
    intake_busy(b->intake, &held);
    assert_int_equal(held, 1);
    assert_int_equal(write(fd, "part", 4), 4);
    close(fd);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->taken[0]->size, 8);
    finish(b, 0);
}

static void test_not_ready(void **state) {
    struct bench *b = *state;
    put(b, "drop/a.part", "x");
    put(b, "drop/b.tmp", "x");
    put(b, "drop/c~", "x");
    put(b, "drop/.hidden", "x");
    put(b, "drop/empty", "");
    assert_int_equal(symlink("/etc/hostname", at(b, "drop/link")), 0);
    assert_int_equal(mkfifo(at(b, "drop/pipe"), 0644), 0);
    start(b);
    put(b, "drop/d.filepart", "x");
    run(b, 1, 150);
    assert_int_equal(b->count, 0);
    rename(at(b, "drop/a.part"), at(b, "drop/a"));
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    finish(b, 0);
    put(b, "drop/empty", "now");
    run(b, 2, 2000);
    assert_int_equal(b->count, 2);
    finish(b, 1);
    assert_true(there(b, "drop/link") && there(b, "drop/pipe") && there(b, "drop/.hidden"));
}

static void test_patterns(void **state) {
    struct bench *b = *state;
    char *include[] = {"*.txt", "in/*.csv"}, *exclude[] = {"no*"};
    b->watch[0].include = (struct config_words){include, 2};
    b->watch[0].exclude = (struct config_words){exclude, 1};
    start(b);
    mkdir(at(b, "drop/in"), 0755);
    put(b, "drop/yes.txt", "x");
    put(b, "drop/no.txt", "x");
    put(b, "drop/other.csv", "x");
    put(b, "drop/in/t.csv", "x");
    run(b, 3, 200);
    assert_int_equal(b->count, 2);
    finish(b, 0);
    finish(b, 1);
    assert_true(there(b, "done/in/t.csv") && there(b, "done/yes.txt"));
}

static void test_hard_link(void **state) {
    struct bench *b = *state;
    start(b);
    put(b, "original", "text");
    assert_int_equal(link(at(b, "original"), at(b, "drop/linked")), 0);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    finish(b, 0);
    assert_true(there(b, "original") && there(b, "done/linked"));
}

static void test_same_name_again(void **state) {
    struct bench *b = *state;
    b->finish_at_once = true;
    start(b);
    for (unsigned i = 0; i < 5; i++) {
        put(b, "x", "text");
        rename(at(b, "x"), at(b, "drop/same"));
        run(b, i + 1, 2000);
        assert_int_equal(b->count, i + 1);
        run(b, i + 2, 1);
    }
    assert_true(there(b, "done/same") && there(b, "done/same.1") && there(b, "done/same.4"));
}

static void test_backlog_in_bounded_memory(void **state) {
    struct bench *b = *state;
    b->limits = (struct intake_limits){.open = 8, .out = 20, .waiting = 4};
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "drop/f%d", i);
        put(b, name, "x");
    }
    start(b);
    b->finish_at_once = true;
    run(b, 3000, 20000);
    assert_int_equal(b->count, 3000);
    assert_in_range(b->most_out, 1, 20);
    unsigned held;
    run(b, 3001, 20);
    assert_false(intake_busy(b->intake, &held));
}

static void test_many_held_files(void **state) {
    struct bench *b = *state; /* more than the waiting list holds */
    int fd[40];
    start(b);
    for (int i = 0; i < 40; i++) {
        char name[32];
        snprintf(name, sizeof name, "drop/h%d", i);
        fd[i] = open(at(b, name), O_WRONLY | O_CREAT, 0644);
        assert_int_equal(write(fd[i], "x", 1), 1);
    }
    run(b, 1, 100);
    assert_int_equal(b->count, 0);
    for (int i = 0; i < 40; i++)
        close(fd[i]);
    b->finish_at_once = true;
    run(b, 40, 5000);
    assert_int_equal(b->count, 40);
}

static void test_polled_where_no_events_come(void **state) {
    struct bench *b = *state;
    b->watch[0].poll = 100;
    start(b);
    run(b, 1, 20);
    struct watch *watch = &b->intake->watch[0];
    struct stat st;
    assert_int_equal(stat(at(b, "drop"), &st), 0);
    struct folder *folder = watch_add(watch, "", &st);
    uv_fs_event_stop(&folder->event);
    watch->silent = "test";
    watch_plan_poll(watch);
    put(b, "drop/x", "text");
    run(b, 1, 10000);
    assert_int_equal(b->count, 1);
    cJSON *status = intake_status(b->intake);
    const cJSON *first = cJSON_GetArrayItem(status, 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(first, "events")), "polled");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(first, "why")),
                        "test does not tell of all that happens there");
    cJSON_Delete(status);
}

static void test_folder_comes_and_goes(void **state) {
    struct bench *b = *state;
    start(b);
    run(b, 1, 20);
    assert_int_equal(rmdir(at(b, "drop")), 0);
    run(b, 1, 100);
    mkdir(at(b, "drop"), 0755);
    put(b, "drop/after", "x");
    run(b, 1, 5000);
    assert_int_equal(b->count, 1);
    finish(b, 0);
    assert_int_equal(rmdir(at(b, "drop")), 0);
    mkdir(at(b, "drop"), 0755); /* at once: likely the same inode number */
    put(b, "drop/at-once", "x");
    run(b, 2, 5000);
    put(b, "drop/later", "x");
    run(b, 3, 5000);
    assert_int_equal(b->count, 3);
    finish(b, 1);
    finish(b, 2);
    rename(at(b, "drop"), at(b, "moved"));
    run(b, 4, 100);
    put(b, "moved/not-ours", "x");
    run(b, 4, 100);
    assert_int_equal(b->count, 3);
    mkdir(at(b, "drop"), 0755);
    put(b, "drop/ours", "x");
    run(b, 4, 5000);
    assert_int_equal(b->count, 4);
    assert_string_equal(b->taken[3]->name, "ours");
    finish(b, 3);
}

static void test_folders_below(void **state) {
    struct bench *b = *state;
    start(b);
    mkdir(at(b, "drop/a"), 0755);
    mkdir(at(b, "drop/a/b"), 0755);
    put(b, "drop/a/b/deep", "x");
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_string_equal(b->taken[0]->name, "a/b/deep");
    rename(at(b, "drop/a"), at(b, "drop/c"));
    run(b, 2, 50);
    put(b, "drop/c/b/again", "x");
    run(b, 2, 2000);
    assert_int_equal(b->count, 2);
    assert_string_equal(b->taken[1]->name, "c/b/again");
    finish(b, 0);
    finish(b, 1);
    assert_true(there(b, "done/a/b/deep") && there(b, "done/c/b/again"));
}

/* A restart: what was claimed runs again under its name, or is finished when it was committed. */
static void test_restart(void **state) {
    struct bench *b = *state;
    char *folder = "drop/with%percent", name[300] = "";
    mkdir(at(b, folder), 0755);
    memset(name, 'n', 250);
    _cleanup_(freep) char *below = mem_format("%s/%s", folder, name);
    char *path = at(b, below);
    int fd = open(path, O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
    start(b);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    char *want = mem_strdup(b->taken[0]->name);
    uint64_t claim = b->taken[0]->claim;
    stop(b);

    start(b);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_string_equal(b->taken[0]->name, want);
    assert_true(b->taken[0]->claim == claim);
    stop(b);

    b->answer_committed = true;
    start(b);
    run(b, 1, 50);
    assert_int_equal(b->count, 0);
    _cleanup_(freep) char *done = mem_format("done/%s", want);
    assert_true(there(b, done));
    assert_int_equal(rmdir(at(b, "state/work")), 0);
    mkdir(at(b, "state/work"), 0755);
    free(want);
}

/* A second watched folder, put in front of the first or behind it. */
static void add_watch(struct bench *b, bool in_front) {
    mkdir(at(b, "other"), 0755);
    struct config_watch other = b->watch[0];
    other.dir = mem_strdup(at(b, "other"));
    b->watch[1] = in_front ? b->watch[0] : other;
    if (in_front)
        b->watch[0] = other;
    b->config.watches = 2;
}

static void remove_watch(struct bench *b, unsigned index) {
    free(b->watch[index].dir);
    if (index == 0)
        b->watch[0] = b->watch[1];
    b->config.watches = 1;
}

/* Which folder a claim is from is told by the folder, not by its place in the configuration. */
static void test_restart_with_other_order(void **state) {
    struct bench *b = *state;
    put(b, "drop/mine", "x");
    start(b);
    run(b, 1, 2000);
    stop(b);
    add_watch(b, true);
    start(b);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->taken[0]->watch, 1);
    stop(b);
    remove_watch(b, 0);

    free(b->watch[0].dir);
    b->watch[0].dir = mem_strdup(at(b, "other"));
    start(b);
    run(b, 1, 50); /* the folder is no longer watched */
    assert_int_equal(b->count, 0);
    stop(b);
    free(b->watch[0].dir);
    b->watch[0].dir = mem_strdup(at(b, "drop"));
    start(b);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    finish(b, 0);
    assert_true(there(b, "done/mine"));
}

/* What a claim is, the file or a note of it, is told by the claim, not by the configuration that came after it. */
static void test_restart_with_files_that_stay_now(void **state) {
    struct bench *b = *state;
    put(b, "drop/moved", "x");
    start(b);
    run(b, 1, 2000);
    stop(b);
    b->watch[0].when_done = DONE_KEEP;
    start(b);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_false(b->taken[0]->kept);
    stop(b);
    b->answer_committed = true;
    start(b);
    run(b, 1, 50);
    assert_int_equal(b->count, 0);
    assert_true(there(b, "state/done/moved"));
}

static void test_restart_with_files_that_go_now(void **state) {
    struct bench *b = *state;
    b->watch[0].when_done = DONE_KEEP;
    put(b, "drop/stayed", "x");
    start(b);
    run(b, 1, 2000);
    assert_true(b->taken[0]->kept);
    stop(b);
    b->watch[0].when_done = DONE_MOVE;
    start(b);
    run(b, 2, 50);
    assert_int_equal(b->count, 1);
    assert_string_equal(b->taken[0]->name, "stayed");
    finish(b, 0);
    assert_true(there(b, "done/stayed"));
    assert_int_equal(rmdir(at(b, "state/work")), 0);
    mkdir(at(b, "state/work"), 0755);
}

/* A backlog in one folder does not keep the others waiting. */
static void test_folders_in_turn(void **state) {
    struct bench *b = *state;
    add_watch(b, false);
    b->limits = (struct intake_limits){.open = 8, .out = 8, .waiting = 4};
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "drop/f%d", i);
        put(b, name, "x");
    }
    put(b, "other/one", "x");
    b->finish_at_once = true;
    start(b);
    run(b, 200, 5000);
    assert_false(there(b, "other/one"));
    stop(b);
    remove_watch(b, 1);
}

static void test_long_name_again(void **state) {
    struct bench *b = *state;
    char name[300] = "drop/";
    for (int i = 0; i < 85; i++)
        strcat(name, "文"); /* 255 bytes */
    b->finish_at_once = true;
    start(b);
    for (unsigned i = 0; i < 3; i++) {
        put(b, "x", "text");
        rename(at(b, "x"), at(b, name));
        run(b, i + 1, 2000);
        assert_int_equal(b->count, i + 1);
        run(b, i + 2, 1);
    }
    memcpy(name, "done", 4);
    assert_true(there(b, name));
    strcpy(name + 5 + 252, ".2");
    assert_true(there(b, name));
}

static void test_kept_files(void **state) {
    struct bench *b = *state;
    b->watch[0].when_done = DONE_KEEP;
    put(b, "drop/stays", "x");
    start(b);
    run(b, 1, 2000);
    assert_int_equal(b->count, 1);
    assert_true(b->taken[0]->kept);
    scan_queue_all(&b->intake->watch[0]);
    run(b, 2, 50); /* out: not taken a second time */
    assert_int_equal(b->count, 1);
    b->answer_seen = true;
    finish(b, 0);
    scan_queue_all(&b->intake->watch[0]);
    run(b, 2, 50);
    assert_int_equal(b->count, 1);
    assert_true(there(b, "drop/stays"));
    stop(b);
}

static void test_put_aside(void **state) {
    struct bench *b = *state;
    mkdir(at(b, "bad"), 0755);
    put(b, "drop/evil", "x");
    start(b);
    run(b, 1, 2000);
    char *held = mem_strdup(b->taken[0]->held);
    struct error err;
    assert_int_equal(intake_put_aside(b->intake, b->taken[0], at(b, "bad"), &err), 0);
    intake_release(b->intake, b->taken[0]);
    _cleanup_(freep) char *aside = mem_format("bad/%s", held);
    assert_true(there(b, aside));
    free(held);
}

/* What was put aside runs again under a new claim, with its whole name, and once only. */
static void test_put_back(void **state) {
    struct bench *b = *state;
    char name[256];
    struct error err;
    memset(name, 'n', 250);
    name[250] = 0;
    mkdir(at(b, "bad"), 0755);
    put(b, "x", "text");
    _cleanup_(freep) char *full = mem_format("drop/%s", name);
    rename(at(b, "x"), at(b, full));
    start(b);
    run(b, 1, 2000);
    char *held = mem_strdup(b->taken[0]->held);
    assert_int_equal(intake_put_aside(b->intake, b->taken[0], at(b, "bad"), &err), 0);
    intake_release(b->intake, b->taken[0]);
    const struct intake_run again = {.more = true, .earlier = 0xabc};
    char *back = intake_back_name(held, name, intake_new_claim(b->intake->last_claim), &again);
    assert_null(intake_back_name("no claim", name, 1, &again));
    assert_int_equal(strlen(back), 255);
    assert_int_equal(intake_put_back(b->config.state_dir, at(b, "bad"), held, back, name, &err), 0);
    assert_int_equal(intake_take_up(b->intake, back, &err), 0);
    assert_int_equal(intake_take_up(b->intake, back, &err), 0);
    run(b, 2, 2000);
    run(b, 3, 50);
    assert_int_equal(b->count, 2);
    assert_string_equal(b->taken[1]->name, name);
    assert_true(b->taken[1]->run.more && !b->taken[1]->run.again && b->taken[1]->run.earlier == 0xabc);
    finish(b, 1);
    free(held);
    free(back);
}

static void test_names_of_another_run(void **state) {
    (void)state;
    struct buf entry = {0}, path = {0};
    struct claim claim = {.number = 1, .folder = 2, .kept = true, .run = {true, true, 0xf}};
    claim_encode(&claim, "a-after", &entry);
    assert_string_equal(entry.at, "0000000000000001.00000002-kept-again000000000000000f.a-after");
    claim = (struct claim){0};
    assert_int_equal(claim_decode(entry.at, &claim, &path), 0);
    assert_true(claim.kept && claim.run.more && claim.run.again && claim.run.earlier == 0xf);
    assert_string_equal(path.at, "a-after");
    assert_int_equal(claim_decode("0000000000000001.00000002-after00.x", &claim, &path), -EINVAL);
    buf_free(&entry);
    buf_free(&path);
}

/* A path that is cut behind the dots of "/..abc" leads nowhere outside. */
static void test_cut_name(void **state) {
    (void)state;
    struct buf entry = {0}, path = {0};
    struct claim claim = {.number = 1, .folder = 2};
    char name[300];
    memset(name, 'a', sizeof name);
    memcpy(name + 224, "/..abc", sizeof "/..abc"); /* 26 bytes stand before the path, and "/" takes three */
    claim_encode(&claim, name, &entry);
    assert_true(entry.len > 255);
    entry.at[255] = 0;
    assert_string_equal(entry.at + 250, "%2F..");
    assert_int_equal(claim_decode(entry.at, &claim, &path), 0);
    assert_string_equal(path.at + path.len - 3, "/..");
    buf_free(&entry);
    buf_free(&path);
}

static void test_names(void **state) {
    (void)state;
    struct buf entry = {0}, path = {0};
    struct claim claim = {.number = 0x1234abcd, .folder = 0xfe};
    claim_encode(&claim, "a/b%c.d/文", &entry);
    assert_string_equal(entry.at, "000000001234abcd.000000fe.a%2Fb%25c.d%2F文");
    claim = (struct claim){0};
    assert_int_equal(claim_decode(entry.at, &claim, &path), 0);
    assert_string_equal(path.at, "a/b%c.d/文");
    assert_true(claim.number == 0x1234abcd && claim.folder == 0xfe && !claim.kept);
    path.len = 0;
    assert_int_equal(claim_decode("000000001234abcd.000000fe-kept.x", &claim, &path), 0);
    assert_true(claim.kept);
    assert_string_equal(path.at, "x");
    assert_true(claim_folder("/a/b") == claim_folder("/a/b/") && claim_folder("/a/b") != claim_folder("/a/c"));
    static const char *const wrong[] = {"",
                                        "x",
                                        "000000001234abcd",
                                        "000000001234abcd.name",
                                        "000000001234abcd.000000fe.",
                                        "000000001234abcd.000000fe",
                                        "000000001234abcd.000000fe-.a",
                                        "000000001234abcd.000000fe-kept",
                                        "000000001234abcd..a",
                                        "000000001234ABCD.000000fe.a",
                                        "000000001234abcd.000000fe.a%2F..",
                                        "000000001234abcd.000000fe.a%zzb",
                                        "000000001234abcd.000000fe.a%2",
                                        "000000001234abcd.000000fe.a/b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(claim_decode(wrong[i], &claim, &path), -EINVAL);
    buf_free(&entry);
    buf_free(&path);
}

int main(void) {
    signal(SIGIO, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_cut_name),
        cmocka_unit_test(test_names_of_another_run),
        TEST(renamed_in),
        TEST(held_by_writer),
        TEST(not_ready),
        TEST(patterns),
        TEST(hard_link),
        TEST(same_name_again),
        TEST(backlog_in_bounded_memory),
        TEST(many_held_files),
        TEST(polled_where_no_events_come),
        TEST(folder_comes_and_goes),
        TEST(folders_below),
        TEST(restart),
        TEST(restart_with_other_order),
        TEST(restart_with_files_that_stay_now),
        TEST(restart_with_files_that_go_now),
        TEST(folders_in_turn),
        TEST(long_name_again),
        TEST(kept_files),
        TEST(put_aside),
        TEST(put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
