/* SPDX-License-Identifier: MIT */
/* siftd run: the daemon, in the foreground. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "configured.h"
#include "supervisor/supervisor.h"

enum { BAR = 40 };

static void usage(void) {
    fputs("usage: siftd run [-c FILE] [--once]\n"
          "Runs the daemon in the foreground. --once: processes and delivers what is there, then ends; 1 when a "
          "document\n"
          "was put into quarantine or a sink could not deliver.\n",
          stderr);
}

/* How many files there will be is not known before the last one is claimed, so the bar shows what is known to be there.
 */
static void show_progress(void *user, uint64_t done, uint64_t claimed) {
    char bar[BAR + 1];
    size_t full = claimed ? (size_t)(done * BAR / claimed) : 0;
    (void)user;
    memset(bar, ' ', BAR);
    memset(bar, '=', full);
    bar[BAR] = 0;
    fprintf(stderr, "\r[%s] %llu of %llu documents\033[K", bar, (unsigned long long)done, (unsigned long long)claimed);
}

int command_run(int argc, char **argv) {
    static const struct option options[] = {
        {"config", 1, NULL, 'c'}, {"once", 0, NULL, 'o'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct supervisor_options run = {.config = configured_default()};
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (c == 'c') {
            run.config = optarg;
        } else if (c == 'o') {
            run.once = true;
        } else {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind != argc) {
        usage();
        return EXIT_USAGE;
    }
    if (run.once && isatty(STDERR_FILENO))
        run.progress = show_progress;
    int code = supervisor_run(&run);
    if (run.progress)
        fputc('\n', stderr);
    return code;
}
