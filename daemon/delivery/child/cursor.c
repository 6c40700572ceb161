/* SPDX-License-Identifier: MIT */
#include "delivery/child/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <siftd/plugin.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"

void cursor_format(const struct cursor *cursor, char text[CURSOR_MAX]) {
    const struct journal_place *place = &cursor->place;
    int n = snprintf(text, CURSOR_MAX, "%016" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, place->journal,
                     place->sequence, place->segment, place->offset, cursor->byte);
    if (cursor->again.id)
        snprintf(text + n, (size_t)(CURSOR_MAX - n), " AGAIN %" PRIu64 " %" PRIu64 " %" PRIu64, cursor->again.id,
                 cursor->again.sequence, cursor->again.byte);
}

/* What stands behind the place: nothing, or a stretch. */
static bool parse_again(const char *text, struct cursor *cursor) {
    int end = 0;
    return !*text || (sscanf(text, " AGAIN %20" SCNu64 " %20" SCNu64 " %20" SCNu64 "%n", &cursor->again.id,
                             &cursor->again.sequence, &cursor->again.byte, &end) == 3 &&
                      !text[end]);
}

int cursor_parse(const char *text, struct cursor *ret, struct error *err) {
    struct cursor cursor = {0};
    struct journal_place *place = &cursor.place;
    int end = 0;
    if (*text && (sscanf(text, "%16" SCNx64 " %20" SCNu64 " %20" SCNu64 " %20" SCNu64 " %20" SCNu64 "%n",
                         &place->journal, &place->sequence, &place->segment, &place->offset, &cursor.byte, &end) != 5 ||
                  !parse_again(text + end, &cursor)))
        return error_set(err, EINVAL,
                         "the position '%s' is not one that siftd gave; remove it to begin with the oldest document",
                         text);
    *ret = cursor;
    return 0;
}

enum { CHECK = 17 }; /* a blank and 16 hexadecimal digits behind the position */

static void add_check(const char *position, char check[CHECK + 1]) {
    snprintf(check, CHECK + 1, " %016" PRIx64, hash_xxh3(position, strlen(position)));
}

int cursor_save(const char *path, const char *position, struct error *err) {
    char text[SIFTD_POSITION_MAX + CHECK + 1], check[CHECK + 1];
    add_check(position, check);
    int n = snprintf(text, sizeof text, "%s%s", position, check);
    int r = os_replace_file(path, text, (size_t)n);
    return r < 0 ? error_errno(err, -r, "the cursor %s cannot be written", path) : 0;
}

static int put_aside(const char *path, struct error *err) {
    _cleanup_(freep) char *aside = mem_format("%s.damaged-%lld", path, (long long)time(NULL));
    if (os.renameat(AT_FDCWD, path, AT_FDCWD, aside) < 0)
        return error_errno(err, errno, "the damaged cursor %s cannot be put aside", path);
    return error_set(err, EBADMSG, "the cursor %s is damaged and was put aside as %s", path, aside);
}

int cursor_load(const char *path, char *position, size_t size, struct error *err) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    char check[CHECK + 1];
    position[0] = 0;
    if (fd < 0 && errno == ENOENT)
        return 0;
    ssize_t n = fd < 0 ? -1 : read(fd, position, size - 1);
    if (n < 0)
        return error_errno(err, errno, "the cursor %s cannot be read", path);
    position[n] = 0;
    char *behind = n > CHECK ? position + n - CHECK : position;
    char said[CHECK + 1] = "";
    memcpy(said, behind, n > CHECK ? CHECK : 0);
    *behind = 0;
    add_check(position, check);
    if (strcmp(check, said) == 0)
        return 0;
    position[0] = 0;
    return put_aside(path, err);
}
