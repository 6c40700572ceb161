/* SPDX-License-Identifier: MIT */
/* siftd replay: documents once more, or what the journal has of them to one sink or all. Says first what it would do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "choose.h"
#include "command.h"
#include "configured.h"
#include "operate.h"

enum { OPTION_STATUS = 2000, OPTION_SINK, OPTION_FROM, OPTION_BEFORE, OPTION_JOURNAL, OPTION_AGAIN };

struct call {
    const char *file;
    bool json, all, yes, journal, again;
    cJSON *request;
};

static void usage(void) {
    fputs("usage: siftd replay [-c FILE] WHICH... [--again] [--yes] [--json]\n"
          "       siftd replay [-c FILE] --journal [--sink NAME] WHICH... [--again] [--yes] [--json]\n"
          "WHICH: a file's name or a pattern for it, the beginning of its sha256 or a record's id; --all;\n"
          "       --status ok|findings|rejected, --since WHEN, --until WHEN, --from SEQUENCE, --before SEQUENCE;\n"
          "       by what was refused of them: --reason TEXT, --stage STAGE, --plugin NAME, --plugin-version VERSION\n"
          "Runs documents once more; with --journal delivers once more what the journal has of them.\n"
          "Sinks that replace by id get all of it. Sinks that append get only what is new or changed: of --journal\n"
          "nothing; --again gives it to them, too. Without --yes it only says what it would do.\n",
          stderr);
}

static const char *text_of(const cJSON *item, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(item, key));
    return text ? text : "";
}

static int print_documents(const cJSON *answer, bool yes) {
    const cJSON *item, *done = cJSON_GetObjectItem(answer, "documents"),
                       *failed = cJSON_GetObjectItem(answer, "failed");
    cJSON_ArrayForEach(item, done) printf(
        "%s %s, from %s\n", yes ? "runs again:" : "would run again:", text_of(item, "name"), text_of(item, "file"));
    cJSON_ArrayForEach(item, failed) log_error("%s", text_of(item, "error"));
    printf("%d documents%s\n", cJSON_GetArraySize(done), yes ? "" : "; --yes runs them");
    return (done && done->child) && !(failed && failed->child) ? EXIT_DONE : EXIT_REFUSED;
}

static int print_journal(const cJSON *answer, const struct call *call) {
    const cJSON *sink, *count = cJSON_GetObjectItem(answer, "count"), *gone = cJSON_GetObjectItem(answer, "gone");
    printf("%s %.0f documents once more to", call->yes ? "gives" : "would give", count ? count->valuedouble : 0);
    cJSON_ArrayForEach(sink, cJSON_GetObjectItem(answer, "sinks")) printf(" %s", cJSON_GetStringValue(sink));
    puts(call->again ? "" : "; to those that append nothing, without --again");
    if (gone && gone->valuedouble > 0)
        printf("%.0f more are no longer in the journal\n", gone->valuedouble);
    if (!call->yes)
        puts("--yes does it");
    return count && count->valuedouble > 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int tell(const struct call *call, const cJSON *answer) {
    if (!call->json)
        return call->journal ? print_journal(answer, call) : print_documents(answer, call->yes);
    char *text = cJSON_PrintUnformatted(answer);
    puts(text);
    cJSON_free(text);
    return EXIT_DONE;
}

static bool put_number(cJSON *request, const char *key, const char *value) {
    char *end = NULL;
    double number = strtod(value, &end);
    bool good = end != value && !*end && number >= 1;
    if (good)
        cJSON_AddNumberToObject(request, key, number);
    else
        log_error("--%s %s is no sequence number", key, value);
    return good;
}

static bool put_option(struct call *call, int c, const char *value) {
    switch (c) {
    case 'c':
        call->file = value;
        return true;
    case OPTION_STATUS:
        cJSON_AddStringToObject(call->request, "status", value);
        return true;
    case OPTION_SINK:
        cJSON_AddStringToObject(call->request, "sink", value);
        return true;
    case OPTION_FROM:
        return put_number(call->request, "from", value);
    case OPTION_BEFORE:
        return put_number(call->request, "before", value);
    default:
        return choose_option(c, value, call->request);
    }
}

static bool parse(struct call *call, int argc, char **argv, bool *ret_help) {
    static const struct option options[] = {{"config", 1, NULL, 'c'},
                                            {"json", 0, NULL, 'j'},
                                            {"all", 0, NULL, 'a'},
                                            {"yes", 0, NULL, 'y'},
                                            {"help", 0, NULL, 'h'},
                                            {"journal", 0, NULL, OPTION_JOURNAL},
                                            {"again", 0, NULL, OPTION_AGAIN},
                                            {"status", 1, NULL, OPTION_STATUS},
                                            {"sink", 1, NULL, OPTION_SINK},
                                            {"from", 1, NULL, OPTION_FROM},
                                            {"before", 1, NULL, OPTION_BEFORE},
                                            CHOOSE_OPTIONS,
                                            {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "c:jayh", options, NULL)) != -1;) {
        bool *flag = c == 'j'              ? &call->json
                     : c == 'a'            ? &call->all
                     : c == 'y'            ? &call->yes
                     : c == OPTION_JOURNAL ? &call->journal
                     : c == OPTION_AGAIN   ? &call->again
                                           : NULL;
        if (flag)
            *flag = true;
        else if (!put_option(call, c, optarg)) {
            *ret_help = c == 'h';
            return false;
        }
    }
    return true;
}

static const char *mistake(const struct call *call, int names) {
    const cJSON *r = call->request;
    bool more = cJSON_HasObjectItem(r, "status") || cJSON_HasObjectItem(r, "from") || cJSON_HasObjectItem(r, "before");
    if (!names && !call->all && !more && !choose_given(r))
        return "say which: a name, --since …, --plugin …, or --all";
    if (cJSON_HasObjectItem(r, "sink") && !call->journal)
        return "a document that runs again goes to all sinks; --sink is for --journal";
    return names > 1 && call->json ? "--json gives one object: name one document" : NULL;
}

static int run(struct call *call, char **names, int count, const struct config *config) {
    const char *what = call->journal ? "replay/journal" : "replay/documents";
    int worst = EXIT_DONE;
    cJSON_AddBoolToObject(call->request, "yes", call->yes);
    cJSON_AddBoolToObject(call->request, "again", call->again);
    for (int i = 0; i < count || i == 0; i++) {
        cJSON *answer = NULL;
        cJSON_DeleteItemFromObject(call->request, "what");
        if (count)
            cJSON_AddStringToObject(call->request, "what", names[i]);
        int result = operate(config, what, call->request, &answer) < 0 ? EXIT_REFUSED : tell(call, answer);
        worst = result > worst ? result : worst;
        cJSON_Delete(answer);
    }
    return worst;
}

int command_replay(int argc, char **argv) {
    struct call call = {.request = cJSON_CreateObject()};
    struct configured configured;
    bool help = false, good = parse(&call, argc, argv, &help);
    const char *wrong = good ? mistake(&call, argc - optind) : "";
    int result = help ? EXIT_DONE : EXIT_USAGE;
    if (wrong) {
        if (*wrong)
            log_error("%s", wrong);
        usage();
    } else if (configured_load(call.file, false, &configured) == 0) {
        result = run(&call, argv + optind, argc - optind, configured.config);
        configured_free(&configured);
    }
    cJSON_Delete(call.request);
    return result;
}
