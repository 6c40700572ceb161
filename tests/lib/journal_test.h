/* SPDX-License-Identifier: MIT */
/* A journal in a temporary folder, for the tests of the rooms that write or read one. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "journal/journal.h"

struct place {
    char root[64], dir[96];
};

static inline int place_make(void **state) {
    struct place *place = mem_alloc(sizeof *place);
    strcpy(place->root, "/tmp/siftd-journal-XXXXXX");
    if (!mkdtemp(place->root))
        return -1;
    snprintf(place->dir, sizeof place->dir, "%s/journal", place->root);
    *state = place;
    return 0;
}

static inline int place_remove(void **state) {
    struct place *place = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", place->root);
    int r = system(command);
    free(place);
    return r;
}

static inline char *path_in(const struct place *place, const char *name) {
    return mem_format("%s/%s", place->dir, name);
}

static inline struct journal *open_journal(const struct place *place, uint64_t segment_size,
                                           struct journal_recovery *found) {
    struct journal *journal = NULL;
    struct error err = {0};
    if (journal_open(place->dir, segment_size, &journal, found, &err) < 0)
        fail_msg("%s", err.text);
    return journal;
}

/* A document whose body has `lines` lines, each naming `key` and its number. Freed with free_doc(). */
static inline struct journal_doc make_doc(uint64_t key, uint32_t lines) {
    struct buf body = {0};
    for (uint32_t i = 0; i + 1 < lines; i++)
        buf_printf(&body, "{\"type\":\"row\",\"id\":\"%" PRIu32 "\",\"key\":%" PRIu64 "}\n", i, key);
    buf_printf(&body, "{\"type\":\"document\",\"id\":\"d\",\"key\":%" PRIu64 "}\n", key);
    struct journal_doc doc = {.claim = key, .source_size = 100 + key, .records = lines, .watch = 3, .body_fd = -1};
    doc.name = mem_format("in/%" PRIu64 ".txt", key);
    doc.body = body.at;
    doc.body_size = body.len;
    memset(doc.sha256, (int)key, sizeof doc.sha256);
    return doc;
}

static inline void free_doc(struct journal_doc *doc) {
    free((char *)doc->name);
    free((char *)doc->body);
}

/* Appends documents with the keys first … first + count - 1 as one group. */
static inline int append_group(struct journal *journal, uint64_t first, size_t count, uint32_t lines,
                               struct error *err) {
    struct journal_doc *docs = mem_alloc(count * sizeof *docs);
    for (size_t i = 0; i < count; i++)
        docs[i] = make_doc(first + i, lines);
    int r = journal_append(journal, docs, count, err);
    for (size_t i = 0; i < count; i++)
        free_doc(&docs[i]);
    free(docs);
    return r;
}

static inline void append_good(struct journal *journal, uint64_t first, size_t count, uint32_t lines) {
    struct error err = {0};
    if (append_group(journal, first, count, lines, &err) < 0)
        fail_msg("%s", err.text);
}

/* Reads on: every document's lines must be those of make_doc(). Returns how many there were; *ret_end is 0 or what
 * ended it. */
static inline size_t read_all(struct journal_reader *reader, uint64_t first, int *ret_end, struct error *err) {
    struct journal_doc doc;
    size_t count = 0;
    int r;
    while ((r = journal_reader_next(reader, &doc, err)) > 0) {
        struct journal_doc want = make_doc(first + count, doc.records);
        struct buf body = {0};
        const char *line;
        size_t len;
        while (journal_reader_line(reader, &line, &len, NULL) > 0) {
            buf_add(&body, line, len);
            buf_char(&body, '\n');
        }
        assert_int_equal(doc.claim, first + count);
        assert_string_equal(doc.name, want.name);
        assert_int_equal(body.len, want.body_size);
        assert_memory_equal(body.at, want.body, body.len);
        assert_memory_equal(doc.sha256, want.sha256, sizeof doc.sha256);
        buf_free(&body);
        free_doc(&want);
        count++;
    }
    *ret_end = r;
    return count;
}

/* Reads the whole journal from its beginning; it must end well. */
static inline size_t count_all(const struct place *place, uint64_t first) {
    struct journal_reader *reader;
    struct error err = {0};
    int end;
    assert_int_equal(journal_reader_open(place->dir, (struct journal_place){0}, &reader, &err), 0);
    size_t count = read_all(reader, first, &end, &err);
    if (end)
        fail_msg("%s", err.text);
    journal_reader_close(reader);
    return count;
}

static inline off_t size_of(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static inline void copy_bytes(const char *from, const char *to, off_t size) {
    char *bytes = mem_alloc((size_t)size + 1);
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    assert_int_equal(read(in, bytes, (size_t)size), size);
    assert_int_equal(write(out, bytes, (size_t)size), size);
    close(in);
    close(out);
    free(bytes);
}

static inline void flip_bit(const char *path, off_t at) {
    char byte;
    int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}
