/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: the daemon's loop. It starts the rooms in order, carries what passes between them, and ends them in
 * order. It runs no plugin code and waits for no disk: journal, ledger and moves to the done folder run in libuv's work
 * threads.
 *
 * Start: configuration, state folder, journal, ledger, workers and sinks, admin, and intake last, when a worker is
 * ready. Signals: SIGTERM, SIGINT end it gracefully (intake stops, what is out is finished and delivered), a second one
 * at once; what is out then runs at the next start. SIGHUP reads the configuration again: it is checked as a whole, by
 * a process of its own and by new workers, before anything of the old is given up; then the rooms are exchanged when no
 * document is out. To systemd it tells READY, RELOADING, STOPPING, STATUS and WATCHDOG (sd_notify(3)).
 *
 * Order of promises. Claims are synced, then a group of documents is appended to the journal and synced, then sinks
 * hear of it, then the ledger notes it, then its files leave the work folder. One group is on its way at a time; what
 * is finished meanwhile is the next one.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct supervisor;

struct supervisor_options {
    const char *config;                                            /* path of the configuration file */
    bool once;                                                     /* process and deliver what is there, then end */
    void (*progress)(void *user, uint64_t done, uint64_t claimed); /* once: after each group; may be NULL */
    void *user;
};

/* Runs to the end. The exit code: 0; 1 when something went wrong on the way, or, with `once`, was refused or not
 * delivered; 2 when it cannot start as configured. Says so in the log. */
int supervisor_run(const struct supervisor_options *options);

/* What operators ask for while no daemon runs: done here and now on the state folder, whose lock is held meanwhile
 * (-EBUSY: a daemon has it). `what` and `request` are as POST /v1/WHAT takes them (docs/operations.md). 0 and
 * *ret_answer, which the caller frees. */
struct config;
int supervisor_operate(const struct config *config, const char *what, const cJSON *request, cJSON **ret_answer,
                       struct error *err);

/* {"pid","version","state","health":{…},"uptime","config","watch":[…],"out","retries":{…},"workers":[…],
 * "journal":{…},"ledger":{…},"disk":{…},"sinks":[…],
 * "paused" (why no file is taken), "trouble" (of the journal)}
 */
cJSON *supervisor_status(struct supervisor *supervisor);
