/* SPDX-License-Identifier: MIT */
/* SQLite's state-changing system calls through the one table, so that a test of the ledger meets them, too. (Its syncs
 * cannot be replaced there; tests/fault/shim.c stands before them.) */
#include <fcntl.h>

#include "base/os.h"
#include "ledger/internal.h"

static int call_open(const char *path, int flags, int mode) {
    return os.open(path, flags, (mode_t)mode);
}

static ssize_t call_write(int fd, const void *data, size_t len) {
    return os.write(fd, data, len);
}

static ssize_t call_pwrite(int fd, const void *data, size_t len, off_t at) {
    return os.pwrite(fd, data, len, at);
}

static int call_ftruncate(int fd, off_t size) {
    return os.ftruncate(fd, size);
}

static int call_unlink(const char *path) {
    return os.unlinkat(AT_FDCWD, path, 0);
}

static int call_mkdir(const char *path, mode_t mode) {
    return os.mkdirat(AT_FDCWD, path, mode);
}

void ledger_system_calls(void) {
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {{"open", (sqlite3_syscall_ptr)call_open},
                 {"write", (sqlite3_syscall_ptr)call_write},
                 {"pwrite", (sqlite3_syscall_ptr)call_pwrite},
                 {"pwrite64", (sqlite3_syscall_ptr)call_pwrite}, /* which of the two is used, its build decides */
                 {"ftruncate", (sqlite3_syscall_ptr)call_ftruncate},
                 {"unlink", (sqlite3_syscall_ptr)call_unlink},
                 {"mkdir", (sqlite3_syscall_ptr)call_mkdir}};
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    for (size_t i = 0; vfs && vfs->iVersion >= 3 && i < sizeof calls / sizeof *calls; i++)
        vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call);
}
