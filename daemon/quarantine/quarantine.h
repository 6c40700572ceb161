/* SPDX-License-Identifier: MIT */
/*
 * Quarantine: the place on disk of what was refused, each with its reason.
 *
 *     STATE/quarantine/ENTRY               a refused document: the file under its claim's name (of a file that stays in
 *                                          its folder, only its claim's note)
 *     STATE/quarantine/ENTRY.reason.json   why: one JSON object, replaced in one step, written before the file comes
 *     STATE/quarantine/records/CLAIM.jsonl the records of one document that a validator refused, one a line
 *
 * A reason whose ENTRY stands in a work folder is that of a document that runs once more: attempts outlive it there.
 *
 * Who runs it: the daemon, in a work thread, and commands while no daemon runs. It knows files and reasons; what is
 * worth another run, and when, is the supervisor's to say.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/account.h"
#include "base/error.h"
#include "base/hash.h"

/* One refusal. Strings may be NULL where they are not known. */
struct quarantine_case {
    const char *entry; /* in the work folder, and here */
    const char *name;  /* as dropped */
    const char *watch; /* the watched folder */
    const char *kind;  /* "died", "rejected", "member" or "account" */
    const char *reason, *stage, *plugin, *limit;
    int signal;
    uint64_t claim, size, sequence; /* sequence: of its frame, 0 when it has none */
    const uint8_t *sha256;
    unsigned attempts; /* runs so far, of all claims */
    int64_t next;      /* of the next run by itself, seconds since 1970; 0: none */
    bool kept;         /* the file itself stays in its folder */
};

/* Which of them. Unset members do not restrict. `what` is an entry, a document's name, or the beginning of its sha256
 * (as record ids begin). Times are seconds since 1970. */
struct quarantine_filter {
    const char *what, *reason, *plugin, *stage, *version, *kind; /* reason: a piece of the sentence */
    int64_t since, until;
};

/* Writes the reason of a document that is about to come, or changes it. */
int quarantine_note(const char *dir, const struct quarantine_case *refused, struct error *err);
/* The reason as it stands, with `entry` and `state` ("held"; "out" while it runs once more or was put elsewhere); NULL
 * when there is none. The caller frees. */
cJSON *quarantine_read(const char *dir, const char *entry);
/* Calls `each` for the reason of each document that fits, the oldest claim first. `reason` is the callee's to free. A
 * call that returns other than 0 ends it with that result. */
typedef int quarantine_fn(void *user, const char *entry, cJSON *reason);
int quarantine_each(const char *dir, const struct quarantine_filter *filter, quarantine_fn *each, void *user,
                    struct error *err);
/* Gives a reason to the same document under another entry: it is about to run as that. The old one stays until
 * quarantine_forget(). */
int quarantine_rename(const char *dir, const char *entry, const char *to, struct error *err);
/* Removes the reason: the document's fate is told elsewhere now. Nothing when there is none. */
int quarantine_forget(const char *dir, const char *entry, struct error *err);
/* Removes document and reason for good. */
int quarantine_drop(const char *dir, const char *entry, struct error *err);
/* Whether `reason` (a document's or a refused record's) fits. */
bool quarantine_fits(const struct quarantine_filter *filter, const char *entry, const cJSON *reason);

/* Refused records of one document, whole lines: replaces the file of that claim. */
int quarantine_note_records(const char *dir, uint64_t claim, const char *lines, size_t len, struct error *err);
/* Calls `each` for every refused record, `entry` being its file's name. */
int quarantine_each_record(const char *dir, const struct quarantine_filter *filter, quarantine_fn *each, void *user,
                           struct error *err);
/* Removes the refused records that fit, for good; *ret_count of them. */
int quarantine_drop_records(const char *dir, const struct quarantine_filter *filter, size_t *ret_count,
                            struct error *err);
