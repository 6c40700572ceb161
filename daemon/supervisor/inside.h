/* SPDX-License-Identifier: MIT */
/*
 * Inside the supervisor: supervisor.c (start and end), rooms.c (the rooms of one configuration), flow.c (a document
 * from room to room), commit.c (groups), settle.c, refuse.c and receipt.c (where a document goes), retry.c, operate.c
 * and operate_*.c (what operators ask for), place.c, reload.c, signals.c, state.c (the folder tree), status.c,
 * notify.c, pressure.c (when intake is held), backlog.c, reserve.c, health.c.
 */
#pragma once
#include <time.h>
#include <uv.h>

#include "admin/admin.h"
#include "delivery/delivery.h"
#include "intake/intake.h"
#include "journal/journal.h"
#include "ledger/ledger.h"
#include "quarantine/quarantine.h"
#include "supervisor/backlog.h"
#include "supervisor/health.h"
#include "supervisor/reserve.h"
#include "supervisor/supervisor.h"
#include "wire/child.h"
#include "worker/worker.h"

enum {
    GROUP_MAX = 512,        /* documents appended at a time */
    GROUP_BYTES = 32 << 20, /* records in memory appended at a time */
    HOLD_BYTES = 16 << 20,  /* finished, not yet appended: then intake stops */
    CLAIMED_OPEN = 128,
    CLAIMED_OUT = 1024,
    BENCH_QUEUE = 64, /* documents of a pipeline that wait for a benched plugin; more wait in their folders */
    WAITING_MAX = 1024,
    RETRY_LOOK = 60,   /* s between looks at the clock while documents wait for another run */
    RETRY_FIRST = 500, /* ms until the journal is tried again; doubles up to */
    RETRY_LONGEST = 30000,
    RETAIN_PERIOD = 600000, /* ms */
    STATUS_PERIOD = 2000,   /* ms, while something happens */
    DRAIN_LIMIT = 20000,    /* ms for documents that are out when the daemon is told to end */
    DELIVER_LIMIT = 10000,  /* ms without a sink moving on */
    INSPECT_LIMIT = 60000,  /* ms */
};

/* A document on its way. */
struct flow_doc {
    struct supervisor *supervisor;
    struct intake_doc *doc;
    struct pool_job job;
    struct pool_answer answer;
    struct pool_death *death; /* set: it goes to quarantine and gets no frame */
    const char *kind;         /* of the refusal then: "died", "changed", "rejected", "account" */
    int64_t runs_next;        /* when it runs again by itself, seconds since 1970; 0: not */
    uint64_t order;           /* of its claim */
    struct flow_doc *next;
};

struct group {
    struct flow_doc *doc[GROUP_MAX];
    struct journal_doc entry[GROUP_MAX]; /* of those without a death, in the order of doc */
    struct ledger_file file[GROUP_MAX];
    size_t docs, entries, bytes;
    uint64_t order;       /* the latest claim's */
    bool kept;            /* at least one file stays in its folder */
    bool retain, reserve; /* beside noting: remove old segments, make the reserve anew */
    struct supervisor *supervisor;
    uv_work_t work;
    int result;
    struct error err;
};

enum commit_phase { COMMIT_IDLE, COMMIT_APPEND, COMMIT_NOTE };

struct commit {
    enum commit_phase phase;
    struct flow_doc *first, *last; /* finished, not in a group */
    size_t bytes;                  /* of their records in memory */
    struct group *group;           /* being appended or noted */
    unsigned finishing;            /* groups whose files are being moved */
    uv_timer_t retry, retain;
    uint64_t pause;
    /* Claims up to this order are on disk. While nothing else goes on they are synced as they are made, beside the
     * worker's work; else with the group they come in. */
    uint64_t synced, syncing_to;
    bool syncing;
    uv_work_t sync;
    int sync_result;
    char trouble[1024]; /* the journal's, empty when there is none */
    int trouble_code;   /* negative errno */
    bool retain_due, reserve_due, ledger_trouble;
};

/* Why intake is held. */
enum hold { HOLD_JOURNAL = 1, HOLD_MEMORY = 2, HOLD_DISK = 4, HOLD_SINK = 8 };

struct pressure {
    uv_timer_t timer;
    unsigned why;         /* enum hold bits */
    uint64_t looked;      /* loop time */
    uint64_t free, least; /* bytes: free on the disk of the state folder; below which no file is taken */
    const char *sink;     /* that is too far behind; the configuration's */
};

/* What belongs to one configuration, and is exchanged as a whole. */
struct rooms {
    struct supervisor *supervisor;
    struct config *config;
    struct buf text; /* as read */
    struct intake *intake;
    struct pool *pool;
    struct delivery *delivery;
    struct admin *admin;
    bool pool_ready, pool_refused, pool_stopping, pool_stopped, delivery_stopping, delivery_stopped;
};

enum reload_phase { RELOAD_NONE, RELOAD_INSPECT, RELOAD_WORKERS, RELOAD_SWAP };

struct reload {
    enum reload_phase phase;
    bool again;            /* asked for once more meanwhile */
    uint64_t number, good; /* of the latest one that began; of the latest that came into use */
    struct buf mistakes;   /* of the latest, lines */
    bool inspecting, refused;
    struct rooms *next;
    struct child inspector;
    uv_poll_t answer;
    uv_timer_t limit;
};

enum goal { GOAL_START, GOAL_RUN, GOAL_STOP, GOAL_NOW };

struct notify {
    int fd;
    uv_timer_t watchdog, status;
};

struct progress {
    uint64_t moved;   /* loop time at which something of the flow moved */
    uint64_t written; /* journal_written() as last seen */
    bool dead;        /* nothing moves, and that was said */
};

/* Documents in quarantine that run again by themselves. */
struct retry {
    uv_timer_t timer;
    struct retry_due {
        int64_t at; /* seconds since 1970 */
        char *entry;
    } * due;
    size_t count, room;
};

struct supervisor {
    struct supervisor_options options;
    uv_loop_t loop;
    uv_signal_t signal[3];
    uv_timer_t limit; /* of the ending; with `once` of the look whether all is done */
    enum goal goal;
    int exit_code;
    bool closing, delivering, gave_up_sinks;
    bool looking, look_again; /* supervisor_advance() was called from inside itself */
    struct rooms *rooms;
    struct journal *journal;
    struct ledger *ledger, *lookup; /* one for the work thread, one for the loop */
    struct commit commit;
    struct backlog backlog;
    struct reserve reserve;
    atomic_bool reserve_given; /* by the work thread, not yet seen on the loop */
    struct pressure pressure;
    struct progress progress;
    struct reload reload;
    struct retry retry;
    unsigned operations; /* in work threads */
    struct notify notify;
    time_t started;
    uint64_t claimed, committed, delivered;
    uint64_t quarantined, rejected; /* died or changed; of the committed, those that siftd refused */
};

/* supervisor.c */
void supervisor_fail(struct supervisor *s, int exit_code); /* ends it at once with that code */
void supervisor_stop(struct supervisor *s);                /* gracefully */
/* Looks whether the next step of ending or of exchanging rooms can be made: after everything that may have brought it
 * closer. */
void supervisor_advance(struct supervisor *s);

/* rooms.c */
/* Reads and checks the file; every mistake is logged, and added to `mistakes` as a line. */
int rooms_load(const char *path, struct rooms **ret, struct buf *mistakes);
int rooms_start_pool(struct supervisor *s, struct rooms *rooms, struct error *err);
int rooms_start_delivery(struct supervisor *s, struct rooms *rooms, struct error *err);
int rooms_start_admin(struct supervisor *s, struct rooms *rooms, struct error *err);
int rooms_start_intake(struct supervisor *s, struct rooms *rooms, struct error *err);
struct rooms *rooms_free(struct rooms *rooms); /* NULL */
void log_lines(const char *text, size_t len);

/* flow.c */
void flow_claimed(void *user, struct intake_doc *doc);
void flow_rested(void *user, struct intake_doc *doc);
void flow_unrested(void *user, struct intake_doc *doc);
int flow_committed(void *user, const struct intake_doc *doc);
int flow_seen(void *user, const struct intake_doc *doc);
void flow_sent(void *user, struct pool_job *job);
int flow_again(void *user, struct pool_job *job);
void flow_answered(void *user, struct pool_job *job, struct pool_answer *answer);
void flow_dropped(void *user, struct pool_job *job);
void flow_died(void *user, struct pool_job *job, const struct pool_death *death);
void flow_doc_end(struct flow_doc *f); /* releases it everywhere */

/* commit.c */
void commit_init(struct supervisor *s);
void commit_claimed(struct supervisor *s); /* a document was claimed: s->claimed is its order */
void commit_add(struct flow_doc *f);
void commit_kick(struct supervisor *s);
bool commit_idle(const struct supervisor *s);
void commit_try_again(struct supervisor *s); /* the failed append, without waiting for the end of its pause */
void commit_abandon(struct supervisor *s);   /* what is finished and not appended runs again at the next start */
void commit_close(struct supervisor *s);

/* pressure.c */
void pressure_init(struct supervisor *s);
void pressure_open(struct supervisor *s); /* the state folder is there, or the rooms were exchanged: sees to the
                                           * reserve, which is given up when there is too little room to start */
void pressure_set(struct supervisor *s, enum hold hold, bool on);
void pressure_look(struct supervisor *s); /* now: also when the rooms were exchanged */
void pressure_soon(struct supervisor *s); /* something happens: not later than a second after the last look */
/* Why no file is taken, as a sentence; empty when files are taken (or will be in a moment). Returns text. */
const char *pressure_text(const struct supervisor *s, char *text, size_t size);
/* Documents of benched plugins must not take all the places of the others: after what may have changed their number. */
void pressure_bench(struct supervisor *s);
struct backlog_sum pressure_behind(const struct supervisor *s, size_t sink);
uint64_t pressure_age(const struct backlog_sum *behind); /* ms */
bool pressure_no_room(int failure);                      /* a negative errno that says so */
/* In a work thread, after a failure: true when it was for want of room and the reserve was given up, so that it can be
 * tried again at once. */
bool pressure_gave_room(struct supervisor *s, int failure);
void pressure_close(struct supervisor *s);

/* refuse.c: in a work thread; a document without a frame to quarantine, sets f->runs_next */
int refuse_doc(struct supervisor *s, struct flow_doc *f, struct error *err);
/* The reason that is known of a document that runs once more; NULL: none. The caller frees. */
cJSON *refuse_known(const struct supervisor *s, const struct flow_doc *f);
char *quarantine_dir(const struct config *config); /* the caller frees */

/* settle.c: what becomes of a document whose frame is committed. In a work thread, or (on_settle) on the loop for what
 * stood in a work folder at start. */
int settle_doc(struct supervisor *s, struct intake *intake, struct intake_doc *doc, const struct journal_doc *frame);
void on_settle(void *user, struct intake *intake, struct intake_doc *doc);

/* receipt.c: the fate of a file, in the folder that its watched folder names for that. What cannot be written is
 * logged. `document`: its record; `findings`: lists by severity. */
void receipt_settled(const struct config *config, const struct intake_doc *doc, const cJSON *document,
                     const cJSON *findings, uint64_t left_out);
void receipt_refused(const struct config *config, const struct intake_doc *doc, const struct quarantine_case *refused);

/* retry.c */
void retry_init(struct supervisor *s);
void retry_start(struct supervisor *s); /* finds what waits in quarantine; after intake has begun */
void retry_add(struct supervisor *s, const char *entry, int64_t at);
size_t retry_waiting(const struct supervisor *s, int64_t *ret_next);
void retry_close(struct supervisor *s);

/* operate.c: what operators ask for */
typedef void operation_done_fn(void *user, const cJSON *answer, const struct error *err);
/* Runs it in a work thread; then, on the loop, takes up what was put back, calls `done` (may be NULL; err NULL: it went
 * well). */
bool operate_knows(const char *what);
void operate_start(struct supervisor *s, const char *what, const cJSON *request, operation_done_fn *done, void *user);

/* reload.c */
void reload_init(struct supervisor *s);
/* Returns the number of the reload that reads the file after this call; 0 when there will be none. */
uint64_t reload_ask(struct supervisor *s);
/* A mistake in what is being loaded: lines. */
void reload_mistakes(struct supervisor *s, const char *text, size_t len);
void reload_ask_again(struct supervisor *s); /* now, if it was asked for while it could not be */
void reload_advance(struct supervisor *s);
bool reload_ended(struct supervisor *s); /* gives it up; false while something of it still ends */

/* signals.c */
void signals_start(struct supervisor *s);
void signals_close(struct supervisor *s);

/* state.c */
int state_make(const char *dir, struct error *err);

/* notify.c: silent when nobody listens (NOTIFY_SOCKET unset) */
void notify_open(struct supervisor *s);
void notify_say(const struct supervisor *s, const char *message);
void notify_reloading(const struct supervisor *s);
void notify_status_soon(struct supervisor *s);
void notify_close(struct supervisor *s);
