/* SPDX-License-Identifier: MIT */
/* When a file counts as whole, and what is said while it does not. */
#include "bench.h"

enum { LONG = 60000, SHORT = 150, PATIENCE = 10000 };

static void append(struct bench *b, const char *path, const char *text) {
    int fd = open(at(b, path), O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* The reason why the file waits, "" when it does not. */
static const char *reason(struct bench *b, const char *name) {
    static char text[256];
    cJSON *all = intake_waiting(b->intake);
    const cJSON *item;
    text[0] = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(all, "waiting")) {
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(item, "name")), name) == 0)
            snprintf(text, sizeof text, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(item, "reason")));
    }
    cJSON_Delete(all);
    return text;
}

static void assert_reason(struct bench *b, const char *name, const char *words) {
    if (!strstr(reason(b, name), words))
        fail_msg("%s waits because \"%s\", not \"%s\"", name, reason(b, name), words);
}

static void settling(struct bench *b, int settle) {
    b->watch[0].settle = settle;
    start(b);
}

static void moved_and_linked_in_is_ready_at_once(void **state) {
    struct bench *b = *state;
    settling(b, LONG);
    put(b, "x", "text");
    rename(at(b, "x"), at(b, "drop/moved"));
    run(b, 1, PATIENCE);
    put(b, "y", "text");
    assert_int_equal(link(at(b, "y"), at(b, "drop/linked")), 0);
    run(b, 2, PATIENCE);
    put(b, "drop/.z", "text");
    rename(at(b, "drop/.z"), at(b, "drop/renamed"));
    run(b, 3, PATIENCE);
    assert_int_equal(b->count, 3);
}

static void written_here_settles(void **state) {
    struct bench *b = *state;
    settling(b, LONG);
    put(b, "drop/x", "text");
    run(b, 1, SHORT);
    assert_int_equal(b->count, 0);
    assert_reason(b, "x", "was written in the folder");
    struct timespec past[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, at(b, "drop/x"), past, 0), 0); /* as a copying program ends */
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
}

static void found_at_the_start(void **state) {
    struct bench *b = *state;
    put(b, "drop/x", "text");
    settling(b, LONG);
    run(b, 1, SHORT);
    assert_int_equal(b->count, 0);
    stop(b);
    b->limits.settled = true;
    start(b);
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
}

static void a_writer_that_comes_back(void **state) {
    struct bench *b = *state;
    settling(b, 400);
    put(b, "drop/x", "1");
    for (int i = 0; i < 4; i++) {
        run(b, 1, 100);
        append(b, "drop/x", "2");
    }
    run(b, 1, 600); /* longer than it settles: but it came back */
    assert_int_equal(b->count, 0);
    append(b, "drop/x", "3");
    run(b, 1, 2 * PATIENCE);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->taken[0]->size, 6);
}

static void created_empty_and_renamed_over(void **state) {
    struct bench *b = *state;
    settling(b, LONG);
    put(b, "drop/x", "");
    run(b, 1, SHORT);
    assert_reason(b, "x", "empty");
    put(b, "drop/x.part", "half");
    run(b, 1, SHORT);
    append(b, "drop/x.part", " and half");
    rename(at(b, "drop/x.part"), at(b, "drop/x"));
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
    assert_int_equal(b->taken[0]->size, 13);
    assert_string_equal(reason(b, "x"), "");
}

static void the_formats_own_end(void **state) {
    struct bench *b = *state;
    settling(b, LONG);
    put(b, "drop/a.pdf", "%PDF-1.4\nhalf");
    run(b, 1, 2 * SHORT);
    assert_reason(b, "a.pdf", "the %%EOF of the PDF is missing");
    append(b, "drop/a.pdf", "\n%%EOF\n");
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
    put(b, "drop/b.html", "<html>text</html>\n");
    run(b, 2, PATIENCE);
    assert_int_equal(b->count, 2);
}

static void markers(void **state) {
    struct bench *b = *state;
    b->watch[0].marker = ".done";
    settling(b, LONG);
    put(b, "drop/x.csv", "text");
    run(b, 1, SHORT);
    assert_reason(b, "x.csv", "marker");
    put(b, "drop/x.csv.done", "");
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
    assert_string_equal(b->taken[0]->name, "x.csv");
    assert_false(there(b, "drop/x.csv.done"));

    put(b, "drop/y.done", ""); /* left over from another one */
    struct timespec past[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, at(b, "drop/y.done"), past, 0), 0);
    put(b, "drop/y", "text");
    run(b, 2, SHORT);
    assert_reason(b, "y", "older than the file");
    put(b, "drop/y.done", "now");
    run(b, 2, PATIENCE);
    assert_int_equal(b->count, 2);
}

static void a_marker_left_by_a_crash(void **state) {
    struct bench *b = *state;
    b->watch[0].marker = ".done";
    put(b, "drop/x", "text");
    put(b, "drop/x.done", "");
    settling(b, 0);
    run(b, 1, PATIENCE);
    char *held = mem_format("state/work/%s", b->taken[0]->held);
    stop(b);
    assert_true(there(b, held));
    usleep(30000);             /* a file's times move on by the ticks of the kernel's clock */
    put(b, "drop/x.done", ""); /* as if it had not been removed */
    struct stat st;
    assert_int_equal(stat(at(b, held), &st), 0);
    settling(b, 0);
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
    assert_true(there(b, "drop/x.done")); /* made after the claim: it is of another file */
    free(held);
}

static void a_lease_tells_of_a_twin(void **state) {
    struct bench *b = *state;
    put(b, "twin", "text");
    assert_int_equal(link(at(b, "twin"), at(b, "drop/x")), 0);
    settling(b, 0);
    run(b, 1, PATIENCE);
    assert_int_equal(b->count, 1);
    if (!b->taken[0]->leased)
        skip();
    assert_int_equal(fcntl(b->taken[0]->fd, F_GETLEASE), F_RDLCK);
    int fd = open(at(b, "twin"), O_WRONLY | O_NONBLOCK); /* a blocking one would wait for the reader */
    assert_true(fd < 0 && errno == EWOULDBLOCK);
    assert_int_not_equal(fcntl(b->taken[0]->fd, F_GETLEASE), F_RDLCK);
}

static void changed_while_read_waits_for_its_writer(void **state) {
    struct bench *b = *state;
    settling(b, 0);
    put(b, "twin", "text");
    assert_int_equal(link(at(b, "twin"), at(b, "drop/x")), 0);
    run(b, 1, PATIENCE);
    if (!b->taken[0]->leased)
        skip();
    intake_passed(b->intake, b->taken[0]);
    int fd = open(at(b, "twin"), O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_true(intake_again(b->intake, b->taken[0]));
    run(b, 2, 2 * SHORT);
    assert_null(b->rested);
    assert_reason(b, "x", "open for writing");
    unsigned held;
    assert_false(intake_busy(b->intake, &held));
    assert_int_equal(held, 1);
    assert_int_equal(write(fd, " more", 5), 5);
    close(fd);
    for (int i = 0; i < 100 && !b->rested; i++)
        run(b, 2, 100);
    assert_ptr_equal(b->rested, b->taken[0]);
    assert_int_equal(b->rested->size, 9);
    assert_true(b->rested->leased && b->rested->fd >= 0);
}

static void one_that_does_not_rest_is_given_up_at_the_end(void **state) {
    struct bench *b = *state;
    put(b, "drop/x", "text");
    settling(b, 0);
    run(b, 1, PATIENCE);
    assert_true(intake_again(b->intake, b->taken[0]));
    stop(b);
    assert_int_equal(b->dropped, 1);
}

/* --- ends --------------------------------------------------------------------------------------------------------- */

#define ZIP_END "PK\5\6\0\0\0\0\1\0\1\0.\0\0\0$\0\0\0"

static const struct {
    const char *bytes;
    size_t len;
    enum end end;
} ends[] = {
#define BYTES(text, end)                                                                                               \
    { text, sizeof text - 1, end }
    BYTES("PK\3\4 some bytes " ZIP_END "\0\0", END_WHOLE),
    BYTES("PK\3\4 some bytes " ZIP_END "\4\0note", END_WHOLE),
    BYTES("PK\3\4 some bytes " ZIP_END "\4\0not", END_MISSING),
    BYTES("PK\3\4 some bytes", END_MISSING),
    BYTES("%PDF-1.7 text %%EOF", END_WHOLE),
    BYTES("%PDF-1.7 text %%EOF\r\n", END_WHOLE),
    BYTES("%PDF-1.7 text %%EO", END_MISSING),
    BYTES("%PDF-1.7 text %%EOF and more", END_MISSING),
    BYTES("\xFD"
          "7zXZ\0\0\4 bytes,, mYZ",
          END_WHOLE),
    BYTES("\xFD"
          "7zXZ\0\0\4 bytes,, mYZ\0\0\0\0",
          END_WHOLE),
    BYTES("\xFD"
          "7zXZ\0\0\4 bytes,, mY",
          END_MISSING),
    BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3+I\255(\1\0\23+\204\4\4\0\0\0", END_HINT),
    BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3+I\255(\1\0\23+\204\4\377\377\377\377", END_MISSING),
    BYTES("\x1F\x8B\x08", END_MISSING),
    BYTES("<html>text</HTML> \n", END_HINT),
    BYTES("<html>text", END_UNKNOWN),
    BYTES("text", END_UNKNOWN),
    BYTES("t", END_UNKNOWN),
#undef BYTES
};

static void the_ends_of_formats(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const uint8_t *bytes = (const uint8_t *)ends[i].bytes;
        struct ending got =
            ends_judge(bytes, ends[i].len < ENDS_FIRST ? ends[i].len : ENDS_FIRST, bytes, ends[i].len, ends[i].len);
        if (got.end != ends[i].end)
            fail_msg("case %zu: %d, not %d", i, (int)got.end, (int)ends[i].end);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(moved_and_linked_in_is_ready_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(written_here_settles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(found_at_the_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_writer_that_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(created_empty_and_renamed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_formats_own_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_marker_left_by_a_crash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lease_tells_of_a_twin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changed_while_read_waits_for_its_writer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_does_not_rest_is_given_up_at_the_end, set_up, tear_down),
        cmocka_unit_test(the_ends_of_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
