/* SPDX-License-Identifier: MIT */
/*
 * A library to preload: fdatasync(2) and fsync(2) do not come back as long as the file that SIFTD_HANG names is there,
 * as on a disk that has died. In the daemon only; the first argument of its process is "run".
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *hang;

__attribute__((constructor)) static void begin(void) {
    char line[4096] = "";
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, line, sizeof line - 1) > 0 && strcmp(line + strlen(line) + 1, "run") == 0)
        hang = getenv("SIFTD_HANG");
    close(fd);
}

static void wait_here(void) {
    while (hang && access(hang, F_OK) == 0)
        usleep(10000);
}

int fdatasync(int fildes) {
    static int (*real)(int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    wait_here();
    return real(fildes);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fsync");
    wait_here();
    return real(fd);
}
