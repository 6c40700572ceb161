/* SPDX-License-Identifier: MIT */
/*
 * The loader, which loads the plugins of the configured pipelines, never sees a document, and makes workers by forking;
 * and the workers, which are the daemon's children all the same. Law of a worker: opens no path; takes documents as
 * descriptors, one after the other, and writes nowhere but to its socket and the spool it is given.
 */
#pragma once

/* `siftd worker`: the loader, started by the daemon only; returns the process's exit code. */
int worker_child_main(void);
/* `siftd inspect`: loads every plugin the configuration names, answers with the mistakes found. */
int worker_inspect_main(void);
