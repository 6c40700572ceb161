/* SPDX-License-Identifier: MIT */
/* An extractor and its counterpart, for tests of the pipeline: a record for every 'x', out of order; "row" gives bulk
 * rows. */
#include <siftd/plugin.h>
#include <stdlib.h>
#include <string.h>

struct letters {
    const struct siftd_host *host;
};

static int begin(void *self, const struct siftd_host *host) {
    ((struct letters *)self)->host = host;
    return SIFTD_OK;
}

static int run(void *self, struct siftd_doc *doc) {
    const struct siftd_host *host = ((struct letters *)self)->host;
    struct siftd_str text = host->text(doc);
    if (text.len >= 3 && memcmp(text.at, "row", 3) == 0) {
        for (size_t i = 0; i < 3; i++)
            if (host->emit_row(doc, "row", "\"n\":9007199254740993", 20, i, i + 1) != SIFTD_OK)
                return SIFTD_ERROR;
        return SIFTD_OK;
    }
    if (text.len >= 5 && memcmp(text.at, "crash", 5) == 0)
        abort();
    for (size_t i = text.len; i-- > 0;) {
        if (text.at[i] != 'x')
            continue;
        struct siftd_record *record = host->record(doc, "letter", 0, text.len);
        host->put_place(record, i, i + 1);
        host->put_int(record, "n", (int64_t)i);
        host->put_string(record, "none", NULL);
        host->emit(record);
    }
    host->emit(host->finding(doc, SIFTD_WARN, "damage", text.len != 4, 0, text.len, "four letters"));
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {.name = "letters",
                                           .stage = SIFTD_EXTRACT,
                                           .version = "1.0",
                                           .summary = "a record a letter",
                                           .content = SIFTD_PROSE | SIFTD_ROWS,
                                           .instance_size = sizeof(struct letters),
                                           .open = begin,
                                           .run = run};
SIFTD_PLUGIN(plugin)
