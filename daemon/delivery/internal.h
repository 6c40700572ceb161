/* SPDX-License-Identifier: MIT */
/* One sink and its process, as the daemon sees them. Private to delivery. */
#pragma once
#include <sys/types.h>

#include "delivery/delivery.h"
#include "wire/child.h"

struct sink {
    struct delivery *delivery;
    size_t index;
    struct child child;
    bool running;     /* the process has not been reaped */
    bool full;        /* the socket takes no more; the newest sequence goes out when it does again */
    int closing;      /* handles of the last process that libuv still holds */
    int64_t pause;    /* milliseconds before the next start */
    uint64_t started; /* the loop's time of the last start */
    unsigned restarts;
    uint64_t done;                    /* everything before it is safely out */
    uint64_t records, records_before; /* of this process, and of those before it */
    char trouble[512];
    uint32_t lacking; /* parts of the confinement that its kernel does not have */
    uv_poll_t socket, death;
    uv_timer_t timer; /* pause before a start; patience after SIGTERM */
};

struct delivery {
    uv_loop_t *loop;
    const struct config *config;
    const char *text;
    size_t text_len;
    struct delivery_calls calls;
    uint64_t committed;
    bool stopping;
    size_t count, ended;
    struct sink *sink;
};

void sink_init(struct sink *sink, struct delivery *delivery, size_t index);
void sink_start(struct sink *sink);
/* Tells the process the newest committed sequence; now, or when its socket takes it. */
void sink_tell(struct sink *sink);
/* Ends the process, if there is one; delivery_sink_ended() follows, when libuv has let go of all handles. */
void sink_stop(struct sink *sink);
const struct config_sink *sink_config(const struct sink *sink);

void delivery_sink_ended(struct delivery *delivery);
