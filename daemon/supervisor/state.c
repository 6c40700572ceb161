/* SPDX-License-Identifier: MIT */
/* The state folder's tree. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "supervisor/inside.h"

static int make_one(const char *path, struct error *err) {
    int e = os_mkdirs(path, 0750);
    if (e == 0 && access(path, R_OK | W_OK | X_OK) < 0)
        e = -errno;
    if (e < 0)
        return error_errno(err, -e, "state_dir: %s must be a folder that siftd can write to", path);
    return 0;
}

int state_make(const char *dir, struct error *err) {
    static const char *const below[] = {"journal", "work", "quarantine", "cursors"};
    int e = make_one(dir, err);
    for (size_t i = 0; i < sizeof below / sizeof *below && e == 0; i++) {
        _cleanup_(freep) char *path = mem_format("%s/%s", dir, below[i]);
        e = make_one(path, err);
    }
    return e;
}
