/* SPDX-License-Identifier: MIT */
/* siftd plugin: what is done to one plugin. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "command.h"
#include "configured.h"
#include "operate.h"

static void usage(void) {
    fputs("usage: siftd plugin release [-c FILE] [STAGE/]NAME\n"
          "Lets a plugin go on that the running daemon has benched because many documents died of it, and with it the\n"
          "documents that wait: for when the cause is gone. 1 when nothing of that name is benched.\n",
          stderr);
}

static int release(const struct config *config, const char *name) {
    cJSON *request = cJSON_CreateObject(), *answer = NULL;
    cJSON_AddStringToObject(request, "plugin", name);
    int e = operate(config, "plugins/release", request, &answer);
    const cJSON *released = cJSON_GetObjectItem(answer, "released");
    bool any = cJSON_IsNumber(released) && released->valueint > 0;
    cJSON_Delete(request);
    cJSON_Delete(answer);
    if (e < 0)
        return EXIT_REFUSED;
    if (any)
        printf("%s goes on, and the documents that waited for it\n", name);
    else
        log_error("no plugin \"%s\" is benched; siftd status shows those that are", name);
    return any ? EXIT_DONE : EXIT_REFUSED;
}

int command_plugin(int argc, char **argv) {
    static const struct option options[] = {{"config", 1, NULL, 'c'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *file = NULL;
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (c == 'c')
            file = optarg;
        else {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind + 2 != argc || strcmp(argv[optind], "release") != 0) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured;
    if (configured_load(file, false, &configured) < 0)
        return EXIT_USAGE;
    int result = release(configured.config, argv[optind + 1]);
    configured_free(&configured);
    return result;
}
