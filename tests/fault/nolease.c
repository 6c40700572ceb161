/* SPDX-License-Identifier: MIT */
/* A library to preload: a file system without leases, as most of the network's are. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

int fcntl(int fd, int command, ...) {
    va_list args;
    va_start(args, command);
    long argument = va_arg(args, long);
    va_end(args);
    if (command != F_SETLEASE)
        return (int)syscall(SYS_fcntl, fd, command, argument);
    errno = EINVAL;
    return -1;
}

int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));
