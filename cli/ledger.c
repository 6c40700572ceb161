/* SPDX-License-Identifier: MIT */
/* siftd ledger rebuild: the ledger made anew from the journal, while no daemon runs. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "command.h"
#include "configured.h"
#include "journal/journal.h"
#include "ledger/ledger.h"

static int usage(int code) {
    fputs(
        "usage: siftd ledger rebuild [-c FILE]\n"
        "Puts the ledger aside and makes it anew from the journal. Files that stay in their folder and the quarantine "
        "are taken over from the old one. The daemon must not be running.\n",
        stderr);
    return code;
}

/* The open journal is the lock against a daemon. */
static int rebuild(const struct config *config) {
    _cleanup_(freep) char *path = mem_format("%s/ledger.db", config->state_dir);
    _cleanup_(freep) char *dir = mem_format("%s/journal", config->state_dir);
    struct journal_recovery found = {0};
    struct journal *journal = NULL;
    struct error err = {0};
    uint64_t documents = 0;
    int r = journal_open(dir, config->journal.segment, &journal, &found, &err);
    if (r == 0)
        r = ledger_rebuild(path, dir, &documents, &err);
    journal_close(journal);
    if (r < 0) {
        log_error("%s", err.text);
        return EXIT_REFUSED;
    }
    printf("the ledger %s is made anew from %" PRIu64 " documents of the journal; the old one is beside it\n", path,
           documents);
    return EXIT_DONE;
}

int command_ledger(int argc, char **argv) {
    static const struct option options[] = {{"config", 1, NULL, 'c'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (c != 'c')
            return usage(c == 'h' ? EXIT_DONE : EXIT_USAGE);
        file = optarg;
    }
    if (argc - optind != 1 || strcmp(argv[optind], "rebuild") != 0)
        return usage(EXIT_USAGE);
    struct configured configured;
    if (configured_load(file, true, &configured) < 0)
        return EXIT_USAGE;
    int code = rebuild(configured.config);
    configured_free(&configured);
    return code;
}
