/* SPDX-License-Identifier: MIT */
/* extract/tables: lines of tables as records of the ledgers that the packs define. */
#include "tables.h"

#include <string.h>

#include "words.h"

static const struct siftd_option options[] = {
    {.name = "keep",
     .type = SIFTD_INT,
     .offset = offsetof(struct tables, keep),
     .preset = "20000",
     .min = 0,
     .max = 1000000,
     .help = "Lines of a table that are kept in memory, so that findings can name their records; later ones are bulk."},
    {.name = "findings",
     .type = SIFTD_INT,
     .offset = offsetof(struct tables, findings_max),
     .preset = "1000",
     .min = 1,
     .max = 1000000,
     .help = "How many unreadable cells and lines of a table are told."},
    {.name = NULL},
};

static void tables_close(void *self) {
    struct tables *t = self;
    lexicon_free(t->lexicon);
    words_free(t->words);
    json_out_free(&t->out);
}

static int tables_open(void *self, const struct siftd_host *host) {
    struct tables *t = self;
    t->host = host;
    t->lexicon = lexicon_new(host);
    if (t->lexicon && ledgers_open(t) == SIFTD_OK)
        return SIFTD_OK;
    tables_close(t);
    return SIFTD_ERROR;
}

static int tables_run(void *self, struct siftd_doc *doc) {
    struct tables *t = self;
    const char *format = t->host->get(doc, "format");
    if (!t->ledgers)
        return SIFTD_SKIP;
    if (t->host->content(doc) == SIFTD_ROWS)
        return format && strcmp(format, "csv") == 0 ? read_csv(t, doc) : SIFTD_SKIP;
    return read_marked(t, doc);
}

static const struct siftd_plugin plugin = {
    .name = "tables",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "lines of tables as records of the packs' ledgers",
    .content = SIFTD_PROSE | SIFTD_ROWS,
    .options = options,
    .instance_size = sizeof(struct tables),
    .open = tables_open,
    .close = tables_close,
    .run = tables_run,
};
SIFTD_PLUGIN(plugin)
