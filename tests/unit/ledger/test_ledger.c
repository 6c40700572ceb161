/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>

#include "damage_step.h"
#include "journal_test.h"
#include "ledger/ledger.h"
#include "ledger/schema.h"

static struct ledger *open_ledger(const struct place *place, int *rebuilt) {
    char *path = mem_format("%s/ledger.db", place->root);
    struct ledger *ledger = NULL;
    struct error err = {0};
    if (ledger_open(path, &ledger, rebuilt, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
    return ledger;
}

static void sums_are(struct ledger *ledger, int documents, int records, int rejected, int quarantined, int last) {
    cJSON *summary = ledger_summary(ledger);
    assert_int_equal(cJSON_GetObjectItem(summary, "documents")->valueint, documents);
    assert_int_equal(cJSON_GetObjectItem(summary, "records")->valueint, records);
    assert_int_equal(cJSON_GetObjectItem(summary, "rejected")->valueint, rejected);
    assert_int_equal(cJSON_GetObjectItem(summary, "quarantined")->valueint, quarantined);
    assert_int_equal(cJSON_GetObjectItem(summary, "last")->valueint, last);
    cJSON_Delete(summary);
}

static void note(struct ledger *ledger, uint64_t first, size_t count, const struct ledger_file *files) {
    struct journal_doc docs[16];
    struct error err = {0};
    for (size_t i = 0; i < count; i++) {
        docs[i] = make_doc(first + i, 3);
        docs[i].sequence = first + i;
        docs[i].status = i % 2 ? DOC_REJECTED : DOC_OK;
    }
    if (ledger_committed(ledger, docs, files, count, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < count; i++)
        free_doc(&docs[i]);
}

static double sum_of(struct ledger *ledger, const char *what, const char *which) {
    cJSON *summary = ledger_summary(ledger);
    const cJSON *account = cJSON_GetObjectItem(cJSON_GetObjectItem(summary, "account"), what);
    double sum = cJSON_GetObjectItem(account, which)->valuedouble;
    cJSON_Delete(summary);
    return sum;
}

static void accounts_add_up(void **state) {
    struct place *place = *state;
    struct ledger *ledger = open_ledger(place, NULL);
    struct error err = {0};
    struct journal_doc doc = make_doc(1, 3);
    doc.sequence = 1;
    doc.bytes = (struct account){100, 70, 10, 20};
    doc.records_account = (struct account){9, 6, 2, 1};
    for (int i = 0; i < 2; i++) { /* noted twice, counted once */
        assert_int_equal(ledger_committed(ledger, &doc, NULL, 1, &err), 0);
        assert_true(sum_of(ledger, "bytes", "read") == 100 && sum_of(ledger, "bytes", "delivered") == 70);
        assert_true(sum_of(ledger, "bytes", "rejected") == 10 && sum_of(ledger, "bytes", "filtered") == 20);
        assert_true(sum_of(ledger, "records", "read") == 9 && sum_of(ledger, "records", "delivered") == 6);
        assert_true(sum_of(ledger, "records", "rejected") == 2 && sum_of(ledger, "records", "filtered") == 1);
    }
    free_doc(&doc);
    ledger_close(ledger);
}

/* One that the first siftd made gets its new columns and keeps what it knows. */
static void an_older_ledger_is_taken_further(void **state) {
    struct place *place = *state;
    struct error err = {0};
    uint64_t sequence = 0;
    char *path = mem_format("%s/ledger.db", place->root);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  LEDGER_SCHEMA "INSERT INTO documents VALUES (3, 33, 1, 'old', x'00', 5, 0, 2, 0);"
                                                "UPDATE totals SET documents = 1, records = 2; PRAGMA user_version = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    free(path);
    struct ledger *ledger = open_ledger(place, NULL);
    sums_are(ledger, 1, 2, 0, 0, 3);
    assert_true(sum_of(ledger, "bytes", "read") == 0);
    assert_int_equal(ledger_sequence(ledger, 33, &sequence, &err), 1);
    assert_int_equal(sequence, 3);
    note(ledger, 4, 1, NULL);
    ledger_close(ledger);
    ledger = open_ledger(place, NULL);
    sums_are(ledger, 2, 5, 0, 0, 4);
    ledger_close(ledger);
}

static void committed_documents_are_known(void **state) {
    struct place *place = *state;
    struct error err = {0};
    int rebuilt;
    struct ledger *ledger = open_ledger(place, &rebuilt);
    assert_int_equal(rebuilt, 0);
    note(ledger, 1, 4, NULL);
    note(ledger, 3, 4, NULL); /* two of them again */
    sums_are(ledger, 6, 18, 3, 0, 6);
    assert_int_equal(ledger_has_claim(ledger, 6, &err), 1);
    assert_int_equal(ledger_has_claim(ledger, 7, &err), 0);
    assert_int_equal(ledger_quarantined(ledger, UINT64_MAX, "x.txt", "it crashed", "extract", "rows", &err), 0);
    assert_int_equal(ledger_quarantined(ledger, UINT64_MAX, "x.txt", "it crashed", "extract", "rows", &err), 0);
    assert_int_equal(ledger_quarantined(ledger, 9, "y.txt", "it hung", NULL, NULL, &err), 0);
    sums_are(ledger, 6, 18, 3, 2, 6);
    ledger_close(ledger);
    ledger = open_ledger(place, &rebuilt);
    sums_are(ledger, 6, 18, 3, 2, 6);
    ledger_close(ledger);
}

static void a_file_that_stays_is_known(void **state) {
    struct place *place = *state;
    struct error err = {0};
    struct ledger *ledger = open_ledger(place, NULL);
    struct ledger_file files[2] = {{1, 2, 3, 4, 5}, {0}};
    note(ledger, 1, 2, files);
    assert_int_equal(ledger_has_file(ledger, "in/1.txt", &files[0], &err), 1);
    assert_int_equal(ledger_has_file(ledger, "in/2.txt", &files[0], &err), 0);
    files[0].mtime++;
    assert_int_equal(ledger_has_file(ledger, "in/1.txt", &files[0], &err), 0);
    ledger_close(ledger);
}

static void what_is_missing_comes_from_the_journal(void **state) {
    struct place *place = *state;
    struct error err = {0};
    uint64_t added;
    struct journal *journal = open_journal(place, 4000, NULL);
    struct ledger *ledger = open_ledger(place, NULL);
    append_good(journal, 1, 5, 3);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    assert_int_equal(added, 5);
    for (uint64_t i = 0; i < 300; i++)
        append_good(journal, 6 + i, 1, 1);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    assert_int_equal(added, 300);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    assert_int_equal(added, 0);
    sums_are(ledger, 305, 315, 0, 0, 305);
    ledger_close(ledger);
    journal_close(journal);
}

static void remove_file(const struct place *place, const char *name) {
    char *path = mem_format("%s/%s", place->root, name);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void a_lost_ledger_is_rebuilt(void **state) {
    struct place *place = *state;
    struct error err = {0};
    uint64_t added;
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    struct ledger *ledger = open_ledger(place, NULL);
    append_good(journal, 1, 9, 2);
    ledger_close(ledger);
    remove_file(place, "ledger.db");
    ledger = open_ledger(place, NULL);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    assert_int_equal(added, 9);
    assert_int_equal(ledger_has_claim(ledger, 9, &err), 1);
    ledger_close(ledger);
    journal_close(journal);
}

/* Garbage all over, and garbage behind a good first page. */
static void a_damaged_ledger_is_put_aside(void **state) {
    struct place *place = *state;
    struct error err = {0};
    uint64_t added;
    int rebuilt;
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    append_good(journal, 1, 3, 2);
    char *path = mem_format("%s/ledger.db", place->root), command[200];
    ledger_close(open_ledger(place, NULL));
    int fd = open(path, O_WRONLY);
    char garbage[4096];
    memset(garbage, 'g', sizeof garbage);
    assert_int_equal(pwrite(fd, garbage, sizeof garbage, 0), sizeof garbage);
    close(fd);
    struct ledger *ledger = open_ledger(place, &rebuilt);
    assert_int_equal(rebuilt, 1);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    assert_int_equal(added, 3);
    ledger_close(ledger);
    snprintf(command, sizeof command, "ls '%s' | grep -q 'ledger.db.damaged-'", place->root);
    assert_int_equal(system(command), 0);
    free(path);
    journal_close(journal);
}

static void documents_of_another_journal_are_forgotten(void **state) {
    struct place *place = *state;
    struct error err = {0};
    uint64_t added;
    char command[128];
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    struct ledger *ledger = open_ledger(place, NULL);
    append_good(journal, 1, 9, 2);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    journal_close(journal);
    snprintf(command, sizeof command, "rm -rf '%s'", place->dir);
    assert_int_equal(system(command), 0);
    journal = open_journal(place, 1 << 20, NULL);
    append_good(journal, 20, 2, 2);
    assert_int_equal(ledger_catch_up(ledger, place->dir, &added, &err), 0);
    assert_int_equal(added, 2);
    sums_are(ledger, 2, 4, 0, 0, 2);
    assert_int_equal(ledger_has_claim(ledger, 9, &err), 0);
    ledger_close(ledger);
    journal_close(journal);
}

enum { CLAIMS = 20 };

/* Every claim is known, whatever was damaged: from the ledger, or from the journal again. */
static void knows_all(struct place *place) {
    struct error err = {0};
    struct ledger *ledger = open_ledger(place, NULL);
    if (ledger_catch_up(ledger, place->dir, NULL, &err) < 0)
        fail_msg("%s", err.text);
    for (uint64_t i = 1; i <= CLAIMS; i++)
        assert_int_equal(ledger_has_claim(ledger, i, &err), 1);
    assert_int_equal(ledger_quarantined(ledger, 99, "z.txt", "it hung", NULL, NULL, &err), 0);
    ledger_close(ledger);
}

static void a_ledger_damaged_anywhere_knows_all(void **state) {
    struct place *place = *state;
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    append_good(journal, 1, CLAIMS, 2);
    knows_all(place);
    char *path = mem_format("%s/ledger.db", place->root), *copy = mem_format("%s/copy.db", place->root);
    off_t size = size_of(path);
    copy_bytes(path, copy, size);
    for (off_t at = 0; at < size; at += damage_step(797))
        for (int cut = 0; cut < 2; cut++) {
            copy_bytes(copy, path, cut ? at : size);
            if (!cut)
                flip_bit(path, at);
            knows_all(place);
        }
    journal_close(journal);
    free(path);
    free(copy);
}

static void by_hand_it_is_made_anew(void **state) {
    struct place *place = *state;
    struct error err = {0};
    struct ledger_file file = {1, 2, 3, 4, 5};
    struct journal *journal = open_journal(place, 1 << 20, NULL);
    append_good(journal, 1, CLAIMS, 2);
    knows_all(place);
    struct ledger *ledger = open_ledger(place, NULL);
    assert_int_equal(ledger_kept(ledger, "stays.txt", &file, &err), 0);
    ledger_close(ledger);
    char *path = mem_format("%s/ledger.db", place->root);
    uint64_t documents = 0;
    assert_int_equal(ledger_rebuild(path, place->dir, &documents, &err), 0);
    assert_int_equal(documents, CLAIMS);
    ledger = open_ledger(place, NULL);
    sums_are(ledger, CLAIMS, CLAIMS * 2, 0, 1, CLAIMS);
    assert_int_equal(ledger_has_file(ledger, "stays.txt", &file, &err), 1);
    ledger_close(ledger);
    journal_close(journal);
    free(path);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
    const struct CMUnitTest tests[] = {
        TEST(committed_documents_are_known),
        TEST(a_file_that_stays_is_known),
        TEST(what_is_missing_comes_from_the_journal),
        TEST(a_lost_ledger_is_rebuilt),
        TEST(a_damaged_ledger_is_put_aside),
        TEST(documents_of_another_journal_are_forgotten),
        TEST(a_ledger_damaged_anywhere_knows_all),
        TEST(by_hand_it_is_made_anew),
        TEST(accounts_add_up),
        TEST(an_older_ledger_is_taken_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
