/* SPDX-License-Identifier: MIT */
/* siftd try: files through the pipeline, records on standard output; no state, no configuration needed. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "command.h"
#include "explain.h"
#include "journal/journal.h"
#include "worker/child/process.h"

enum show { SHOW_RECORDS, SHOW_TEXT, SHOW_EXPLAINED };

struct trial {
    struct config *config;
    struct processor *processor;
    size_t pipeline;
    enum show show;
    bool stopped; /* standard output is closed */
    const char *name;
    struct journal_doc doc;
    struct buf rest, out;
};

static void usage(void) {
    fputs("usage: siftd try [-c FILE] [-p PIPELINE] [--records | --text | --explain] FILE...\n"
          "Runs files (\"-\": standard input) through the pipeline and prints their records; keeps no state.\n",
          stderr);
}

static int write_out(struct trial *trial, struct buf *out) {
    int r = os_write_all(STDOUT_FILENO, out->at, out->len);
    out->len = 0;
    if (r == -EPIPE)
        trial->stopped = true;
    return r;
}

static int print_lines(struct trial *trial, const char *at, size_t len) {
    for (const char *end; len && (end = memchr(at, '\n', len)); len -= (size_t)(end + 1 - at), at = end + 1) {
        if (journal_line_is_refused(at, (size_t)(end - at)))
            continue;
        journal_complete(&trial->doc, at, (size_t)(end - at), &trial->out);
        buf_char(&trial->out, '\n');
        if (trial->out.len > 1 << 16 && write_out(trial, &trial->out) < 0)
            return -EIO;
    }
    return write_out(trial, &trial->out);
}

/* Bodies grow until the document is done: its hash, which every line carries, is the result's. */
static int keep(void *user, const char *at, size_t len) {
    struct trial *trial = user;
    buf_add(&trial->rest, at, len);
    return 0;
}

static void end_trial(void *user, const char *limit, const char *text) {
    const struct trial *trial = user;
    (void)limit;
    log_error("%s %s", trial->name, text);
    exit(EXIT_REFUSED);
}

static int print_records(struct trial *trial, const struct process_result *result) {
    trial->doc = (struct journal_doc){.name = trial->name};
    memcpy(trial->doc.sha256, result->sha256, SHA256_SIZE);
    int r = print_lines(trial, trial->rest.at, trial->rest.len);
    return r < 0 ? r : print_lines(trial, result->body.at, result->body.len);
}

static int print_text(struct trial *trial, struct process_result *result) {
    if (result->text.len && result->text.at[result->text.len - 1] != '\n')
        buf_char(&result->text, '\n');
    return write_out(trial, &result->text);
}

static int print_explained(struct trial *trial, const struct process_result *result) {
    explain_print(result, isatty(STDOUT_FILENO), &trial->out);
    return write_out(trial, &trial->out);
}

/* 0; 1 when the document was rejected. */
static int try_file(struct trial *trial, const char *path) {
    bool standard = strcmp(path, "-") == 0;
    _cleanup_(closep) int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        log_error("%s cannot be opened: %s", path, strerror(errno));
        return 1;
    }
    const char *slash = strrchr(path, '/');
    trial->name = standard ? "-" : slash ? slash + 1 : path;
    trial->rest.len = 0;
    struct process_result result = {0};
    struct process_calls calls = {.user = trial, .flush = keep, .flush_at = 1 << 20, .end = end_trial};
    struct error err = {0};
    int r = processor_run(trial->processor, trial->pipeline, fd, trial->name, &calls, trial->show != SHOW_RECORDS,
                          &result, &err);
    if (r == 0)
        r = trial->show == SHOW_RECORDS ? print_records(trial, &result)
            : trial->show == SHOW_TEXT  ? print_text(trial, &result)
                                        : print_explained(trial, &result);
    else
        log_error("%s: %s", path, err.text);
    if (result.status == DOC_REJECTED && trial->show != SHOW_RECORDS)
        log_error("%s was rejected; siftd try --records says why", path);
    r = r < 0 || result.status == DOC_REJECTED;
    process_result_free(&result);
    return r;
}

static int load(struct trial *trial, const char *file, const char *pipeline, struct buf *text, struct buf *mistakes) {
    int r = file ? config_load(file, false, &trial->config, text, mistakes)
                 : config_builtin(&trial->config, text, mistakes);
    if (r == 0)
        r = processor_open(trial->config, &trial->processor, mistakes);
    if (r == 0)
        r = processor_begin(trial->processor, mistakes);
    for (size_t i = 0; r == 0 && pipeline && i <= trial->config->pipelines; i++) {
        if (i == trial->config->pipelines) {
            buf_printf(mistakes, "there is no pipeline \"%s\" in the configuration\n", pipeline);
            r = -EINVAL;
        } else if (strcmp(trial->config->pipeline[i].name, pipeline) == 0) {
            trial->pipeline = i;
            break;
        }
    }
    if (mistakes->len)
        fwrite(mistakes->at, 1, mistakes->len, stderr);
    return r;
}

static int run_trial(struct trial *trial, int argc, char **argv) {
    int result = EXIT_DONE;
    for (int i = 0; i < argc && !trial->stopped; i++)
        if (try_file(trial, argv[i]))
            result = EXIT_REFUSED;
    return trial->stopped ? EXIT_DONE : result;
}

int command_try(int argc, char **argv) {
    static const struct option options[] = {
        {"config", 1, NULL, 'c'},  {"pipeline", 1, NULL, 'p'}, {"records", 0, NULL, 'r'}, {"text", 0, NULL, 't'},
        {"explain", 0, NULL, 'e'}, {"help", 0, NULL, 'h'},     {NULL, 0, NULL, 0}};
    struct trial trial = {0};
    const char *file = NULL, *pipeline = NULL;
    for (int c; (c = getopt_long(argc, argv, "c:p:rteh", options, NULL)) != -1;) {
        if (c == 'c')
            file = optarg;
        else if (c == 'p')
            pipeline = optarg;
        else if (c == 'r' || c == 't' || c == 'e')
            trial.show = c == 'r' ? SHOW_RECORDS : c == 't' ? SHOW_TEXT : SHOW_EXPLAINED;
        else {
            usage();
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind == argc) {
        usage();
        return EXIT_USAGE;
    }
    struct buf text = {0}, mistakes = {0};
    int r = load(&trial, file, pipeline, &text, &mistakes) < 0 ? EXIT_USAGE
                                                               : run_trial(&trial, argc - optind, argv + optind);
    processor_close(trial.processor);
    config_free(trial.config);
    buf_free(&text);
    buf_free(&mistakes);
    buf_free(&trial.rest);
    buf_free(&trial.out);
    return r;
}
