/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new folder that a power cut takes away takes along all that is in it. A parent that may not be read cannot be
 * synced.
 */
static void sync_parent(const char *path) {
    char parent[4096] = ".";
    const char *slash = strrchr(path, '/');
    if (slash)
        snprintf(parent, sizeof parent, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

bool folder_make(char *path, size_t len) {
    path[len] = 0;
    for (size_t i = 1; i <= len; i++) {
        if (path[i] && path[i] != '/')
            continue;
        path[i] = 0;
        if (mkdir(path, 0755) == 0)
            sync_parent(path);
        else if (errno != EEXIST)
            return false;
        path[i] = i < len ? '/' : 0;
    }
    return true;
}

bool folder_read_mode(const char *text, unsigned *ret) {
    char *end;
    unsigned long bits = strtoul(text, &end, 8);
    if (*end || end == text || bits > 0777)
        return false;
    *ret = (unsigned)bits;
    return true;
}
