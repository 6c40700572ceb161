/* SPDX-License-Identifier: MIT */
#include "base/os.h"
#include "journal_test.h"

enum { DOCS = 6 };

/* Where the frames of a small journal end; ends[0] is the segment's header. */
static void small_journal(const struct place *place, off_t ends[DOCS + 1]) {
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    ends[0] = (off_t)journal_end(journal).offset;
    for (uint64_t i = 1; i <= DOCS; i++) {
        append_good(journal, i, 1, 2);
        ends[i] = (off_t)journal_end(journal).offset;
    }
    journal_close(journal);
}

static size_t whole_frames(const off_t ends[DOCS + 1], off_t size) {
    size_t n = 0;
    while (n < DOCS && ends[n + 1] <= size)
        n++;
    return n;
}

/* As after a power cut: the mark never moved, and the segment ends at every byte in turn. */
static void a_tail_torn_at_any_byte_is_cut(void **state) {
    struct place *place = *state;
    off_t ends[DOCS + 1];
    small_journal(place, ends);
    char *segment = path_in(place, "00000001.seg"), *mark = path_in(place, "commit");
    char *copy = mem_format("%s/whole", place->root);
    copy_bytes(segment, copy, ends[DOCS]);
    for (off_t size = ends[0]; size <= ends[DOCS]; size++) {
        struct journal_recovery found;
        copy_bytes(copy, segment, size);
        unlink(mark);
        struct journal *journal = open_journal(place, 1 << 20, &found);
        size_t frames = whole_frames(ends, size);
        assert_int_equal(found.frames, frames);
        assert_int_equal(found.cut, size - ends[frames]);
        assert_int_equal(size_of(segment), ends[frames]);
        assert_int_equal(found.torn[0] != 0, found.cut != 0);
        append_good(journal, frames + 1, 1, 3);
        journal_close(journal);
        assert_int_equal(count_all(place, 1), frames + 1);
    }
    free(segment);
    free(mark);
    free(copy);
}

static int fsync_fails(int fd) {
    (void)fd;
    errno = EIO;
    return -1;
}

/* A writer may be killed between the write of whole frames and their sync: they must be on disk before they count. */
static void frames_are_synced_before_they_count(void **state) {
    struct place *place = *state;
    off_t ends[DOCS + 1];
    struct journal *journal = NULL;
    struct error err;
    small_journal(place, ends);
    struct os_calls before = os;
    os.fsync = fsync_fails;
    assert_int_equal(journal_open(place->dir, 1 << 20, &journal, NULL, &err), -EIO);
    os = before;
    journal_close(open_journal(place, 1 << 20, NULL));
    assert_int_equal(count_all(place, 1), DOCS);
}

static void garbage_behind_the_frames_is_put_aside(void **state) {
    struct place *place = *state;
    struct journal_recovery found;
    off_t ends[DOCS + 1];
    small_journal(place, ends);
    char *segment = path_in(place, "00000001.seg");
    int fd = open(segment, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "SDOC garbage", 12), 12);
    close(fd);
    journal_close(open_journal(place, 1 << 20, &found));
    assert_int_equal(found.frames, DOCS);
    assert_int_equal(found.cut, 12);
    assert_int_equal(size_of(found.torn), 12);
    assert_int_equal(count_all(place, 1), DOCS);
    free(segment);
}

/* A sink that had read all of them is not disturbed. */
static void a_place_behind_the_gap_is_found(void **state) {
    struct place *place = *state;
    struct journal_reader *reader;
    struct error err = {0};
    int end;
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    append_good(journal, 1, DOCS, 2);
    struct journal_place from = journal_end(journal);
    journal_close(journal);
    char *segment = path_in(place, "00000001.seg");
    flip_bit(segment, 100);
    journal = open_journal(place, 1 << 20, NULL);
    append_good(journal, DOCS + 1, 1, 2);
    assert_int_equal(journal_reader_open(place->dir, from, &reader, &err), 0);
    assert_int_equal(read_all(reader, DOCS + 1, &end, &err), 1);
    assert_int_equal(end, 0);
    journal_reader_close(reader);
    journal_close(journal);
    free(segment);
}

static struct os_calls real;
static int left; /* calls that still succeed */
static int forever;

static int trip(void) {
    if (left < 0)
        return 0;
    if (left-- > 0)
        return 0;
    if (forever)
        left = 0;
    errno = ENOSPC;
    return 1;
}

static ssize_t no_room_pwrite(int fd, const void *data, size_t len, off_t at) {
    if (trip()) {
        if (len > 10)
            (void)!real.pwrite(fd, data, len / 2, at); /* a part arrived */
        errno = ENOSPC;
        return -1;
    }
    return real.pwrite(fd, data, len, at);
}

static int no_room_open(const char *path, int flags, mode_t mode) {
    return trip() ? -1 : real.open(path, flags, mode);
}

static int no_fdatasync(int fd) {
    return trip() ? -1 : real.fdatasync(fd);
}

static int no_fsync(int fd) {
    return trip() ? -1 : real.fsync(fd);
}

static int no_ftruncate(int fd, off_t size) {
    return trip() ? -1 : real.ftruncate(fd, size);
}

static int no_renameat(int from_dir, const char *from, int to_dir, const char *to) {
    return trip() ? -1 : real.renameat(from_dir, from, to_dir, to);
}

static void arm(int calls, int for_good) {
    real = os;
    left = calls;
    forever = for_good;
    os.open = no_room_open;
    os.pwrite = no_room_pwrite;
    os.fdatasync = no_fdatasync;
    os.fsync = no_fsync;
    os.ftruncate = no_ftruncate;
    os.renameat = no_renameat;
}

/* Makes the Nth call fail, once or for good, with N growing until none fails; then there is room again. */
static void a_full_disk_loses_and_doubles_nothing(void **state) {
    struct place *place = *state;
    for (int for_good = 0; for_good < 2; for_good++) {
        int failed = 1;
        for (int n = 0; failed; n++) {
            struct journal *journal = open_journal(place, 600, NULL);
            append_good(journal, 1, 5, 2);
            struct error err = {0};
            arm(n, for_good);
            failed = append_group(journal, 6, 3, 2, &err) < 0;
            failed |= append_group(journal, failed ? 6 : 9, 3, 2, &err) < 0 && for_good;
            os = real;
            if (failed)
                assert_int_equal(err.code, ENOSPC);
            uint64_t next = journal_end(journal).sequence;
            append_good(journal, next, 2, 2);
            assert_int_equal(count_all(place, 1), next + 1);
            journal_close(journal);
            journal = open_journal(place, 600, NULL);
            assert_int_equal(journal_end(journal).sequence, next + 2);
            journal_close(journal);
            assert_int_equal(count_all(place, 1), next + 1);
            assert_true(n < 100);
            char command[128];
            snprintf(command, sizeof command, "rm -rf '%s'", place->dir);
            assert_int_equal(system(command), 0);
        }
    }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_tail_torn_at_any_byte_is_cut),        TEST(garbage_behind_the_frames_is_put_aside),
        TEST(a_place_behind_the_gap_is_found),       TEST(frames_are_synced_before_they_count),
        TEST(a_full_disk_loses_and_doubles_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
