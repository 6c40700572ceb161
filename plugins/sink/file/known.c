/* SPDX-License-Identifier: MIT */
/*
 * Where the cursor was damaged, the files themselves tell what is out: the lines of the file at PATH and of the rotated
 * ones are known by their hashes, and a line that comes again from the journal is not written again. The same line
 * twice in the files is known twice.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "file.h"
#include "memory.h"

static void add(struct known *known, const char *line, size_t len) {
    if (known->count == known->room) {
        known->room = known->room ? known->room * 2 : 1024;
        known->hash = realloc(known->hash, known->room * sizeof *known->hash);
        if (!known->hash)
            out_of_memory();
    }
    known->hash[known->count++] = XXH3_64bits(line, len);
}

static void add_file(struct file_sink *self, const char *name) {
    int fd = openat(self->folder_fd, name, O_RDONLY | O_CLOEXEC);
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; in && (n = getline(&line, &room, in)) > 0;)
        if (line[n - 1] == '\n')
            add(&self->known, line, (size_t)n - 1);
    free(line);
    if (in)
        fclose(in);
    else if (fd >= 0)
        close(fd);
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void known_load(struct file_sink *self) {
    size_t count;
    char **names = rotate_list(self, &count);
    add_file(self, self->name);
    for (size_t i = 0; i < count; i++) {
        add_file(self, names[i]);
        free(names[i]);
    }
    free(names);
    if (self->known.count)
        qsort(self->known.hash, self->known.count, sizeof *self->known.hash, by_value);
    self->known.taken = calloc(self->known.count + 1, 1);
    if (!self->known.taken)
        out_of_memory();
}

bool known_take(struct file_sink *self, const struct siftd_line *line) {
    struct known *known = &self->known;
    uint64_t hash = XXH3_64bits(line->json, line->len);
    size_t low = 0, high = known->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (known->hash[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < known->count && known->hash[low] == hash && known->taken[low])
        low++;
    if (low == known->count || known->hash[low] != hash)
        return false;
    return known->taken[low] = true;
}

void known_free(struct file_sink *self) {
    free(self->known.hash);
    free(self->known.taken);
    self->known = (struct known){0};
}
