/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "journal/segment.h"

/* 1, or 0 for a segment that cannot be read: recovery and readers say so. */
static int look(const char *dir, uint64_t number, struct journal_extent *ret) {
    _cleanup_(freep) char *path = segment_path(dir, number);
    _cleanup_(closep) int fd = -1;
    struct segment_header header;
    struct stat st;
    if (segment_open(path, O_RDONLY, &fd, &header, NULL) < 0 || fstat(fd, &st) < 0)
        return 0;
    *ret = (struct journal_extent){header.first, (uint64_t)st.st_size - header.size};
    return 1;
}

int journal_extents(const char *dir, struct journal_extent **ret, size_t *ret_count, struct error *err) {
    _cleanup_(segment_list_free) struct segment_list list = {0};
    int r = segment_list(dir, &list, err);
    if (r < 0)
        return r;
    struct journal_extent *extent = mem_alloc((list.count + 1) * sizeof *extent);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++)
        count += (size_t)look(dir, list.number[i], &extent[count]);
    *ret = extent;
    *ret_count = count;
    return 0;
}
