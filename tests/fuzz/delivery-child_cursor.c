/* SPDX-License-Identifier: MIT */
/* Any bytes as a cursor: of the host, and of the file sink. What is taken for good can be written and read again. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../plugins/sink/file/state.c"
#include "delivery/child/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int sync_folder(struct file_sink *self) {
    (void)self;
    return SIFTD_OK;
}

static void host_cursor(const uint8_t *data, size_t size) {
    char path[] = "/tmp/siftd-fuzz-XXXXXX", position[SIFTD_POSITION_MAX], again[CURSOR_MAX];
    struct cursor cursor, back;
    struct error err = {0};
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
    int r = cursor_load(path, position, sizeof position, &err);
    const char *aside = r < 0 ? strstr(err.text, " as /tmp/") : NULL;
    if (aside)
        unlink(aside + 4);
    if (r == 0 && cursor_parse(position, &cursor, &err) == 0) {
        cursor_format(&cursor, again);
        if (cursor_parse(again, &back, &err) != 0 || memcmp(&back, &cursor, sizeof back) != 0)
            abort();
    }
    unlink(path);
}

static void file_cursor(const uint8_t *data, size_t size) {
    char slot[SLOT] = {0}, digits[17];
    struct state state;
    memcpy(slot, data, size < CHECK_AT ? size : CHECK_AT);
    snprintf(digits, sizeof digits, "%016" PRIx64, (uint64_t)XXH3_64bits(slot, CHECK_AT));
    memcpy(slot + CHECK_AT, digits, 16);
    if (decode(slot, &state))
        encode(&state, slot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char position[SIFTD_POSITION_MAX + 1] = "";
    struct cursor cursor;
    memcpy(position, data, size < SIFTD_POSITION_MAX ? size : SIFTD_POSITION_MAX);
    cursor_parse(position, &cursor, NULL);
    host_cursor(data, size);
    file_cursor(data, size);
    return 0;
}
