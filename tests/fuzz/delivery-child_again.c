/* SPDX-License-Identifier: MIT */
/* Any bytes as a request to deliver stretches of the journal once more. Those of a request ascend and are none empty.
 */
#include <stdlib.h>
#include <unistd.h>

#include "delivery/child/again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[] = "/tmp/siftd-fuzz-XXXXXX";
    struct again again;
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
    if (again_read(path, &again) > 0) {
        uint64_t at = 0;
        for (size_t i = 0; i < again.count; i++) {
            if (again.stretch[i].from < at || again.stretch[i].from >= again.stretch[i].until ||
                again_next(&again, at) != (at > again.stretch[i].from ? at : again.stretch[i].from))
                abort();
            at = again.stretch[i].until;
        }
        if (again_next(&again, at) != 0)
            abort();
        again_free(&again);
    }
    unlink(path);
    return 0;
}
