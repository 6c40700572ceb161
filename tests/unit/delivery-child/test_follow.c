/* SPDX-License-Identifier: MIT */
/* The follow loop between a real journal and a sink in memory, whose calls can be made to fail. */
#include "delivery/child/cursor.h"
#include "delivery/child/follow.h"
#include "journal_test.h"

enum call { NONE, OPEN, RESUME, PUT, COMMIT, FLUSH };

struct memory_sink {
    struct siftd_plugin plugin;
    struct buf safe, open; /* lines committed, lines put since */
    char position[SIFTD_POSITION_MAX];
    char said[128], trouble[256];
    enum call fail; /* this call fails … */
    int after;      /* … once, after so many of them */
    size_t batch;   /* put() wants a commit after so many lines; 0: never */
    size_t since, lines, commits, flushes, idles, opens;
    uint64_t sequence;
    int waits;       /* calls of wait() until the end */
    uint64_t end_at; /* or the sequence at which it ends */
};

static int failing(struct memory_sink *sink, enum call call) {
    if (sink->fail != call || sink->after-- > 0)
        return 0;
    sink->fail = NONE;
    snprintf(sink->said, sizeof sink->said, "the sink says no (%d)", call);
    return 1;
}

static int resume(void *self, char position[SIFTD_POSITION_MAX]) {
    struct memory_sink *sink = self;
    if (failing(sink, RESUME))
        return SIFTD_ERROR;
    strcpy(position, sink->position);
    return SIFTD_OK;
}

static int put(void *self, const struct siftd_line *line) {
    struct memory_sink *sink = self;
    if (failing(sink, PUT))
        return SIFTD_ERROR;
    if (sink->batch && sink->since == sink->batch)
        return SIFTD_SKIP;
    assert_true(line->type.len > 0 && line->id.len > 20);
    buf_add(&sink->open, line->json, line->len);
    buf_char(&sink->open, '\n');
    sink->since++;
    return SIFTD_OK;
}

static int commit(void *self, const char *position) {
    struct memory_sink *sink = self;
    if (failing(sink, COMMIT))
        return SIFTD_ERROR;
    snprintf(sink->position, sizeof sink->position, "%s", position);
    buf_add(&sink->safe, sink->open.at, sink->open.len);
    sink->lines += sink->since;
    sink->since = sink->open.len = 0;
    sink->commits++;
    return SIFTD_OK;
}

static int flush(void *self) {
    struct memory_sink *sink = self;
    sink->flushes++;
    return failing(sink, FLUSH) ? SIFTD_ERROR : SIFTD_OK;
}

static int idle(void *self) {
    struct memory_sink *sink = self;
    assert_int_equal(sink->since, 0);
    sink->idles++;
    return SIFTD_OK;
}

static int open_sink(void *user, const struct siftd_plugin **ret_plugin, void **ret_self, struct error *err) {
    struct memory_sink *sink = user;
    sink->opens++;
    sink->since = sink->open.len = 0;
    if (failing(sink, OPEN))
        return error_set(err, EIO, "%s", sink->said);
    *ret_plugin = &sink->plugin;
    *ret_self = sink;
    return 0;
}

static void close_sink(void *user) {
    (void)user;
}

static const char *said(void *user) {
    return ((struct memory_sink *)user)->said;
}

static int wait_more(void *user, int timeout) {
    struct memory_sink *sink = user;
    if (sink->end_at ? sink->sequence >= sink->end_at : sink->waits-- <= 0)
        return 1;
    if (timeout > 0)
        usleep((useconds_t)(timeout < 15 ? timeout : 15) * 1000);
    return 0;
}

static void report(void *user, uint64_t sequence, uint64_t records, uint64_t bytes, const char *trouble) {
    struct memory_sink *sink = user;
    (void)records;
    (void)bytes;
    sink->sequence = sequence;
    if (*trouble)
        snprintf(sink->trouble, sizeof sink->trouble, "%s", trouble);
}

static struct memory_sink new_sink(uint64_t end_at) {
    return (struct memory_sink){
        .plugin = {.resume = resume, .put = put, .commit = commit, .flush = flush, .idle = idle}, .end_at = end_at};
}

static void free_sink(struct memory_sink *sink) {
    buf_free(&sink->safe);
    buf_free(&sink->open);
}

static void run(const struct place *place, struct memory_sink *sink, const struct config_words *types) {
    static const struct config_words all;
    char *cursor = mem_format("%s/cursor", place->root);
    struct follow follow = {.journal = place->dir,
                            .cursor = cursor,
                            .types = types ? types : &all,
                            .calls = {sink, open_sink, close_sink, said, wait_more, report}};
    follow_run(&follow, NULL, NULL);
    free(cursor);
}

/* Everything that a journal of documents 1 … count with so many lines gives. */
static void expect(struct memory_sink *sink, size_t count, uint32_t lines) {
    struct buf want = {0};
    for (uint64_t key = 1; key <= count; key++) {
        struct journal_doc doc = make_doc(key, lines);
        for (const char *at = doc.body, *end; at < doc.body + doc.body_size; at = end + 1) {
            end = strchr(at, '\n');
            journal_complete(&doc, at, (size_t)(end - at), &want);
            buf_char(&want, '\n');
        }
        free_doc(&doc);
    }
    assert_int_equal(sink->safe.len, want.len);
    assert_memory_equal(sink->safe.at, want.at, want.len);
    buf_free(&want);
}

static struct journal *filled(const struct place *place, size_t documents, uint32_t lines) {
    struct journal *journal = open_journal(place, 3000, NULL);
    for (uint64_t key = 1; key <= documents; key++)
        append_good(journal, key, 1, lines);
    return journal;
}

static void all_records_arrive(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 20, 5);
    struct memory_sink sink = new_sink(21);
    run(place, &sink, NULL);
    expect(&sink, 20, 5);
    assert_int_equal(sink.commits, 1);
    assert_int_equal(sink.flushes, 1);
    append_good(journal, 21, 1, 5);
    sink.end_at = 22;
    run(place, &sink, NULL);
    expect(&sink, 21, 5);
    journal_close(journal);
    free_sink(&sink);
}

static void only_wanted_types_arrive(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 7, 4);
    struct memory_sink sink = new_sink(8);
    char *words[] = {"finding", "document"};
    run(place, &sink, &(struct config_words){words, 2});
    assert_int_equal(sink.lines, 7);
    journal_close(journal);
    free_sink(&sink);
}

static void a_failing_sink_is_opened_again(void **state) {
    static const enum call calls[] = {OPEN, RESUME, PUT, COMMIT, FLUSH};
    struct place *place = *state;
    struct journal *journal = filled(place, 6, 3);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct memory_sink sink = new_sink(7);
        sink.batch = 4;
        sink.fail = calls[i];
        sink.after = calls[i] == PUT ? 10 : calls[i] == COMMIT ? 2 : 0;
        run(place, &sink, NULL);
        expect(&sink, 6, 3);
        assert_int_equal(sink.opens, 2);
        assert_non_null(strstr(sink.trouble, "the sink says no"));
        free_sink(&sink);
    }
    journal_close(journal);
}

/* A commit may fall between any two lines of a document. */
static void it_goes_on_inside_a_document(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 3, 600);
    for (size_t batch = 1; batch < 1500; batch += 97) {
        struct memory_sink sink = new_sink(4);
        sink.batch = batch;
        sink.fail = PUT;
        sink.after = (int)batch + 40;
        run(place, &sink, NULL);
        expect(&sink, 3, 600);
        assert_int_equal(sink.opens, 2);
        free_sink(&sink);
    }
    journal_close(journal);
}

static void the_host_keeps_the_position_of_a_sink_without_one(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 5, 2);
    struct memory_sink sink = new_sink(6);
    sink.plugin.resume = NULL;
    run(place, &sink, NULL);
    expect(&sink, 5, 2);
    append_good(journal, 6, 1, 2);
    sink.end_at = 7;
    run(place, &sink, NULL);
    expect(&sink, 6, 2);
    journal_close(journal);
    free_sink(&sink);
}

static void another_journal_is_delivered_from_its_beginning(void **state) {
    struct place *place = *state;
    struct memory_sink sink = new_sink(6);
    struct journal *journal = filled(place, 5, 2);
    run(place, &sink, NULL);
    journal_close(journal);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", place->dir);
    assert_int_equal(system(command), 0);
    journal = filled(place, 3, 2);
    sink.safe.len = 0;
    sink.sequence = 0;
    sink.end_at = 4;
    run(place, &sink, NULL);
    expect(&sink, 3, 2);
    journal_close(journal);
    free_sink(&sink);
}

static void damage_holds_nothing_up(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 4, 2);
    struct memory_sink sink = new_sink(0);
    char *segment = path_in(place, "00000001.seg");
    flip_bit(segment, size_of(segment) - 5);
    sink.waits = 8;
    run(place, &sink, NULL);
    expect(&sink, 3, 2);
    append_good(journal, 5, 1, 2);
    sink.end_at = 6;
    run(place, &sink, NULL);
    assert_int_equal(sink.lines, 4 * 2);
    journal_close(journal);
    free(segment);
    free_sink(&sink);
}

static void a_foreign_position_is_refused(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 2, 2);
    struct memory_sink sink = new_sink(0);
    strcpy(sink.position, "offset 17");
    sink.waits = 2;
    run(place, &sink, NULL);
    assert_non_null(strstr(sink.trouble, "'offset 17'"));
    assert_int_equal(sink.lines, 0);
    journal_close(journal);
    free_sink(&sink);
}

static void an_idle_sink_is_told_so(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 2, 2);
    struct memory_sink sink = new_sink(0);
    sink.waits = 4;
    run(place, &sink, NULL);
    assert_int_equal(sink.idles, 1);
    journal_close(journal);
    free_sink(&sink);
}

/* --- once more ---------------------------------------------------------------------------------------------------- */

static struct journal_doc run_of(uint64_t earlier, bool again, const char *body) {
    return (struct journal_doc){.claim = 1,
                                .earlier = earlier,
                                .again = again,
                                .records = 1,
                                .name = "in/a.txt",
                                .body = body,
                                .body_size = strlen(body),
                                .body_fd = -1};
}

static void append_run(struct journal *journal, uint64_t earlier, bool again, const char *body) {
    struct error err = {0};
    struct journal_doc doc = run_of(earlier, again, body);
    if (journal_append(journal, &doc, 1, &err) < 0)
        fail_msg("%s", err.text);
}

#define ROW(id, n) "{\"type\":\"row\",\"id\":\"row-" id "\",\"n\":" n "}\n"
#define LAST(ms, chars)                                                                                                \
    "{\"type\":\"document\",\"id\":\"document\",\"stages\":{\"decode\":" ms "},\"chars\":" chars "}\n"

/* Five runs of one document: what an appending sink has had in its last form does not come again; a record that goes
 * back to an older form is a change, too. */
static void append_runs(struct journal *journal) {
    append_run(journal, 0, false, ROW("1", "1") ROW("2", "1") LAST("0.1", "5"));
    append_run(journal, 1, false, ROW("1", "1") ROW("2", "1") LAST("0.9", "5")); /* nothing */
    append_run(journal, 2, false, ROW("1", "2") ROW("3", "1") LAST("0.2", "6")); /* three */
    append_run(journal, 3, false, ROW("1", "1") ROW("2", "1") LAST("0.3", "6")); /* the first row alone */
    append_run(journal, 4, true, ROW("1", "1") LAST("0.4", "6"));                /* both: it was asked for */
}

static void a_sink_that_appends_gets_what_is_new(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 3000, NULL);
    append_runs(journal);
    for (size_t batch = 1; batch < 12; batch++) { /* a commit between any two lines, and a failure behind it */
        struct memory_sink sink = new_sink(6);
        sink.batch = batch;
        sink.fail = PUT;
        sink.after = (int)batch + 2;
        run(place, &sink, NULL);
        assert_int_equal(sink.lines, 3 + 0 + 3 + 1 + 2);
        free_sink(&sink);
    }
    struct memory_sink sink = new_sink(6);
    sink.plugin.keyed = 1;
    run(place, &sink, NULL);
    assert_int_equal(sink.lines, 3 + 3 + 3 + 3 + 2);
    journal_close(journal);
    free_sink(&sink);
}

static void run_again(const struct place *place, struct memory_sink *sink) {
    static const struct config_words all;
    char *cursor = mem_format("%s/cursor", place->root), *again = mem_format("%s/again", place->root);
    struct follow follow = {.journal = place->dir,
                            .cursor = cursor,
                            .again = again,
                            .types = &all,
                            .calls = {sink, open_sink, close_sink, said, wait_more, report}};
    follow_run(&follow, NULL, NULL);
    free(cursor);
    free(again);
}

static void ask_again(const struct place *place, const char *text) {
    char *path = mem_format("%s/again", place->root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

static bool is_asked(const struct place *place) {
    char *path = mem_format("%s/again", place->root);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static size_t lines_with(const struct memory_sink *sink, const char *words) {
    size_t count = 0;
    for (const char *at = sink->safe.at;
         (at = memmem(at, (size_t)(sink->safe.at + sink->safe.len - at), words, strlen(words))); at++)
        count++;
    return count;
}

/* Documents 3, 4 and 8 once more, whatever fails when, and each once. */
static void a_stretch_comes_once_more_and_once(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 10, 4);
    for (int after = 0; after < 60; after += 3) {
        struct memory_sink sink = new_sink(11);
        run(place, &sink, NULL);
        assert_int_equal(sink.lines, 40);
        ask_again(place, "77 1\n3 5\n8 9\n");
        sink.fail = after % 2 ? COMMIT : PUT;
        sink.after = after / 2;
        sink.batch = 3;
        sink.end_at = 0;
        sink.waits = 40;
        run_again(place, &sink);
        assert_int_equal(sink.lines, 52);
        assert_int_equal(lines_with(&sink, "\"key\":3}"), 8);
        assert_int_equal(lines_with(&sink, "\"key\":5}"), 4);
        assert_int_equal(lines_with(&sink, "\"key\":8}"), 8);
        assert_false(is_asked(place));
        ask_again(place, "77 1\n3 5\n8 9\n"); /* as if it had not been removed */
        sink.waits = 20;
        run_again(place, &sink);
        assert_int_equal(sink.lines, 52);
        assert_false(is_asked(place));
        free_sink(&sink);
    }
    journal_close(journal);
}

static void a_stretch_is_for_those_that_replace(void **state) {
    struct place *place = *state;
    struct journal *journal = filled(place, 5, 2);
    for (int keyed = 0; keyed < 2; keyed++) {
        struct memory_sink sink = new_sink(0);
        sink.plugin.keyed = keyed;
        sink.waits = 20;
        run_again(place, &sink);
        ask_again(place, "5 0\n1 3\n");
        sink.waits = 20;
        run_again(place, &sink);
        assert_int_equal(sink.lines, keyed ? 14 : 10);
        ask_again(place, "no request\n");
        sink.waits = 20;
        run_again(place, &sink);
        assert_int_equal(sink.lines, keyed ? 14 : 10);
        assert_false(is_asked(place));
        free_sink(&sink);
    }
    journal_close(journal);
}

static void positions_survive_as_text(void **state) {
    const struct cursor cursor = {
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}, UINT64_MAX, {UINT64_MAX, 7, UINT64_MAX}};
    static const char *const wrong[] = {"1 2 3 4",         "x 1 2 3 4",           "1 2 3 4 5 6",           "1 2 3 4 5x",
                                        "1 2 3 4 5 AGAIN", "1 2 3 4 5 AGAIN 6 7", "1 2 3 4 5 AGAIN 6 7 8x"};
    char text[CURSOR_MAX];
    struct cursor back;
    (void)state;
    cursor_format(&cursor, text);
    assert_int_equal(cursor_parse(text, &back, NULL), 0);
    assert_memory_equal(&back, &cursor, sizeof cursor);
    assert_int_equal(cursor_parse("", &back, NULL), 0);
    assert_int_equal(back.place.sequence, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(cursor_parse(wrong[i], &back, NULL), -EINVAL);
}

static void a_damaged_cursor_file_is_put_aside(void **state) {
    struct place *place = *state;
    char *path = mem_format("%s/cursor", place->root), *copy = mem_format("%s/copy", place->root);
    char position[SIFTD_POSITION_MAX];
    struct error err = {0};
    assert_int_equal(cursor_load(path, position, sizeof position, &err), 0);
    assert_string_equal(position, "");
    assert_int_equal(cursor_save(path, "00000000000000aa 7 1 640 0", &err), 0);
    off_t size = size_of(path);
    copy_bytes(path, copy, size);
    for (off_t at = 0; at < size; at++)
        for (int cut = 0; cut < 2; cut++) {
            copy_bytes(copy, path, cut ? at : size);
            if (!cut)
                flip_bit(path, at);
            assert_int_equal(cursor_load(path, position, sizeof position, &err), -EBADMSG);
            assert_non_null(strstr(err.text, "put aside"));
            assert_string_equal(position, "");
            assert_int_equal(cursor_load(path, position, sizeof position, &err), 0);
        }
    copy_bytes(copy, path, size);
    assert_int_equal(cursor_load(path, position, sizeof position, &err), 0);
    assert_string_equal(position, "00000000000000aa 7 1 640 0");
    free(path);
    free(copy);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        TEST(all_records_arrive),
        TEST(only_wanted_types_arrive),
        TEST(a_failing_sink_is_opened_again),
        TEST(it_goes_on_inside_a_document),
        TEST(the_host_keeps_the_position_of_a_sink_without_one),
        TEST(another_journal_is_delivered_from_its_beginning),
        TEST(damage_holds_nothing_up),
        TEST(a_foreign_position_is_refused),
        TEST(an_idle_sink_is_told_so),
        TEST(a_sink_that_appends_gets_what_is_new),
        TEST(a_stretch_comes_once_more_and_once),
        TEST(a_stretch_is_for_those_that_replace),
        cmocka_unit_test(positions_survive_as_text),
        TEST(a_damaged_cursor_file_is_put_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
