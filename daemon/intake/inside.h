/* SPDX-License-Identifier: MIT */
/*
 * Inside intake. Who does what, in the order a file meets them: watch.c (events, folders that come and go), scan.c (the
 * stream through a folder), settle.c (is the writer done?), claim.c (the rename and the names), pressure.c (when to
 * stop claiming), finish.c (to the done folder), recover.c (what a crash left), intake.c (life and status).
 */
#pragma once
#include <dirent.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "intake/intake.h"

enum {
    SCAN_BATCH = 64,       /* entries a turn of the loop */
    SCAN_PERIOD = 30000,   /* ms */
    BURST = 1000,          /* events in one turn of the loop that bring a scan */
    MISSING_PERIOD = 1000, /* ms between looks for a folder that is not there */
    SETTLE_FIRST = 5,      /* ms until a held file is looked at again; doubles up to */
    SETTLE_LONGEST = 250,
    COMPLAINTS_MAX = 256, /* files a folder's log remembers to have complained about */
    ECHOES = 1024,        /* renames of our own whose events are told from others' */
    ECHO_LIFE = 1000,     /* ms */
    NAME_LONGEST = 255,
};

struct watch;

/* Where an entry is reached: `name` below `folder`. */
struct place {
    int folder; /* AT_FDCWD, or a descriptor of the entry's own folder */
    char *name;
};

struct identity {
    uint64_t device, inode;
};

/* A claim by rename, whose event is still to come. */
struct echo {
    uint64_t path; /* hash */
    uint64_t time; /* loop time */
};

/* What the name of an entry in a work folder says in front of the path. The configuration may have changed since. */
struct claim {
    uint64_t number;
    uint32_t folder; /* claim_folder() of the watched folder */
    bool kept;       /* the entry is a note, the file stayed in its folder; else the entry is the file itself */
};

/* A directory with an event handle: a watched folder itself or one below it. Lives until its handle is closed. */
struct folder {
    struct watch *watch;
    char *path; /* below the watched folder; "" for itself */
    uint64_t device, inode;
    uv_fs_event_t event;
    bool queued; /* for a scan */
    bool again;  /* something happened while it could not be looked at */
    bool dead;
    struct folder *next_queued;
};

/* A file whose writer is not done. */
struct waiting {
    struct watch *watch;
    char *path;
    uint64_t due, delay, since; /* loop time, ms */
    uint64_t size, mtime, ctime;
    bool held; /* a lease was refused: the writer has it open */
    struct waiting *next, *prev;
};

struct watch {
    struct intake *intake;
    const struct config_watch *config;
    uint16_t index;
    bool there; /* false while it is missing. It is not held open: inotify tells a removal only of closed ones */
    struct identity root;
    int work;        /* its hidden work folder; -1: the state's is used */
    bool network;    /* leases and clocks of its file system cannot be trusted */
    bool by_quiet;   /* a lease could not tell */
    bool not_owner;  /* opening without a new access time was refused */
    bool lost;       /* its disappearance was logged */
    bool overflowed; /* a file found no place in the waiting list */
    void *folders;   /* tree (tsearch) of struct folder by path */
    size_t folder_count;
    struct folder *first, *last; /* queued for a scan */
    struct folder *scanning;
    DIR *stream;
    struct identity own[2]; /* done_dir and state_dir: never entered */
    uint64_t complaint[COMPLAINTS_MAX];
    size_t complaints;
    struct intake_doc *refused; /* kept files that were put aside */
};

struct intake {
    uv_loop_t *loop;
    const struct config *config;
    struct intake_limits limits;
    struct intake_calls calls;
    struct watch *watch;
    size_t watches;
    int work; /* STATE/work */

    uv_idle_t step;     /* runs while there is something to scan and room to claim */
    uv_timer_t settle;  /* the earliest waiting file */
    uv_timer_t period;  /* the regular scan, and looks for missing folders */
    unsigned handles;   /* not yet closed */
    uint64_t next_scan; /* loop time */
    bool stopping;

    struct waiting *waiting; /* list */
    void *waiting_by_path;   /* tree (tsearch) */
    unsigned waiting_count;

    struct intake_doc *left; /* found in work/ at start, to be handed out again; a list by next */
    struct intake_doc *docs; /* out; a list by next and prev */
    unsigned out, open;
    bool held;
    size_t turn;      /* the folder that is scanned first */
    uint64_t stepped; /* loop time of the latest step, or since when there is something to step for */

    struct echo echo[ECHOES];
    uint64_t burst_turn; /* loop time of the events being counted */
    unsigned burst_events;
    uint64_t last_claim;
};

/* watch.c */
/* The folder at `path` for reading, found without following links below the watched folder. -errno. */
int watch_open_folder(const struct watch *watch, const char *path);
/* How to reach what is at `path`. Below a subfolder through a descriptor of its parent that was found without following
 * links: the folder's owner could put a link in its place, and have files moved from anywhere. 0 or -errno. */
int watch_reach(const struct watch *watch, const char *path, struct place *ret);
void place_done(struct place *place);
/* The full path of what is at `path` below the watched folder, "" for itself. */
char *watch_path(const struct watch *watch, const char *path);
int watch_open(struct watch *watch); /* tries to begin; 0, or -errno when the folder is not there */
void watch_close(struct watch *watch);
void watch_check(struct watch *watch); /* is the folder still the one that is watched? */
struct folder *watch_add(struct watch *watch, const char *path, const struct stat *st); /* a folder below */
void watch_forget(struct watch *watch, const char *path); /* it and those below it are gone */
void scan_queue_all(struct watch *watch);

/* scan.c */
void scan_queue(struct folder *folder);
void scan_forget(struct folder *folder);
void scan_some(struct watch *watch);
bool scan_pending(const struct watch *watch);
/* Looks at one entry by its name in the folder. */
void scan_look(struct folder *folder, const char *name);

/* settle.c */
bool settle_ready_name(const char *name); /* false: a temporary name */
bool settle_wanted(const struct config_watch *config, const char *path);
/* Looks at the file `path` of the watch, at its place or (NULL) where watch_reach() finds it: claims it, or remembers
 * it, or leaves it. Needs room. */
void settle_look(struct watch *watch, const char *path, const struct place *place);
void settle_forget_all(struct watch *watch);
void settle_on_timer(uv_timer_t *timer);

/* claim.c */
uint64_t claim_number(struct intake *intake);
void claim_encode(const struct claim *claim, const char *path, struct buf *out);
/* Reads an entry's name: 0, or -EINVAL when it is none of a claim. The path is appended to `path` with a final zero. */
int claim_decode(const char *entry, struct claim *ret, struct buf *path);
uint32_t claim_folder(const char *dir);
int claim_take(struct watch *watch, const char *path, const struct place *place, int fd, const struct stat *st,
               struct error *err);
/* Is this event the echo of a claim? Answers yes once a claim. */
bool claim_echo(struct watch *watch, const char *path);
void claim_forget_echoes(struct intake *intake);
int claim_work_folder(const struct intake *intake, const struct intake_doc *doc);
void claim_sidecar_name(uint64_t claim, char name[32]);

/* doc: in claim.c */
struct intake_doc *doc_new(const struct watch *watch, uint64_t claim, const char *path);
void doc_identity(struct intake_doc *doc, const struct stat *st);
bool doc_same_file(const struct intake_doc *a, const struct intake_doc *b);
struct intake_doc *doc_free(struct intake_doc *doc);

/* pressure.c */
bool pressure_room(const struct intake *intake);
void pressure_out(struct intake *intake, struct intake_doc *doc); /* counts it, hands it to the supervisor */
void pressure_wake(struct intake *intake);                        /* starts the step when there is work and room */

/* recover.c */
int recover_state(struct intake *intake, struct error *err); /* what stands in STATE/work */
/* Takes up the folder's own .siftd/work, when there is one, and what stands in it. -EBUSY while documents of another
 * one, that stood in its place, are out. */
int recover_hidden(struct watch *watch, struct error *err);
/* Hands out what recover_work found, as far as there is room. */
void recover_some(struct intake *intake);
