/* SPDX-License-Identifier: MIT */
/* Scope-bound release: `_cleanup_(freep) char *p = NULL;`. Releasing functions take NULL and return NULL. */
#pragma once
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

/* Takes a pointer or descriptor out of its variable, so that the scope no longer releases it. */
#define take_ptr(p)                                                                                                    \
    __extension__({                                                                                                    \
        __typeof__(p) taken_ = (p);                                                                                    \
        (p) = NULL;                                                                                                    \
        taken_;                                                                                                        \
    })
#define take_fd(fd)                                                                                                    \
    __extension__({                                                                                                    \
        int taken_ = (fd);                                                                                             \
        (fd) = -1;                                                                                                     \
        taken_;                                                                                                        \
    })

static inline void freep(void *p) {
    free(*(void **)p);
}

static inline int close_fd(int fd) {
    if (fd >= 0)
        close(fd);
    return -1;
}

static inline void closep(int *fd) {
    close_fd(*fd);
}
