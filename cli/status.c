/* SPDX-License-Identifier: MIT */
/* siftd status, siftd sinks: what the running daemon is doing, and how far its sinks are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "base/log.h"
#include "command.h"
#include "table.h"

static void usage_of_status(void) {
    fputs("usage: siftd status [-c FILE | --socket PATH] [--json]\n"
          "Says how the running daemon is (green; yellow: somebody should look; red: documents do not go through) and "
          "what it\n"
          "is doing; --json prints its answer as it is. 1 when it is red or does not answer.\n",
          stderr);
}

static void usage_of_sinks(void) {
    fputs("usage: siftd sinks [-c FILE | --socket PATH] [--json]\n"
          "Says how far each sink of the running daemon is: what it has not delivered yet in documents, records, bytes "
          "of\n"
          "the journal and seconds since the oldest of them was committed; its trouble, when it has one.\n",
          stderr);
}

/* Prints the daemon's state, or one member of it; returns the exit code. */
typedef int print_fn(cJSON *state, const char *text, bool json);

/* The colour and its reasons, one a line. */
static void print_health(const cJSON *health, const char *status) {
    const cJSON *reason;
    printf("%-12s  %s%s\n", "health", status ? status : "unknown",
           cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(health, "ready")) ? "" : ", not ready");
    cJSON_ArrayForEach(reason, cJSON_GetObjectItemCaseSensitive(health, "reasons")) {
        printf("    %-6s  %s\n", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(reason, "level")),
               cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(reason, "text")));
    }
}

static int print_status(cJSON *state, const char *text, bool json) {
    cJSON *health = cJSON_DetachItemFromObjectCaseSensitive(state, "health");
    const char *status = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(health, "status"));
    bool red = status && strcmp(status, "red") == 0;
    if (json) {
        fputs(text, stdout);
    } else {
        print_health(health, status);
        table_print(state);
    }
    cJSON_Delete(health);
    return red ? EXIT_REFUSED : EXIT_DONE;
}

static int print_sinks(cJSON *state, const char *text, bool json) {
    const cJSON *sinks = cJSON_GetObjectItemCaseSensitive(state, "sinks");
    (void)text;
    if (!json) {
        table_print_rows(sinks);
        return EXIT_DONE;
    }
    char *list = cJSON_PrintUnformatted(sinks);
    puts(list ? list : "[]");
    cJSON_free(list);
    return EXIT_DONE;
}

static int show(const char *socket, bool json, print_fn *print) {
    struct error err = {0};
    struct answer answer;
    cJSON *state = NULL;
    int result = EXIT_REFUSED;
    int e = ask(socket, "GET", "/v1/status", ASK_PATIENCE, &answer, &err);
    if (e == 0 && (answer.code != 200 || !(state = cJSON_Parse(answer.body))))
        e = error_set(&err, EPROTO, "the daemon's answer on %s is not its state", socket);
    if (e < 0)
        log_error("%s", err.text);
    else
        result = print(state, answer.body, json);
    cJSON_Delete(state);
    answer_free(&answer);
    return result;
}

static int command(int argc, char **argv, void (*usage)(void), print_fn *print) {
    struct asked asked;
    int result = asked_options(argc, argv, usage, &asked);
    if (result >= 0)
        return result;
    result = show(asked.socket, asked.json, print);
    free(asked.socket);
    return result;
}

int command_status(int argc, char **argv) {
    return command(argc, argv, usage_of_status, print_status);
}

int command_sinks(int argc, char **argv) {
    return command(argc, argv, usage_of_sinks, print_sinks);
}
