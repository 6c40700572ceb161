/* SPDX-License-Identifier: MIT */
/*
 * The process of one worker. Law: loads the plugins of the configured pipelines, then opens no path; takes documents as
 * descriptors, one after the other, and writes nowhere but to its socket and the spool it is given.
 */
#pragma once

/* `siftd worker`, started by the daemon only; returns the process's exit code. */
int worker_child_main(void);
/* `siftd inspect`: loads every plugin the configuration names, answers with the mistakes found. */
int worker_inspect_main(void);
