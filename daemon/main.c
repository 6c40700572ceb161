/* SPDX-License-Identifier: MIT */
/* Chooses: a command of cli/, or the role of a child that the daemon has started. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../cli/command.h"
#include "base/log.h"
#include "delivery/child/child.h"
#include "worker/child/child.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *arguments, *help;
};

static const struct command commands[] = {
#define COMMAND(name, arguments, help) {#name, command_##name, arguments, help},
#include "../cli/commands.def"
#undef COMMAND
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *to) {
    fputs("siftd takes files from a drop folder and delivers traced JSON Lines.\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  siftd %s %s\n      %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    fputs("\nExit codes: 0 done, 1 something was refused or failed, 2 the call or the configuration is wrong.\n", to);
}

static int run_role(const char *word, int *ret) {
    if (strcmp(word, "worker") == 0)
        *ret = worker_child_main();
    else if (strcmp(word, "inspect") == 0)
        *ret = worker_inspect_main();
    else if (strcmp(word, "sink") == 0)
        *ret = delivery_child_main();
    else
        return 0;
    return 1;
}

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "help";
    int result;
    log_init(NULL, LOG_INFO_);
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (run_role(word, &result))
        return result;
    if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
        puts("siftd " SIFTD_VERSION);
        return EXIT_DONE;
    }
    bool asked = strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    if (!asked)
        fprintf(stderr, "siftd: there is no command \"%s\"\n\n", word);
    print_help(asked && argc > 1 ? stdout : stderr);
    return asked && argc > 1 ? EXIT_DONE : EXIT_USAGE;
}
