/* SPDX-License-Identifier: MIT */
/*
 * Following the journal into one sink: reads documents up to the commit mark, completes their records, puts those of
 * the wanted types, commits. Knows neither the daemon nor where the plugin came from: both are given as calls, so that
 * tests can be them.
 */
#pragma once
#include <siftd/plugin.h>

#include "base/error.h"
#include "config/config.h"

struct follow_calls {
    void *user;
    /* Opens the sink. What it gives stays good until close. 0, or negative with a message. */
    int (*open)(void *user, const struct siftd_plugin **ret_plugin, void **ret_self, struct error *err);
    void (*close)(void *user);
    /* What the plugin last said by host->error(); empty when nothing. */
    const char *(*said)(void *user);
    /* Waits until there may be more to read, at most `timeout` milliseconds (-1: no limit, 0: only looks). Non-zero:
     * end. */
    int (*wait)(void *user, int timeout);
    /* Everything before `sequence` is safely out; `trouble` is empty or says what holds the sink up. */
    void (*report)(void *user, uint64_t sequence, uint64_t records, uint64_t bytes, const char *trouble);
};

struct follow {
    const char *journal; /* its folder */
    const char *cursor;  /* the file that keeps the position of a sink without resume() */
    const char *again;   /* the file that asks for a stretch of the journal once more (again.h); NULL: never */
    const struct config_words *types;
    struct follow_calls calls;
};

/* Runs until calls.wait() asks to end; what was put by then is committed. The sink is open already when `plugin` is
 * given. */
void follow_run(const struct follow *follow, const struct siftd_plugin *plugin, void *self);
