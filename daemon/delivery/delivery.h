/* SPDX-License-Identifier: MIT */
/*
 * Delivery, the daemon's side: a process per sink that follows the journal from its own cursor. A slow or dead sink
 * holds up nobody else: it is started again with growing pauses (0.1 s to 30 s). Runs on the supervisor's loop, all
 * calls from its thread. Nothing is delivered that is not committed. delivery/child/ is what runs in the process.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "config/config.h"

struct delivery;

struct delivery_calls {
    void *user;
    /* A sink moved on, or its trouble changed. */
    void (*moved)(void *user);
    /* All sink processes have ended after delivery_stop(). The delivery may be freed from here. */
    void (*stopped)(void *user);
};

/* Starts a process for each sink of the configuration, whose text (as read) the children get. Returns at once; a sink
 * that cannot start is logged and tried again. `config` and `text` must outlive the delivery. */
int delivery_start(uv_loop_t *loop, const struct config *config, const char *text, size_t len,
                   const struct delivery_calls *calls, struct delivery **ret, struct error *err);
/* The commit mark moved: everything before `sequence` may be delivered. */
void delivery_committed(struct delivery *delivery, uint64_t sequence);
/* The sequence before which every sink has everything safely out; 0 while one has not said so yet. */
uint64_t delivery_done(const struct delivery *delivery);
/* The same of one sink, by its index in the configuration. */
uint64_t delivery_sink_done(const struct delivery *delivery, size_t index);
/* Ends the processes (SIGTERM: they commit what they have; SIGKILL after 5 s), then calls `stopped`. */
void delivery_stop(struct delivery *delivery);
/* Only after `stopped`. */
struct delivery *delivery_free(struct delivery *delivery); /* NULL */
/* [{"name":…,"plugin":…,"sequence":…,"behind":…,"records":…,"trouble":null,"restarts":…}] */
cJSON *delivery_status(const struct delivery *delivery, uint64_t end);
