/* SPDX-License-Identifier: MIT */
/*
 * extract/rows: a record for each row of a JSON Lines file or of a table with a header. rows.c is the plugin, jsonl.c
 * and table.c read the two formats.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siftd/plugin.h>

#include "json_out.h"

/* The instance. */
struct rows {
    const char *type;      /* option: the type of the records */
    const char *delimiter; /* option */
    int header;            /* option */
    const char *types;     /* option */
    int64_t findings_max;  /* option */
    const struct siftd_host *host;
    struct json_out out; /* a row's members, where they must be written anew */
    /* of the document at hand */
    struct siftd_doc *doc;
    int64_t findings;
    size_t first_untold, last_untold; /* lines of the findings that are only counted */
};

/* Each reads the whole text; SIFTD_OK or SIFTD_ERROR. Broken rows become findings and the others go on. */
int read_json_lines(struct rows *rows, struct siftd_str text);
int read_table(struct rows *rows, struct siftd_str text);

/* Notes a broken row: a finding that quotes it, or a count of it once there are too many. */
int refuse_row(struct rows *rows, struct siftd_span row, size_t line, const char *format, ...) SIFTD_PRINTF(4, 5);
/* A good row: `members` is the inside of a JSON object. */
int emit_row(struct rows *rows, const char *members, size_t len, struct siftd_span row);
/* Whether a key, as it stands between its quotes, is a common field of records: the row's is then written "row.KEY". */
bool is_common_field(const char *key, size_t len);
