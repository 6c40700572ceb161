/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

bool folder_make(char *path, size_t len) {
    path[len] = 0;
    for (size_t i = 1; i <= len; i++) {
        if (path[i] && path[i] != '/')
            continue;
        path[i] = 0;
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
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
