/* SPDX-License-Identifier: MIT */
#include "delivery/child/known.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"

enum { CHAIN_MAX = 1000 };

/* The milliseconds of a `document` record are new each time and change nothing. */
static uint64_t content_of(const char *line, size_t len) {
    size_t spent = 0;
    const char *stages = json_find(line, len, "stages", &spent);
    if (!stages || !journal_line_is(line, len, "document"))
        return hash_xxh3(line, len);
    const char *behind = stages + spent;
    return hash_xxh3(line, (size_t)(stages - line)) ^ (hash_xxh3(behind, (size_t)(line + len - behind)) << 1);
}

static uint64_t id_of(const char *line, size_t len) {
    size_t id_len = 0;
    const char *id = json_find(line, len, "id", &id_len);
    return id ? hash_xxh3(id, id_len) : hash_xxh3(line, len);
}

static int by_id(const void *a, const void *b) {
    const struct known_record *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Goes to the frame, whose sequence is `wanted`. */
static int open_at(const char *journal, uint64_t wanted, struct journal_reader **ret, struct journal_doc *ret_doc,
                   struct error *err) {
    int r = journal_reader_open(journal, (struct journal_place){.sequence = wanted}, ret, err);
    if (r < 0)
        return r;
    r = journal_reader_next(*ret, ret_doc, err);
    if (r > 0 && ret_doc->sequence == wanted)
        return 0;
    *ret = journal_reader_close(*ret);
    return r < 0 ? r : error_set(err, ENODATA, "the journal no longer holds the document %" PRIu64, wanted);
}

static int read_lines(struct known *known, struct journal_reader *reader, struct error *err) {
    const char *line;
    size_t len;
    int r;
    while ((r = journal_reader_line(reader, &line, &len, err)) > 0) {
        mem_push(known->record, known->count, known->room);
        known->record[known->count] = (struct known_record){id_of(line, len), content_of(line, len), known->count};
        known->count++;
    }
    return r;
}

/* The sequences of the earlier frames, the latest first. */
static int chain_of(const char *journal, const struct journal_doc *doc, uint64_t *chain, size_t *ret_count,
                    struct error *err) {
    uint64_t earlier = doc->earlier;
    size_t count = 0;
    int r = 0;
    while (r == 0 && earlier && count < CHAIN_MAX) {
        struct journal_reader *reader = NULL;
        struct journal_doc frame;
        r = open_at(journal, earlier, &reader, &frame, err);
        if (r < 0)
            break;
        chain[count++] = earlier;
        earlier = frame.earlier < earlier ? frame.earlier : 0;
        journal_reader_close(reader);
    }
    *ret_count = count;
    return r;
}

int known_load(struct known *known, const char *journal, const struct journal_doc *doc, struct error *err) {
    uint64_t chain[CHAIN_MAX];
    size_t count = 0;
    known_clear(known);
    int r = chain_of(journal, doc, chain, &count, err);
    for (size_t i = count; r == 0 && i > 0; i--) {
        struct journal_reader *reader = NULL;
        struct journal_doc frame;
        r = open_at(journal, chain[i - 1], &reader, &frame, err);
        if (r == 0)
            r = read_lines(known, reader, err);
        journal_reader_close(reader);
    }
    if (known->count)
        qsort(known->record, known->count, sizeof *known->record, by_id);
    return r;
}

bool known_has(const struct known *known, const char *line, size_t len) {
    uint64_t id = id_of(line, len);
    size_t low = 0, high = known->count;
    while (low < high) { /* the first one behind those of this id */
        size_t middle = low + (high - low) / 2;
        if (known->record[middle].id <= id)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && known->record[low - 1].id == id && known->record[low - 1].content == content_of(line, len);
}

void known_clear(struct known *known) {
    free(known->record);
    *known = (struct known){0};
}
