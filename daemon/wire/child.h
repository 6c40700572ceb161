/* SPDX-License-Identifier: MIT */
/*
 * Starting a child: the program itself, executed again with a role word, its socket as descriptor WIRE_CHILD_FD, every
 * other descriptor above standard error closed. A child dies with its parent (PR_SET_PDEATHSIG), and is deaf to SIGINT
 * and SIGHUP, which a terminal sends to both.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct child {
    pid_t pid;
    int pidfd;     /* readable when the child has ended; for poll */
    int socket;    /* the parent's end, non-blocking */
    uint64_t peak; /* when it is reaped: the most memory it had, in bytes, files that it mapped included */
};

/* A pair of sockets: the parent's end, non-blocking, and the child's. 0 or -errno. */
int child_sockets(int *ret_mine, int *ret_its);
/* Makes a child whose parent is the caller's own: the loader's way of making workers for the daemon. In the child (0),
 * `socket` has become WIRE_CHILD_FD; in the caller, its pid or -errno. Only for processes with one thread. */
pid_t child_clone(int socket);
/* The parent's side of such a child. Takes the socket. 0 or -errno. */
int child_adopt(pid_t pid, int socket, struct child *ret);
/* role: "worker", "sink" or "inspect". 0, or a negative errno with a message. */
int child_start(const char *role, struct child *ret, struct error *err);
/* Waits for an ended child (or, block: until it ends); *ret_status as of waitpid(2). 1 when reaped, 0 when it still
 * runs. */
int child_reap(struct child *child, bool block, int *ret_status);
/* Closes the descriptors; the process must be reaped before. */
void child_close(struct child *child);
/* "was killed by signal 11 (Segmentation fault)", "ended with code 1". Returns text. */
const char *child_status_text(int status, char *text, size_t size);
/* The child's own first step: gives the process its name for ps(1) (at most 15 bytes), arms the death signal; ends the
 * process when the parent is gone already. */
void child_begin(const char *name);
/* A memfd with the text in it, at offset 0, close-on-exec; -errno. */
int child_text_fd(const char *text, size_t len);
