/* SPDX-License-Identifier: MIT */
/*
 * validate/schema: every record against the JSON Schema that the packs have for its type. The packs' section `schemas`
 * maps types to files; a type that it does not name passes without being looked at.
 */
#include <siftd/plugin.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "json_out.h"
#include "schema.h"

enum { PATH_BYTES = 200 };

struct entry {
    const char *type;
    struct schema *schema;
};

struct validator {
    int64_t findings_max; /* option */
    const struct siftd_host *host;
    struct entry *entry;
    size_t entries;
    struct pool pool; /* of the record at hand */
    struct json_out out;
    const struct siftd_doc *doc; /* the document that the count is of */
    int64_t findings;
};

static const struct siftd_option options[] = {
    {.name = "findings",
     .type = SIFTD_INT,
     .offset = offsetof(struct validator, findings_max),
     .preset = "1000",
     .min = 1,
     .max = 1000000,
     .help = "How many refused records of a document are told one by one; one more finding counts the rest."},
    {.name = NULL},
};

/* --- beginning ---------------------------------------------------------------------------------------------------- */

static struct siftd_str load_schema(void *user, const char *uri) {
    const struct siftd_host *host = user;
    return host->pack_file(host, uri);
}

static int open_entry(struct validator *validator, const char *type, const struct siftd_node *node, const char *path) {
    const struct siftd_host *host = validator->host;
    struct siftd_str text = host->pack_file(host, path);
    struct schema_loader loader = {.load = load_schema, .user = (void *)(uintptr_t)host};
    char why[SCHEMA_TEXT_MAX];
    if (!text.at)
        return host->error(host, "%s: no pack has the file %s", host->node_where(node), path);
    struct schema *schema = schema_compile(text.at, text.len, &loader, why);
    if (!schema)
        return host->error(host, "%s: %s is no usable schema: %s", host->node_where(node), path, why);
    validator->entry[validator->entries++] = (struct entry){.type = type, .schema = schema};
    return SIFTD_OK;
}

static int open_validator(void *self, const struct siftd_host *host) {
    struct validator *validator = self;
    const struct siftd_node *types = host->pack(host, "schemas"), *ledgers = host->pack(host, "ledgers");
    size_t count = host->node_count(types), more = host->node_count(ledgers);
    int result = SIFTD_OK;
    validator->host = host;
    validator->entry = host->alloc(host, (count + more + 1) * sizeof *validator->entry);
    for (size_t i = 0; i < count && result == SIFTD_OK; i++)
        result = open_entry(validator, host->node_key(types, i), host->node_at(types, i),
                            host->node_text(host->node_at(types, i)));
    for (size_t i = 0; i < more && result == SIFTD_OK; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "schemas/%s.json", host->node_key(ledgers, i));
        result = open_entry(validator, host->node_key(ledgers, i), host->node_at(ledgers, i), path);
    }
    return result;
}

static void close_validator(void *self) {
    struct validator *validator = self;
    for (size_t i = 0; i < validator->entries; i++)
        schema_free(validator->entry[i].schema);
    pool_free(&validator->pool);
    json_out_free(&validator->out);
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

static struct schema *schema_of(const struct validator *validator, const char *type) {
    for (size_t i = 0; i < validator->entries; i++)
        if (strcmp(validator->entry[i].type, type) == 0)
            return validator->entry[i].schema;
    return NULL;
}

/* The whole record as JSON: a bulk record is put together from its members. */
static struct siftd_str record_text(struct validator *validator, const struct siftd_record *record, const char *type,
                                    struct siftd_str members) {
    struct json_out *out = &validator->out;
    if (record)
        return validator->host->record_json(record);
    out->len = 0;
    json_out_raw(out, "{\"type\":", 8);
    json_out_string(out, type, strlen(type));
    if (members.len)
        json_out_raw(out, ",", 1);
    json_out_raw(out, members.at, members.len);
    json_out_raw(out, "}", 1);
    return (struct siftd_str){out->at, out->len};
}

static void tell(struct validator *validator, struct siftd_doc *doc, struct siftd_span place, const char *message,
                 struct siftd_str text) {
    const struct siftd_host *host = validator->host;
    struct siftd_record *finding = host->finding(doc, SIFTD_FAIL, "schema", 0, place.start, place.end, message);
    if (text.len)
        host->put_json(finding, "record", text.at, text.len);
    host->emit(finding);
}

static int refuse(struct validator *validator, struct siftd_doc *doc, const struct siftd_record *record,
                  const char *type, struct siftd_str text, const struct schema_fault *fault) {
    const struct siftd_host *host = validator->host;
    char message[2 * SCHEMA_TEXT_MAX + 128];
    if (validator->doc != doc)
        validator->findings = 0;
    validator->doc = doc;
    snprintf(message, sizeof message, "this %s does not fit its schema and is kept out: %s %s", type,
             *fault->place ? fault->place : "it", fault->rule);
    host->error(host, "%s", message); /* goes with the record to where refused ones are kept */
    if (validator->findings++ >= validator->findings_max)
        return SIFTD_SKIP;
    struct siftd_span place = record ? host->record_span(record) : host->row_span(doc);
    tell(validator, doc, place, message, text);
    return SIFTD_SKIP;
}

static int check_record(void *self, struct siftd_doc *doc, const struct siftd_record *record, const char *type,
                        struct siftd_str members) {
    struct validator *validator = self;
    struct schema *schema = schema_of(validator, type);
    if (!schema)
        return SIFTD_OK;
    struct siftd_str text = record_text(validator, record, type, members);
    struct json_fault broken;
    struct schema_fault fault = {.rule = "is not valid JSON"};
    struct value *value = value_parse(&validator->pool, text.at, text.len, &broken);
    bool fits = value && schema_check(schema, value, &fault);
    pool_reset(&validator->pool);
    return fits ? SIFTD_OK : refuse(validator, doc, record, type, text, &fault);
}

/* Behind the last record: counts what was not told one by one. */
static int run(void *self, struct siftd_doc *doc) {
    struct validator *validator = self;
    long long rest = validator->doc == doc ? (long long)(validator->findings - validator->findings_max) : 0;
    validator->doc = NULL;
    if (rest <= 0)
        return SIFTD_OK;
    char message[96];
    size_t end = validator->host->text(doc).len;
    snprintf(message, sizeof message, "records kept out for their schemas and not told one by one: %lld", rest);
    tell(validator, doc, (struct siftd_span){end, end}, message, (struct siftd_str){NULL, 0});
    return SIFTD_OK;
}

static const struct siftd_plugin plugin = {
    .name = "schema",
    .stage = SIFTD_VALIDATE,
    .version = "1.0",
    .summary = "every record against the JSON Schema of its type; what does not fit is kept out and told",
    .content = SIFTD_PROSE | SIFTD_ROWS,
    .options = options,
    .instance_size = sizeof(struct validator),
    .open = open_validator,
    .close = close_validator,
    .run = run,
    .check = check_record,
};
SIFTD_PLUGIN(plugin)
