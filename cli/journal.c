/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "command.h"
#include "journal/journal.h"

struct totals {
    uint64_t segments, frames;
};

/* What to do with each segment: 0, or negative with a message. */
typedef int segment_fn(const char *path, struct totals *totals, struct error *err);

static int print_line(void *user, const char *record, size_t len) {
    (void)user;
    return fwrite(record, 1, len, stdout) == len && putchar('\n') != EOF ? 0 : -EIO;
}

static int cat_segment(const char *path, struct totals *totals, struct error *err) {
    totals->segments++;
    int r = journal_cat(path, print_line, NULL, err);
    return r == 0 && fflush(stdout) == EOF ? error_errno(err, errno, "standard output cannot be written") : r;
}

static int verify_segment(const char *path, struct totals *totals, struct error *err) {
    uint64_t frames;
    printf("%s\n", path);
    int r = journal_verify(path, stdout, &frames, err);
    totals->segments++;
    totals->frames += r == 0 ? frames : 0;
    return r;
}

static void free_paths(char **paths, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
}

/* All segments of a folder, or the one file. A damaged segment does not keep the others from being looked at. */
static int each_segment(const char *path, bool folder, segment_fn *call, struct totals *totals) {
    char **paths = NULL;
    size_t count = 0;
    struct error err = {0};
    int worst = 0, r = folder ? journal_segments(path, &paths, &count, &err) : call(path, totals, &err);
    if (r < 0) {
        log_error("%s", err.text[0] ? err.text : strerror(-r));
        return r;
    }
    for (size_t i = 0; i < count; i++) {
        r = call(paths[i], totals, &err);
        if (r < 0) {
            log_error("%s", err.text[0] ? err.text : strerror(-r));
            worst = r;
        }
    }
    free_paths(paths, count);
    return worst;
}

static void print_mark(const char *dir) {
    struct journal_place mark;
    struct error err;
    int r = journal_mark(dir, &mark, &err);
    if (r > 0)
        printf("mark: sequence %" PRIu64 ", segment %" PRIu64 ", offset %" PRIu64 ", journal %016" PRIx64 "\n",
               mark.sequence, mark.segment, mark.offset, mark.journal);
    else
        printf("mark: %s\n", r < 0 ? err.text : "none that can be believed; the daemon sets it when it starts");
}

static int run(const char *verb, const char *path) {
    struct totals totals = {0};
    struct stat st;
    bool verify = strcmp(verb, "verify") == 0;
    if (stat(path, &st) < 0) {
        log_error("%s cannot be opened: %s", path, strerror(errno));
        return EXIT_REFUSED;
    }
    bool folder = S_ISDIR(st.st_mode);
    int r = each_segment(path, folder, verify ? verify_segment : cat_segment, &totals);
    if (verify && folder)
        print_mark(path);
    if (verify && r == 0)
        printf("good: %" PRIu64 " documents in %" PRIu64 " segments\n", totals.frames, totals.segments);
    return r < 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int repair(const char *dir) {
    struct journal_recovery found = {0};
    struct error err = {0};
    struct stat st;
    if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode)) {
        log_error("%s is no folder; give the journal's folder, STATE/journal", dir);
        return EXIT_REFUSED;
    }
    if (journal_repair(dir, &found, &err) < 0) {
        log_error("%s", err.text);
        return EXIT_REFUSED;
    }
    _cleanup_(buf_free) struct buf said = {0};
    journal_tell(&found, &said);
    if (said.len)
        fwrite(said.at, 1, said.len, stdout);
    puts(said.len ? "the journal is whole again" : "there was nothing to repair");
    return EXIT_DONE;
}

int command_journal(int argc, char **argv) {
    const char *verb = argc == 3 ? argv[1] : "";
    if (strcmp(verb, "repair") == 0)
        return repair(argv[2]);
    if (strcmp(verb, "cat") != 0 && strcmp(verb, "verify") != 0) {
        fputs("usage: siftd journal cat|verify FILE|DIR, siftd journal repair DIR\n"
              "cat prints the records of a segment, or of all segments of a journal; verify checks them and lists the "
              "documents; repair puts damaged pieces of a journal that nobody writes aside under torn/.\n",
              stderr);
        return EXIT_USAGE;
    }
    return run(verb, argv[2]);
}
