/* SPDX-License-Identifier: MIT */
/*
 * The ledger: SQLite, what happened to every document, for people and for restarts. Never the only place a record
 * exists: it can be rebuilt from the journal and the folders. Runs in the daemon, in the same work thread as the
 * journal's append (after its sync), and read-only in commands. synchronous=NORMAL in WAL mode: what a power cut takes
 * is caught up from the journal.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/error.h"
#include "journal/journal.h"

struct ledger;

/* Identity of a file that stays where it is (when_done: keep). Times in nanoseconds. */
struct ledger_file {
    uint64_t device, inode, size, mtime, ctime;
};

/* Opens or makes STATE/ledger.db. A damaged file is put aside as ledger.db.damaged-TIME and made anew with what only it
 * knows and can still tell (files that stay, quarantine); *ret_rebuilt then. */
int ledger_open(const char *path, struct ledger **ret, int *ret_rebuilt, struct error *err);
/* Adds what the journal in `dir` holds behind the ledger's last sequence; returns 0 and the number of documents added.
 * Where the ledger is of another journal (the folder was made anew), its documents are forgotten first. */
int ledger_catch_up(struct ledger *ledger, const char *dir, uint64_t *ret_added, struct error *err);
/* By hand: puts the ledger aside as ledger.db.before-TIME and makes it anew from the journal in `dir`, with what only
 * the old one knows. No daemon may be running. */
int ledger_rebuild(const char *path, const char *dir, uint64_t *ret_documents, struct error *err);
/* Notes committed documents, one transaction. `file` may be NULL, or holds one entry a document (when_done: keep). */
int ledger_committed(struct ledger *ledger, const struct journal_doc *docs, const struct ledger_file *files,
                     size_t count, struct error *err);
/* Notes a file that stays where it is, whose document was committed before. */
int ledger_kept(struct ledger *ledger, const char *name, const struct ledger_file *file, struct error *err);
/* Notes that a document went to quarantine. */
int ledger_quarantined(struct ledger *ledger, uint64_t claim, const char *name, const char *reason, const char *stage,
                       const char *plugin, struct error *err);
/* 1 when the claim's document is in the journal, 0 when not. */
int ledger_has_claim(struct ledger *ledger, uint64_t claim, struct error *err);
/* 1 when this very file (same place, size and times) under this name was committed before, 0 when not. */
int ledger_has_file(struct ledger *ledger, const char *name, const struct ledger_file *file, struct error *err);
/* Tells every document from sequence `from` on, in order: its sequence, the time of its append, its number of records.
 */
typedef void ledger_walk_fn(void *user, uint64_t sequence, uint64_t time, uint64_t records);
int ledger_walk(struct ledger *ledger, uint64_t from, ledger_walk_fn *one, void *user, struct error *err);
/* {"documents":…,"records":…,"rejected":…,"quarantined":…,"last":…} */
cJSON *ledger_summary(struct ledger *ledger);
struct ledger *ledger_close(struct ledger *ledger); /* NULL */
