/* SPDX-License-Identifier: MIT */
/* siftd docs: documents and their states from the ledger, newest first; with --waiting the files not yet taken. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "command.h"
#include "configured.h"
#include "ledger/ledger.h"
#include "table.h"

enum { LIMIT = 50 };

static void usage(void) {
    fputs(
        "usage: siftd docs [-c FILE] [--json] [--state STATE] [--name PATTERN] [--since DURATION] [--limit N]\n"
        "       siftd docs --waiting [-c FILE] [--json]\n"
        "Lists documents and their states, newest first, the last 50 unless --limit says another number (0: all).\n"
        "  --state     ok, findings, rejected or quarantined\n"
        "  --name      a shell pattern for the file's name, its path below the watched folder\n"
        "  --since     those of the last 30m, 24h, 7d\n"
        "  --waiting   the files that are not taken yet, each with the reason and since when; asks the running daemon\n"
        "  --json      one JSON object a line\n",
        stderr);
}

struct request {
    const char *config;
    bool json, waiting;
    struct ledger_wanted filter;
};

static void format_time(int64_t seconds, char text[32]) {
    time_t at = (time_t)seconds;
    struct tm tm;
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
}

/* --- the ledger --------------------------------------------------------------------------------------------------- */

static cJSON *row_object(const struct ledger_row *row) {
    char when[32], claim[24];
    cJSON *object = cJSON_CreateObject();
    format_time((int64_t)(row->time / 1000000), when);
    snprintf(claim, sizeof claim, "%016" PRIx64, row->claim);
    cJSON_AddStringToObject(object, "time", when);
    cJSON_AddStringToObject(object, "claim", claim);
    cJSON_AddStringToObject(object, "state", row->state);
    cJSON_AddNumberToObject(object, "records", (double)row->records);
    cJSON_AddNumberToObject(object, "bytes", (double)row->bytes);
    cJSON_AddStringToObject(object, "name", row->name);
    if (row->sha256[0])
        cJSON_AddStringToObject(object, "sha256", row->sha256);
    if (row->reason[0])
        cJSON_AddStringToObject(object, "reason", row->reason);
    return object;
}

static void print_object(cJSON *object) {
    char *text = cJSON_PrintUnformatted(object);
    puts(text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void print_json(void *user, const struct ledger_row *row) {
    (void)user;
    print_object(row_object(row));
}

/* Names may hold anything; a line stays a line. */
static void print_name(const char *name) {
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || *name == 0x7F)
            printf("\\x%02x", (unsigned)(unsigned char)*name);
        else
            putchar(*name);
}

static void print_line(void *user, const struct ledger_row *row) {
    char when[32];
    (void)user;
    format_time((int64_t)(row->time / 1000000), when);
    printf("%s  %-11s  %8" PRIu64 "  %10" PRIu64 "  ", when, row->state, row->records, row->bytes);
    print_name(row->name);
    printf("%s%s\n", row->reason[0] ? ": " : "", row->reason);
}

static int list_documents(const struct config *config, const struct request *request) {
    _cleanup_(freep) char *path = mem_format("%s/ledger.db", config->state_dir);
    struct error err;
    if (!request->json)
        printf("%-20s  %-11s  %8s  %10s  %s\n", "time", "state", "records", "bytes", "name");
    if (ledger_list(path, &request->filter, request->json ? print_json : print_line, NULL, &err) == 0)
        return EXIT_DONE;
    log_error("%s", err.text);
    return EXIT_REFUSED;
}

/* --- what waits --------------------------------------------------------------------------------------------------- */

static void tell_time(cJSON *item) {
    char when[32];
    const cJSON *since = cJSON_GetObjectItemCaseSensitive(item, "since");
    format_time(cJSON_IsNumber(since) ? (int64_t)since->valuedouble : 0, when);
    cJSON_ReplaceItemInObjectCaseSensitive(item, "since", cJSON_CreateString(when));
}

static void print_waiting(cJSON *state, bool json) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(state, "waiting"), *item;
    cJSON_ArrayForEach(item, list) {
        tell_time(item);
        if (json)
            print_object(cJSON_Duplicate(item, 1));
        else {
            printf("%s  ", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "since")));
            print_name(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "dir")));
            putchar('/');
            print_name(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "name")));
            printf(": %s\n", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "reason")));
        }
    }
    if (!json && cJSON_GetArraySize(list) == 0)
        puts("no file waits");
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(state, "more")))
        log_warn("more files wait than are listed");
}

static int list_waiting(const struct config *config, const struct request *request) {
    struct answer answer;
    struct error err;
    cJSON *state = NULL;
    int e = ask(config->admin.socket, "GET", "/v1/waiting", ASK_PATIENCE, &answer, &err);
    if (e == 0 && (answer.code != 200 || !(state = cJSON_Parse(answer.body))))
        e = error_set(&err, EPROTO, "the daemon's answer on %s tells of no files", config->admin.socket);
    if (e < 0)
        log_error("%s", err.text);
    else
        print_waiting(state, request->json);
    cJSON_Delete(state);
    answer_free(&answer);
    return e < 0 ? EXIT_REFUSED : EXIT_DONE;
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

static bool read_since(const char *text, struct ledger_wanted *filter) {
    int64_t ms;
    if (config_duration(text, &ms) < 0) {
        log_error("--since wants a duration such as 30m, 24h or 7d, not \"%s\"", text);
        return false;
    }
    int64_t now = (int64_t)time(NULL) * 1000;
    filter->since = now > ms ? (uint64_t)(now - ms) * 1000 : 0;
    return true;
}

static bool read_state(const char *text, struct ledger_wanted *filter) {
    filter->state = ledger_state_number(text);
    if (filter->state < 0)
        log_error("--state is ok, findings, rejected or quarantined, not \"%s\"", text);
    return filter->state >= 0;
}

static bool read_limit(const char *text, struct ledger_wanted *filter) {
    char *end;
    unsigned long limit = strtoul(text, &end, 10);
    if (*end || !*text || limit > 1000000000) {
        log_error("--limit wants a number, not \"%s\"", text);
        return false;
    }
    filter->limit = (unsigned)limit;
    return true;
}

static bool read_option(int c, struct request *request) {
    switch (c) {
    case 'c':
        request->config = optarg;
        return true;
    case 'j':
        return request->json = true;
    case 'w':
        return request->waiting = true;
    case 's':
        return read_state(optarg, &request->filter);
    case 'n':
        request->filter.name = optarg;
        return true;
    case 't':
        return read_since(optarg, &request->filter);
    case 'l':
        return read_limit(optarg, &request->filter);
    default:
        usage();
        return false;
    }
}

int command_docs(int argc, char **argv) {
    static const struct option options[] = {{"config", 1, NULL, 'c'}, {"json", 0, NULL, 'j'}, {"waiting", 0, NULL, 'w'},
                                            {"state", 1, NULL, 's'},  {"name", 1, NULL, 'n'}, {"since", 1, NULL, 't'},
                                            {"limit", 1, NULL, 'l'},  {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct request request = {.filter = {.state = -1, .limit = LIMIT}};
    for (int c; (c = getopt_long(argc, argv, "c:jh", options, NULL)) != -1;)
        if (!read_option(c, &request))
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
    if (optind != argc) {
        usage();
        return EXIT_USAGE;
    }
    struct configured configured;
    if (configured_load(request.config, false, &configured) < 0)
        return EXIT_USAGE;
    int result = (request.waiting ? list_waiting : list_documents)(configured.config, &request);
    configured_free(&configured);
    return result;
}
