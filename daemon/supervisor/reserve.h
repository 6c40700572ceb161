/* SPDX-License-Identifier: MIT */
/*
 * STATE/reserve: room on the disk that is given up when it is full, so that the journal, the ledger and quarantine can
 * finish what is on its way. Taken and given up in the supervisor's work thread; reserve_there() on the loop. Private
 * to the supervisor.
 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct reserve {
    char *path;
    uint64_t size; /* 0: none is wanted */
    atomic_bool there;
};

/* Looks for what is there in state folder `dir`; a file of another size, and one that is not wanted, is removed. */
void reserve_open(struct reserve *reserve, const char *dir, uint64_t size);
/* Takes the room. 0, also when it is there already; negative with a message: none of it is taken. */
int reserve_take(struct reserve *reserve, struct error *err);
/* Gives it up: true when there was something to give. */
bool reserve_give(struct reserve *reserve);
/* Also when none is wanted. */
bool reserve_there(const struct reserve *reserve);
void reserve_close(struct reserve *reserve); /* the file stays */
