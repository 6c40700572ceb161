/* SPDX-License-Identifier: MIT */
/* siftd reload: the daemon reads its configuration again; waits for the outcome. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "base/log.h"
#include "command.h"

static void usage(void) {
    fputs("usage: siftd reload [-c FILE] [--json]\n"
          "Lets the running daemon read its configuration again, plugins and packs with it, and waits until it is in "
          "use (0)\n"
          "or refused as a whole (2, its mistakes are printed and the old one goes on). 1 when no daemon answers.\n",
          stderr);
}

static int tell(const struct answer *answer, const cJSON *outcome, bool json) {
    bool good = answer->code == 200;
    const cJSON *mistake;
    if (json) {
        fputs(answer->body, stdout);
        return good ? EXIT_DONE : EXIT_USAGE;
    }
    cJSON_ArrayForEach(mistake, cJSON_GetObjectItemCaseSensitive(outcome, "mistakes")) {
        if (cJSON_IsString(mistake))
            fprintf(stderr, "%s\n", mistake->valuestring);
    }
    if (good)
        puts("the new configuration is in use");
    else
        log_error("the new configuration is refused as a whole; the daemon goes on with the old one");
    return good ? EXIT_DONE : EXIT_USAGE;
}

static int reload(const char *socket, bool json) {
    struct error err = {0};
    struct answer answer;
    cJSON *outcome = NULL;
    int result = EXIT_REFUSED;
    int e = ask(socket, "POST", "/v1/reload", -1, &answer, &err);
    if (e == 0 && ((answer.code != 200 && answer.code != 409) || !(outcome = cJSON_Parse(answer.body))))
        e = error_set(&err, EPROTO, "the daemon on %s does not reload: %s", socket, answer.body);
    if (e < 0)
        log_error("%s", err.text);
    else
        result = tell(&answer, outcome, json);
    cJSON_Delete(outcome);
    answer_free(&answer);
    return result;
}

int command_reload(int argc, char **argv) {
    struct asked asked;
    int result = asked_options(argc, argv, usage, &asked);
    if (result >= 0)
        return result;
    result = reload(asked.socket, asked.json);
    free(asked.socket);
    return result;
}
