/* SPDX-License-Identifier: MIT */
/* A validator, for tests of the pipeline: refuses the second record of a document with a reason, leaves out the third.
 */
#include <siftd/plugin.h>
#include <string.h>

struct picky {
    const struct siftd_host *host;
    const struct siftd_doc *doc;
    int met;
};

static int begin(void *self, const struct siftd_host *host) {
    ((struct picky *)self)->host = host;
    return SIFTD_OK;
}

static int check(void *self, struct siftd_doc *doc, const struct siftd_record *record, const char *type,
                 struct siftd_str members) {
    struct picky *picky = self;
    (void)record;
    (void)members;
    if (strcmp(type, "finding") == 0 || picky->met >= 3)
        return SIFTD_OK;
    picky->doc = doc;
    picky->met++;
    if (picky->met == 2)
        picky->host->error(picky->host, "the second %s is not wanted", type);
    return picky->met == 2 ? SIFTD_SKIP : picky->met == 3 ? SIFTD_FILTER : SIFTD_OK;
}

/* The next document is judged anew. */
static int run(void *self, struct siftd_doc *doc) {
    (void)doc;
    ((struct picky *)self)->met = 0;
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {.name = "picky",
                                           .stage = SIFTD_VALIDATE,
                                           .version = "1.0",
                                           .summary = "refuses the second record",
                                           .content = SIFTD_PROSE | SIFTD_ROWS,
                                           .instance_size = sizeof(struct picky),
                                           .open = begin,
                                           .check = check,
                                           .run = run};
SIFTD_PLUGIN(plugin)
