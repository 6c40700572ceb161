/* SPDX-License-Identifier: MIT */
/* Private to confine/: confine.c puts the parts in force, paths.c is Landlock, calls.c the filter of system calls. */
#pragma once
#include "confine/confine.h"

/* Each: 0, *lacking gains the parts that the kernel does not have; negative when one could not be put in force. */
/* Whether paths_restrict() can keep a process to its paths, on this kernel and in this build. */
bool paths_can(void);
int paths_restrict(const struct confine_rights *rights, uint32_t *lacking, struct error *err);
int calls_restrict(const struct confine_rights *rights, uint32_t *lacking, struct error *err);
