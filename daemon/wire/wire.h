/* SPDX-License-Identifier: MIT */
/*
 * Messages between the daemon and its children; docs/wire.md is the contract. A message is a struct of fixed fields
 * followed by `tail` bytes (a name, records). Sending and receiving do not block when the socket does not; both work
 * without libuv.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/account.h"
#include "base/error.h"
#include "base/hash.h"

enum {
    WIRE_VERSION = 1,
    WIRE_MAX = 128 * 1024, /* bytes of one message */
    WIRE_CHILD_FD = 3,     /* a child's end of the socket */
    WIRE_SPOOL_EXIT = 87,  /* the exit code of a worker that could not write its spool: its document runs again */
    WIRE_CALL_EXIT = 89,   /* of one that made a system call which is not for it: the progress page says which */
    WIRE_LIMIT_EXIT = 88,  /* of one whose document went beyond a limit: the progress page says which */
};

enum wire_type {
#define MESSAGE(name, number) WIRE_##name = number,
#include "wire/messages.def"
#undef MESSAGE
};

const char *wire_name(int type); /* "JOB"; "?" for none */

struct wire_header {
    uint16_t type, version;
    uint32_t length;
};

enum wire_role { WIRE_WORKER = 1, WIRE_SINK = 2, WIRE_INSPECT = 3 };

/* Parts of a child's confinement (confine/). */
enum wire_confine {
    WIRE_CONFINE_PATHS = 1,   /* Landlock: no path at all */
    WIRE_CONFINE_NETWORK = 2, /* Landlock 4: no TCP; the filter of calls refuses sockets in any case */
    WIRE_CONFINE_CALLS = 4,   /* seccomp: a short list of system calls */
};

/* "paths, calls": the parts in words. Returns text. */
const char *wire_confine_words(uint32_t parts, char *text, size_t size);

/* tail: the configuration's file name. One descriptor: the configuration's text. */
struct wire_start {
    struct wire_header header;
    uint32_t role;  /* enum wire_role */
    uint32_t index; /* SINK: which sink of the configuration */
};

/* To the loader: make a worker. Descriptors: the worker's end of its own socket, its progress page (memfd). */
struct wire_fork {
    struct wire_header header;
    uint32_t index; /* the worker's number, for the log; comes back */
    uint32_t reserved;
};

struct wire_forked {
    struct wire_header header;
    uint32_t index;
    int32_t pid; /* or a negative errno */
};

/* tail: empty when ready; else the sentences why not, one a line. INSPECT: the mistakes found, empty when none. */
struct wire_ready {
    struct wire_header header;
    uint32_t lacking; /* WORKER, SINK: enum wire_confine bits: what this kernel or build does not have */
    uint32_t reserved;
};

/* tail: the document's name. One descriptor: the file, open for reading at 0. */
struct wire_job {
    struct wire_header header;
    uint64_t job;      /* the daemon's number for it, comes back in DONE */
    uint64_t size;     /* bytes when it was claimed */
    uint32_t pipeline; /* index */
    uint32_t leased;   /* 1: the file is under a read lease, which is gone when anybody opened it for writing */
    uint32_t turn;     /* 1 for the process's first job, 2 for the next */
};

struct wire_spool_wanted {
    struct wire_header header;
    uint64_t job;
};

struct wire_spool {
    struct wire_header header;
    uint64_t job;
};

/* tail: the body (docs/journal-format.md) unless spooled. */
struct wire_done {
    struct wire_header header;
    uint64_t job;
    uint64_t body_size;
    uint64_t source_size; /* bytes read */
    uint32_t records;
    uint8_t status;  /* enum doc_status */
    uint8_t spooled; /* the body is in the spool file */
    uint8_t changed; /* the file was not the same after reading as before: run it again, commit nothing */
    uint8_t reserved;
    uint8_t sha256[SHA256_SIZE];
    struct account bytes, records_account;
    uint64_t refused; /* lines of the body that are refused records */
};

struct wire_committed {
    struct wire_header header;
    uint64_t sequence;
};

/* tail: what holds the sink up, empty when it runs. */
struct wire_delivered {
    struct wire_header header;
    uint64_t sequence;       /* all frames before it are safely out */
    uint64_t records, bytes; /* put since the start of the process */
};

/* The page a worker shares with the daemon. The worker writes, the daemon reads after its death or its time is up; but
 * `turns` both change: the worker notes the turn it begins in the low half, the daemon the last one that it takes back
 * in the high half. A job is begun only when its turn is above that. */
struct wire_progress {
    _Atomic uint64_t turns;
    volatile uint64_t job;
    volatile uint32_t stage; /* enum siftd_stage, 0 between documents */
    volatile char plugin[64];
    volatile uint32_t call;             /* with WIRE_CALL_EXIT: the system call's number plus 1 */
    volatile char limit[16], said[256]; /* with WIRE_LIMIT_EXIT: its name, and the sentence's predicate */
};

enum { WIRE_FDS_MAX = 2 };

struct wire_message {
    union {
        struct wire_header header;
        struct wire_start start;
        struct wire_ready ready;
        struct wire_job job;
        struct wire_spool_wanted spool_wanted;
        struct wire_spool spool;
        struct wire_done done;
        struct wire_committed committed;
        struct wire_delivered delivered;
        struct wire_fork fork;
        struct wire_forked forked;
        char raw[WIRE_MAX];
    };
    const char *tail; /* inside raw, not zero-terminated */
    size_t tail_len;
    int fd[WIRE_FDS_MAX]; /* -1: none; the receiver's to close */
};

/* Fixed size of a type's struct, 0 for an unknown type. */
size_t wire_size(int type);
/* Sends one message: `message` points at the type's struct, whose header is filled in here. 0; -EAGAIN when the socket
 * is full; -EMSGSIZE when it would exceed WIRE_MAX; other negative errno. Descriptors stay the sender's. */
int wire_send(int socket, int type, void *message, const void *tail, size_t tail_len, const int *fds, size_t fd_count);
/* The worker's side of `turns`: false when the job was taken back. */
bool wire_begin(struct wire_progress *progress, uint32_t turn);
/* The daemon's: takes back all jobs up to `turn` that have not begun; returns the last turn that has. */
uint32_t wire_take_back(struct wire_progress *progress, uint32_t turn);
/* Receives one: 1; 0 at the other end's close; -EAGAIN when nothing is there; -EPROTO with a message when it is
 * malformed. */
int wire_receive(int socket, struct wire_message *ret, struct error *err);
