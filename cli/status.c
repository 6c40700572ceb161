/* SPDX-License-Identifier: MIT */
/* siftd status, siftd sinks: what the running daemon is doing, and how far its sinks are. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "base/log.h"
#include "command.h"
#include "configured.h"
#include "table.h"

static void usage_of_status(void) {
    fputs("usage: siftd status [-c FILE] [--json]\n"
          "Says what the running daemon is doing; --json prints its answer as it is.\n",
          stderr);
}

static void usage_of_sinks(void) {
    fputs("usage: siftd sinks [-c FILE] [--json]\n"
          "Says how far each sink of the running daemon is: what it has not delivered yet in documents, records, bytes "
          "of\n"
          "the journal and seconds since the oldest of them was committed; its trouble, when it has one.\n",
          stderr);
}

/* Prints the daemon's state, or one member of it. */
typedef void print_fn(const cJSON *state, const char *text, bool json);

static void print_status(const cJSON *state, const char *text, bool json) {
    if (json)
        fputs(text, stdout);
    else
        table_print(state);
}

static void print_sinks(const cJSON *state, const char *text, bool json) {
    const cJSON *sinks = cJSON_GetObjectItemCaseSensitive(state, "sinks");
    (void)text;
    if (!json) {
        table_print_rows(sinks);
        return;
    }
    char *list = cJSON_PrintUnformatted(sinks);
    puts(list ? list : "[]");
    cJSON_free(list);
}

static int show(const char *socket, bool json, print_fn *print) {
    struct error err = {0};
    struct answer answer;
    cJSON *state = NULL;
    int e = ask(socket, "GET", "/v1/status", ASK_PATIENCE, &answer, &err);
    if (e == 0 && (answer.code != 200 || !(state = cJSON_Parse(answer.body))))
        e = error_set(&err, EPROTO, "the daemon's answer on %s is not its state", socket);
    if (e < 0)
        log_error("%s", err.text);
    else
        print(state, answer.body, json);
    cJSON_Delete(state);
    answer_free(&answer);
    return e < 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int command(int argc, char **argv, void (*usage)(void), print_fn *print) {
    static const struct option options[] = {
        {"config", 1, NULL, 'c'}, {"json", 0, NULL, 'j'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    bool json = false;
    for (int c; (c = getopt_long(argc, argv, "c:jh", options, NULL)) != -1;) {
        if (c == 'c')
            file = optarg;
        else if (c == 'j')
            json = true;
        else {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind != argc) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured;
    if (configured_load(file, false, &configured) < 0)
        return EXIT_USAGE;
    int result = show(configured.config->admin.socket, json, print);
    configured_free(&configured);
    return result;
}

int command_status(int argc, char **argv) {
    return command(argc, argv, usage_of_status, print_status);
}

int command_sinks(int argc, char **argv) {
    return command(argc, argv, usage_of_sinks, print_sinks);
}
