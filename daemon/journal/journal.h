/* SPDX-License-Identifier: MIT */
/*
 * The journal: where a document's records become safe. docs/journal-format.md is its contract.
 *
 * Who runs it: journal_open, journal_append and journal_close run in the daemon, in one thread at a time (the
 * supervisor calls them from a work thread, so that the loop never waits for a sync). journal_reader_* runs in sink
 * processes and commands. It holds no record that is not on disk, and moves the commit mark only after the sync. Next
 * room: delivery.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/account.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"

enum { JOURNAL_NAME_MAX = 65535 }; /* bytes of a document's name */

enum doc_status { DOC_OK, DOC_FINDINGS, DOC_REJECTED };

/* A place between two frames. Order: by sequence. */
struct journal_place {
    uint64_t sequence; /* of the frame that begins here */
    uint64_t segment;
    uint64_t offset;
    uint64_t journal; /* the journal's own number; 0: not known */
};

/* What a frame says of its document. */
struct journal_doc {
    uint64_t sequence, claim, time, source_size;
    uint32_t records;
    enum doc_status status;
    uint16_t watch;
    uint8_t sha256[SHA256_SIZE];
    struct account bytes, records_account; /* all zero in frames of an older siftd */
    /* The document was run once more: the sequence of its frame before this one, 0 when there is none. `again`: its
     * records are wanted once more by every sink, also those that did not change. */
    uint64_t earlier;
    bool again;
    struct journal_place place; /* where its frame begins: set by journal_append() */
    const char *name;           /* zero-terminated */
    /* The body, for appending: in memory, or (body == NULL) the first body_size bytes of body_fd. A reader leaves body
     * NULL and body_fd -1: it hands out lines. */
    const char *body;
    int body_fd;
    uint64_t body_size;
};

struct journal;

struct journal_recovery { /* what journal_open found and did */
    uint64_t frames;      /* in the last segment */
    uint64_t cut;         /* bytes put aside behind the last complete frame */
    uint64_t lost;        /* committed documents that were damaged and are no longer in the journal */
    uint64_t pieces;      /* damaged pieces put aside that were no torn tail */
    char damage[1024];    /* the first of them: what was found */
    char torn[512];       /* the last file that something was put into; empty when nothing was */
    bool mark;            /* the commit mark was there and could not be believed */
};

/* Takes the lock that keeps a second writer out, until *ret is closed; -EBUSY when somebody has it. For work on the
 * state folder that needs no journal. */
int journal_lock(const char *dir, int *ret, struct error *err);
/* Opens or begins the journal in folder `dir` for writing (a lock file keeps a second writer out, -EBUSY), cuts a torn
 * tail, sets the mark. `segment_size`: bytes after which a new segment begins. */
int journal_open(const char *dir, uint64_t segment_size, struct journal **ret, struct journal_recovery *ret_found,
                 struct error *err);
/* By hand: the same, with every segment read from end to end (journal_open reads the newest, up to 1 GiB of them). No
 * writer may be running. */
int journal_repair(const char *dir, struct journal_recovery *ret_found, struct error *err);
/* What was found, as sentences, each ended by '\n'; nothing when all was good. */
void journal_tell(const struct journal_recovery *found, struct buf *out);
/* Appends the documents as one group: writes, syncs, moves the mark. sequence and time of each are set. On failure
 * nothing of the group counts: the tail is cut back and the call may be repeated (-ENOSPC: when there is room again).
 */
int journal_append(struct journal *journal, struct journal_doc *docs, size_t count, struct error *err);
uint64_t journal_frame_size(const struct journal_doc *doc); /* bytes that the document takes, name and body included */
/* Grows with every byte that is written, also within a group; from any thread. */
uint64_t journal_written(const struct journal *journal);
struct journal_place journal_end(const struct journal *journal); /* the mark */
/* Removes segments wholly before `sequence` whose last frame is older than `older_than` (microseconds since 1970 UTC;
 * told by the creation of the segment behind it). The last segment stays. */
int journal_retain(struct journal *journal, uint64_t sequence, uint64_t older_than, struct error *err);
/* What each segment in `dir` that can be read holds, in order, in an array that the caller frees. */
struct journal_extent {
    uint64_t first, bytes; /* sequence of its first frame; without the header */
};
int journal_extents(const char *dir, struct journal_extent **ret, size_t *ret_count, struct error *err);
struct journal *journal_close(struct journal *journal); /* NULL */

struct journal_reader;

/* Opens for reading at `from` ({0}: at the oldest frame there is; a sequence alone is enough, segment and offset save
 * the search). The folder need not hold a segment yet. -ESTALE: the place is of another journal; -ERANGE: it is ahead
 * of this one. */
int journal_reader_open(const char *dir, struct journal_place from, struct journal_reader **ret, struct error *err);
/* The next committed document: 1 and *ret_doc, whose name lives until the next call; 0 when all is read; negative when
 * reading fails. The body was checked as a whole. -ENODATA: frames are damaged or missing, the message says which and
 * where; the next call goes on behind them. */
int journal_reader_next(struct journal_reader *reader, struct journal_doc *ret_doc, struct error *err);
/* The next line of that document's body, without '\n': 1, and 0 behind the last. It lives until the next call. However
 * large the body is, memory is bounded by its longest line. */
int journal_reader_line(struct journal_reader *reader, const char **ret_line, size_t *ret_len, struct error *err);
/* Bytes of the body in front of the next line; and going on from there after a restart (0, or -ERANGE when the body is
 * shorter). */
uint64_t journal_reader_told(const struct journal_reader *reader);
int journal_reader_skip(struct journal_reader *reader, uint64_t bytes, struct error *err);
struct journal_place journal_reader_place(const struct journal_reader *reader); /* behind the last document read */
/* Where that document's frame begins. */
struct journal_place journal_reader_begin(const struct journal_reader *reader);
struct journal_place
journal_reader_mark(const struct journal_reader *reader); /* the commit mark; {0} when there is none yet */
struct journal_reader *journal_reader_close(struct journal_reader *reader); /* NULL */

/* Completes one line of a body (without '\n') to the whole record, appended to `out`: id and doc are put in. A line
 * that does not begin as the format says is appended as it stands. */
void journal_complete(const struct journal_doc *doc, const char *line, size_t len, struct buf *out);

/* The same for many lines of one document: what all share is made once. `struct journal_completer c = {0};` is empty.
 */
struct journal_completer {
    char hash[24];  /* the first half of the ids, zero-terminated */
    struct buf doc; /* `,"doc":{…}` */
};

struct journal_parts { /* offsets in `out` */
    size_t type, type_len, id, id_len;
};

void journal_completer_begin(struct journal_completer *completer, const struct journal_doc *doc);
void journal_completer_add(const struct journal_completer *completer, const char *line, size_t len, struct buf *out,
                           struct journal_parts *ret_parts);
void journal_completer_free(struct journal_completer *completer);
/* The type of a body's line; empty when it does not begin as the format says. It points into the line. */
const char *journal_line_type(const char *line, size_t len, size_t *ret_len);
bool journal_line_is(const char *line, size_t len, const char *type);
/* Whether the line is a record that a validator refused: kept for the quarantine, never delivered unless asked for. */
bool journal_line_is_refused(const char *line, size_t len);

/* Checks a segment file from end to end, printing one line a frame when `out` is given (a FILE *). 0, or -EBADMSG at
 * the first damage, with its offset in the message. */
int journal_verify(const char *path, void *out, uint64_t *ret_frames, struct error *err);
/* Calls `line` with every completed record of a segment file, in order, up to its end or the mark beside it. A call
 * that returns other than 0 ends the reading with that result. */
typedef int journal_line_fn(void *user, const char *record, size_t len);
int journal_cat(const char *path, journal_line_fn *line, void *user, struct error *err);
/* The mark in `dir`: 1 and *ret, 0 when there is none or its check does not fit. */
int journal_mark(const char *dir, struct journal_place *ret, struct error *err);
/* The segment files of `dir`, in order: paths in an array that the caller frees, each and all. */
int journal_segments(const char *dir, char ***ret_paths, size_t *ret_count, struct error *err);
