/* SPDX-License-Identifier: MIT */
/*
 * The writer stores seven words and then the eighth, the check over them; a reader that meets it half done sees a check
 * that does not fit and looks again. Words are stored and loaded whole, so that the order is all there is to keep.
 */
#include "journal/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/os.h"
#include "journal/format.h"

enum { WORDS = MARK_SIZE / 8, TRIES = 1000 };

static int map(int fd, int protection, const char *path, struct mark *ret, struct error *err) {
    void *at = mmap(NULL, MARK_SIZE, protection, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return error_errno(err, errno, "the commit mark %s cannot be mapped", path);
    ret->word = at;
    return 0;
}

int mark_open_write(const char *dir, struct mark *ret, struct error *err) {
    _cleanup_(freep) char *path = mem_format("%s/commit", dir);
    _cleanup_(closep) int fd = os.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "the commit mark %s cannot be opened", path);
    if (st.st_size < MARK_SIZE) {
        /* Written, not only made longer: a store into a mapped hole of a full disk would kill the process. */
        int r = os_pwrite_all(fd, (const char[MARK_SIZE]){0}, MARK_SIZE, 0);
        if (r < 0)
            return error_errno(err, -r, "the commit mark %s cannot be written", path);
    }
    return map(fd, PROT_READ | PROT_WRITE, path, ret, err);
}

int mark_open_read(const char *dir, struct mark *ret, struct error *err) {
    _cleanup_(freep) char *path = mem_format("%s/commit", dir);
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "the commit mark %s cannot be opened", path);
    if (st.st_size < MARK_SIZE)
        return 0;
    int r = map(fd, PROT_READ, path, ret, err);
    return r < 0 ? r : 1;
}

void mark_set(struct mark *mark, const struct journal_place *place, uint64_t time) {
    uint64_t word[WORDS];
    mark_encode(place, time, (char *)word);
    for (int i = 0; i < WORDS; i++)
        __atomic_store_n(&mark->word[i], word[i], __ATOMIC_RELEASE);
}

int mark_get(const struct mark *mark, struct journal_place *ret) {
    uint64_t word[WORDS];
    for (int tries = 0; tries < TRIES; tries++) {
        for (int i = WORDS - 1; i >= 0; i--)
            word[i] = __atomic_load_n(&mark->word[i], __ATOMIC_ACQUIRE);
        if (mark_decode((const char *)word, ret))
            return 1;
    }
    return 0;
}

void mark_close(struct mark *mark) {
    if (mark->word)
        munmap(mark->word, MARK_SIZE);
    mark->word = NULL;
}

int journal_mark(const char *dir, struct journal_place *ret, struct error *err) {
    struct mark mark = {0};
    int r = mark_open_read(dir, &mark, err);
    if (r > 0)
        r = mark_get(&mark, ret);
    mark_close(&mark);
    return r;
}
