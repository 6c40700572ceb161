/* SPDX-License-Identifier: MIT */
/*
 * The ledger's tables, version LEDGER_VERSION (PRAGMA user_version). Numbers that are unsigned in the journal are kept
 * with the same 64 bits. Times are microseconds since 1970-01-01 UTC, those of `files` nanoseconds.
 *
 * documents   one row for each frame of the journal
 * files       which file, where files stay in the watched folder, has become which document
 * quarantine  documents that have no frame, and why
 * totals      one row: sums over documents and quarantine, so that a status need not count
 * journal     one row: the journal's number, by which another journal is told apart
 */
#pragma once

enum { LEDGER_VERSION = 1 };

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
