/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host/internal.h"

const void *sealed_copy(const void *from, size_t size) {
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        abort();
    memcpy(at, from, size);
    if (mprotect(at, size, PROT_READ) < 0)
        abort();
    return at;
}

void sealed_free(const void *sealed, size_t size) {
    if (sealed)
        munmap((void *)(uintptr_t)sealed, size);
}
