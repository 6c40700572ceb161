/* SPDX-License-Identifier: MIT */
/* The process of one sink. Law: reads the journal up to the commit mark, writes only through its sink plugin. */
#pragma once

/* `siftd sink`, started by the daemon only; returns the process's exit code. */
int delivery_child_main(void);
