/* SPDX-License-Identifier: MIT */
/* A frame's header gives back what was put in; one of the format's first form is read, too. */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "journal/format.h"

static const struct journal_doc doc = {.sequence = 5,
                                       .claim = 6,
                                       .source_size = 100,
                                       .records = 3,
                                       .status = DOC_FINDINGS,
                                       .bytes = {100, 80, 0, 20},
                                       .records_account = {9, 5, 3, 1},
                                       .earlier = 4,
                                       .again = true,
                                       .name = "name"};

static void accounts_come_back(void **state) {
    (void)state;
    struct buf out = {0};
    struct frame frame;
    frame_encode(&doc, 77, &out);
    assert_int_equal(out.len, FRAME_FIXED + 8);
    assert_int_equal(frame_header_size(out.at), out.len);
    assert_null(frame_decode(out.at, out.len, &frame));
    assert_memory_equal(&frame.doc.bytes, &doc.bytes, sizeof doc.bytes);
    assert_memory_equal(&frame.doc.records_account, &doc.records_account, sizeof doc.records_account);
    assert_int_equal(frame.doc.earlier, 4);
    assert_true(frame.doc.again);
    assert_int_equal(frame.body_check, 77);
    for (size_t i = 104; i < FRAME_FIXED; i++) { /* every new byte is under the check */
        out.at[i] ^= 1;
        assert_non_null(frame_decode(out.at, out.len, &frame));
        out.at[i] ^= 1;
    }
    buf_free(&out);
}

/* As it was written before there were accounts: 112 bytes, the check in the last 8 of them. */
static void the_first_form_is_read(void **state) {
    (void)state;
    struct buf out = {0};
    struct frame frame;
    frame_encode(&doc, 77, &out);
    char old[FRAME_LEAST + 8];
    memcpy(old, out.at, 104);
    memcpy(old + FRAME_LEAST, out.at + FRAME_FIXED, 8);
    uint32_t size = htole32(sizeof old);
    memcpy(old + 4, &size, sizeof size);
    old[53] = 0;
    memset(old + 104, 0, 8);
    uint64_t check = htole64(hash_xxh3(old, sizeof old));
    memcpy(old + 104, &check, sizeof check);
    assert_int_equal(frame_header_size(old), sizeof old);
    assert_null(frame_decode(old, sizeof old, &frame));
    assert_int_equal(frame.doc.sequence, 5);
    assert_int_equal(frame.doc.bytes.read, 0);
    assert_int_equal(frame.doc.earlier, 0);
    assert_memory_equal(old + frame.name_at, "name", 4);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(accounts_come_back), cmocka_unit_test(the_first_form_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
