/* SPDX-License-Identifier: MIT */
/* siftd quarantine: what was refused, why, and again. Done by the daemon while one runs, else on the state folder. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "choose.h"
#include "command.h"
#include "configured.h"
#include "operate.h"
#include "table.h"

struct call {
    const char *file, *verb;
    bool json, records, all, dry;
    cJSON *request;
};

static void usage(void) {
    fputs("usage: siftd quarantine list  [-c FILE] [--records] [WHICH...] [--json]\n"
          "       siftd quarantine show  [-c FILE] WHICH... [--json]\n"
          "       siftd quarantine retry [-c FILE] WHICH... [--dry-run]\n"
          "       siftd quarantine drop  [-c FILE] [--records] WHICH... [--dry-run]\n"
          "WHICH: a file's name, an entry, a record's or a document's id; --all; --kind rejected|died|member|account,\n"
          "       --reason TEXT, --stage STAGE, --plugin NAME, --plugin-version VERSION, --since WHEN, --until WHEN\n"
          "Lists or shows what was refused and why; lets documents run again; removes them for good.\n"
          "--records: the records that a validator kept out, instead of documents.\n",
          stderr);
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

static void copy(cJSON *to, const cJSON *from, const char *key) {
    const cJSON *member = cJSON_GetObjectItem(from, key);
    cJSON_AddItemToObject(to, key, member ? cJSON_Duplicate(member, true) : cJSON_CreateNull());
}

/* The members that fit into a line. */
static void print_table(const cJSON *list, const char *title, const char *const *keys, size_t count) {
    cJSON *table = cJSON_CreateObject(), *rows = cJSON_AddArrayToObject(table, title);
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        cJSON *row = cJSON_CreateObject();
        for (size_t i = 0; i < count; i++)
            copy(row,
                 strcmp(keys[i], "name") == 0 && cJSON_GetObjectItem(item, "doc") ? cJSON_GetObjectItem(item, "doc")
                                                                                  : item,
                 keys[i]);
        cJSON_AddItemToArray(rows, row);
    }
    table_print(table);
    cJSON_Delete(table);
}

static void print_list(const cJSON *answer) {
    static const char *const document[] = {"name",  "kind", "stage", "plugin", "attempts",
                                           "state", "next", "time",  "reason"};
    static const char *const record[] = {"id", "name", "of", "plugin", "version", "reason"};
    const cJSON *documents = cJSON_GetObjectItem(answer, "documents"),
                *records = cJSON_GetObjectItem(answer, "records");
    print_table(documents, "documents", document, sizeof document / sizeof *document);
    print_table(records, "records", record, sizeof record / sizeof *record);
    printf("%d refused\n", cJSON_GetArraySize(documents) + cJSON_GetArraySize(records));
}

static int print_shown(const cJSON *answer) {
    const cJSON *item, *documents = cJSON_GetObjectItem(answer, "documents"),
                       *records = cJSON_GetObjectItem(answer, "records");
    cJSON_ArrayForEach(item, documents) {
        table_print(item);
        putchar('\n');
    }
    cJSON_ArrayForEach(item, records) {
        table_print(item);
        putchar('\n');
    }
    if (documents->child || (records && records->child))
        return EXIT_DONE;
    log_error("nothing of that kind is in quarantine; siftd quarantine list shows what is");
    return EXIT_REFUSED;
}

static int print_done(const struct call *call, const cJSON *answer) {
    const cJSON *item, *done = cJSON_GetObjectItem(answer, "documents"),
                       *failed = cJSON_GetObjectItem(answer, "failed");
    const cJSON *dropped = cJSON_GetObjectItem(answer, "dropped");
    if (dropped) {
        printf("%d refused records dropped\n", dropped->valueint);
        return dropped->valueint ? EXIT_DONE : EXIT_REFUSED;
    }
    bool retry = strcmp(call->verb, "retry") == 0;
    cJSON_ArrayForEach(item, done)
        printf("%s%s %s\n", call->dry ? "would be " : "",
               retry ? "run again:" : "dropped:", cJSON_GetStringValue(cJSON_GetObjectItem(item, "name")));
    cJSON_ArrayForEach(item, failed) log_error("%s", cJSON_GetStringValue(cJSON_GetObjectItem(item, "error")));
    printf("%d documents\n", cJSON_GetArraySize(done));
    return (done && !done->child) || (failed && failed->child) ? EXIT_REFUSED : EXIT_DONE;
}

static int tell(const struct call *call, const cJSON *answer) {
    if (call->json) {
        char *text = cJSON_PrintUnformatted(answer);
        puts(text);
        cJSON_free(text);
        return EXIT_DONE;
    }
    if (strcmp(call->verb, "list") == 0 || (call->records && call->dry)) {
        print_list(answer);
        return EXIT_DONE;
    }
    return strcmp(call->verb, "show") == 0 ? print_shown(answer) : print_done(call, answer);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* For each name that is given, or once. */
static int run(const struct call *call, char **names, int count, const struct config *config) {
    static const char *const what[][2] = {{"list", "quarantine/list"},
                                          {"show", "quarantine/list"},
                                          {"retry", "quarantine/retry"},
                                          {"drop", "quarantine/drop"}};
    const char *asked = NULL;
    int worst = EXIT_DONE;
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        if (strcmp(what[i][0], call->verb) == 0)
            asked = what[i][1];
    for (int i = 0; i < count || i == 0; i++) {
        cJSON *answer = NULL;
        cJSON_DeleteItemFromObject(call->request, "what");
        if (count)
            cJSON_AddStringToObject(call->request, "what", names[i]);
        int result = operate(config, asked, call->request, &answer) < 0 ? EXIT_REFUSED : tell(call, answer);
        worst = result > worst ? result : worst;
        cJSON_Delete(answer);
    }
    return worst;
}

/* What has to be said, and cannot be. */
static const char *mistake(const struct call *call, int names) {
    bool list = strcmp(call->verb, "list") == 0, show = strcmp(call->verb, "show") == 0;
    bool retry = strcmp(call->verb, "retry") == 0;
    if (!list && !show && !retry && strcmp(call->verb, "drop") != 0)
        return "there is list, show, retry and drop";
    if (!list && !names && !call->all && !choose_given(call->request))
        return "say which: a name, --reason, --plugin …, or --all";
    if (retry && call->records)
        return "a record does not run by itself; siftd replay NAME runs its document again";
    if (call->json && names > 1)
        return "--json gives one object: name one document";
    return NULL;
}

static bool parse(struct call *call, int argc, char **argv, bool *ret_help) {
    static const struct option options[] = {
        {"config", 1, NULL, 'c'}, {"json", 0, NULL, 'j'},    {"records", 0, NULL, 'r'},
        {"all", 0, NULL, 'a'},    {"dry-run", 0, NULL, 'n'}, {"help", 0, NULL, 'h'},
        CHOOSE_OPTIONS,           {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "c:jranh", options, NULL)) != -1;) {
        if (c == 'c')
            call->file = optarg;
        else if (c == 'j' || c == 'r' || c == 'a' || c == 'n')
            *(c == 'j' ? &call->json : c == 'r' ? &call->records : c == 'a' ? &call->all : &call->dry) = true;
        else if (!choose_option(c, optarg, call->request)) {
            *ret_help = c == 'h';
            return false;
        }
    }
    return true;
}

int command_quarantine(int argc, char **argv) {
    struct call call = {.verb = "", .request = cJSON_CreateObject()};
    struct configured configured;
    bool help = false, good = parse(&call, argc, argv, &help);
    call.verb = good && optind < argc ? argv[optind++] : "";
    const char *wrong = good ? mistake(&call, argc - optind) : "";
    int result = help ? EXIT_DONE : EXIT_USAGE;
    if (wrong) {
        if (*wrong)
            log_error("%s", wrong);
        usage();
    } else if (configured_load(call.file, false, &configured) == 0) {
        cJSON_AddBoolToObject(call.request, "records", call.records);
        cJSON_AddBoolToObject(call.request, "both", strcmp(call.verb, "show") == 0);
        cJSON_AddBoolToObject(call.request, "dry", call.dry);
        result = run(&call, argv + optind, argc - optind, configured.config);
        configured_free(&configured);
    }
    cJSON_Delete(call.request);
    return result;
}
