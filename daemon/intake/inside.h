/* SPDX-License-Identifier: MIT */
/*
 * Inside intake. Who does what, in the order a file meets them: watch.c (events, folders that come and go), arrive.c
 * (from events to looks), scan.c (the stream through a folder), settle.c (a look at a file), ready.c (is it whole?,
 * with ends.c), waiting.c (the files that are not, and when to look again), claim.c (the rename and the names), again.c
 * (files that changed while they were read), pressure.c (when to stop claiming), finish.c (to the done folder),
 * recover.c (what a crash left), intake.c (life), status.c.
 */
#pragma once
#include <dirent.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "intake/ends.h"
#include "intake/intake.h"

enum {
    SCAN_BATCH = 64,       /* entries a turn of the loop */
    SCAN_PERIOD = 30000,   /* ms */
    BURST = 1000,          /* events in one turn of the loop that bring a scan */
    MISSING_PERIOD = 1000, /* ms between looks for a folder that is not there */
    SETTLE_FIRST = 5,      /* ms until a held file is looked at again; doubles up to */
    SETTLE_LONGEST = 250,
    REOPENED_MAX = 4,      /* how often `settle` is doubled for a writer that comes back */
    UNFINISHED_TIMES = 12, /* `settle`s for a file without its format's end */
    ARRIVALS_MAX = 512,    /* names of events that are looked at one by one in a turn of the loop */
    AGAIN_LONGEST = 60000, /* ms until a file that changed while it was read is looked at again */
    COMPLAINTS_MAX = 256,  /* files a folder's log remembers to have complained about */
    ECHOES = 1024,         /* renames of our own whose events are told from others' */
    ECHO_LIFE = 1000,      /* ms */
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

/* How a file came to be where it is. */
enum arrival {
    ARRIVAL_FOUND,   /* not known: met by a scan */
    ARRIVAL_NEW,     /* its name is new here: it was moved or linked in, or is being written right now */
    ARRIVAL_MOVED,   /* moved or linked in: who does that has finished it */
    ARRIVAL_WRITTEN, /* written in the folder */
};

enum reason {
    REASON_READY,
    REASON_ARRIVING,   /* events of this very moment decide how it came */
    REASON_HELD,       /* open for writing */
    REASON_SETTLING,   /* written here a short time ago */
    REASON_QUIET,      /* no lease, and changed a short time ago */
    REASON_UNFINISHED, /* the format's end is missing */
    REASON_NO_MARKER,
    REASON_OLD_MARKER,
    REASON_EMPTY,
    REASON_UNREADABLE,
};

/* What ready_judge() finds. */
struct verdict {
    enum reason reason;
    bool leased;      /* READY and ARRIVING: the descriptor holds a read lease, which tells of writers from here on */
    uint64_t need;    /* ms that it must stand unchanged: SETTLING, QUIET, UNFINISHED */
    const char *what; /* what its end is made of, when that is known */
    int code;         /* UNREADABLE: errno */
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
    struct intake_run run;
};

/* A directory with an event handle: a watched folder itself or one below it. Lives until its handle is closed. */
struct folder {
    struct watch *watch;
    char *path; /* below the watched folder; "" for itself */
    uint64_t device, inode;
    uv_fs_event_t event;
    int deaf;    /* why its events cannot be had, libuv's code; 0 */
    bool queued; /* for a scan */
    bool again;  /* something happened while it could not be looked at */
    bool dead;
    struct folder *next_queued;
};

/* A file that is not ready. */
struct waiting {
    struct watch *watch;
    char *path;
    struct verdict verdict;
    enum arrival arrival;
    unsigned reopened;          /* how often its writer came back */
    uint64_t due, delay, since; /* loop time, ms; since: unchanged */
    uint64_t inode, size, mtime, ctime;
    int64_t wall; /* seconds since 1970: waits since */
    struct waiting *next, *prev;
};

/* A name that events told of. */
struct arriving {
    struct watch *watch;
    char *path;
    bool changed; /* it was written to, or its attributes changed */
    int fd;       /* ready but for how it came; -1 */
    bool leased;
    struct stat st;
    struct arriving *next;
};

struct watch {
    struct intake *intake;
    const struct config_watch *config;
    uint16_t index;
    const char *silent; /* its file system, when that does not tell of everything */
    bool told_silent;
    size_t deaf;                    /* folders whose events cannot be had */
    int deaf_code;                  /* of the last of them */
    uint64_t next_poll;             /* loop time, while silent or deaf */
    uint64_t scan_since, scan_took; /* ms: from the first queued folder to the last one read */
    bool there; /* false while it is missing. It is not held open: inotify tells a removal only of closed ones */
    struct identity root;
    int work;            /* its hidden work folder; -1: the state's is used */
    bool network;        /* leases and clocks of its file system cannot be trusted */
    bool first_scan;     /* what stood there at the start is not yet all seen */
    bool by_quiet;       /* a lease could not tell */
    bool not_owner;      /* opening without a new access time was refused */
    bool lost;           /* its disappearance was logged */
    bool held;           /* nothing of it is taken for now */
    bool overflowed;     /* a file found no place in the waiting list, or could not be taken for want of something */
    uint64_t not_before; /* loop time of the scan for such files */
    void *folders;       /* tree (tsearch) of struct folder by path */
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
    uv_check_t arrive;  /* runs behind the events of a turn, while names are to be looked at */
    uv_idle_t turn_on;  /* keeps the loop from sleeping while one of them is ready but for its events */
    uv_timer_t settle;  /* the earliest waiting file */
    uv_timer_t again;   /* the earliest file that changed while it was read */
    uv_timer_t period;  /* the regular scan, and looks for missing folders */
    uv_poll_t mounts;   /* the table of mounts changes */
    int mounts_fd;      /* -1 */
    unsigned handles;   /* not yet closed */
    uint64_t next_scan; /* loop time */
    bool stopping;

    struct waiting *waiting;            /* list */
    void *waiting_by_path;              /* tree (tsearch) */
    unsigned waiting_count, idle_count; /* idle: those that only somebody else can make ready */

    struct arriving *arriving, **arriving_end; /* list, in the order of the events */
    void *arriving_by_path;                    /* tree */
    unsigned arriving_count;

    struct intake_doc *changed; /* those of `docs` that changed while they were read; a list by next_changed */

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
/* Is the folder, or one below it, read every now and then for want of events? */
bool watch_is_polled(const struct watch *watch);
void watch_plan_poll(struct watch *watch);
void watch_poll(struct watch *watch, bool try_again);
const char *watch_deaf_words(int code);

/* mount.c */
/* Judges the file system that `fd` is on: are leases and times those of this machine, does it tell of all that happens
 * (NULL; else its name)? */
void mount_judge(int fd, bool *ret_remote, const char **ret_silent);

/* scan.c */
void scan_queue(struct folder *folder);
void scan_forget(struct folder *folder);
void scan_some(struct watch *watch);
bool scan_pending(const struct watch *watch);
/* The path below the watched folder of an entry; the caller frees. */
char *scan_join(const struct folder *folder, const char *name);

/* arrive.c */
/* An event told of this name. `changed`: of its content or attributes, not of a name that came or went. */
void arrive_note(struct folder *folder, const char *name, bool changed);
void arrive_forget_all(struct watch *watch);
void arrive_on_check(uv_check_t *check);
void arrive_on_idle(uv_idle_t *idle);

/* settle.c */
bool settle_ready_name(const char *name); /* false: a temporary name */
bool settle_wanted(const struct config_watch *config, const char *path);
/* Looks at the file `path` of the watch, at its place or (NULL) where watch_reach() finds it: claims it, or remembers
 * it, or leaves it. Needs room. With `ret`, a file that is ready but for how it came is handed back open (ret->fd), to
 * be decided upon by the next events. */
void settle_look(struct watch *watch, const char *path, const struct place *place, enum arrival arrival,
                 struct arriving *ret);
/* A file that was handed back is ready. */
void settle_take(struct watch *watch, struct arriving *ready);
bool first_complaint(struct watch *watch, const char *path); /* one sentence a file, not one a look */

/* ready.c */
void ready_judge(struct watch *watch, const struct place *place, int fd, const struct intake_doc *file,
                 enum arrival arrival, struct verdict *ret);
/* A read lease on what is open there, for reading: 0, -EAGAIN while somebody has it open for writing, other -errno
 * where leases cannot tell. It lives as long as the open file, and is broken by whoever opens it for writing. */
int ready_lease(const struct watch *watch, int fd);
/* The file of that name waits for this marker; NULL: the name is no marker's. The caller frees. */
char *ready_marked(const struct config_watch *config, const char *name);
void ready_sentence(const struct config_watch *config, const struct verdict *verdict, char *text, size_t size);

/* waiting.c */
/* Nothing that the daemon could wait for will make it ready. */
bool waiting_is_idle(const struct waiting *w);
struct waiting *waiting_find(struct watch *watch, const char *path);
void waiting_drop(struct watch *watch, const char *path); /* when it is there */
/* Notes how a file that is not ready stands now, and when to look again. */
void waiting_note(struct watch *watch, const char *path, enum arrival arrival, const struct verdict *verdict,
                  const struct intake_doc *now_is);
void waiting_arm_for(struct intake *intake, uint64_t due);
void waiting_forget_all(struct watch *watch);
void waiting_on_timer(uv_timer_t *timer);

/* again.c */
void again_on_timer(uv_timer_t *timer);
void again_drop_all(struct intake *intake);
void again_forget(struct intake *intake, struct intake_doc *doc); /* when it is among them */
unsigned again_held(const struct intake *intake);                 /* how many of them are open for writing */

/* claim.c */
uint64_t claim_number(struct intake *intake);
uint64_t claim_time(uint64_t number); /* when it was given, in ms since 1970 */
void claim_encode(const struct claim *claim, const char *path, struct buf *out);
/* Reads an entry's name: 0, or -EINVAL when it is none of a claim. The path is appended to `path` with a final zero. */
int claim_decode(const char *entry, struct claim *ret, struct buf *path);
uint32_t claim_folder(const char *dir);
/* Claims what is at the place. `fd` is open on it, leased or not, and is the claim's on success; should another file
 * have come under that name meanwhile, it is closed, and that file is the claim's. */
int claim_take(struct watch *watch, const char *path, const struct place *place, int fd, bool leased,
               const struct stat *st, struct error *err);
/* Removes the file's marker, when it is not newer than the claim. */
void claim_remove_marker(const struct intake *intake, const struct intake_doc *doc);
/* Is this event the echo of a claim? Answers yes once a claim. */
bool claim_echo(struct watch *watch, const char *path);
void claim_forget_echoes(struct intake *intake);
int claim_work_folder(const struct intake *intake, const struct intake_doc *doc);
void claim_sidecar_name(uint64_t claim, char name[32]);

/* finish.c: to a path that is free, over the border of file systems, too. */
int finish_move(int from, const char *entry, const char *to, uint64_t claim);

/* doc: in claim.c */
struct intake_doc *doc_new(const struct watch *watch, uint64_t claim, const char *path);
void doc_identity(struct intake_doc *doc, const struct stat *st);
bool doc_same_file(const struct intake_doc *a, const struct intake_doc *b);
struct intake_doc *doc_free(struct intake_doc *doc);

/* pressure.c */
bool pressure_room(const struct intake *intake);
bool pressure_takes(const struct watch *watch);                   /* room, and the folder is there and not held */
void pressure_out(struct intake *intake, struct intake_doc *doc); /* counts it, hands it to the supervisor */
void pressure_wake(struct intake *intake);                        /* starts the step when there is work and room */

/* recover.c */
int recover_state(struct intake *intake, struct error *err); /* what stands in STATE/work */
/* Takes up the folder's own .siftd/work, when there is one, and what stands in it. -EBUSY while documents of another
 * one, that stood in its place, are out. */
int recover_hidden(struct watch *watch, struct error *err);
/* Hands out what recover_work found, as far as there is room. */
void recover_some(struct intake *intake);
/* Opens a claimed file again and notes how it stands: 0, -EAGAIN while somebody has it open for writing, other -errno
 * with a message. */
int recover_open(struct intake *intake, struct intake_doc *doc, struct error *err);
