/* SPDX-License-Identifier: MIT */
#include "supervisor/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"

/* A hole holds no room: what counts is what is allocated. */
static bool is_whole(const struct reserve *reserve) {
    struct stat st;
    return stat(reserve->path, &st) == 0 && (uint64_t)st.st_size == reserve->size &&
           (uint64_t)st.st_blocks * 512 >= reserve->size;
}

void reserve_open(struct reserve *reserve, const char *dir, uint64_t size) {
    reserve->path = mem_format("%s/reserve", dir);
    reserve->size = size;
    atomic_store(&reserve->there, size && is_whole(reserve));
    if (!reserve_there(reserve) || size == 0)
        (void)os.unlinkat(AT_FDCWD, reserve->path, 0);
}

/* File systems without fallocate(2) get the bytes themselves. */
static int fill(int fd, uint64_t size) {
    static const char zeros[64 * 1024];
    int r = 0;
    for (uint64_t done = 0; r == 0 && done < size; done += sizeof zeros)
        r = os_pwrite_all(fd, zeros, size - done < sizeof zeros ? (size_t)(size - done) : sizeof zeros, (off_t)done);
    return r;
}

static int make(const struct reserve *reserve) {
    _cleanup_(closep) int fd = os.open(reserve->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    if (os.fallocate(fd, 0, 0, (off_t)reserve->size) == 0)
        return 0;
    return errno == EOPNOTSUPP || errno == ENOSYS ? fill(fd, reserve->size) : -errno;
}

int reserve_take(struct reserve *reserve, struct error *err) {
    if (reserve_there(reserve))
        return 0;
    int r = make(reserve);
    if (r < 0) {
        (void)os.unlinkat(AT_FDCWD, reserve->path, 0);
        return error_errno(err, -r, "the reserve %s cannot be made", reserve->path);
    }
    atomic_store(&reserve->there, true);
    return 0;
}

bool reserve_give(struct reserve *reserve) {
    if (reserve->size == 0 || !atomic_exchange(&reserve->there, false))
        return false;
    return os.unlinkat(AT_FDCWD, reserve->path, 0) == 0;
}

bool reserve_there(const struct reserve *reserve) {
    return reserve->size == 0 || atomic_load(&reserve->there);
}

void reserve_close(struct reserve *reserve) {
    free(reserve->path);
    *reserve = (struct reserve){0};
}
