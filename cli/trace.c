/* SPDX-License-Identifier: MIT */
/* siftd trace: what happened to a file, or where a record came from. */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "command.h"
#include "configured.h"
#include "operate.h"
#include "table.h"

static void usage(void) {
    fputs("usage: siftd trace [-c FILE] [--json] FILE|ID\n"
          "Says what happened to a file (by its name as dropped, or by its content when it stands somewhere), or where "
          "a\n"
          "record came from (by its id).\n",
          stderr);
}

/* The sha256 of a file that can be read here. */
static bool hash_of(const char *path, char hex[SHA256_HEX]) {
    _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    _cleanup_(buf_free) struct buf text = {0};
    uint8_t hash[SHA256_SIZE];
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0) {
        n = read(fd, buf_reserve(&text, 65536), 65536);
        text.len += n > 0 ? (size_t)n : 0;
    }
    if (n < 0)
        return false;
    hash_sha256(text.at ? text.at : "", text.len, hash);
    hash_hex(hash, SHA256_SIZE, hex);
    return true;
}

static bool is_empty(const cJSON *answer) {
    static const char *const lists[] = {"documents", "quarantine", "refused", "open"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (cJSON_GetArraySize(cJSON_GetObjectItem(answer, lists[i])))
            return false;
    return true;
}

static void print_each(const cJSON *answer, const char *list, const char *title) {
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(answer, list)) {
        printf("%s\n", title);
        if (cJSON_IsString(item))
            printf("%s\n", item->valuestring);
        else
            table_print(item);
        putchar('\n');
    }
}

static void print(const cJSON *answer) {
    const cJSON *record = cJSON_GetObjectItem(answer, "record");
    if (cJSON_IsObject(record)) {
        puts("THE RECORD");
        table_print(record);
        putchar('\n');
    }
    print_each(answer, "open", "WAITS OR RUNS");
    print_each(answer, "documents", cJSON_IsObject(record) ? "ITS DOCUMENT" : "A RUN");
    print_each(answer, "quarantine", "IN QUARANTINE");
    print_each(answer, "refused", "A REFUSED RECORD");
    if (!cJSON_IsTrue(cJSON_GetObjectItem(answer, "daemon")))
        puts("no daemon runs: how far the sinks are is not known");
}

static int ask_for(const struct config *config, const char *what, cJSON **ret) {
    cJSON *request = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "what", what);
    int e = operate(config, "trace", request, ret);
    cJSON_Delete(request);
    return e;
}

static int run(const struct config *config, const char *what, bool json) {
    char hash[SHA256_HEX];
    cJSON *answer = NULL;
    int e = ask_for(config, what, &answer);
    if (e == 0 && is_empty(answer) && hash_of(what, hash)) {
        cJSON_Delete(answer);
        e = ask_for(config, hash, &answer);
    }
    if (e < 0)
        return EXIT_REFUSED;
    bool nothing = is_empty(answer);
    char *text = json ? cJSON_PrintUnformatted(answer) : NULL;
    if (text)
        puts(text);
    else if (nothing)
        log_error("nothing is known of %s: it was never taken, or goes by another name here", what);
    else
        print(answer);
    cJSON_free(text);
    cJSON_Delete(answer);
    return nothing ? EXIT_REFUSED : EXIT_DONE;
}

int command_trace(int argc, char **argv) {
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
    if (optind + 1 != argc) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured;
    if (configured_load(file, false, &configured) < 0)
        return EXIT_USAGE;
    int result = run(configured.config, argv[optind], json);
    configured_free(&configured);
    return result;
}
