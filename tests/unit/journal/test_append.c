/* SPDX-License-Identifier: MIT */
#include "journal_test.h"

static void appended_documents_come_back(void **state) {
    struct place *place = *state;
    struct journal_recovery found;
    struct journal *journal = open_journal(place, 1 << 20, &found);
    assert_int_equal(found.frames, 0);
    assert_int_equal(found.cut, 0);
    append_good(journal, 1, 1, 3);
    append_good(journal, 2, 64, 2);
    assert_int_equal(journal_end(journal).sequence, 66);
    assert_int_equal(count_all(place, 1), 65);
    journal_close(journal);
    journal = open_journal(place, 1 << 20, &found);
    assert_int_equal(found.frames, 65);
    assert_int_equal(found.cut, 0);
    assert_int_equal(journal_end(journal).sequence, 66);
    append_good(journal, 66, 1, 1);
    assert_int_equal(count_all(place, 1), 66);
    journal_close(journal);
}

static void a_second_writer_is_kept_out(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 1 << 20, NULL), *second = NULL;
    struct error err = {0};
    assert_int_equal(journal_open(place->dir, 1 << 20, &second, NULL, &err), -EBUSY);
    assert_non_null(strstr(err.text, "another siftd"));
    journal_close(journal);
    journal_close(open_journal(place, 1 << 20, NULL));
}

static void a_body_is_copied_from_its_file(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    struct journal_doc docs[3] = {make_doc(1, 2), make_doc(2, 40000), make_doc(3, 2)};
    char *path = path_in(place, "spool");
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    struct error err = {0};
    assert_int_equal(write(fd, docs[1].body, docs[1].body_size), (ssize_t)docs[1].body_size);
    assert_int_equal(write(fd, "more", 4), 4);
    char *body = (char *)docs[1].body;
    docs[1].body = NULL;
    docs[1].body_fd = fd;
    if (journal_append(journal, docs, 3, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(count_all(place, 1), 3);
    docs[1].body_size += 1000;
    assert_int_equal(journal_append(journal, docs, 3, &err), -EIO);
    assert_int_equal(count_all(place, 1), 3);
    docs[1].body = body;
    close(fd);
    free(path);
    for (int i = 0; i < 3; i++)
        free_doc(&docs[i]);
    append_good(journal, 4, 1, 1);
    assert_int_equal(count_all(place, 1), 4);
    journal_close(journal);
}

static void a_full_segment_is_followed_by_another(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 1000, NULL);
    struct journal_reader *reader;
    struct error err = {0};
    char **paths;
    size_t count, total = 0;
    int end;
    assert_int_equal(journal_reader_open(place->dir, (struct journal_place){0}, &reader, &err), 0);
    for (uint64_t i = 0; i < 30; i++) {
        append_good(journal, 1 + i * 3, 3, 2);
        total += read_all(reader, total + 1, &end, &err);
        assert_int_equal(end, 0);
    }
    assert_int_equal(total, 90);
    assert_int_equal(count_all(place, 1), 90);
    assert_int_equal(journal_segments(place->dir, &paths, &count, &err), 0);
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(journal_verify(paths[i], NULL, NULL, &err), 0);
        free(paths[i]);
    }
    free(paths);
    journal_reader_close(reader);
    journal_close(journal);
}

static void delivered_segments_are_removed(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 500, NULL);
    struct journal_reader *reader;
    struct journal_place early = {0};
    struct error err = {0};
    int end;
    for (uint64_t i = 1; i <= 40; i++) {
        append_good(journal, i, 1, 1);
        if (i == 5)
            early = journal_end(journal);
    }
    assert_int_equal(journal_retain(journal, 20, 1, &err), 0); /* none is that old */
    assert_int_equal(count_all(place, 1), 40);
    assert_int_equal(journal_retain(journal, 20, UINT64_MAX, &err), 0);
    assert_int_equal(journal_reader_open(place->dir, (struct journal_place){0}, &reader, &err), 0);
    struct journal_doc doc;
    assert_int_equal(journal_reader_next(reader, &doc, &err), 1);
    assert_true(doc.sequence > 10 && doc.sequence <= 20);
    journal_reader_close(reader);
    assert_int_equal(journal_reader_open(place->dir, early, &reader, &err), 0);
    assert_int_equal(read_all(reader, doc.sequence, &end, &err), 0);
    assert_int_equal(end, -ENODATA);
    assert_int_equal(read_all(reader, doc.sequence, &end, &err), 41 - doc.sequence);
    assert_int_equal(end, 0);
    journal_reader_close(reader);
    assert_int_equal(journal_retain(journal, 1000, UINT64_MAX, &err), 0); /* the last one stays */
    append_good(journal, 41, 1, 1);
    journal_close(journal);
    journal_close(open_journal(place, 500, NULL));
}

static void a_reader_goes_on_from_any_place(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 700, NULL);
    struct journal_reader *reader;
    struct error err = {0};
    struct journal_doc doc;
    int end;
    append_good(journal, 1, 1, 2);
    for (uint64_t i = 2; i <= 30; i++)
        append_good(journal, i, 1, 2);
    for (uint64_t i = 0; i <= 30; i++) {
        struct journal_place from = {0}, alone;
        assert_int_equal(journal_reader_open(place->dir, from, &reader, &err), 0);
        for (uint64_t k = 0; k < i; k++)
            assert_int_equal(journal_reader_next(reader, &doc, &err), 1);
        from = journal_reader_place(reader);
        journal_reader_close(reader);
        alone = (struct journal_place){.sequence = from.sequence};
        assert_int_equal(journal_reader_open(place->dir, from, &reader, &err), 0);
        assert_int_equal(read_all(reader, i + 1, &end, &err), 30 - i);
        journal_reader_close(reader);
        assert_int_equal(journal_reader_open(place->dir, alone, &reader, &err), 0);
        assert_int_equal(read_all(reader, i + 1, &end, &err), 30 - i);
        journal_reader_close(reader);
    }
    struct journal_place other = journal_end(journal);
    other.sequence += 1;
    assert_int_equal(journal_reader_open(place->dir, other, &reader, &err), -ERANGE);
    other.journal += 1;
    assert_int_equal(journal_reader_open(place->dir, other, &reader, &err), -ESTALE);
    journal_close(journal);
}

static void a_reader_goes_on_inside_a_body(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    struct journal_reader *reader;
    struct error err = {0};
    struct journal_doc doc;
    const char *line;
    size_t len;
    append_good(journal, 1, 1, 10);
    assert_int_equal(journal_reader_open(place->dir, (struct journal_place){0}, &reader, &err), 0);
    assert_int_equal(journal_reader_next(reader, &doc, &err), 1);
    for (int i = 0; i < 4; i++)
        assert_int_equal(journal_reader_line(reader, &line, &len, &err), 1);
    struct journal_place from = journal_reader_begin(reader);
    uint64_t told = journal_reader_told(reader);
    journal_reader_close(reader);
    assert_int_equal(journal_reader_open(place->dir, from, &reader, &err), 0);
    assert_int_equal(journal_reader_next(reader, &doc, &err), 1);
    assert_int_equal(journal_reader_skip(reader, told, &err), 0);
    assert_int_equal(journal_reader_line(reader, &line, &len, &err), 1);
    assert_memory_equal(line, "{\"type\":\"row\",\"id\":\"4\"", 22);
    assert_int_equal(journal_reader_skip(reader, 1 << 20, &err), -ERANGE);
    journal_reader_close(reader);
    journal_close(journal);
}

static void a_reader_may_come_before_the_journal(void **state) {
    struct place *place = *state;
    struct journal_reader *reader;
    struct error err = {0};
    struct journal_doc doc;
    assert_int_equal(journal_reader_open(place->dir, (struct journal_place){0}, &reader, &err), 0);
    assert_int_equal(journal_reader_next(reader, &doc, &err), 0);
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    assert_int_equal(journal_reader_next(reader, &doc, &err), 0);
    append_good(journal, 1, 1, 1);
    assert_int_equal(journal_reader_next(reader, &doc, &err), 1);
    assert_int_equal(journal_reader_next(reader, &doc, &err), 0);
    journal_reader_close(reader);
    journal_close(journal);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        TEST(appended_documents_come_back),   TEST(a_second_writer_is_kept_out),
        TEST(a_body_is_copied_from_its_file), TEST(a_full_segment_is_followed_by_another),
        TEST(delivered_segments_are_removed), TEST(a_reader_goes_on_from_any_place),
        TEST(a_reader_goes_on_inside_a_body), TEST(a_reader_may_come_before_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
