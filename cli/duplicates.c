/* SPDX-License-Identifier: MIT */
/*
 * siftd duplicates: which documents of the journal are the same file, have the same text or nearly the same, and which
 * facts several of them tell. Reads the journal only; what it says changes with what has come, and so is written
 * nowhere.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "command.h"
#include "configured.h"
#include "journal/journal.h"

enum { BANDS = 4, BAND_BITS = 16, DISTANCE = 3 /* bits; then two texts share one of the four bands */ };

struct known {
    char *name;
    uint8_t sha256[SHA256_SIZE];
    uint64_t text, near;
    bool has_text, has_near;
};

/* A number and the document that it is of. */
struct mark {
    uint64_t hash;
    size_t doc, line; /* line: of a fact, its place among all */
};

struct search {
    bool facts;
    struct known *doc;
    size_t docs, doc_room;
    struct mark *fact;
    size_t count, room;
    size_t line, said;
};

static bool read_hex(const char *object, size_t len, const char *key, uint64_t *ret) {
    size_t size;
    const char *value = json_find(object, len, key, &size);
    if (!value || size != 18 || *value != '"')
        return false;
    *ret = strtoull(value + 1, NULL, 16);
    return true;
}

static void read_fingerprint(struct known *known, const char *line, size_t len) {
    size_t size;
    const char *print = json_find(line, len, "fingerprint", &size);
    if (!print)
        return;
    known->has_text = read_hex(print, size, "text", &known->text);
    known->has_near = read_hex(print, size, "near", &known->near);
}

static bool is_word(const char *value, size_t len, const char *word) {
    return value && len == strlen(word) + 2 && memcmp(value + 1, word, len - 2) == 0;
}

/* A fact by all of its fields but where it stands. */
static uint64_t fact_hash(const char *line, size_t len, struct buf *scratch) {
    static const char *const places[] = {"id", "doc", "source", "quote", "at"};
    struct json_pair pair;
    scratch->len = 0;
    for (size_t pos = 0; json_next(line, len, &pos, &pair);) {
        bool place = false;
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            place |= pair.key_len == strlen(places[i]) && memcmp(pair.key, places[i], pair.key_len) == 0;
        if (!place)
            buf_add(scratch, pair.key, (size_t)(pair.value + pair.value_len - pair.key));
    }
    uint8_t digest[SHA256_SIZE];
    uint64_t hash;
    hash_sha256(scratch->at ? scratch->at : "", scratch->len, digest);
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

static void read_line(struct search *s, const char *line, size_t len, struct buf *scratch) {
    static const char *const passed[] = {"finding", "row", "article"};
    size_t size;
    const char *type = json_find(line, len, "type", &size);
    s->line++;
    if (is_word(type, size, "document")) {
        read_fingerprint(&s->doc[s->docs - 1], line, len);
        return;
    }
    bool fact = s->facts && type;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        fact = fact && !is_word(type, size, passed[i]);
    if (!fact)
        return;
    mem_push(s->fact, s->count, s->room);
    s->fact[s->count++] = (struct mark){fact_hash(line, len, scratch), s->docs - 1, s->line};
}

static int read_document(struct search *s, struct journal_reader *reader, const struct journal_doc *doc,
                         struct error *err) {
    const char *line;
    size_t len;
    int r;
    struct buf scratch = {0};
    mem_push(s->doc, s->docs, s->doc_room);
    s->doc[s->docs] = (struct known){.name = mem_strdup(doc->name)};
    memcpy(s->doc[s->docs++].sha256, doc->sha256, SHA256_SIZE);
    while ((r = journal_reader_line(reader, &line, &len, err)) > 0)
        read_line(s, line, len, &scratch);
    buf_free(&scratch);
    return r;
}

static int read_journal(struct search *s, const char *dir, struct error *err) {
    struct journal_reader *reader = NULL;
    struct journal_doc doc;
    int r = journal_reader_open(dir, (struct journal_place){0}, &reader, err);
    while (r >= 0 && ((r = journal_reader_next(reader, &doc, err)) > 0 || r == -ENODATA))
        if (r > 0)
            r = read_document(s, reader, &doc, err);
        else
            r = 1; /* what is gone from the journal cannot be compared */
    journal_reader_close(reader);
    return r;
}

static int by_hash(const void *a, const void *b) {
    const struct mark *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int distance(uint64_t a, uint64_t b) {
    return __builtin_popcountll(a ^ b);
}

/* For each document the first one before it that it resembles: SIZE_MAX for none. */
static void find_near(const struct search *s, size_t *near) {
    struct mark *mark = mem_alloc((s->docs + 1) * sizeof *mark);
    for (int band = 0; band < BANDS; band++) {
        size_t count = 0;
        for (size_t i = 0; i < s->docs; i++)
            if (s->doc[i].has_near)
                mark[count++] = (struct mark){s->doc[i].near >> band * BAND_BITS & 0xFFFF, i, i};
        qsort(mark, count, sizeof *mark, by_hash);
        for (size_t i = 0; i < count; i++)
            for (size_t k = i; k-- > 0 && mark[k].hash == mark[i].hash;) {
                size_t later = mark[i].doc, earlier = mark[k].doc;
                if (distance(s->doc[later].near, s->doc[earlier].near) <= DISTANCE && earlier < near[later])
                    near[later] = earlier;
            }
    }
    free(mark);
}

static uint64_t first_bytes(const struct known *known) {
    uint64_t hash;
    memcpy(&hash, known->sha256, sizeof hash);
    return hash;
}

/* For each document the first one with the same number, SIZE_MAX for none. */
static void find_same(const struct search *s, bool text, size_t *same) {
    struct mark *mark = mem_alloc((s->docs + 1) * sizeof *mark);
    size_t count = 0;
    for (size_t i = 0; i < s->docs; i++)
        if (!text || s->doc[i].has_text)
            mark[count++] = (struct mark){text ? s->doc[i].text : first_bytes(&s->doc[i]), i, i};
    qsort(mark, count, sizeof *mark, by_hash);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (mark[i].hash != mark[first].hash)
            first = i;
        else
            same[mark[i].doc] = mark[first].doc;
    }
    free(mark);
}

static size_t *none(size_t count) {
    size_t *list = mem_alloc((count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = SIZE_MAX;
    return list;
}

static void say(struct search *s, size_t doc, size_t first, const char *what) {
    printf("%s\t%s\t%s\n", what, s->doc[doc].name, s->doc[first].name);
    s->said++;
}

static void report_documents(struct search *s) {
    _cleanup_(freep) size_t *bytes = none(s->docs), *text = none(s->docs), *near = none(s->docs);
    find_same(s, false, bytes);
    find_same(s, true, text);
    find_near(s, near);
    for (size_t i = 0; i < s->docs; i++)
        if (bytes[i] != SIZE_MAX)
            say(s, i, bytes[i], "bytes");
        else if (text[i] != SIZE_MAX)
            say(s, i, text[i], "text");
        else if (near[i] != SIZE_MAX)
            say(s, i, near[i], "near");
}

static bool same_content(const struct search *s, size_t a, size_t b) {
    return memcmp(s->doc[a].sha256, s->doc[b].sha256, SHA256_SIZE) == 0;
}

/* How many facts each document has that an earlier, different one told before. */
static void report_facts(struct search *s) {
    _cleanup_(freep) size_t *shared = mem_alloc((s->docs + 1) * sizeof *shared), *with = none(s->docs);
    if (s->count)
        qsort(s->fact, s->count, sizeof *s->fact, by_hash);
    for (size_t i = 1, first = 0; i < s->count; i++) {
        if (s->fact[i].hash != s->fact[first].hash) {
            first = i;
            continue;
        }
        size_t doc = s->fact[i].doc, other = s->fact[first].doc;
        if (doc == other || s->fact[i - 1].doc == doc || same_content(s, doc, other))
            continue;
        shared[doc]++;
        with[doc] = other < with[doc] ? other : with[doc];
    }
    for (size_t i = 0; i < s->docs; i++)
        if (shared[i]) {
            printf("facts %zu\t%s\t%s\n", shared[i], s->doc[i].name, s->doc[with[i]].name);
            s->said++;
        }
}

static void search_free(struct search *s) {
    for (size_t i = 0; i < s->docs; i++)
        free(s->doc[i].name);
    free(s->doc);
    free(s->fact);
}

static int run(const char *file, bool facts) {
    struct configured configured;
    struct search s = {.facts = facts};
    struct error err = {0};
    if (configured_load(file, false, &configured) < 0)
        return EXIT_USAGE;
    _cleanup_(freep) char *dir = mem_format("%s/journal", configured.config->state_dir);
    int r = read_journal(&s, dir, &err);
    if (r < 0)
        log_error("%s", err.text[0] ? err.text : strerror(-r));
    report_documents(&s);
    if (facts)
        report_facts(&s);
    search_free(&s);
    configured_free(&configured);
    return r < 0 ? EXIT_REFUSED : EXIT_DONE;
}

int command_duplicates(int argc, char **argv) {
    static const struct option options[] = {
        {"config", 1, NULL, 'c'}, {"facts", 0, NULL, 'f'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    bool facts = false;
    for (int c; (c = getopt_long(argc, argv, "c:fh", options, NULL)) != -1;) {
        if (c == 'c') {
            file = optarg;
        } else if (c == 'f') {
            facts = true;
        } else {
            fputs(
                "usage: siftd duplicates [-c FILE] [--facts]\n"
                "Says which documents of the journal are the same file as an earlier one (bytes), have its text (text) "
                "or nearly\n"
                "so (near); with --facts also how many of their facts an earlier, different one told. Three columns: "
                "what, which, of which.\n",
                stderr);
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    return optind < argc ? EXIT_USAGE : run(file, facts);
}
