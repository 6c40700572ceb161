/* SPDX-License-Identifier: MIT */
#include "delivery/child/again.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/os.h"

static int read_stretches(FILE *file, struct again *again) {
    struct again_stretch s;
    int n;
    while ((n = fscanf(file, "%20" SCNu64 " %20" SCNu64, &s.from, &s.until)) == 2) {
        if (s.from >= s.until || (again->count && s.from < again->stretch[again->count - 1].until))
            return -EINVAL;
        mem_push(again->stretch, again->count, again->room);
        again->stretch[again->count++] = s;
    }
    return n == EOF ? 1 : -EINVAL;
}

int again_read(const char *path, struct again *ret) {
    int fd = os.open(path, O_RDONLY | O_CLOEXEC, 0);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    struct again again = {0};
    int appends_too = 0;
    if (!file)
        return errno == ENOENT ? 0 : -errno;
    int r = fscanf(file, "%20" SCNu64 " %d", &again.id, &appends_too) == 2 && again.id ? read_stretches(file, &again)
                                                                                       : -EINVAL;
    again.appends_too = appends_too;
    (void)fclose(file);
    if (r > 0)
        *ret = again;
    else
        again_free(&again);
    return r;
}

uint64_t again_next(const struct again *again, uint64_t at) {
    for (size_t i = 0; i < again->count; i++)
        if (at < again->stretch[i].until)
            return at > again->stretch[i].from ? at : again->stretch[i].from;
    return 0;
}

void again_free(struct again *again) {
    free(again->stretch);
    *again = (struct again){0};
}
