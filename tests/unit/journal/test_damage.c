/* SPDX-License-Identifier: MIT */
/*
 * A small journal of three segments, cut at every byte and with every byte changed in turn: it opens, what stands
 * outside the damaged frame is there, what was found is told and put aside, no number is given twice, and the next
 * opening finds nothing.
 */
#include <ftw.h>

#include "base/os.h"
#include "journal_test.h"

enum { DOCS = 6, SEGMENT = 300 };

struct small {
    struct place *place;
    uint64_t at[DOCS + 2]; /* where each document's frame begins, by its sequence number */
    uint64_t end[DOCS + 2];
    uint64_t in[DOCS + 2]; /* its segment */
    char *whole;           /* a copy of it all */
    uint64_t segments;
};

static void run(const char *format, const char *a, const char *b) {
    char *command = mem_format(format, a, b);
    assert_int_equal(system(command), 0);
    free(command);
}

static void make_small(struct place *place, struct small *ret) {
    struct journal *journal = open_journal(place, SEGMENT, NULL);
    *ret = (struct small){.place = place, .whole = mem_format("%s/whole", place->root)};
    for (uint64_t i = 1; i <= DOCS; i++) {
        struct journal_place before = journal_end(journal);
        append_good(journal, i, 1, 1);
        struct journal_place end = journal_end(journal);
        ret->in[i] = end.segment;
        ret->at[i] = end.segment == before.segment ? before.offset : 64;
        ret->end[i] = end.offset;
    }
    ret->segments = journal_end(journal).segment;
    journal_close(journal);
    assert_true(ret->segments >= 3);
    run("cp -r '%s' '%s'", place->dir, ret->whole);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where) {
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

/* The whole journal again, without a shell: this is done thousands of times. */
static void restore(const struct small *small) {
    nftw(small->place->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(small->place->dir, 0750), 0);
    for (uint64_t i = 0; i <= small->segments; i++) {
        char name[32];
        snprintf(name, sizeof name, i ? "%08llu.seg" : "commit", (unsigned long long)i);
        char *from = mem_format("%s/%s", small->whole, name), *to = path_in(small->place, name);
        copy_bytes(from, to, size_of(from));
        free(from);
        free(to);
    }
}

/* Reads all there is; there[n] tells whether document n came. Returns the number of gaps that were told. */
static size_t read_what_is_there(const struct place *place, bool there[DOCS + 2]) {
    struct journal_reader *reader;
    struct journal_doc doc;
    struct error err = {0};
    size_t gaps = 0;
    uint64_t last = 0;
    memset(there, 0, (DOCS + 2) * sizeof *there);
    if (journal_reader_open(place->dir, (struct journal_place){0}, &reader, &err) < 0)
        fail_msg("%s", err.text);
    for (int r; (r = journal_reader_next(reader, &doc, &err)) != 0;) {
        if (r == -ENODATA) {
            assert_true(++gaps < 20);
            continue;
        }
        if (r < 0)
            fail_msg("%s", err.text);
        struct journal_doc want = make_doc(doc.claim, doc.records);
        assert_true(doc.sequence > last && doc.sequence <= DOCS + 1);
        assert_string_equal(doc.name, want.name);
        assert_int_equal(doc.body_size, want.body_size);
        free_doc(&want);
        there[last = doc.sequence] = doc.claim == doc.sequence;
    }
    journal_reader_close(reader);
    return gaps;
}

/* Opens the damaged journal and demands what the promise is. `hit`: the document whose frame was damaged, 0 for none;
 * `rest`: those behind it in its segment may be gone as well. */
static void opens_well(const struct small *small, uint64_t hit, bool rest) {
    bool there[DOCS + 2];
    struct journal_recovery found;
    struct journal *journal = open_journal(small->place, SEGMENT, &found);
    assert_true(journal_end(journal).sequence > (rest ? 0 : DOCS));
    append_good(journal, journal_end(journal).sequence, 1, 2);
    journal_close(journal);
    read_what_is_there(small->place, there);
    for (uint64_t i = 1; i <= DOCS; i++)
        if (!there[i] && i != hit && !(rest && small->in[i] == small->in[hit] && i > hit))
            fail_msg("document %d is gone, %d was damaged", (int)i, (int)hit);
    if (!rest && hit && !there[hit]) {
        assert_true(found.torn[0] && size_of(found.torn) > 0);
        assert_true(found.cut || (found.pieces && strstr(found.damage, "damaged")));
    }
    journal_close(open_journal(small->place, SEGMENT, &found));
    assert_int_equal(found.cut + found.pieces + found.lost, 0);
    char **paths;
    size_t count;
    struct error err;
    assert_int_equal(journal_segments(small->place->dir, &paths, &count, &err), 0);
    for (size_t i = 0; i < count; i++) {
        if (journal_verify(paths[i], NULL, NULL, &err) < 0)
            fail_msg("%s", err.text);
        free(paths[i]);
    }
    free(paths);
}

static uint64_t document_at(const struct small *small, uint64_t segment, off_t at) {
    for (uint64_t i = 1; i <= DOCS; i++)
        if (small->in[i] == segment && (uint64_t)at >= small->at[i] && (uint64_t)at < small->end[i])
            return i;
    return 0;
}

static uint64_t first_cut(const struct small *small, uint64_t segment, off_t size) {
    for (uint64_t i = 1; i <= DOCS; i++)
        if (small->in[i] == segment && (uint64_t)size < small->end[i])
            return i;
    return 0;
}

typedef void damage_fn(const struct small *small, uint64_t segment, const char *path, off_t at);

static void each_byte(struct place *place, damage_fn *damage) {
    struct small small;
    make_small(place, &small);
    for (uint64_t segment = 1; segment <= small.segments; segment++) {
        char name[32];
        snprintf(name, sizeof name, "%08llu.seg", (unsigned long long)segment);
        char *path = path_in(place, name);
        off_t size = size_of(path);
        for (off_t at = 0; at < size; at++) {
            restore(&small);
            damage(&small, segment, path, at);
        }
        free(path);
    }
    free(small.whole);
}

static void flip(const struct small *small, uint64_t segment, const char *path, off_t at) {
    flip_bit(path, at);
    opens_well(small, document_at(small, segment, at), false);
}

static void a_changed_byte_costs_one_document(void **state) {
    each_byte(*state, flip);
}

static void flip_without_mark(const struct small *small, uint64_t segment, const char *path, off_t at) {
    char *mark = path_in(small->place, "commit");
    flip_bit(path, at);
    if (at % 2)
        flip_bit(mark, at % 64);
    else
        assert_int_equal(truncate(mark, at % 64), 0);
    opens_well(small, document_at(small, segment, at), segment == small->segments);
    free(mark);
}

static void a_damaged_mark_makes_it_no_worse(void **state) {
    each_byte(*state, flip_without_mark);
}

static void cut(const struct small *small, uint64_t segment, const char *path, off_t at) {
    assert_int_equal(truncate(path, at), 0);
    uint64_t hit = first_cut(small, segment, at);
    opens_well(small, hit, true);
}

static void a_cut_costs_what_was_cut_off(void **state) {
    each_byte(*state, cut);
}

/* Without a start in between: a reader that meets damage says it, and goes on. */
static void flip_for_reader(const struct small *small, uint64_t segment, const char *path, off_t at) {
    bool there[DOCS + 2];
    uint64_t hit = document_at(small, segment, at);
    if (at < 64 && segment == small->segments)
        return; /* the writer has it open; a sink waits for the next start */
    flip_bit(path, at);
    size_t gaps = read_what_is_there(small->place, there);
    for (uint64_t i = 1; i <= DOCS; i++)
        if (!there[i] && i != hit && at >= 64)
            fail_msg("document %d is gone, %d was damaged", (int)i, (int)hit);
    assert_true(gaps > 0 || (segment == 1 && at < 64));
    if (at >= 64)
        assert_false(there[hit]);
}

static void a_reader_goes_on_behind_a_changed_byte(void **state) {
    each_byte(*state, flip_for_reader);
}

/* A sink stands on the damaged document, or behind it. */
static void places_are_still_found(void **state) {
    struct place *place = *state;
    struct small small;
    struct error err = {0};
    make_small(place, &small);
    char *path = path_in(place, "00000001.seg");
    flip_bit(path, (off_t)small.at[2] + 30);
    journal_close(open_journal(place, SEGMENT, NULL));
    for (uint64_t i = 1; i <= DOCS; i++) {
        struct journal_place from = {.sequence = i, .segment = small.in[i], .offset = small.at[i]};
        struct journal_reader *reader;
        struct journal_doc doc;
        assert_int_equal(journal_reader_open(place->dir, from, &reader, &err), 0);
        int r = journal_reader_next(reader, &doc, &err);
        if (i == 2) {
            assert_int_equal(r, -ENODATA);
            assert_non_null(strstr(err.text, "2 to 2"));
            r = journal_reader_next(reader, &doc, &err);
        }
        assert_int_equal(r, 1);
        assert_int_equal(doc.sequence, i == 2 ? 3 : i);
        journal_reader_close(reader);
    }
    free(path);
    free(small.whole);
}

static void by_hand_all_is_repaired(void **state) {
    struct place *place = *state;
    struct journal_recovery found;
    struct small small;
    struct error err = {0};
    make_small(place, &small);
    char *first = path_in(place, "00000001.seg"), *second = path_in(place, "00000002.seg");
    flip_bit(first, (off_t)small.at[1] + 9);
    flip_bit(second, 3);
    assert_int_equal(journal_verify(first, NULL, NULL, &err), -EBADMSG);
    assert_int_equal(journal_repair(place->dir, &found, &err), 0);
    assert_int_equal(found.pieces, 2);
    assert_int_equal(found.lost, 1);
    assert_int_equal(journal_verify(first, NULL, NULL, &err), 0);
    assert_int_equal(journal_verify(second, NULL, NULL, &err), 0);
    free(first);
    free(second);
    free(small.whole);
}

static int no_sync(int fd) {
    (void)fd;
    return 0;
}

int main(void) {
    os.fsync = os.fdatasync = no_sync; /* thousands of them, and no test of power cuts */
#define TEST(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_changed_byte_costs_one_document),
        TEST(a_damaged_mark_makes_it_no_worse),
        TEST(a_cut_costs_what_was_cut_off),
        TEST(a_reader_goes_on_behind_a_changed_byte),
        TEST(places_are_still_found),
        TEST(by_hand_all_is_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
