/* SPDX-License-Identifier: MIT */
/*
 * Intake: notices files in the watched folders, waits until their writers are done, claims each once, and puts it where
 * it belongs when its records are safe. Runs in the daemon, on the supervisor's loop; only intake_finish() and
 * intake_put_aside() may be called from a work thread. Of a file's content it reads what tells whether its end is there
 * (ends.h: the first 16 and the last 512 bytes) and nothing else. Next room: worker.
 *
 * Noticing. uv_fs_event announces and a directory scan decides: libuv tells neither the end of a write nor a queue that
 * ran over. An event with a name leads to a direct look at that entry; the start, a burst of events, a folder that came
 * back and a period of 30 s lead to a scan. Folders on file systems that do not tell of everything (mount.c), and those
 * whose watch cannot be had, are read every `poll` instead. A scan streams through the folder in small batches and
 * stops while too many documents are out, so that a folder of any size is taken in bounded memory.
 *
 * Whole? A read lease (fcntl(2), F_SETLEASE) is refused with EAGAIN while anybody holds the file open for writing or
 * has it mapped so: such files are looked at again by a timer. One that was moved or linked in is whole then: two
 * events tell these from files written in the folder, and for files met by a scan an inode time later than that of the
 * last write. A file written in the folder and closed may be opened again: it has to stand unchanged for `settle`,
 * doubled each time that its writer came back; for `quiet` where the format's own end is there; for twelve times
 * `settle` where it is missing. Where a lease cannot tell (another owner's file without CAP_LEASE, network file
 * systems) size and times must have stood still for `quiet` at least. With `marker` the marker alone decides, besides
 * the lease. Temporary names
 * (.part, .filepart, .tmp, a dot in front, a final ~) and empty files are not ready, whatever they hold; links, pipes
 * and devices are never taken. intake_waiting() tells of each file that waits why.
 *
 * Changed while it is read? The lease goes along to the worker and is gone afterwards when anybody opened the file for
 * writing meanwhile, which then waits for the reader. Such a document is never committed: it waits until it has come to
 * rest (intake_again()). The claim is also checked: what was renamed must be what was opened.
 *
 * Claim. A rename into STATE/work, named CLAIM.FOLDER.PATH: the claim number as 16 hex digits, the watched folder as
 * the 8 of a hash of its own path, the path below it with '/' and '%' written as %2F and %25. A document that is run
 * once more has "-after" or "-again" (struct intake_run) and the sequence of its earlier frame, 16 hex digits, behind
 * FOLDER. A name that would exceed
 * 255 bytes is cut, and CLAIM.name, written before, holds the path in full. Where the watched folder is on another file
 * system than the state, its claims go to the hidden folder .siftd/work inside it. With `when_done: keep` nothing is
 * renamed: the claim is an entry CLAIM.FOLDER-kept.PATH in STATE/work that holds the file's identity, and later the
 * ledger knows the file.
 *
 * After a crash the names in the work folders are all there is to know: claims that are committed are finished, the
 * others run again, whatever became of the configuration in between. A file that was claimed for a folder whose files
 * now stay goes to STATE/done; a claim of a folder that is no longer watched waits until it is again.
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "config/config.h"

struct intake;

/* What a claim says of the runs before it. */
struct intake_run {
    bool more;        /* the document was run before and is run once more */
    bool again;       /* its records are wanted once more by every sink, also those that did not change */
    uint64_t earlier; /* the sequence of its frame in the journal before this one; 0: none */
};

/* A claimed document. Made by intake, lent to the supervisor until intake_release(). */
struct intake_doc {
    uint64_t claim;
    char *name;     /* path below the watched folder, as dropped */
    char *held;     /* its entry in the work folder */
    uint16_t watch; /* index in the configuration */
    bool cut;       /* CLAIM.name exists */
    bool hidden;    /* claimed into the watched folder's own .siftd/work */
    bool kept;      /* the file itself stays where it is */
    struct intake_run run;
    int fd;                                     /* open for reading at 0; -1 after intake_passed() */
    bool leased;                                /* fd holds a read lease: F_GETLEASE tells whether anybody wrote */
    uint64_t device, inode, size, mtime, ctime; /* when it was opened; times in nanoseconds */
    unsigned changed;                           /* how often it changed while it was read */
    bool writer;                                /* of such: somebody has it open for writing */
    uint64_t since, due, delay;                 /* of such: intake's */
    int64_t wall;                               /* seconds since 1970: of such since when it waits */
    struct intake_doc *next_changed;            /* intake's */
    void *user;                                 /* the supervisor's */
    struct intake_doc *next, *prev;             /* intake's */
};

struct intake_calls {
    void *user;
    /* A document is there; it is the callee's until intake_release(). */
    void (*claimed)(void *user, struct intake_doc *doc);
    /* A document that changed while it was read has come to rest and is open again. */
    void (*rested)(void *user, struct intake_doc *doc);
    /* Intake stops, and this one has not come to rest: the callee releases it, and it runs at the next start. */
    void (*dropped)(void *user, struct intake_doc *doc);
    /* Is this claim's document in the journal? For what stands in work/ at start; 1, 0 or negative errno. */
    int (*committed)(void *user, const struct intake_doc *doc);
    /* What stands in a work folder and is committed already: what becomes of it. `intake` is the one that asks. The
     * callee does not release the document. NULL: intake_finish(). */
    void (*settle)(void *user, struct intake *intake, struct intake_doc *doc);
    /* Was this very file, which stays in its folder, committed before? 1, 0 or negative errno. */
    int (*seen)(void *user, const struct intake_doc *doc);
};

/* How much may be out: bounds of memory and descriptors. */
struct intake_limits {
    unsigned open;    /* claimed documents that still hold their descriptor here */
    unsigned out;     /* claimed documents not yet released */
    unsigned waiting; /* files remembered because they are not ready */
    bool settled;     /* what is in a folder when it is first read has been finished: whoever starts this says so */
};

/* Checks what can be checked before the start: done folders are made, and can be written. */
int intake_check(const struct config *config, struct error *err);
/* Begins watching all folders of the configuration, takes up what stands in the work folders. A watched folder that is
 * not there is waited for. `config` must outlive the intake. Errors name the configuration's key. */
int intake_start(uv_loop_t *loop, const struct config *config, const struct intake_limits *limits,
                 const struct intake_calls *calls, struct intake **ret, struct error *err);
/* Stops claiming (back pressure), or goes on. */
void intake_hold(struct intake *intake, bool hold);
/* The same for one watched folder, by its index in the configuration. */
void intake_hold_watch(struct intake *intake, size_t watch, bool hold);
/* No more claims, no more watching; documents that are out stay valid. Ends in a few turns of the loop. */
void intake_stop(struct intake *intake);
/* After intake_stop(), when the loop has closed the handles (intake_stopped()) and every document is released. */
bool intake_stopped(const struct intake *intake);
struct intake *intake_free(struct intake *intake); /* NULL */

/* The descriptor was passed on and is closed here. */
void intake_passed(struct intake *intake, struct intake_doc *doc);
/* Opens the document once more, for a repeated run, and notes its size and times anew. -EAGAIN, without a message:
 * somebody has it open for writing; then intake_again() is what remains. */
int intake_reopen(struct intake *intake, struct intake_doc *doc, struct error *err);
/* The document changed while it was read. Intake waits until it has come to rest, then tells `rested`. false: it is not
 * waited for, and the caller releases it: a kept file is met by a scan as it is then; intake is stopping. */
bool intake_again(struct intake *intake, struct intake_doc *doc);
/* Is the document's file, as it stands now, another one than was opened, or changed in size or time? For a worker that
 * died: who reads what was just cut off is killed by the system. */
bool intake_has_changed(const struct intake *intake, const struct intake_doc *doc);
/* The records are safe: moves the file to the done folder, deletes it, or leaves it, as configured. Never replaces a
 * file: a name that is taken gets .1, .2 … behind. May run in a work thread. On failure the file stays in the work
 * folder. */
int intake_finish(struct intake *intake, struct intake_doc *doc, struct error *err);
/* Moves the file into folder `dir` under its name in the work folder; of a kept file its claim's note. May run in a
 * work thread. */
int intake_put_aside(struct intake *intake, struct intake_doc *doc, const char *dir, struct error *err);
/* Another run of what was put aside, in three steps, the first two in any thread or process: the name it gets in the
 * work folder of the state (NULL: `entry` is none of a claim; the caller frees), the move there from folder `dir`, and
 * (where an intake runs) its taking up, which is refused with -ENOENT while the folder that it came from is not
 * watched; then, and without an intake, the next start does it. */
char *intake_back_name(const char *entry, const char *name, uint64_t claim, const struct intake_run *run);
int intake_put_back(const char *state_dir, const char *dir, const char *entry, const char *held, const char *name,
                    struct error *err);
/* The same for a file that was finished before: the name that its claim gets, and for one that stays at `path` the
 * claim's note. */
char *intake_new_name(const char *dir, const char *name, bool kept, uint64_t claim, const struct intake_run *run);
int intake_put_note(const char *state_dir, const char *path, const char *held, const char *name, struct error *err);
int intake_take_up(struct intake *intake, const char *held, struct error *err);
/* A claim's number: later than all that the clock has given so far. */
uint64_t intake_new_claim(uint64_t last);
/* What an entry says: 0 and the run, whether the file stays, the hash of its watched folder; -EINVAL: none of a claim.
 */
int intake_entry(const char *entry, bool *ret_kept, struct intake_run *ret_run, uint32_t *ret_folder);
/* The hash that entries carry of a watched folder. */
uint32_t intake_folder(const char *dir);
/* Never look at this kept file again while it does not change: it was refused, or the ledger could not note it. */
void intake_refuse(struct intake *intake, const struct intake_doc *doc);
/* Makes the claims that are out durable, so that no file is in its drop folder again after its records were committed.
 * In a work thread, before the journal's append. `watches`: bit i for the folder with index i, 63 for all from there
 * on. */
int intake_sync(struct intake *intake, uint64_t watches, struct error *err);
/* The document leaves memory and makes room for another. */
void intake_release(struct intake *intake, struct intake_doc *doc);

/* For how long, in ms, files could have been looked at and were not, although nothing holds intake up; 0: they are. */
uint64_t intake_stalled(const struct intake *intake);
/* For how long, in ms, the oldest file that could be done waits: one that is out, the first in a folder that a scan has
 * not come to the end of, one whose time to be looked at again is past; 0: none waits. */
uint64_t intake_oldest(const struct intake *intake);
/* Is anything going on: a scan, a file that settles, a document out? *ret_held: files whose writers hold them, not
 * counted. */
bool intake_busy(const struct intake *intake, unsigned *ret_held);
unsigned intake_out(const struct intake *intake);
/* [{"dir":…,"mode":"lease"|"quiet","watched":…,"events":"watched"|"polled","why":null or why it is polled,"folders":…,
 * "waiting":…}] */
cJSON *intake_status(const struct intake *intake);
/* Files that are not taken, and why: {"waiting":[{"dir":…,"name":…,"reason":…,"since":seconds since 1970,"bytes":…,
 * "again":ms until the next look}],"more":false}; `more`: the list of what waits is full. */
cJSON *intake_waiting(const struct intake *intake);
