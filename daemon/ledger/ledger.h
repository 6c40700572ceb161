/* SPDX-License-Identifier: MIT */
/*
 * The ledger: SQLite, what happened to every document, for people and for restarts. Never the only place a record
 * exists: it can be rebuilt from the journal and the folders. Runs in the daemon, in the same work thread as the
 * journal's append (after its sync), and read-only in commands. synchronous=NORMAL in WAL mode: what a power cut takes
 * is caught up from the journal.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
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
/* The same, with its sequence. */
int ledger_sequence(struct ledger *ledger, uint64_t claim, uint64_t *ret, struct error *err);
/* 1 when this very file (same place, size and times) under this name was committed before, 0 when not. */
int ledger_has_file(struct ledger *ledger, const char *name, const struct ledger_file *file, struct error *err);
/* Tells every document from sequence `from` on, in order: its sequence, the time of its append, its number of records.
 */
typedef void ledger_walk_fn(void *user, uint64_t sequence, uint64_t time, uint64_t records);
int ledger_walk(struct ledger *ledger, uint64_t from, ledger_walk_fn *one, void *user, struct error *err);
/* Which documents. Unset members do not restrict. `what`: the name, a shell pattern for it, or the beginning of the
 * sha256 (8 hex digits or more; a record's id begins so). Times in microseconds since 1970. */
struct ledger_filter {
    const char *what;
    uint64_t since, until, from, before; /* from, before: sequences */
    int status;                          /* enum doc_status; -1: any */
    bool latest;                         /* only the last frame of each content under each name */
};

struct ledger_document {
    uint64_t sequence, claim, time, size, earlier, records;
    const char *name;
    const uint8_t *sha256;
    int status, watch;
    struct account bytes, records_account;
};

/* Calls `each` in the order of the sequences; other than 0 ends it with that result. */
typedef int ledger_document_fn(void *user, const struct ledger_document *document);
int ledger_select(struct ledger *ledger, const struct ledger_filter *filter, ledger_document_fn *each, void *user,
                  struct error *err);
/* {"documents":…,"records":…,"rejected":…,"quarantined":…,"account":{"bytes":{"read":…,"delivered":…,"rejected":…,
 * "filtered":…},"records":{…}},"last":…} */
cJSON *ledger_summary(struct ledger *ledger);
/* A document for people. Texts live until the callback returns. */
struct ledger_row {
    uint64_t claim, time; /* microseconds since 1970 */
    uint64_t bytes, records;
    const char *name, *state, *sha256,
        *reason; /* reason: of a quarantined one, else empty; sha256 empty when not known */
};
struct ledger_wanted {
    int state;        /* ledger_state_number(); -1: all */
    const char *name; /* a shell pattern (GLOB); NULL: all */
    uint64_t since;   /* microseconds since 1970 */
    unsigned limit;   /* 0: none */
};
typedef void ledger_row_fn(void *user, const struct ledger_row *row);
/* "ok", "findings", "rejected", "quarantined"; -1 for another word. */
int ledger_state_number(const char *word);
/* Calls back for each document of the ledger in `path` that passes, newest first. For commands: opens it for reading
 * only, beside a daemon that writes it. */
int ledger_list(const char *path, const struct ledger_wanted *filter, ledger_row_fn *call, void *user,
                struct error *err);
struct ledger *ledger_close(struct ledger *ledger); /* NULL */
