/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json_scan.h"

static const struct siftd_option options[] = {
    {.name = "type",
     .type = SIFTD_STRING,
     .offset = offsetof(struct rows, type),
     .preset = "row",
     .help = "The type that the records get."},
    {.name = "delimiter",
     .type = SIFTD_STRING,
     .offset = offsetof(struct rows, delimiter),
     .preset = "auto",
     .choices = "auto|comma|semicolon|tab|pipe",
     .help = "What separates the fields of a table; auto takes what stands most often in its first line."},
    {.name = "header",
     .type = SIFTD_BOOL,
     .offset = offsetof(struct rows, header),
     .preset = "true",
     .help = "Whether a table's first row names the columns; without, they are called \"column 1\" and on."},
    {.name = "types",
     .type = SIFTD_STRING,
     .offset = offsetof(struct rows, types),
     .preset = "text",
     .choices = "text|guess",
     .help = "Whether a table's values stay text, or unquoted numbers, true, false and nothing become JSON values."},
    {.name = "findings",
     .type = SIFTD_INT,
     .offset = offsetof(struct rows, findings_max),
     .preset = "1000",
     .min = 1,
     .max = 1000000,
     .help = "How many broken rows of a document are told one by one; one more finding counts the rest."},
    {.name = NULL},
};

bool is_common_field(const char *key, size_t len) {
    switch (len ? key[0] : 0) {
    case 't':
        return json_key_is(key, len, "type");
    case 'i':
        return json_key_is(key, len, "id");
    case 'd':
        return json_key_is(key, len, "doc");
    case 's':
        return json_key_is(key, len, "source");
    case 'q':
        return json_key_is(key, len, "quote");
    case 'a':
        return json_key_is(key, len, "at");
    case '\\':
        return json_key_is(key, len, "type") || json_key_is(key, len, "id") || json_key_is(key, len, "doc") ||
               json_key_is(key, len, "source") || json_key_is(key, len, "quote") || json_key_is(key, len, "at");
    default:
        return false;
    }
}

int emit_row(struct rows *rows, const char *members, size_t len, struct siftd_span row) {
    int result = rows->host->emit_row(rows->doc, rows->type, members, len, row.start, row.end);
    return result == SIFTD_ERROR ? SIFTD_ERROR : SIFTD_OK;
}

/* The finding's quote is the row as it stands, so nothing of it is lost. */
static int emit_finding(struct rows *rows, struct siftd_span row, const char *message) {
    const struct siftd_host *host = rows->host;
    struct siftd_record *finding = host->finding(rows->doc, SIFTD_FAIL, "row", 0, row.start, row.end, message);
    return finding && host->emit(finding) != SIFTD_ERROR ? SIFTD_OK : SIFTD_ERROR;
}

int refuse_row(struct rows *rows, struct siftd_span row, size_t line, const char *format, ...) {
    if (rows->findings++ >= rows->findings_max) {
        if (rows->findings == rows->findings_max + 1)
            rows->first_untold = line;
        rows->last_untold = line;
        return SIFTD_OK;
    }
    char why[160], message[224];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    snprintf(message, sizeof message, "line %zu is kept out of the records: %s", line, why);
    return emit_finding(rows, row, message);
}

static int count_the_rest(struct rows *rows, struct siftd_str text) {
    char message[160];
    int64_t rest = rows->findings - rows->findings_max;
    if (rest <= 0)
        return SIFTD_OK;
    snprintf(message, sizeof message,
             "rows kept out of the records and not told one by one: %lld, from line %zu to line %zu", (long long)rest,
             rows->first_untold, rows->last_untold);
    return emit_finding(rows, (struct siftd_span){.start = text.len, .end = text.len}, message);
}

static int run(void *self, struct siftd_doc *doc) {
    struct rows *rows = self;
    const char *format = rows->host->get(doc, "format");
    bool table = format && strcmp(format, "csv") == 0;
    if (rows->host->get(doc, "ledger") || (!table && (!format || strcmp(format, "jsonl") != 0)))
        return SIFTD_SKIP;
    struct siftd_str text = rows->host->text(doc);
    rows->doc = doc;
    rows->findings = 0;
    int result = table ? read_table(rows, text) : read_json_lines(rows, text);
    return result == SIFTD_OK ? count_the_rest(rows, text) : result;
}

static int open_rows(void *self, const struct siftd_host *host) {
    ((struct rows *)self)->host = host;
    return SIFTD_OK;
}

static void close_rows(void *self) {
    json_out_free(&((struct rows *)self)->out);
}

static const struct siftd_plugin plugin = {
    .name = "rows",
    .stage = SIFTD_EXTRACT,
    .version = "1.0",
    .summary = "a record for each row of JSON Lines and of tables (CSV, TSV), every value as it stands",
    .content = SIFTD_ROWS,
    .options = options,
    .instance_size = sizeof(struct rows),
    .open = open_rows,
    .close = close_rows,
    .run = run,
};
SIFTD_PLUGIN(plugin)
