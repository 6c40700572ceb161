/* SPDX-License-Identifier: MIT */
/* An account of a quantity: everything that was read is delivered, rejected or filtered out, and nothing is left over.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct account {
    uint64_t read;
    uint64_t delivered; /* handed on */
    uint64_t rejected;  /* refused for what is wrong with it */
    uint64_t filtered;  /* left out on purpose */
};

static inline bool account_balances(const struct account *account) {
    return account->read == account->delivered + account->rejected + account->filtered;
}

static inline void account_add(struct account *sum, const struct account *more) {
    sum->read += more->read;
    sum->delivered += more->delivered;
    sum->rejected += more->rejected;
    sum->filtered += more->filtered;
}
