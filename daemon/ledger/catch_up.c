/* SPDX-License-Identifier: MIT */
/* What a power cut, a damaged file or a crash between the journal's sync and the ledger's transaction has taken comes
 * back from the journal. */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ledger/internal.h"

enum { GROUP = 256 };

struct batch {
    struct journal_doc doc[GROUP];
    size_t count;
};

static int write_batch(struct ledger *ledger, struct batch *batch, uint64_t *added, struct error *err) {
    int r = ledger_committed(ledger, batch->doc, NULL, batch->count, err);
    *added += r == 0 ? batch->count : 0;
    for (size_t i = 0; i < batch->count; i++)
        free((char *)batch->doc[i].name);
    batch->count = 0;
    return r;
}

/* Everything that the reader has. */
static int add_all(struct ledger *ledger, struct journal_reader *reader, uint64_t *added, struct error *err) {
    struct batch *batch = mem_alloc(sizeof *batch);
    struct journal_doc doc;
    int r;
    while ((r = journal_reader_next(reader, &doc, err)) > 0 || r == -ENODATA) {
        if (r < 0)
            continue; /* frames that are gone from the journal stay unknown to the ledger too */
        batch->doc[batch->count] = doc;
        batch->doc[batch->count++].name = mem_strdup(doc.name);
        if (batch->count == GROUP)
            r = write_batch(ledger, batch, added, err);
        if (r < 0)
            break;
    }
    if (batch->count) {
        int written = write_batch(ledger, batch, added, r < 0 ? NULL : err);
        r = r < 0 ? r : written;
    }
    free(batch);
    return r;
}

/* Another journal than the ledger's: its documents are not those of this one. */
static int forget_documents(struct ledger *ledger, struct error *err) {
    static const char sql[] =
        "BEGIN; DELETE FROM documents; DELETE FROM files;"
        "UPDATE totals SET documents = 0, records = 0, rejected = 0, bytes_read = 0, bytes_delivered = 0,"
        " bytes_rejected = 0, bytes_filtered = 0, records_read = 0, records_delivered = 0,"
        " records_rejected = 0, records_filtered = 0; COMMIT";
    if (sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    int r = ledger_error(ledger, "clearing", err);
    sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

static int note_journal(struct ledger *ledger, uint64_t journal, struct error *err) {
    sqlite3_bind_int64(ledger->statement[SET_JOURNAL], 1, (sqlite3_int64)journal);
    return ledger_run(ledger, SET_JOURNAL, NULL, err);
}

int ledger_rebuild(const char *path, const char *dir, uint64_t *ret_documents, struct error *err) {
    struct ledger *ledger = NULL;
    int r = ledger_open(path, &ledger, NULL, err);
    if (r == 0)
        r = ledger_begin_anew(ledger, "before", err);
    if (r == 0)
        r = ledger_catch_up(ledger, dir, ret_documents, err);
    ledger_close(ledger);
    return r;
}

int ledger_catch_up(struct ledger *ledger, const char *dir, uint64_t *ret_added, struct error *err) {
    struct journal_reader *reader = NULL;
    int64_t known = 0, last = 0;
    uint64_t added = 0;
    int r = ledger_run(ledger, GET_JOURNAL, &known, err);
    if (r >= 0)
        r = ledger_run(ledger, LAST, &last, err);
    if (r < 0)
        return r;
    struct journal_place from = {.sequence = last ? (uint64_t)last + 1 : 0, .journal = (uint64_t)known};
    r = journal_reader_open(dir, from, &reader, err);
    if (r == -ESTALE || r == -ERANGE) {
        r = forget_documents(ledger, err);
        if (r == 0)
            r = journal_reader_open(dir, (struct journal_place){0}, &reader, err);
    }
    if (r == 0)
        r = add_all(ledger, reader, &added, err);
    if (r == 0)
        r = note_journal(ledger, journal_reader_place(reader).journal, err);
    journal_reader_close(reader);
    if (r == 0 && ret_added)
        *ret_added = added;
    return r;
}
