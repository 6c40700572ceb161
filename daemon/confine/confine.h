/* SPDX-License-Identifier: MIT */
/*
 * Giving up rights, for the processes that run plugins: workers before they see the first byte of a document, sinks
 * before they see the first record. Gone: new privileges, every path that is not named (Landlock), the network unless
 * asked for, other processes, new programs, executable memory (seccomp). Limited: memory, open files, the size of a
 * file. Where the kernel lacks a part the rest still holds, and the caller is told.
 *
 * A system call that is not on the list ends the process with WIRE_CALL_EXIT, after its number was noted. Some that
 * libraries try and can do without (opening a file for reading) are answered with EACCES instead.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum confine_kind {
    CONFINE_WORKER, /* computing, private memory, its socket and the descriptors that come through it; for reading,
                     * paths that are named, where Landlock keeps it to them: without it, none */
    CONFINE_SINK,   /* also files, as far as the paths allow */
};

/* A file or folder (with all below it) that stays open to the process; one that is not there is passed over. */
struct confine_path {
    const char *path;
    bool write;
};

/* The list of system calls, made once: for a process whose forks are confined, one after the other. */
struct confine_filter;

struct confine_rights {
    enum confine_kind kind;
    const struct confine_filter *filter; /* NULL: made for this one */
    uint64_t memory;                     /* bytes of heap and other writable memory; 0: no limit */
    uint64_t output;                     /* bytes of a file that it writes; 0: no limit */
    unsigned descriptors;                /* open at once, besides those that are open now; 0: no limit */
    bool network;                        /* SINK: sockets and threads */
    const struct confine_path *path;
    size_t paths;
    volatile uint32_t *call; /* gets the number of the system call that ends the process; NULL: it is logged */
};

int confine_filter_new(const struct confine_rights *rights, struct confine_filter **ret, struct error *err);
struct confine_filter *confine_filter_free(struct confine_filter *filter); /* NULL */

/* Confines the calling process for good. *ret_lacking gets the parts (enum wire_confine) that this kernel or this build
 * does not have. Negative only when a part that the kernel has could not be put in force: the process must end then. */
int confine(const struct confine_rights *rights, uint32_t *ret_lacking, struct error *err);

/* "socket": a system call's name on this machine; its number in words where it has none. Returns text. */
const char *confine_call_name(uint32_t number, char *text, size_t size);
