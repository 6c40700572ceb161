/* SPDX-License-Identifier: MIT */
/*
 * The ledger's tables, version LEDGER_VERSION (PRAGMA user_version). PRAGMA application_id is LEDGER_MARK + version, so
 * that a version that a flipped bit made is told from that of a later siftd. Numbers that are unsigned in the journal
 * are kept with the same 64 bits. Times are microseconds since 1970-01-01 UTC, those of `files` nanoseconds.
 *
 * documents   one row for each frame of the journal; `earlier` is the document's frame before this one when it was run
 *             once more; the accounts of its bytes (`size` of them were read) and of the records read from it
 * files       which file, where files stay in the watched folder, has become which document
 * quarantine  documents that have no frame, and why
 * totals      one row: sums over documents and quarantine, so that a status need not count
 * journal     one row: the journal's number, by which another journal is told apart
 */
#pragma once

enum { LEDGER_VERSION = 2, LEDGER_MARK = 0x73694C00 };

/* The accounts, as columns of `documents` and as sums in `totals`. */
#define LEDGER_ACCOUNTS(X)                                                                                             \
    X("bytes_delivered")                                                                                               \
    X("bytes_rejected")                                                                                                \
    X("bytes_filtered")                                                                                                \
    X("records_read")                                                                                                  \
    X("records_delivered")                                                                                             \
    X("records_rejected")                                                                                              \
    X("records_filtered")
#define LEDGER_ADD_TO_DOCUMENTS(column) "ALTER TABLE documents ADD COLUMN " column " INTEGER NOT NULL DEFAULT 0;"
#define LEDGER_ADD_TO_TOTALS(column) "ALTER TABLE totals ADD COLUMN " column " INTEGER NOT NULL DEFAULT 0;"

/* From version 1 to 2. Documents of before keep accounts of zero. */
#define LEDGER_STEP_2                                                                                                  \
    "ALTER TABLE documents ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;" LEDGER_ACCOUNTS(LEDGER_ADD_TO_DOCUMENTS)    \
        LEDGER_ACCOUNTS(LEDGER_ADD_TO_TOTALS) "ALTER TABLE totals ADD COLUMN bytes_read INTEGER NOT NULL DEFAULT 0;"

/* Version 1; the steps follow. */
#define LEDGER_SCHEMA                                                                                                  \
    "CREATE TABLE documents (sequence INTEGER PRIMARY KEY, claim INTEGER NOT NULL, time INTEGER NOT NULL,"             \
    " name TEXT NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL, status INTEGER NOT NULL,"                       \
    " records INTEGER NOT NULL, watch INTEGER NOT NULL);"                                                              \
    "CREATE INDEX documents_claim ON documents (claim);"                                                               \
    "CREATE TABLE files (name TEXT NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,"  \
    " mtime INTEGER NOT NULL, ctime INTEGER NOT NULL, sequence INTEGER NOT NULL,"                                      \
    " PRIMARY KEY (name, device, inode, size, mtime, ctime)) WITHOUT ROWID;"                                           \
    "CREATE TABLE quarantine (claim INTEGER PRIMARY KEY, time INTEGER NOT NULL, name TEXT NOT NULL,"                   \
    " reason TEXT NOT NULL, stage TEXT NOT NULL, plugin TEXT NOT NULL);"                                               \
    "CREATE TABLE totals (documents INTEGER NOT NULL, records INTEGER NOT NULL, rejected INTEGER NOT NULL,"            \
    " quarantined INTEGER NOT NULL);"                                                                                  \
    "INSERT INTO totals VALUES (0, 0, 0, 0);"                                                                          \
    "CREATE TABLE journal (number INTEGER NOT NULL);"                                                                  \
    "INSERT INTO journal VALUES (0);"
