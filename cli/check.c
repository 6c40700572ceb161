/* SPDX-License-Identifier: MIT */
/* siftd check: the configuration and every plugin it names, without a daemon. */
#include <getopt.h>
#include <stdio.h>

#include "command.h"
#include "configured.h"

static void usage(void) {
    fputs("usage: siftd check [-c FILE]\n"
          "Checks the configuration and the options of every plugin it names; prints each mistake with its place.\n",
          stderr);
}

static size_t count_plugins(const struct config *config) {
    size_t count = 0;
    for (size_t i = 0; i < config->pipelines; i++)
        count += config->pipeline[i].count;
    return count;
}

static void print_count(size_t count, const char *what, const char *behind) {
    printf("%zu %s%s%s", count, what, count == 1 ? "" : "s", behind);
}

int command_check(int argc, char **argv) {
    static const struct option options[] = {{"config", 1, NULL, 'c'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (c != 'c') {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
        file = optarg;
    }
    if (optind != argc) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured;
    if (configured_load(file, true, &configured) < 0)
        return EXIT_USAGE;
    bool good = configured_inspect(&configured) == 0;
    if (good) {
        printf("%s is right: ", configured.config->file);
        print_count(configured.config->watches, "watched folder", ", ");
        print_count(count_plugins(configured.config), "plugin", ", ");
        print_count(configured.config->sinks, "sink", "\n");
    }
    configured_free(&configured);
    return good ? EXIT_DONE : EXIT_USAGE;
}
